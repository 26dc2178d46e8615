"""The operations on data about use. As little as possible is kept about people, and who they are in `follows` alone."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from storage.database.connection import Database
from storage.ledger.digests import DigestEntries
from storage.ledger.follows import expired_follow_statements
from storage.ledger.people import PeopleEntries
from storage.ledger.reviews import DELETE_STRAY_REVIEWS
from storage.ledger.rows import ALL_ARE_THERE
from storage.ledger.servers import EVERYWHERE_ELSE as EVERYWHERE_ELSE
from storage.ledger.servers import ServerEntries
from storage.ledger.tallies import MIN_TALLY_SECONDS, utc_day

_SECRET_BYTES = 32
# 12 bytes are 16 characters of base64, unpadded: short beside a custom_id's 100, long enough never to collide.
_KEY_BYTES = 12


class Ledger(ServerEntries, PeopleEntries, DigestEntries):
    """Button state, servers, people, tallies and digests, and which commands Discord knows."""

    def __init__(self, database: Database, secret: bytes, now: Callable[[], float]) -> None:
        super().__init__(database, secret, now)
        self._unwritten: dict[str, tuple[str, str]] = {}

    @classmethod
    async def open(cls, path: Path, *, now: Callable[[], float] = time.time) -> Ledger:
        """Open the database at `path`, creating it where there is none. `now` returns seconds since the epoch.

        Raises DatabaseError, or NewerDatabase where a later version of Cuepoint wrote it.
        """
        database = await Database.open(path)
        try:
            secret = await _install_secret(database)
        except BaseException:
            await database.close()
            raise
        return cls(database, secret, now)

    @classmethod
    async def open_read_only(cls, path: Path, *, now: Callable[[], float] = time.time) -> Ledger:
        """Open the database at `path` as it is, to look at it. Raises DatabaseError."""
        return cls(await Database.open_read_only(path), b"", now)

    async def close(self) -> None:
        """Close the database."""
        await self._database.close()

    def now(self) -> float:
        """Return the time of the ledger's clock, in seconds since the epoch."""
        return self._now()

    async def save_state(
        self, payload: str, *, lifetime_seconds: float, libraries: Iterable[str] = (), bound_to: str = ""
    ) -> str:
        """Keep what a button must know and return its key, which fits a custom_id: at most 16 url-safe characters.

        `libraries` are the keys of those it may draw on: when one of them is purged, so is this. What it is `bound_to`,
        such as a person, is not stored: only the key depends on it.

        The same payload of the same libraries has the same key. Keeping it again extends its lifetime, and never
        shortens it: an older message may still carry the key.
        """
        libraries = tuple(libraries)
        drawn_on = _libraries_json(libraries)
        key = self._hash_state(payload, drawn_on, bound_to)
        expired_at = self._now() + lifetime_seconds
        # A form may be submitted before a busy database is written.
        self._unwritten[key] = payload, drawn_on
        try:
            await self._write(
                libraries,
                f"""
                INSERT INTO button_state (key, payload, expired_at, libraries) SELECT ?, ?, ?, ? WHERE {ALL_ARE_THERE}
                ON CONFLICT DO UPDATE SET expired_at = max(expired_at, excluded.expired_at)
                """,
                (key, payload, expired_at, drawn_on),
            )
        finally:
            self._unwritten.pop(key, None)
        return key

    def state_key(self, payload: str, *, libraries: Iterable[str] = (), bound_to: str = "") -> str:
        """Return the key under which `save_state` keeps a state, for callers that need it before that is written."""
        return self._hash_state(payload, _libraries_json(libraries), bound_to)

    async def load_state(self, key: str, *, bound_to: str = "") -> str | None:
        """Return the payload kept under a key; None when it is unknown, has expired, or is bound to something else."""
        rows = await self._rows(
            "SELECT payload, libraries FROM button_state WHERE key = ? AND expired_at > ?", (key, self._now())
        )
        state = rows[0] if rows else self._unwritten.get(key)
        if state is None:
            return None
        payload, drawn_on = state
        # An earlier version computed keys without the libraries and bound none of them to anything.
        unbound = drawn_on is None and not bound_to
        return payload if unbound or self._hash_state(payload, drawn_on, bound_to) == key else None

    def _hash_state(self, payload: str, libraries: str, bound_to: str) -> str:
        # No user id begins with a bracket, so a key is never the beginning of a person's pseudonym.
        digest = self._keyed_hash(json.dumps([payload, libraries, bound_to]))
        return base64.urlsafe_b64encode(digest[:_KEY_BYTES]).decode()

    async def record_once(self, what: str, *, by: str, lifetime_seconds: float) -> bool:
        """Keep for a time that something was done by somebody; return False where that is kept already.

        Neither of them is stored, only a key that depends on both.
        """
        now = self._now()
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                """
                INSERT INTO button_state (key, payload, expired_at, libraries) VALUES (?1, '', ?2, '[]')
                ON CONFLICT DO UPDATE SET expired_at = ?2 WHERE expired_at <= ?3 RETURNING 1
                """,
                (self._hash_state(what, "", by), now + lifetime_seconds, now),
            )
            return await cursor.fetchone() is not None

    async def forget_once(self, what: str, *, by: str) -> None:
        """Keep no longer that something was done by somebody."""
        await self._execute("DELETE FROM button_state WHERE key = ?", (self._hash_state(what, "", by),))

    async def delete_expired(self, retention_seconds: float) -> int:
        """Delete the buttons that have expired, the votes, misses, sightings and tallies of questions older than the
        retention, the follows of which nobody was told for so long, and the tally of imports of earlier days.

        Returns how many rows were deleted.
        """
        oldest = (self._now() - retention_seconds,)
        oldest_tally = utc_day(self._now() - max(retention_seconds, MIN_TALLY_SECONDS))
        return await self._erase(
            [
                ("DELETE FROM button_state WHERE expired_at <= ?", (self._now(),)),
                ("DELETE FROM vote WHERE voted_at <= ?", oldest),
                ("DELETE FROM miss WHERE last_asked <= ?", oldest),
                ("DELETE FROM miss_review WHERE reviewed_at <= ?", oldest),
                DELETE_STRAY_REVIEWS,
                ("DELETE FROM sighting WHERE last_seen <= ?", oldest),
                *expired_follow_statements(self._now(), retention_seconds),
                ("DELETE FROM import_tally WHERE day < ?", (self._today(),)),
                ("DELETE FROM question_tally WHERE day < ?", (oldest_tally,)),
            ],
            ("button_state", "vote", "miss", "miss_review", "sighting", "follow", "last_notice"),
        )

    async def begin_import(self, library: str, *, most: int) -> int:
        """Count an import into a library, by its key, unless it has had `most` of them today (UTC).

        Returns how many there are today with this one, or 0 where it is not allowed: then it is not counted.
        """
        today = self._today()
        async with self._database.transaction() as connection:
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

    async def cancel_import(self, library: str) -> None:
        """Subtract an import from today's: it was cancelled and will be started again."""
        await self._execute(
            "UPDATE import_tally SET imports = imports - 1 WHERE library = ? AND day = ? AND imports > 0",
            (library, self._today()),
        )

    async def imports_today(self, library: str) -> int:
        """Return how many imports were begun in a library today (UTC)."""
        rows = await self._rows(
            "SELECT imports FROM import_tally WHERE library = ? AND day = ?", (library, self._today())
        )
        return int(rows[0][0]) if rows else 0

    def _today(self) -> str:
        return utc_day(self._now())

    async def command_hash(self, place: str) -> str | None:
        """Return the hash of the commands last synced to a place ("global", or a server's id); None for none yet."""
        rows = await self._rows("SELECT hash FROM command_tree WHERE place = ?", (place,))
        return rows[0][0] if rows else None

    async def command_ids(self, place: str) -> dict[str, int]:
        """Return Discord's ids of the commands last synced to a place, by name; none where they were not kept."""
        rows = await self._rows("SELECT ids FROM command_tree WHERE place = ?", (place,))
        return dict(json.loads(rows[0][0])) if rows else {}

    async def save_commands(self, place: str, value: str, ids: Mapping[str, int]) -> None:
        """Store the hash of the commands that were synced to a place, and Discord's ids of them by name."""
        await self._execute(
            """
            INSERT INTO command_tree (place, hash, ids) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET hash = excluded.hash, ids = excluded.ids
            """,
            (place, value, json.dumps(ids)),
        )


def _libraries_json(libraries: Iterable[str]) -> str:
    return json.dumps(sorted(libraries))


async def _install_secret(database: Database) -> bytes:
    """Return the secret of this installation, created by the first process that opens the database."""
    async with database.transaction() as connection:
        # Two processes may open a new database at once: the second one's secret is ignored, and it reads the first's.
        await connection.execute(
            "INSERT OR IGNORE INTO secret (id, value) VALUES (1, ?)", (secrets.token_bytes(_SECRET_BYTES),)
        )
        row = await (await connection.execute("SELECT value FROM secret")).fetchone()
    assert row is not None  # the statement above made it
    return bytes(row[0])
