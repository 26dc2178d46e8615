"""The upkeep of what is stored, for the host: checks and repair, backups, room, and what deletions leave behind."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiosqlite

from storage import access
from storage.database.atomic_files import find_abandoned
from storage.database.backups import back_up, find_free_name
from storage.database.connection import Database
from storage.database.purging import delete_detached, detach_library, find_detached
from storage.database.repository import Repository
from storage.database.schema import DETACHED
from storage.errors import DatabaseError, PurgeIncomplete
from storage.indexing.index_manager import IndexManager
from storage.meaning.vector_manager import VectorManager
from storage.models import DatabaseRoom, Problem

_MAX_LINES = 5
"""How many of SQLite's findings are reported: one damaged page can cause a thousand."""
_INDEX_MESSAGE = re.compile(r"\bindex\b")
"""Matches what SQLite says where only one of its own indexes disagrees with its table."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """Rows that something is wrong with, and the statement that repairs them."""

    what: str
    table: str
    condition: str
    repair_statement: str


_NOT_PAIRS = (
    "CASE WHEN NOT json_valid({0}) THEN 1 WHEN json_type({0}) != 'array' THEN 1 ELSE EXISTS (SELECT 1 FROM"
    " json_each({0}) WHERE CASE type WHEN 'array' THEN json_array_length(value) != 2"
    " OR json_type(value, '$[0]') NOT IN ('integer', '{1}') OR json_type(value, '$[1]') != '{2}' ELSE 1 END) END"
)
"""Holds where a column is no JSON list of pairs of a number and a value of another type."""

_FAULTS = (
    _Fault(
        "segments with times of cues that cannot be read",
        "segment",
        "marks IS NOT NULL AND NOT json_valid(marks)",
        "UPDATE segment SET marks = NULL",  # the times within them are estimated from then on
    ),
    _Fault(
        "segments with speakers that cannot be read",
        "segment",
        f"turns IS NOT NULL AND {_NOT_PAIRS.format('turns', 'integer', 'text')}",
        "UPDATE segment SET turns = NULL",  # nobody is known to speak in them from then on
    ),
    _Fault(
        "videos with chapters that cannot be read",
        "video",
        f"chapters != '' AND {_NOT_PAIRS.format('chapters', 'real', 'text')}",
        "UPDATE video SET chapters = ''",
    ),
    _Fault("videos without a segment", "video", "id NOT IN (SELECT video FROM segment)", "DELETE FROM video"),
    _Fault(
        "imports that could not be undone",
        "import",
        "id IN (SELECT import_id FROM replaced WHERE before IS NOT NULL AND NOT json_valid(before))",
        "DELETE FROM import",
    ),
    _Fault(
        "servers with settings that cannot be read",
        "server",
        "NOT json_valid(settings)",
        "UPDATE server SET settings = '{}'",
    ),
)


class LibraryMaintenance:
    """The upkeep of one installation: its database, its index files, and what was left beside them. Every library has
    one as `maintenance`."""

    def __init__(
        self,
        database: Database,
        repository: Repository,
        indexes: IndexManager,
        vectors: VectorManager,
        restore_samples: Callable[[], Awaitable[None]],
    ) -> None:
        self._database = database
        self._rows = database.fetch_rows
        self._repository = repository
        self._indexes = indexes
        self._vectors = vectors
        self._restore_samples = restore_samples

    async def problems(self) -> list[Problem]:
        """Return what is wrong with the database, the ranking indexes of all libraries, and the files beside them.

        Where the database itself is damaged, nothing else is checked.
        """
        problems = await self._check_file()
        if all(problem.repairable for problem in problems):
            problems += [Problem(what, True) for what in await self._check_rows()]
            problems += [Problem(what, True) for what in await self._check_indexes()]
            problems += [Problem(f"{path.name} was left half-written", True) for path in self._find_abandoned()]
        return problems

    async def repair(self) -> Path | None:
        """Repair what can be repaired from what is stored, and nothing where the database itself is damaged.

        Before rows are changed for that, all is backed up: returns the file, None where no row had to be changed.
        """
        backup = await self._repair_damage()
        await self._restore_samples()
        return backup

    async def _repair_damage(self) -> Path | None:
        if not all(problem.repairable for problem in await self._check_file()):
            return None
        backup = None
        if await self._check_rows():
            backup = find_free_name(self._database.path, "before-repair")
            await back_up(self._database.path, backup)
        async with self._database.transaction() as connection:
            await connection.execute("REINDEX")
            await _delete_orphans(connection)
            for fault in _FAULTS:
                await connection.execute(f"{fault.repair_statement} WHERE {fault.condition}")
        keys = await self._languages()
        strays = [*await self._indexes.find_strays(keys), *await self._vectors.find_strays(keys)]
        self._delete_abandoned()
        _delete_files(strays)
        self._indexes.clear()
        await self._vectors.delete_damaged(keys)
        return backup

    async def backup(self, target: Path, *, overwrite: bool = False) -> None:
        """Copy everything into a file, while the library stays in use. The copy is checked before it is kept.

        Raises DatabaseError if the file exists and is not to be overwritten, or the copy is not sound.
        """
        await back_up(self._database.path, target, overwrite=overwrite)

    async def measure_room(self) -> DatabaseRoom:
        """Return how much room the database takes and does not use."""
        return await self._database.measure_room()

    async def compact(self) -> None:
        """Rewrite the database without free room and without anything that was deleted. Others wait to write.

        Raises DatabaseError, also where the disk has no room for that.
        """
        await self._database.compact()

    async def purge(self, key: str) -> bool:
        """Permanently delete a library, as `Library.purge` says. False if there is none. Raises PurgeIncomplete."""
        is_there = await detach_library(self._database, key)
        await self._forget_library(key)  # also the index of a library that another process has purged
        try:
            await self.finish_purges()
        except DatabaseError as error:
            raise PurgeIncomplete(
                "This library is deleted for everybody, but its words are not all overwritten on the disk yet: "
                f"{error.reason or 'the database could not be written.'} That is done at the next start, or when it is "
                "deleted again."
            ) from error
        await asyncio.to_thread(self._delete_abandoned)
        return is_there

    async def finish_purges(self) -> None:
        """Delete what is left of purged libraries: also what a killed process was deleting."""
        for library in await find_detached(self._database):
            await self._forget_library(library.former_key)
            await delete_detached(self._database, library)

    async def erase_leftovers(self) -> None:
        """Have the index files follow the database in all libraries, as a change that deleted words may have been
        killed before they did; and delete half-written files, such as of a backup."""
        await asyncio.to_thread(self._delete_abandoned)
        for key in await self._repository.keys():
            await self._indexes.erase_deleted(access.any_scope(key))

    async def _forget_library(self, key: str) -> None:
        await self._indexes.forget_library(key)
        await self._vectors.forget_library(key)

    def _delete_abandoned(self) -> None:
        """Delete the files that were left half-written in the data folder and the folders in it."""
        _delete_files(self._find_abandoned())

    async def _check_file(self) -> list[Problem]:
        """Return what SQLite itself finds wrong."""
        try:
            messages = [row[0] for row in await self._rows(f"PRAGMA integrity_check({_MAX_LINES})")]
        except DatabaseError as error:
            return [Problem(f"the database: {error.__cause__}", False)]
        return [
            Problem(f"the database: {line}", bool(_INDEX_MESSAGE.search(line)))
            for line in "\n".join(messages).splitlines()[:_MAX_LINES]
            if line != "ok" and not line.startswith("***")  # the name of the database, as a heading
        ]

    async def _check_rows(self) -> list[str]:
        faults = [f"a row of {row[0]} refers to nothing" for row in await self._rows("PRAGMA foreign_key_check")]
        for fault in _FAULTS:
            [(count,)] = await self._rows(f"SELECT count(*) FROM {fault.table} WHERE {fault.condition}")
            if count:
                faults.append(f"{count:,} {fault.what}")
        return faults

    async def _check_indexes(self) -> list[str]:
        """Return which index files are damaged, of no library, or of another number of segments than are stored."""
        languages = await self._languages()
        faults = [f"the index file of {key} cannot be used" for key in await self._indexes.find_damaged(languages)]
        faults += [
            f"the file of vectors of {key} cannot be used" for key in await self._vectors.find_damaged(languages)
        ]
        strays = [*await self._indexes.find_strays(languages), *await self._vectors.find_strays(languages)]
        faults += [f"{path.name} belongs to no library" for path in strays]
        for key in languages:
            scope = access.any_scope(key)
            searcher, _ = await self._indexes.get_searcher(scope)
            indexed, stored = searcher.model.corpus_size, (await self._repository.statistics(scope)).segments
            if indexed != stored:
                faults.append(f"the index of {key} holds {indexed:,} segments, the database {stored:,}")
        return faults

    async def _languages(self) -> dict[str, str]:
        """Return the language of every library."""
        rows = await self._rows(f"SELECT key, language FROM library WHERE key NOT LIKE '{DETACHED}%' ORDER BY key")
        return {row[0]: row[1] for row in rows}

    def _find_abandoned(self) -> list[Path]:
        """Return the files that were left half-written in the data folder and the folders in it."""
        data_folder = self._database.path.parent
        return [path for folder in (data_folder, *_subfolders(data_folder)) for path in find_abandoned(folder)]


async def _delete_orphans(connection: aiosqlite.Connection) -> None:
    """Delete the rows that refer to nothing, and those that refer to deleted rows."""
    while rows := await connection.execute_fetchall("PRAGMA foreign_key_check"):
        for table, parent, number in {(row[0], row[2], row[3]) for row in rows}:
            keys = await connection.execute_fetchall(f'PRAGMA foreign_key_list("{table}")')
            [column] = [row[3] for row in keys if row[0] == number]
            # Every table that others refer to is referred to by its id.
            await connection.execute(f'DELETE FROM "{table}" WHERE "{column}" NOT IN (SELECT id FROM "{parent}")')


def _delete_files(paths: Iterable[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()


def _subfolders(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from (path for path in sorted(folder.iterdir()) if path.is_dir())
