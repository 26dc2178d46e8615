"""The base of the ledger's operations: reading and writing rows, and people by a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence

from storage.database.connection import Database

_PERSON_CHARACTERS = 32


class LedgerRows:
    """The database, the secret of this installation, and a clock (seconds since the epoch)."""

    def __init__(self, database: Database, secret: bytes, now: Callable[[], float]) -> None:
        self._database = database
        self._rows = database.fetch_rows
        self._secret = secret
        self._now = now

    def _keyed_hash(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), hashlib.sha256)

    def _person_key(self, user_id: int) -> str:
        # Keyed, because Discord's ids are public: with a plain hash, hashing every member's id would show who it was.
        return self._keyed_hash(str(user_id)).hex()[:_PERSON_CHARACTERS]

    async def _execute(self, sql: str, parameters: Sequence[object]) -> int:
        """Run one statement in its own transaction and return how many rows it changed."""
        return await self._database.execute(sql, parameters)

    async def _execute_all(self, statements: Sequence[tuple[str, Sequence[object]]], *, erase: bool = False) -> int:
        """Run statements in one transaction; return how many rows they changed. `erase` overwrites what is deleted."""
        async with self._database.transaction(erase=erase) as connection:
            return sum([(await connection.execute(sql, parameters)).rowcount for sql, parameters in statements])


def normalize_question(question: str) -> str:
    """Return a question as it is stored: "What  is BERT?" and "what is bert?" are one."""
    return " ".join(question.split()).casefold()
