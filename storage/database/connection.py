"""One SQLite file: creating, opening and migrating it, transactions, and SQLite's errors turned into DatabaseErrors."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import aiosqlite

from storage.database.atomic_files import delete_file, part_path, replace_atomically
from storage.database.file_lock import FileLock
from storage.database.schema import MIGRATIONS, SCHEMA_VERSION
from storage.errors import DatabaseError, NewerDatabase

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

    @classmethod
    async def open(cls, path: Path) -> Database:
        """Open the database, creating it if there is none, and bring its schema up to date.

        Raises DatabaseError where the file cannot be used, NewerDatabase where a later version of Cuepoint wrote it.
        """
        with file_errors(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(path)
            async with contextlib.AsyncExitStack() as stack:
                stack.callback(lock.release)
                await _ensure_database(path, lock)
                writer = await stack.enter_async_context(open_connection(path))
                await _prepare_schema(writer, path)
                reader = await stack.enter_async_context(open_connection(path))
                await reader.execute("PRAGMA query_only = ON")
                return cls(path, writer, reader, stack.pop_all())

    async def close(self) -> None:
        """Close both connections."""
        await self._stack.aclose()

    async def fetch_rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows that a statement finds, without uncommitted changes. Raises DatabaseError."""
        with sqlite_errors(self.path):
            return cast(list[tuple[Any, ...]], await self.reader.execute_fetchall(sql, parameters))

    async def execute(self, sql: str, parameters: Sequence[object]) -> int:
        """Run one statement as a transaction of its own, in one step of the connection's thread; return how many rows
        it changed. Raises DatabaseError."""
        async with self._write_lock:
            with sqlite_errors(self.path):
                return (await self._writer.execute(sql, parameters)).rowcount

    @contextlib.asynccontextmanager
    async def transaction(self, *, erase: bool = False) -> AsyncIterator[aiosqlite.Connection]:
        """Run the body as one transaction: all of it is kept, or none. Transactions run one at a time.

        With `erase` what it deletes is overwritten, and not only released for reuse.

        Raises DatabaseError where SQLite cannot begin, run a statement or commit. Other errors from the body pass
        through unchanged.
        """
        async with self._write_lock:
            with sqlite_errors(self.path):
                try:
                    # Not left on: videos that are imported again would be written twice.
                    await self._writer.execute(f"PRAGMA secure_delete = {'ON' if erase else 'OFF'}")
                    await self._writer.execute("BEGIN IMMEDIATE")
                    yield self._writer
                    await self._writer.commit()
                except BaseException:
                    # Also for a task cancelled while waiting: the connection's thread may get the lock after that.
                    await asyncio.shield(self._writer.rollback())
                    raise


@contextlib.asynccontextmanager
async def open_connection(path: Path) -> AsyncIterator[aiosqlite.Connection]:
    """Open a connection with the settings that all connections have, and close it at the end."""
    # This package begins and ends transactions itself (isolation_level None); the driver never does.
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        for setting in (f"busy_timeout = {BUSY_TIMEOUT_MS}", "foreign_keys = ON", "synchronous = NORMAL"):
            await connection.execute(f"PRAGMA {setting}")
        yield connection


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
            await _run_migrations(connection)
        await asyncio.to_thread(replace_atomically, part, path)
    except BaseException:
        delete_file(part)
        raise


async def _prepare_schema(connection: aiosqlite.Connection, path: Path) -> None:
    """Bring the schema up to date. Raises DatabaseError for another program's database, and NewerDatabase for one whose
    schema is ahead of this version."""
    attempts = BUSY_TIMEOUT_MS // _RETRY_MS
    while True:
        try:
            version = await schema_version(connection)
            if version > SCHEMA_VERSION:
                raise NewerDatabase(
                    f"{path} was written by a later version of Cuepoint (schema {version}; this one knows "
                    f"{SCHEMA_VERSION}): update Cuepoint, or name another folder in CUEPOINT_DATA_DIR."
                )
            if not version and await connection.execute_fetchall("SELECT 1 FROM sqlite_schema LIMIT 1"):
                # Ours are made with their schema in one step: these tables are another program's.
                raise DatabaseError(f"{path}: {_ADVICE[sqlite3.SQLITE_NOTADB]}")
            # A backup that was put here is not in WAL mode: readers and writers would lock one another out.
            await connection.execute_fetchall("PRAGMA journal_mode = WAL")
            if version < SCHEMA_VERSION:
                await _run_migrations(connection)
            return
        except sqlite3.OperationalError as error:
            # Two processes may open such a database at once: SQLite's busy timeout does not cover switching to WAL.
            attempts -= 1
            if primary_code(error) != sqlite3.SQLITE_BUSY or attempts <= 0:
                raise
            await asyncio.sleep(_RETRY_MS / 1000)


async def _run_migrations(connection: aiosqlite.Connection) -> None:
    for number, statements in enumerate(MIGRATIONS, 1):
        await connection.execute("BEGIN IMMEDIATE")
        try:
            # Read inside the transaction: another process may have migrated while this one waited.
            if await schema_version(connection) < number:
                for statement in statements:
                    await connection.execute(statement)
                await connection.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            await connection.rollback()
            raise
        await connection.commit()


async def schema_version(connection: aiosqlite.Connection) -> int:
    """Return how many migrations a database has gone through."""
    # All rows are fetched: an unfinished statement would keep a lock on the file.
    [(version,)] = await connection.execute_fetchall("PRAGMA user_version")
    return int(version)


_ADVICE = {
    sqlite3.SQLITE_BUSY: "another program is writing to the database; try again in a moment.",
    sqlite3.SQLITE_LOCKED: "another program is writing to the database; try again in a moment.",
    sqlite3.SQLITE_PROTOCOL: "another program is writing to the database; try again in a moment.",
    sqlite3.SQLITE_READONLY: "the database cannot be written; check the permissions of the file and its folder.",
    sqlite3.SQLITE_PERM: "the database cannot be written; check the permissions of the file and its folder.",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened; check that the folder exists and may be written.",
    sqlite3.SQLITE_NOLFS: "the file system takes no file of this size; use another one.",
    sqlite3.SQLITE_FULL: "the disk is full; free some space. Nothing was changed.",
    sqlite3.SQLITE_IOERR: "the disk could not be read or written; check the disk. Nothing was changed.",
    sqlite3.SQLITE_CORRUPT: "the database is damaged; restore a backup with `cuepoint restore FILE`.",
    sqlite3.SQLITE_NOTADB: (
        "this is not a Cuepoint database; restore a backup with `cuepoint restore FILE`, or move it away."
    ),
}
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextlib.contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the disk, the file or another program into a DatabaseError that says what to do.

    Only errors that a person can fix are turned: a mistake in a statement or a violated constraint is a bug of
    Cuepoint's, and must reach the log with its traceback.
    """
    try:
        yield
    except sqlite3.Error as error:
        if (advice := _ADVICE.get(primary_code(error))) is None:
            raise
        raise DatabaseError(f"{path}: {advice}") from error


@contextlib.contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Do as `sqlite_errors`, and the same for errors of the file system: for a body that only works on files."""
    try:
        with sqlite_errors(path):
            yield
    except OSError as error:
        if error.errno is None:
            # Not an error of the system: Python's TimeoutError, of anything that waited too long, is an OSError too.
            raise
        advice = f"{error.strerror or error}; check the folder and its permissions."
        raise DatabaseError(f"{path}: {_ADVICE[sqlite3.SQLITE_FULL] if error.errno in _NO_ROOM else advice}") from error


def primary_code(error: sqlite3.Error) -> int:
    """Return the primary code of an SQLite error; SQLITE_OK where Python's own module raised it."""
    # An extended code keeps the primary code in its low byte: SQLITE_BUSY_SNAPSHOT is a kind of SQLITE_BUSY.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
