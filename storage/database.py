"""One SQLite file: opening, migrating, transactions, backup, and SQLite's errors in our words."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiosqlite

from storage.errors import DatabaseError, NewerDatabase
from storage.schema import MIGRATIONS, SCHEMA_VERSION

BUSY_TIMEOUT_MS = 10_000
"""How long one process waits for another's write before giving up."""
_RETRY_MS = 20


class Database:
    """A writing and a reading connection, so that readers never see a change half made."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self.path = path
        self.reader = reader
        self._writer = writer
        self._writing = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path) -> Database:
        """Open or create the database and bring its schema up to date.

        Raises DatabaseError where the file cannot be used, NewerDatabase where a later version of Cuepoint wrote it.
        """
        with database_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = await _connect(path)
            try:
                await _prepare(writer, path)
                reader = await _connect(path)
            except BaseException:
                await writer.close()
                raise
            await reader.execute("PRAGMA query_only = ON")
        return cls(path, writer, reader)

    async def close(self) -> None:
        """Close both connections."""
        await self.reader.close()
        await self._writer.close()

    @contextlib.asynccontextmanager
    async def transaction(self, *, erase: bool = False) -> AsyncIterator[aiosqlite.Connection]:
        """One change: all of it is kept, or none. Changes wait for each other.

        With `erase` what it deletes is overwritten, and not only given up for reuse.
        """
        async with self._writing:
            with database_errors(self.path):
                try:
                    # Not left on: whatever is imported again would be written twice.
                    await self._writer.execute(f"PRAGMA secure_delete = {'ON' if erase else 'OFF'}")
                    await self._writer.execute("BEGIN IMMEDIATE")
                    yield self._writer
                    await self._writer.commit()
                except BaseException:
                    # Also for one who gave up while waiting: the connection's thread may get the lock after that.
                    await asyncio.shield(self._writer.rollback())
                    raise

    async def backup(self, target: Path) -> None:
        """Copy the database into a new file while it stays in use. Raises DatabaseError if `target` exists."""
        partial = target.with_name(target.name + ".partial")
        with database_errors(target):
            if target.exists():
                raise DatabaseError(f"{target} exists already: name a file that does not.")
            target.parent.mkdir(parents=True, exist_ok=True)
            copy = await _connect(partial)
            try:
                await self.reader.backup(copy)
                # A backup is one file: in WAL mode it would want its companions beside it.
                await copy.execute("PRAGMA journal_mode = DELETE")
            except BaseException:
                await copy.close()
                partial.unlink(missing_ok=True)
                raise
            await copy.close()
            partial.rename(target)

    async def problems(self) -> list[str]:
        """What SQLite itself finds wrong with the file; empty when it is sound."""
        with database_errors(self.path):
            found = [str(row[0]) async for row in await self.reader.execute("PRAGMA integrity_check")]
            broken = [
                f"a row of {row[0]} refers to nothing"
                async for row in await self.reader.execute("PRAGMA foreign_key_check")
            ]
        return [problem for problem in found if problem != "ok"] + broken

    async def rebuild_indexes(self) -> None:
        """Write SQLite's own indexes anew from the tables."""
        async with self.transaction() as connection:
            await connection.execute("REINDEX")


async def _connect(path: Path) -> aiosqlite.Connection:
    # Transactions are ours to begin and end (isolation_level None), never the driver's to guess.
    connection = await aiosqlite.connect(path, isolation_level=None)
    try:
        for setting in (f"busy_timeout = {BUSY_TIMEOUT_MS}", "foreign_keys = ON", "synchronous = NORMAL"):
            await connection.execute(f"PRAGMA {setting}")
    except BaseException:
        await connection.close()
        raise
    return connection


async def _prepare(connection: aiosqlite.Connection, path: Path) -> None:
    """Bring the schema up to date. Raises NewerDatabase where it is ahead of this version."""
    attempts = BUSY_TIMEOUT_MS // _RETRY_MS
    while (found := await _version(connection)) < SCHEMA_VERSION:
        try:
            await connection.execute("PRAGMA journal_mode = WAL")
            await _migrate(connection)
        except sqlite3.OperationalError as error:
            # Two processes that meet a new database: SQLite's busy timeout does not cover turning the log on.
            attempts -= 1
            # An extended code keeps its kind in the low byte: SQLITE_BUSY_SNAPSHOT is a kind of SQLITE_BUSY.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not attempts:
                raise
            await asyncio.sleep(_RETRY_MS / 1000)
    if found > SCHEMA_VERSION:
        raise NewerDatabase(
            f"{path} was written by a later version of Cuepoint (schema {found}; this one knows {SCHEMA_VERSION}): "
            "update Cuepoint, or name another folder in CUEPOINT_DATA_DIR."
        )


async def _migrate(connection: aiosqlite.Connection) -> None:
    for number, statements in enumerate(MIGRATIONS, 1):
        await connection.execute("BEGIN IMMEDIATE")
        try:
            # Read inside the transaction: another process may have migrated while this one waited.
            if await _version(connection) < number:
                for statement in statements:
                    await connection.execute(statement)
                await connection.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            await connection.rollback()
            raise
        await connection.commit()


async def _version(connection: aiosqlite.Connection) -> int:
    row = await (await connection.execute("PRAGMA user_version")).fetchone()
    return int(row[0]) if row else 0


@contextlib.contextmanager
def database_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's and the file system's errors into a DatabaseError that says what to do."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(f"{path}: {_in_words(error)}") from error


_ADVICE = {
    "SQLITE_BUSY": "another program is writing to the database; try again in a moment.",
    "SQLITE_LOCKED": "another program is writing to the database; try again in a moment.",
    "SQLITE_READONLY": "the database cannot be written; check the permissions of the file and its folder.",
    "SQLITE_CANTOPEN": "the database cannot be opened; check that the folder exists and may be written.",
    "SQLITE_FULL": "the disk is full; free some space. Nothing was changed.",
    "SQLITE_IOERR": "the disk could not be read or written; check the disk. Nothing was changed.",
    "SQLITE_CORRUPT": "the database is damaged; put a backup in its place.",
    "SQLITE_NOTADB": "this is not a Cuepoint database; move the file away, or put a backup in its place.",
}


def _in_words(error: sqlite3.Error | OSError) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror or error}; check the folder and its permissions."
    name = getattr(error, "sqlite_errorname", "") or ""
    # Extended codes lengthen the name: SQLITE_BUSY_SNAPSHOT is a kind of SQLITE_BUSY.
    return next(
        (advice for code, advice in _ADVICE.items() if name.startswith(code)), f"the database refused: {error}."
    )
