"""One SQLite file: creating, opening and migrating it, and transactions."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import aiosqlite

from storage.database.atomic_files import delete_file, follow_link, part_path, replace_atomically
from storage.database.compaction import Compactor, write_with_incremental_vacuum
from storage.database.database_errors import ADVICE, OF_THE_DISK
from storage.database.database_errors import file_errors as file_errors
from storage.database.database_errors import primary_code as primary_code
from storage.database.database_errors import sqlite_errors as sqlite_errors
from storage.database.file_lock import FileLock, is_held_alone
from storage.database.migrations import check_schema, prepare_schema, run_migrations
from storage.database.schema import SCHEMA_VERSION
from storage.errors import DatabaseError, OlderDatabase
from storage.models import DatabaseRoom

BUSY_TIMEOUT_MS = 10_000
"""How long one process waits for another's write before giving up."""
_RETRY_MS = 20


class Database:
    """A writing and a reading connection, so that readers never see a half-made change."""

    def __init__(
        self,
        path: Path,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        stack: contextlib.AsyncExitStack,
    ) -> None:
        self.path = path
        self.reader = reader
        self._writer = writer
        self._stack = stack
        self._write_lock = asyncio.Lock()
        self._compactor = Compactor(follow_link(path), BUSY_TIMEOUT_MS, writer, self._write_lock)

    @classmethod
    async def open(cls, path: Path) -> Database:
        """Open the database, creating it if there is none, and bring its schema up to date.

        Raises DatabaseError where the file cannot be used, NewerDatabase where a later version of Cuepoint wrote it.
        """
        with file_errors(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = follow_link(path)
            lock = FileLock(file)
            async with contextlib.AsyncExitStack() as stack:
                stack.callback(lock.release)
                await _ensure_database(file, lock)
                writer = await stack.enter_async_context(open_connection(path))
                await prepare_schema(writer, path, BUSY_TIMEOUT_MS)
                reader = await stack.enter_async_context(open_connection(path))
                await reader.execute("PRAGMA query_only = ON")
                database = cls(path, writer, reader, stack.pop_all())
        try:
            with sqlite_errors(path):
                await database._compactor.start()
        except BaseException:
            await database.close()
            raise
        return database

    @classmethod
    async def open_read_only(cls, path: Path) -> Database:
        """Open a database as it is: nothing is created, migrated or written, not even beside it.

        Raises DatabaseError as `open` does, OlderDatabase where the schema would have to be brought up to date.
        """
        database = await cls.open_beside(path)
        try:
            with file_errors(path):
                await _require_unlocked(follow_link(path))
        except BaseException:
            await database.close()
            raise
        return database

    @classmethod
    async def open_beside(cls, path: Path) -> Database:
        """Open a database that another process keeps, to read it at the same time: nothing is created, migrated,
        compacted or written. Raises as `open_read_only` does."""
        with file_errors(path):
            _require_file(path)
            async with contextlib.AsyncExitStack() as stack:
                reader = await _open_to_read(follow_link(path), stack)
                version = await check_schema(reader, path)
                if version < SCHEMA_VERSION:
                    raise OlderDatabase(
                        f"{path} is of an earlier version of Cuepoint (schema {version}): start the bot, or run any "
                        "other command, which brings it up to date."
                    )
                return cls(path, reader, reader, stack.pop_all())

    async def close(self) -> None:
        """Close both connections."""
        try:
            await self._compactor.close()
        finally:
            await self._stack.aclose()

    async def fetch_rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows that a statement finds, without uncommitted changes. Raises DatabaseError."""
        with sqlite_errors(self.path):
            return cast(list[tuple[Any, ...]], await self.reader.execute_fetchall(sql, parameters))

    async def execute(
        self, sql: str, parameters: Sequence[object], *, unless: Callable[[], bool] = lambda: False
    ) -> int:
        """Run one statement as a transaction of its own, in one step of the connection's thread; return how many rows
        it changed. `unless` is asked when its turn has come. Raises DatabaseError."""
        async with self._write_lock:
            if unless():
                return 0
            with sqlite_errors(self.path):
                return (await self._writer.execute(sql, parameters)).rowcount

    @contextlib.asynccontextmanager
    async def transaction(self, *, erase: bool = False) -> AsyncIterator[aiosqlite.Connection]:
        """Run the body as one transaction: all of it is kept, or none. Transactions run one at a time.

        With `erase` what it deletes is then overwritten in the log, too, as by `finish_erasing`.

        Raises DatabaseError where SQLite cannot begin, run a statement or commit. Other errors from the body pass
        through unchanged.
        """
        async with self._write_lock:
            with sqlite_errors(self.path):
                try:
                    await self._writer.execute("BEGIN IMMEDIATE")
                    yield self._writer
                    await self._writer.commit()
                except BaseException:
                    # Also for a task cancelled while waiting: the connection's thread may get the lock after that.
                    await asyncio.shield(self._writer.rollback())
                    raise
        if erase:
            await self.finish_erasing()

    async def finish_erasing(self) -> None:
        """Overwrite what committed transactions have deleted wherever SQLite left it; what others who read or write
        prevent now is done in the background. An error of the disk is logged: what was deleted is deleted."""
        await self._compactor.finish_erasing()

    async def give_back_room(self) -> None:
        """Give the room of free pages back to the disk, a little at a time. Raises DatabaseError."""
        with sqlite_errors(self.path):
            await self._compactor.give_back_room()

    async def compact(self) -> None:
        """Rewrite the database without what was deleted, however long that takes. Raises DatabaseError."""
        with sqlite_errors(self.path):
            await self._compactor.compact()

    async def measure_room(self) -> DatabaseRoom:
        """Return how much room the database takes and does not use. Raises DatabaseError."""
        with sqlite_errors(self.path):
            return await self._compactor.measure_room()

    async def copy_log(self) -> None:
        """Copy SQLite's log into the database, so that the next change writes from the log's beginning and the disk
        needs no more room for it. Raises DatabaseError."""
        async with self._write_lock:
            with sqlite_errors(self.path):
                await self._writer.execute_fetchall("PRAGMA wal_checkpoint(PASSIVE)")


@contextlib.asynccontextmanager
async def open_connection(path: Path) -> AsyncIterator[aiosqlite.Connection]:
    """Open a connection with the settings that all connections have, and close it at the end."""
    # This package begins and ends transactions itself (isolation_level None); the driver never does.
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        # What is deleted is overwritten with zeros: also for an import that replaces, that takes no measurable time.
        settings = (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "foreign_keys = ON",
            "synchronous = NORMAL",
            "secure_delete = ON",
            "temp_store = MEMORY",  # what is rewritten passes through no other file
        )
        for setting in settings:
            await connection.execute_fetchall(f"PRAGMA {setting}")
        yield connection


async def _open_to_read(path: Path, stack: contextlib.AsyncExitStack) -> aiosqlite.Connection:
    """Open a connection that writes nothing, to be closed by `stack`."""
    log, shared_memory = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
    has_log = log.exists() and log.stat().st_size > 0
    if has_log or shared_memory.exists():
        try:
            return await stack.enter_async_context(_connect_to_read(path, "ro"))
        except sqlite3.OperationalError as error:
            if has_log or primary_code(error) not in OF_THE_DISK:
                raise
    if is_held_alone(path):
        raise DatabaseError(f"{path}: {ADVICE[sqlite3.SQLITE_BUSY]}", ADVICE[sqlite3.SQLITE_BUSY])
    # All is in the file itself. As immutable it needs no shared memory beside it, for which there may be no room.
    return await stack.enter_async_context(_connect_to_read(path, "ro&immutable=1"))


@contextlib.asynccontextmanager
async def _connect_to_read(path: Path, mode: str) -> AsyncIterator[aiosqlite.Connection]:
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    async with aiosqlite.connect(address, uri=True, isolation_level=None) as connection:
        await connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        await connection.execute("PRAGMA query_only = ON")
        await connection.execute_fetchall("SELECT 1 FROM sqlite_schema LIMIT 1")
        yield connection


async def _require_unlocked(path: Path) -> None:
    """Raise an error of SQLite's where another program does not let anybody else write for as long as one waits."""
    if not path.with_name(f"{path.name}-shm").exists():
        return  # nobody has it open
    # Another connection is open meanwhile, so that closing this one writes nothing.
    async with aiosqlite.connect(f"file:{quote(str(path.absolute()))}?mode=rw", uri=True) as probe:
        await probe.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        try:
            await probe.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
        else:
            await probe.execute("ROLLBACK")


async def _ensure_database(path: Path, lock: FileLock) -> None:
    """Take the shared lock on the database file, creating the file if there is none."""
    for _ in range(BUSY_TIMEOUT_MS // _RETRY_MS):
        # Created under the exclusive lock: if two processes find an empty folder, the second uses the first one's file.
        if not path.exists() and lock.acquire_exclusive() and not path.exists():
            await _create_database(path)
        if path.exists() and lock.acquire_shared():
            break
        await asyncio.sleep(_RETRY_MS / 1000)
    else:
        raise DatabaseError(f"{path} is being made or replaced by another program; try again in a moment.")
    _require_file(path)


def _require_file(path: Path) -> None:
    """Raise DatabaseError where a path is no file with content."""
    if path.is_dir():
        raise DatabaseError(f"{path} is a folder and no database; move it away, or restore a backup in another one.")
    if not path.stat().st_size:
        raise DatabaseError(
            f"{path} is empty, which no database is; restore a backup with `cuepoint restore FILE`, or delete the file "
            "to begin anew."
        )


async def _create_database(path: Path) -> None:
    """Create a new database atomically."""
    part = part_path(path)
    try:
        async with open_connection(part) as connection:
            await connection.execute("PRAGMA synchronous = OFF")  # it is synced as a whole, below
            await write_with_incremental_vacuum(connection)
            await run_migrations(connection)
            await connection.execute("UPDATE compaction SET erasures = 0")
        await asyncio.to_thread(replace_atomically, part, path)
    except BaseException:
        delete_file(part)
        raise
