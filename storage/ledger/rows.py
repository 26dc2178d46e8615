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
ALL_ARE_THERE = "NOT EXISTS (SELECT 1 FROM json_each(?) WHERE value NOT IN (SELECT key FROM library))"
"""The condition that no library of a list, by its keys as JSON, was purged: another program may have done so."""
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
        """Write about libraries and a person, by their keys, unless one was erased since the current event began.

        The statement has the condition ALL_ARE_THERE, with the last of its parameters.
        """
        noted = json.dumps(self.erasures.noted_libraries(subjects))
        # Asked when its turn has come: an erasure is recorded before its own transaction, which waits for this one.
        await self._database.execute(sql, (*parameters, noted), unless=lambda: self.erasures.is_erased(subjects))

    async def _execute_all(self, statements: Sequence[Statement]) -> int:
        """Run statements in one transaction; return how many rows they changed."""
        async with self._database.transaction() as connection:
            return await _run(connection, statements)

    async def _erase(
        self, statements: Sequence[Statement], tables: Sequence[str], *, afterwards: Sequence[Statement] = ()
    ) -> int:
        """Do the same with statements that delete what people wrote from tables, and leave nothing of it in the file.

        What is deleted `afterwards`, in the same transaction, is not counted.
        SQLite may keep copies of rows that it moved in the gaps of a table's pages; so the tables are rewritten.
        """
        async with self._database.transaction(erase=True) as connection:
            changed = await _run(connection, statements)
            if await _run(connection, afterwards) + changed:
                for table in tables:
                    await _rewrite_table(connection, table)
        return changed


async def _run(connection: aiosqlite.Connection, statements: Sequence[Statement]) -> int:
    return sum([(await connection.execute(sql, parameters)).rowcount for sql, parameters in statements])


async def _rewrite_table(connection: aiosqlite.Connection, table: str) -> None:
    """Overwrite all pages of a table and put its rows back; where that takes long, leave it to the next compaction."""
    # Within SQLite: what others wrote passes through no statement.
    await connection.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM main.{table} WHERE 0")
    copied = await connection.execute(
        f"INSERT INTO temp.kept SELECT * FROM main.{table} LIMIT ?", (MAX_REWRITTEN_ROWS + 1,)
    )
    if copied.rowcount > MAX_REWRITTEN_ROWS:
        await mark_due(connection)
    else:
        await connection.execute(f"DELETE FROM main.{table}")
        await connection.execute(f"INSERT INTO main.{table} SELECT * FROM temp.kept")
    await connection.execute("DROP TABLE temp.kept")


def normalize_question(question: str) -> str:
    """Return a question as it is stored: "What  is BERT?" and "what is bert?" are one."""
    return collapse_question(question).casefold()


def collapse_question(question: str) -> str:
    """Return a question as it was typed, but for its white space."""
    return " ".join(question.split())
