"""The ledger's operations on notices: what was found for people who follow questions, and that they are told it once.

A message is recorded as a batch before it is sent, and what it told after that, in one transaction. In between it is
not known whether it arrived: the sender looks for it where it belongs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from storage.database.compaction import mark_due
from storage.ledger.follows import FOLLOW_COLUMNS, RECIPIENT, make_follow
from storage.ledger.rows import LedgerRows
from storage.models import Follow, FoundFollow

MAX_KNOWN = 200
"""How many places are kept that somebody knows of one follow, the latest."""


@dataclass(frozen=True, slots=True)
class ToldPlaces:
    """What a message tells of a follow, and the videos that were looked at for it: the others are told later."""

    places: tuple[tuple[str, float], ...]
    looked_at: frozenset[str]


class NoticeEntries(LedgerRows):
    """Follows that are answered, and when people were last told."""

    async def note_found(self, follow_ids: Collection[int], video_ids: Collection[str]) -> None:
        """Note that videos answer some follows, beside those that do already and were not told yet."""
        found = json.dumps([(video_id, None) for video_id in sorted(video_ids)])
        await self._execute(
            """
            UPDATE follow SET found_at = coalesce(found_at, ?), found = (
                SELECT json_group_array(json(value))
                FROM (SELECT value FROM json_each(found) UNION SELECT value FROM json_each(?))
            ) WHERE id IN (SELECT value FROM json_each(?))
            """,
            (self._now(), found, json.dumps(sorted(follow_ids))),
        )

    async def found_follows(self) -> list[FoundFollow]:
        """Return the follows whose answers are to be told, those that were found first come first."""
        rows = await self._rows(
            f"SELECT found_at, found, batch, {FOLLOW_COLUMNS} FROM follow WHERE found_at IS NOT NULL"
            " ORDER BY found_at, id"
        )
        # There may be tens of thousands.
        return await asyncio.to_thread(
            lambda: [
                FoundFollow(make_follow(*follow), found_at, _videos_of(found), batch)
                for found_at, found, batch, *follow in rows
            ]
        )

    async def begin_batch(self, batch: str, told: Mapping[int, ToldPlaces]) -> bool:
        """Record that a message is being sent, before it is: what it tells, by the follow.

        It replaces what was recorded of that batch. Return False, with no batch recorded, where a follow has ended, or
        another process is telling of it.
        """
        async with self._database.transaction() as connection:
            await connection.execute("UPDATE follow SET batch = '' WHERE batch = ?", (batch,))
            for follow_id, each in told.items():
                cursor = await connection.execute(
                    f"""
                    UPDATE follow SET batch = ?, found = (
                        SELECT json_group_array(json(value)) FROM (
                            SELECT value FROM json_each(?)
                            UNION ALL SELECT value FROM json_each(found) WHERE {_IS_LATER}
                        )
                    ) WHERE id = ? AND found_at IS NOT NULL AND batch = ''
                    """,
                    (batch, json.dumps(each.places), json.dumps(sorted(each.looked_at)), follow_id),
                )
                if not cursor.rowcount:
                    await connection.execute("UPDATE follow SET batch = '' WHERE batch = ?", (batch,))
                    return False
        return True

    async def is_whole(self, batch: str, follow_ids: Collection[int]) -> bool:
        """Return whether all follows of a batch are still there: people may have ended them, or deleted their data."""
        rows = await self._rows("SELECT id FROM follow WHERE batch = ?", (batch,))
        return {follow_id for (follow_id,) in rows} == set(follow_ids)

    async def finish_batch(self, batch: str, recipient: str) -> None:
        """Record that a message has arrived: its places are known, follows that were to be told once are deleted, and
        its recipient was told now. All of it or nothing is recorded."""
        async with self._database.transaction(erase=True) as connection:
            rows = list(
                await connection.execute_fetchall(
                    "SELECT id, is_once, known, found FROM follow WHERE batch = ?", (batch,)
                )
            )
            for follow_id, is_once, known, found in rows:
                if is_once:
                    await connection.execute("DELETE FROM follow WHERE id = ?", (follow_id,))
                    await mark_due(connection)
                    continue
                told = [place for place in json.loads(found) if place[1] is not None]
                # What was found since the message was begun is told in the next one.
                later = [place for place in json.loads(found) if place[1] is None]
                await connection.execute(
                    "UPDATE follow SET known = ?, found = ?, found_at = ?, batch = '' WHERE id = ?",
                    (
                        json.dumps([*json.loads(known), *told][-MAX_KNOWN:]),
                        json.dumps(later),
                        self._now() if later else None,
                        follow_id,
                    ),
                )
            # Of somebody who had their data deleted meanwhile nothing is kept.
            person = recipient.removeprefix("user:")
            if person == recipient or not self.erasures.is_erased([self._person_key(int(person))]):
                await connection.execute(_TOLD_NOW, (recipient, self._now()))

    async def postpone_notice(self, recipient: str) -> None:
        """Have a recipient who cannot be told be tried again as if they had been told now, with all that was found."""
        await self._execute_all(
            [
                (f"UPDATE follow SET batch = '' WHERE batch != '' AND {RECIPIENT} = ?", (recipient,)),
                (
                    f"{_TOLD_NOW} WHERE EXISTS (SELECT 1 FROM follow WHERE {RECIPIENT} = ?1)",
                    (recipient, self._now()),
                ),
            ]
        )

    async def end_follows(self, follow_ids: Collection[int]) -> int:
        """Delete follows that nobody can be told of; return how many there were."""
        statement = "DELETE FROM follow WHERE id IN (SELECT value FROM json_each(?))"
        return await self._erase([(statement, (json.dumps(sorted(follow_ids)),))], ("follow",))

    async def forget_found(self, follow_ids: Collection[int]) -> None:
        """Have there be nothing to tell of some follows, which go on."""
        await self._execute(
            "UPDATE follow SET found_at = NULL, found = '[]', batch = '' WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(follow_ids)),),
        )

    async def forget_videos(self, follow_id: int, video_ids: Collection[str]) -> None:
        """Have there be nothing to tell of a follow in some videos, which were looked at and do not answer it."""
        await self._execute(
            f"""
            UPDATE follow SET batch = '', found_at = iif(later = '[]', NULL, found_at), found = later FROM (
                SELECT id AS one, (
                    SELECT json_group_array(json(value)) FROM json_each(found) WHERE {_IS_LATER}
                ) AS later FROM follow WHERE id = ?
            ) WHERE id = one
            """,
            (json.dumps(sorted(video_ids)), follow_id),
        )

    async def last_notices(self) -> dict[str, float]:
        """Return when each recipient was last told, in seconds since the epoch."""
        return dict(await self._rows("SELECT recipient, sent_at FROM last_notice"))


_IS_LATER = "json_extract(value, '$[0]') NOT IN (SELECT value FROM json_each(?))"
"""What was found in other videos than those that were looked at: it is told later."""
_TOLD_NOW = "INSERT OR REPLACE INTO last_notice (recipient, sent_at) SELECT ?1, ?2"


def recipient_of(follow: Follow) -> str:
    """Return who is told of a follow, as the ledger names them: a person, or a channel."""
    return f"channel:{follow.channel_id}" if follow.channel_id else f"user:{follow.person_id}"


def _videos_of(found: str) -> frozenset[str]:
    return frozenset(str(video_id) for video_id, _ in json.loads(found))
