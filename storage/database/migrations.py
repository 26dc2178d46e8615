"""Which version of the schema a database has, and bringing it up to date."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import aiosqlite

from storage.database.database_errors import ADVICE, primary_code
from storage.database.schema import MIGRATIONS, SCHEMA_VERSION
from storage.errors import DatabaseError, NewerDatabase

_RETRY_MS = 20


async def prepare_schema(connection: aiosqlite.Connection, path: Path, timeout_ms: int) -> None:
    """Bring the schema up to date, waiting so long for another process that does. Raises DatabaseError for another
    program's database, and NewerDatabase for one whose schema is ahead of this version."""
    attempts = timeout_ms // _RETRY_MS
    while True:
        try:
            version = await check_schema(connection, path)
            # A backup that was put here is not in WAL mode: readers and writers would lock one another out.
            await connection.execute_fetchall("PRAGMA journal_mode = WAL")
            if version < SCHEMA_VERSION:
                await run_migrations(connection)
            return
        except sqlite3.OperationalError as error:
            # Two processes may open such a database at once: SQLite's busy timeout does not cover switching to WAL.
            attempts -= 1
            if primary_code(error) != sqlite3.SQLITE_BUSY or attempts <= 0:
                raise
            await asyncio.sleep(_RETRY_MS / 1000)


async def check_schema(connection: aiosqlite.Connection, path: Path) -> int:
    """Return the version of the schema. Raises DatabaseError and NewerDatabase as `prepare_schema` does."""
    version = await schema_version(connection)
    if version > SCHEMA_VERSION:
        raise NewerDatabase(
            f"{path} was written by a later version of Cuepoint (schema {version}; this one knows "
            f"{SCHEMA_VERSION}): update Cuepoint, or name another folder in CUEPOINT_DATA_DIR."
        )
    if not version and await connection.execute_fetchall("SELECT 1 FROM sqlite_schema LIMIT 1"):
        # Ours are made with their schema in one step: these tables are another program's.
        raise DatabaseError(f"{path}: {ADVICE[sqlite3.SQLITE_NOTADB]}")
    return version


async def run_migrations(connection: aiosqlite.Connection) -> None:
    """Run the migrations that a database has not gone through, each in a transaction of its own."""
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
