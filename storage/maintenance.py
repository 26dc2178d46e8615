"""What can be wrong with what is stored, and making good what can be made good from the rest."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiosqlite

from storage import access
from storage.database.atomic_files import find_abandoned
from storage.database.backups import back_up, find_free_name
from storage.database.connection import Database
from storage.database.repository import Repository
from storage.errors import DatabaseError
from storage.indexing.index_manager import IndexManager
from storage.models import Problem

_LINES = 5
"""How much of what SQLite finds is told: one damaged page can make a thousand things."""
_OF_AN_INDEX = re.compile(r"\bindex\b")
"""What SQLite says where only an index of its own disagrees with its table."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """Rows that something is wrong with, and the statement that makes them good."""

    what: str
    table: str
    condition: str
    mending: str


_FAULTS = (
    _Fault(
        "segments with times of cues that cannot be read",
        "segment",
        "marks IS NOT NULL AND NOT json_valid(marks)",
        "UPDATE segment SET marks = NULL",  # the times within them are estimated from then on
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


class Maintenance:
    """Looks after one installation: its database, its index files, and what was left beside them."""

    def __init__(self, database: Database, repository: Repository, shelves: IndexManager) -> None:
        self._database = database
        self._rows = database.fetch_rows
        self._repository = repository
        self._shelves = shelves

    async def problems(self) -> list[Problem]:
        """All that is wrong. Where the database itself is damaged, nothing else is looked at."""
        found = await self._check_file()
        if all(problem.repairable for problem in found):
            found += [Problem(what, True) for what in await self._check_rows()]
            found += [Problem(what, True) for what in await self._check_indexes()]
            found += [Problem(f"{path.name} was left half-written", True) for path in self._find_abandoned()]
        return found

    async def repair(self) -> Path | None:
        """Make good what can be. Before any row is changed all is copied: returns that file, None if there is none."""
        if not all(problem.repairable for problem in await self._check_file()):
            return None
        kept = None
        if await self._check_rows():
            kept = find_free_name(self._database.path, "before-repair")
            await back_up(self._database.path, kept)
        async with self._database.transaction() as connection:
            await connection.execute("REINDEX")
            await _delete_orphans(connection)
            for fault in _FAULTS:
                await connection.execute(f"{fault.mending} WHERE {fault.condition}")
        for path in [*self._find_abandoned(), *await self._shelves.find_strays(await self._languages())]:
            with contextlib.suppress(OSError):
                path.unlink()
        self._shelves.clear()
        return kept

    async def _check_file(self) -> list[Problem]:
        """What SQLite itself finds wrong."""
        try:
            said = [row[0] for row in await self._rows(f"PRAGMA integrity_check({_LINES})")]
        except DatabaseError as error:
            return [Problem(f"the database: {error.__cause__}", False)]
        return [
            Problem(f"the database: {line}", bool(_OF_AN_INDEX.search(line)))
            for line in "\n".join(said).splitlines()[:_LINES]
            if line != "ok"
        ]

    async def _check_rows(self) -> list[str]:
        found = [f"a row of {row[0]} refers to nothing" for row in await self._rows("PRAGMA foreign_key_check")]
        for fault in _FAULTS:
            [(count,)] = await self._rows(f"SELECT count(*) FROM {fault.table} WHERE {fault.condition}")
            if count:
                found.append(f"{count:,} {fault.what}")
        return found

    async def _check_indexes(self) -> list[str]:
        """Index files that are damaged or nobody's, and libraries of which another number is indexed than stored."""
        languages = await self._languages()
        found = [f"the index file of {key} cannot be used" for key in await self._shelves.find_damaged(languages)]
        found += [f"{path.name} belongs to no library" for path in await self._shelves.find_strays(languages)]
        for key in languages:
            scope = access.any_scope(key)
            searcher, _ = await self._shelves.get_searcher(scope)
            indexed, stored = searcher.model.corpus_size, (await self._repository.statistics(scope)).segments
            if indexed != stored:
                found.append(f"the index of {key} holds {indexed:,} segments, the database {stored:,}")
        return found

    async def _languages(self) -> dict[str, str]:
        """The language of every library there is."""
        return {row[0]: row[1] for row in await self._rows("SELECT key, language FROM library ORDER BY key")}

    def _find_abandoned(self) -> list[Path]:
        """What was left half-written in the data folder and the folders in it."""
        folder = self._database.path.parent
        return [path for each in (folder, *_subfolders(folder)) for path in find_abandoned(each)]


async def _delete_orphans(connection: aiosqlite.Connection) -> None:
    """Delete the rows that refer to nothing, and those that do so when these are gone."""
    while rows := await connection.execute_fetchall("PRAGMA foreign_key_check"):
        for table, parent, number in {(row[0], row[2], row[3]) for row in rows}:
            keys = await connection.execute_fetchall(f'PRAGMA foreign_key_list("{table}")')
            [column] = [row[3] for row in keys if row[0] == number]
            # Every table that others refer to is referred to by its id.
            await connection.execute(f'DELETE FROM "{table}" WHERE "{column}" NOT IN (SELECT id FROM "{parent}")')


def _subfolders(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from (path for path in sorted(folder.iterdir()) if path.is_dir())
