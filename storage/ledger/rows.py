"""The base of the ledger's operations: reading and writing rows, and people by a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Sequence

import aiosqlite

from storage.database.compaction import mark_due
from storage.database.connection import Database
from storage.ledger.erasures import Erasures

MAX_REWRITTEN_ROWS = 20_000
"""Rows up to which a table is rewritten when something is deleted from it: a tenth of a second at most."""
Statement = tuple[str, Sequence[object]]
"""SQL with its parameters."""
_PERSON_CHARACTERS = 32


class LedgerRows:
    """The database, the secret of this installation, and a clock (seconds since the epoch)."""

    def __init__(self, database: Database, secret: bytes, now: Callable[[], float]) -> None:
        self._database = database
        self._rows = database.fetch_rows
        self._secret = secret
        self._now = now
        self.erasures = Erasures()

    def _keyed_hash(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), hashlib.sha256)

    def _person_key(self, user_id: int) -> str:
        # Keyed, because Discord's ids are public: with a plain hash, hashing every member's id would show who it was.
        return self._keyed_hash(str(user_id)).hex()[:_PERSON_CHARACTERS]

    async def _execute(self, sql: str, parameters: Sequence[object]) -> int:
        """Run one statement in its own transaction and return how many rows it changed."""
        return await self._database.execute(sql, parameters)

    async def _write(self, subjects: Collection[str], sql: str, parameters: Sequence[object]) -> None:
        """Write about libraries and a person, by their keys, unless one was erased since the current event began."""
        async with self._database.transaction() as connection:
            # Asked within the transaction: an erasure is recorded before its own, which waits for this one.
            if self.erasures.is_erased(subjects):
                return
            noted = self.erasures.noted_libraries(subjects)
            # Another program may have purged one.
            gone = "SELECT 1 FROM json_each(?) WHERE value NOT IN (SELECT key FROM library)"
            if noted and await connection.execute_fetchall(gone, (json.dumps(noted),)):
                return
            await connection.execute(sql, parameters)

    async def _execute_all(self, statements: Sequence[Statement]) -> int:
        """Run statements in one transaction; return how many rows they changed."""
        async with self._database.transaction() as connection:
            return await _run(connection, statements)

    async def _erase(self, statements: Sequence[Statement], tables: Sequence[str]) -> int:
        """Do the same with statements that delete what people wrote from tables, and leave nothing of it in the file.

        SQLite may keep copies of rows that it moved in the gaps of a table's pages; so the tables are rewritten.
        """
        async with self._database.transaction(erase=True) as connection:
            if changed := await _run(connection, statements):
                for table in tables:
                    await _rewrite_table(connection, table)
        return changed


async def _run(connection: aiosqlite.Connection, statements: Sequence[Statement]) -> int:
    return sum([(await connection.execute(sql, parameters)).rowcount for sql, parameters in statements])


async def _rewrite_table(connection: aiosqlite.Connection, table: str) -> None:
    """Overwrite all pages of a table and put its rows back; where that takes long, leave it to the next compaction."""
    [(count,)] = await connection.execute_fetchall(f"SELECT count(*) FROM {table}")
    if count > MAX_REWRITTEN_ROWS:
        await mark_due(connection)
        return
    rows = list(await connection.execute_fetchall(f"SELECT * FROM {table}"))
    await connection.execute(f"DELETE FROM {table}")
    if rows:
        await connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def normalize_question(question: str) -> str:
    """Return a question as it is stored: "What  is BERT?" and "what is bert?" are one."""
    return " ".join(question.split()).casefold()
