"""Door 2: the verbs about use. What is kept about people is as little as will do, and never who they are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.database import Database, database_errors
from storage.models import Verdict, Vote, VoteCount

_SECRET_BYTES = 32
_VOTER_CHARACTERS = 32
# 12 bytes are 16 characters of base64, unpadded: short beside a custom_id's 100, long enough never to collide.
_KEY_BYTES = 12


class Ledger:
    """Button state, feedback, the tally of imports, and which commands Discord knows."""

    def __init__(self, database: Database, secret: bytes, now: Callable[[], float]) -> None:
        self._database = database
        self._secret = secret
        self._now = now

    @classmethod
    async def open(cls, path: Path, *, now: Callable[[], float] = time.time) -> Ledger:
        """Open the database at `path`, making it where there is none. `now` tells seconds since the epoch.

        Raises DatabaseError, or NewerDatabase where a later version of Cuepoint wrote it.
        """
        database = await Database.open(path)
        try:
            secret = await _install_secret(database)
        except BaseException:
            await database.close()
            raise
        return cls(database, secret, now)

    async def close(self) -> None:
        """Close the database."""
        await self._database.close()

    async def keep_state(self, payload: str, *, lifetime_second: float) -> str:
        """Keep what a button must know; the key fits a custom_id: at most 16 url-safe characters.

        The same payload has the same key. Keeping it again prolongs it, and never shortens it: an older message may
        still carry the key.
        """
        # No user id begins with a word, so a key is never the beginning of somebody's pseudonym.
        digest = self._keyed_hash(f"state {payload}")
        key = base64.urlsafe_b64encode(digest[:_KEY_BYTES]).decode()
        await self._write(
            """
            INSERT INTO button_state (key, payload, expired_at) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET expired_at = max(expired_at, excluded.expired_at)
            """,
            (key, payload, self._now() + lifetime_second),
        )
        return key

    async def state(self, key: str) -> str | None:
        """The payload kept under a key; None when the key is unknown or has expired."""
        rows = await self._rows("SELECT payload FROM button_state WHERE key = ? AND expired_at > ?", (key, self._now()))
        return rows[0][0] if rows else None

    async def sweep(self) -> int:
        """Delete what has expired. Returns how many rows that were."""
        return await self._write("DELETE FROM button_state WHERE expired_at <= ?", (self._now(),))

    async def vote(self, user_id: int, vote: Vote) -> None:
        """Count a person's verdict, in place of the one they gave on that question and segment before."""
        await self._write(
            """
            INSERT INTO vote (voter, library, question, video_id, start_second, verdict) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET verdict = excluded.verdict
            """,
            (self._voter(user_id), *_subject(vote), vote.verdict),
        )

    async def withdraw(self, user_id: int, vote: Vote) -> None:
        """Take back a person's vote on that question and segment, whichever verdict it was; no vote is no error."""
        await self._write(
            "DELETE FROM vote WHERE (voter, library, question, video_id, start_second) = (?, ?, ?, ?, ?)",
            (self._voter(user_id), *_subject(vote)),
        )

    async def forget_user(self, user_id: int) -> int:
        """Delete all votes of a person. Returns how many those were."""
        return await self._write("DELETE FROM vote WHERE voter = ?", (self._voter(user_id),))

    async def votes(self) -> list[VoteCount]:
        """Every vote with the number of people who gave it, in a fixed order. Who they are is not told."""
        subject = "library, question, video_id, start_second, verdict"
        rows = await self._rows(f"SELECT {subject}, count(*) FROM vote GROUP BY {subject} ORDER BY {subject}")
        return [
            VoteCount(Vote(library, question, video_id, start_second, Verdict(verdict)), count)
            for library, question, video_id, start_second, verdict, count in rows
        ]

    async def begin_import(self, library: str, *, most: int) -> int:
        """Count an import into a library, by its key, unless it has had `most` of them today (UTC).

        Returns how many there are today with this one, and 0 where it may not be: then it is not counted.
        """
        today = self._today()
        async with self._database.transaction() as connection:
            await connection.execute("DELETE FROM import_tally WHERE day < ?", (today,))
            # Without WHERE, SQLite would take the ON CONFLICT for a join's condition.
            cursor = await connection.execute(
                """
                INSERT INTO import_tally (library, day, imports) SELECT ?1, ?2, 1 WHERE ?3 > 0
                ON CONFLICT DO UPDATE SET imports = imports + 1 WHERE imports < ?3 RETURNING imports
                """,
                (library, today, most),
            )
            row = await cursor.fetchone()
        return int(row[0]) if row else 0

    async def imports_today(self, library: str) -> int:
        """How many imports were begun in a library today (UTC)."""
        rows = await self._rows(
            "SELECT imports FROM import_tally WHERE library = ? AND day = ?", (library, self._today())
        )
        return int(rows[0][0]) if rows else 0

    def _today(self) -> str:
        return datetime.fromtimestamp(self._now(), UTC).date().isoformat()

    async def command_hash(self, place: str) -> str | None:
        """The hash of the commands last synced to a place ("global", or a server's id); None before the first."""
        rows = await self._rows("SELECT hash FROM command_tree WHERE place = ?", (place,))
        return rows[0][0] if rows else None

    async def keep_command_hash(self, place: str, value: str) -> None:
        """Remember which commands were synced to a place."""
        await self._write(
            "INSERT INTO command_tree (place, hash) VALUES (?, ?) ON CONFLICT DO UPDATE SET hash = excluded.hash",
            (place, value),
        )

    def _keyed_hash(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), hashlib.sha256)

    def _voter(self, user_id: int) -> str:
        # Keyed, because Discord's ids are public: a plain hash of each member's would tell who voted.
        return self._keyed_hash(str(user_id)).hex()[:_VOTER_CHARACTERS]

    async def _rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with database_errors(self._database.path):
            return [tuple(row) for row in await self._database.reader.execute_fetchall(sql, parameters)]

    async def _write(self, sql: str, parameters: Sequence[object]) -> int:
        """Run one change of its own; how many rows it touched."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(sql, parameters)
            return cursor.rowcount


async def _install_secret(database: Database) -> bytes:
    """The secret of this installation, made by whoever comes first."""
    async with database.transaction() as connection:
        # Two processes may open a new database at once: the second one's secret is ignored, and it reads the first's.
        await connection.execute(
            "INSERT OR IGNORE INTO secret (id, value) VALUES (1, ?)", (secrets.token_bytes(_SECRET_BYTES),)
        )
        row = await (await connection.execute("SELECT value FROM secret")).fetchone()
    assert row is not None  # the statement above made it
    return bytes(row[0])


def _subject(vote: Vote) -> tuple[str, str, str, float]:
    """What a vote is about, the question as it is kept: "What  is BERT?" and "what is bert?" are one."""
    return vote.library, " ".join(vote.question.split()).casefold(), vote.video_id, vote.start_second
