"""The ledger's operations on follows: questions whose askers are told when an import brings an answer.

To tell somebody their id is needed: it stands in these tables alone, and as little else as possible with it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection

from storage.ledger.rows import ALL_ARE_THERE, LedgerRows, Statement
from storage.models import Follow

MAX_FOLLOWS = 20
"""How many questions one person can follow at a time."""
NOTICE_KEPT_SECONDS = 2 * 24 * 3600.0
"""How long it is kept at least when somebody was last told, whatever they follow: they are told once a day at most."""
FOLLOW_COLUMNS = "person, library, inquiry, channel, locale, accepts_closest, is_once, known, id, made_at"
RECIPIENT = "iif(channel = '', 'user:' || person, 'channel:' || channel)"
"""Who is told of a row of `follow`, as SQL: `recipient_of` says the same of a `Follow`."""


_LAST_SENT = f"""
    coalesce((
        SELECT sent_at FROM last_notice
        WHERE recipient = {RECIPIENT}
    ), 0)
"""


def expired_follow_statements(now: float, retention_seconds: float) -> list[Statement]:
    """Return what deletes the follows that were made, and whose recipients were last told, before the retention; and
    when somebody was last told, where nobody needs to know it any more."""
    return [
        (f"DELETE FROM follow WHERE max(made_at, {_LAST_SENT}) <= ?", (now - retention_seconds,)),
        (
            f"""
            DELETE FROM last_notice WHERE sent_at <= ? AND recipient NOT IN (
                SELECT {RECIPIENT} FROM follow
            )
            """,
            (now - NOTICE_KEPT_SECONDS,),
        ),
    ]


class FollowEntries(LedgerRows):
    """Follows by person and by library."""

    async def add_follow(self, follow: Follow) -> bool:
        """Keep a follow; return False where its person follows MAX_FOLLOWS questions already.

        The same question followed again is one follow, with what the last one wants and knows.
        """
        person = str(follow.person_id)
        await self._write(
            (follow.library, self._person_key(follow.person_id)),
            f"""
            INSERT INTO follow (person, library, inquiry, channel, locale, accepts_closest, is_once, known, made_at)
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE {ALL_ARE_THERE} AND (
                (SELECT count(*) FROM follow WHERE person = ?1) < {MAX_FOLLOWS}
                OR EXISTS (SELECT 1 FROM follow WHERE (person, library, inquiry, channel) = (?1, ?2, ?3, ?4))
            )
            ON CONFLICT DO UPDATE SET locale = excluded.locale, accepts_closest = excluded.accepts_closest,
                is_once = excluded.is_once, known = excluded.known, made_at = excluded.made_at
            """,
            (
                person,
                follow.library,
                follow.inquiry,
                _channel_text(follow.channel_id),
                follow.locale,
                int(follow.accepts_closest),
                int(follow.is_once),
                json.dumps(follow.known),
                self._now(),
            ),
        )
        return any(
            (kept.library, kept.inquiry, kept.channel_id) == (follow.library, follow.inquiry, follow.channel_id)
            for kept in await self.follows_of(follow.person_id)
        )

    async def follows_of(self, user_id: int) -> list[Follow]:
        """Return what a person follows, the latest first."""
        rows = await self._rows(
            f"SELECT {FOLLOW_COLUMNS} FROM follow WHERE person = ? ORDER BY made_at DESC, id DESC", (str(user_id),)
        )
        return [make_follow(*row) for row in rows]

    async def follows_in(self, library: str) -> list[Follow]:
        """Return all follows of a library, by its key, the earliest first."""
        rows = await self._rows(f"SELECT {FOLLOW_COLUMNS} FROM follow WHERE library = ? ORDER BY id", (library,))
        # There may be tens of thousands.
        return await asyncio.to_thread(lambda: [make_follow(*row) for row in rows])

    async def remove_follow(self, user_id: int, follow_id: int) -> bool:
        """Delete one of a person's follows; return whether it was there."""
        return bool(await self.remove_follows(user_id, [follow_id]))

    async def remove_follows(self, user_id: int, follow_ids: Collection[int]) -> int:
        """Delete several of a person's follows; return how many of them were there."""
        person, ids = str(user_id), json.dumps(sorted(follow_ids))
        before = len(await self.follows_of(user_id))
        await self._erase(
            [
                ("DELETE FROM follow WHERE person = ? AND id IN (SELECT value FROM json_each(?))", (person, ids)),
                (
                    "DELETE FROM last_notice WHERE recipient = 'user:' || ?1"
                    " AND NOT EXISTS (SELECT 1 FROM follow WHERE person = ?1)",
                    (person,),
                ),
            ],
            ("follow", "last_notice"),
        )
        return before - len(await self.follows_of(user_id))


def _channel_text(channel_id: int) -> str:
    return str(channel_id) if channel_id else ""


def make_follow(
    person: str,
    library: str,
    inquiry: str,
    channel: str,
    locale: str,
    accepts_closest: int,
    is_once: int,
    known: str,
    follow_id: int,
    made_at: float,
) -> Follow:
    places = tuple((str(video_id), float(second)) for video_id, second in json.loads(known))
    return Follow(
        int(person),
        library,
        inquiry,
        int(channel or 0),
        locale,
        bool(accepts_closest),
        bool(is_once),
        places,
        follow_id,
        made_at,
    )
