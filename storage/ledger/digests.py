"""The ledger's operations on weekly digests: when the next one of a server is due, and what its people made of a week.

`server.digest_at` is the moment of the last digest, or of the beginning where there was none yet: `save_settings` sets
it when a channel is chosen, and deletes it when none is any more.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from storage.access import library_key
from storage.ledger.tallies import TallyEntries
from storage.models import WEEK_SECONDS, DueDigest, HelpfulMoment, Week

MAX_LATE_SECONDS = 3600.0
"""A digest that is late by no more than this leaves the next one at the same weekday and hour. After a longer outage
its weeks begin again, so that two digests are never less than a week apart but for this."""


class DigestEntries(TallyEntries):
    """Weekly digests by server."""

    async def due_digests(self) -> list[DueDigest]:
        """Return the digests that are due now, those first that have waited longest."""
        now = self._now()
        # Of a clock that was wrong then: the weeks begin again, else there would be no digest until that moment.
        await self._execute("UPDATE server SET digest_at = ?1 WHERE digest_at > ?1 + ?2", (now, MAX_LATE_SECONDS))
        rows = await self._rows(
            "SELECT id, digest_at FROM server WHERE digest_at <= ? AND left_at IS NULL ORDER BY digest_at, id",
            (now - WEEK_SECONDS,),
        )
        return [DueDigest(int(server), last_at, _find_slot(last_at, now)) for server, last_at in rows]

    async def claim_digest(self, due: DueDigest) -> bool:
        """Note that a digest is sent now; return False where another process does so, or it is no longer wanted."""
        statement = "UPDATE server SET digest_at = ? WHERE id = ? AND digest_at = ?"
        return bool(await self._execute(statement, (due.at, str(due.server_id), due.last_at)))

    async def next_digest_at(self, server_id: int) -> float | None:
        """Return when the next digest of a server is due (seconds since the epoch); None where it wants none."""
        rows = await self._rows("SELECT digest_at FROM server WHERE id = ?", (str(server_id),))
        return rows[0][0] + WEEK_SECONDS if rows and rows[0][0] is not None else None

    async def helpful_moments(
        self, server_id: int, libraries: Collection[str], week: Week, limit: int
    ) -> list[HelpfulMoment]:
        """Return the moments that people found helpful in a week, where they had asked and were answered in public in
        a server: those first that most people found helpful. More must have found them helpful than not.

        Only answers from `libraries`, by their keys, count. At most `limit` of them are returned.
        """
        # `question` is the one of the latest helpful vote: SQLite takes it from the row of max().
        rows = await self._rows(
            """
            SELECT library, video_id, start_second, question, max(voted_at) FILTER (WHERE verdict = 'helpful'),
                count(DISTINCT voter) FILTER (WHERE verdict = 'helpful') AS helpful
            FROM vote
            WHERE server = ?1 AND server != '' AND library IN (SELECT value FROM json_each(?2))
                AND voted_at >= ?3 AND voted_at < ?4
            GROUP BY library, video_id, start_second
            HAVING helpful > count(DISTINCT voter) FILTER (WHERE verdict != 'helpful')
            ORDER BY helpful DESC, library, video_id, start_second LIMIT ?5
            """,
            (str(server_id), json.dumps(sorted(libraries)), week.begins_at, week.ends_at, limit),
        )
        return [
            HelpfulMoment(library, video_id, second, question, people)
            for library, video_id, second, question, _voted_at, people in rows
        ]

    async def frequent_misses(self, server_id: int) -> frozenset[str]:
        """Return the questions without a clear answer in a server that more than one person asked, as they are kept."""
        rows = await self._rows(
            "SELECT question FROM miss WHERE library = ? GROUP BY question HAVING count(*) > 1",
            (library_key(server_id),),
        )
        return frozenset(question for (question,) in rows)


def _find_slot(last_at: float, now: float) -> float:
    """Return the moment that a digest which is due now is for: whole weeks after the last one, or now where it is late.

    After an outage of many weeks that is one digest, and not several.
    """
    slot = last_at + WEEK_SECONDS * ((now - last_at) // WEEK_SECONDS)
    return slot if now - slot <= MAX_LATE_SECONDS else now
