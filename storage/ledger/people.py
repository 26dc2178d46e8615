"""The ledger's operations on people's data: their votes, misses and sightings. Never who they are: only what they
follow, in `follows`, has their id."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace

from storage.access import library_key
from storage.ledger.follows import FollowEntries
from storage.ledger.notices import NoticeEntries
from storage.ledger.reviews import DELETE_STRAY_REVIEWS, ReviewEntries
from storage.ledger.rows import ALL_ARE_THERE, collapse_question, normalize_question
from storage.models import (
    CastVote,
    HelpfulQuestion,
    Miss,
    PersonalData,
    PublicPlace,
    Sighting,
    Verdict,
    Vote,
    VoteCount,
)

MAX_SERVERS_SEEN = 25
"""A person is taken to be a member of at most so many servers, the latest ones: Discord is asked about every one."""
SIGHTING_RENEWED_AFTER_SECONDS = 3600.0
"""A sighting is not written again within this time: it would be a write with every command."""


class PeopleEntries(FollowEntries, NoticeEntries, ReviewEntries):
    """Votes, misses and sightings, and what goes with all that is kept about a person."""

    async def save_vote(self, user_id: int, vote: Vote) -> None:
        """Count a person's verdict, replacing the one they gave on that question and segment before.

        A question that they voted on in public stays public when they vote on it in private.
        """
        person = self._person_key(user_id)
        await self._write(
            (vote.library, person),
            f"""
            INSERT INTO vote (voter, library, question, video_id, start_second, verdict, voted_at, server, channel)
            SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE {ALL_ARE_THERE}
            ON CONFLICT DO UPDATE SET verdict = excluded.verdict, voted_at = excluded.voted_at,
                server = iif(excluded.server = '', server, excluded.server),
                channel = iif(excluded.server = '', channel, excluded.channel)
            """,
            (person, *_vote_key(vote), vote.verdict, self._now(), *_place_columns(vote.public_in)),
        )

    async def withdraw_vote(self, user_id: int, vote: Vote) -> None:
        """Delete a person's vote on that question and segment, with either verdict; a missing vote is not an error."""
        statement = "DELETE FROM vote WHERE (voter, library, question, video_id, start_second) = (?, ?, ?, ?, ?)"
        await self._erase([(statement, (self._person_key(user_id), *_vote_key(vote)))], ())

    async def votes(self, library: str | None = None) -> list[VoteCount]:
        """Return every vote on a library (by its key), or on any, with how many people gave it, in a fixed order.

        It does not return who they are.
        """
        subject = "library, question, video_id, start_second, verdict"
        rows = await self._rows(
            f"SELECT {subject}, count(*) FROM vote WHERE ?1 IS NULL OR library = ?1"
            f" GROUP BY {subject} ORDER BY {subject}",
            (library,),
        )
        return [VoteCount(_make_vote(*row), count) for *row, count in rows]

    async def helpful_questions(self, server_id: int, libraries: Collection[str], limit: int) -> list[HelpfulQuestion]:
        """Return questions that were asked and answered in public in a server, and that more people found helpful than
        not there, by so many people.

        Only answers from `libraries`, by their keys, count. At most `limit` of them are returned.
        """
        rows = await self._rows(
            """
            WITH public AS (
                SELECT * FROM vote
                WHERE server = ?1 AND server != '' AND library IN (SELECT value FROM json_each(?2))
            ),
            liked AS (
                SELECT question, count(DISTINCT voter) FILTER (WHERE verdict = 'helpful') AS helpful
                FROM public GROUP BY question
                HAVING helpful > count(DISTINCT voter) FILTER (WHERE verdict != 'helpful')
            )
            SELECT DISTINCT question, channel, library, video_id FROM public JOIN liked USING (question)
            WHERE verdict = 'helpful' ORDER BY helpful DESC, question, channel, library, video_id LIMIT ?3
            """,
            (str(server_id), json.dumps(sorted(libraries)), limit),
        )
        return [
            HelpfulQuestion(question, int(channel), library, video_id) for question, channel, library, video_id in rows
        ]

    async def withhold_question(self, server_id: int, question: str) -> None:
        """Have a question be public in a server no more: the votes on it count as given in private from now on."""
        await self._execute(
            "UPDATE vote SET server = '', channel = '' WHERE server = ? AND server != '' AND question = ?",
            (str(server_id), normalize_question(question)),
        )

    async def record_miss(self, library: str, question: str, user_id: int) -> None:
        """Count a question that a library (by its key) did not answer."""
        person = self._person_key(user_id)
        await self._write(
            (library, person),
            f"""
            INSERT INTO miss (library, question, person, count, last_asked, wording)
            SELECT ?, ?, ?, 1, ?, ? WHERE {ALL_ARE_THERE}
            ON CONFLICT DO UPDATE SET
                count = count + 1, last_asked = excluded.last_asked, wording = excluded.wording
            """,
            (library, normalize_question(question), person, self._now(), collapse_question(question)),
        )

    async def misses(self, library: str) -> list[Miss]:
        """Return the questions that a library did not answer, by how often they were asked, then the latest first."""
        # Beside a maximum, SQLite takes the wording from the row that has it.
        rows = await self._rows(
            """
            SELECT library, question, sum(count) AS asked, max(last_asked) AS latest, wording
            FROM miss WHERE library = ?
            GROUP BY question ORDER BY asked DESC, latest DESC, question
            """,
            (library,),
        )
        return [Miss(*row) for row in rows]

    async def record_sighting(self, user_id: int, server_id: int) -> None:
        """Record that a person uses the bot in a server."""
        person, now = self._person_key(user_id), self._now()
        known = await self._rows(
            "SELECT 1 FROM sighting WHERE person = ? AND server = ? AND last_seen > ?",
            (person, str(server_id), now - SIGHTING_RENEWED_AFTER_SECONDS),
        )
        if not known:
            await self._write(
                (library_key(server_id), person),
                f"""
                INSERT INTO sighting (person, server, last_seen) SELECT ?, ?, ? WHERE {ALL_ARE_THERE}
                ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen
                """,
                (person, str(server_id), now),
            )

    async def servers_seen(self, user_id: int, limit: int = MAX_SERVERS_SEEN) -> list[Sighting]:
        """Return the servers in which a person used the bot, the latest first, without those that the bot has left."""
        rows = await self._rows(
            """
            SELECT server, last_seen FROM sighting LEFT JOIN server ON id = server
            WHERE person = ? AND left_at IS NULL ORDER BY last_seen DESC, server LIMIT ?
            """,
            (self._person_key(user_id), limit),
        )
        return [Sighting(int(server), last_seen) for server, last_seen in rows]

    async def personal_data(self, user_id: int) -> PersonalData:
        """Return all that is kept about a person, the latest first."""
        person = (self._person_key(user_id),)
        votes = await self._rows(
            """
            SELECT voted_at, server, channel, library, question, video_id, start_second, verdict FROM vote
            WHERE voter = ?
            ORDER BY voted_at DESC, library, question, video_id, start_second
            """,
            person,
        )
        misses = await self._rows(
            """
            SELECT library, question, count, last_asked, wording FROM miss WHERE person = ?
            ORDER BY last_asked DESC, library, question
            """,
            person,
        )
        sightings = await self._rows(
            "SELECT server, last_seen FROM sighting WHERE person = ? ORDER BY last_seen DESC, server", person
        )
        return PersonalData(
            tuple(
                CastVote(replace(_make_vote(*vote), public_in=_read_place(server, channel)), voted_at)
                for voted_at, server, channel, *vote in votes
            ),
            tuple(Miss(*row) for row in misses),
            tuple(Sighting(int(server), last_seen) for server, last_seen in sightings),
            tuple(await self.follows_of(user_id)),
        )

    def is_deleted(self, user_id: int) -> bool:
        """Return whether what is kept about a person was deleted since the event began that is handled now."""
        return self.erasures.is_erased([self._person_key(user_id)])

    async def delete_personal_data(self, user_id: int) -> int:
        """Delete all that is kept about a person: votes, misses, sightings and follows. Returns how many there were."""
        person, follower = (self._person_key(user_id),), (str(user_id),)
        self.erasures.record(person[0])
        return await self._erase(
            [
                ("DELETE FROM vote WHERE voter = ?", person),
                ("DELETE FROM miss WHERE person = ?", person),
                ("DELETE FROM sighting WHERE person = ?", person),
                ("DELETE FROM follow WHERE person = ?", follower),
            ],
            ("vote", "miss", "miss_review", "sighting", "follow", "last_notice"),
            afterwards=[
                DELETE_STRAY_REVIEWS,
                ("DELETE FROM last_notice WHERE recipient = ?", (f"user:{user_id}",)),
            ],
        )


def _vote_key(vote: Vote) -> tuple[str, str, str, float]:
    """Return what a vote is about, with the question as it is stored."""
    return vote.library, normalize_question(vote.question), vote.video_id, vote.start_second


def _place_columns(place: PublicPlace | None) -> tuple[str, str]:
    return (str(place.server_id), str(place.channel_id)) if place is not None else ("", "")


def _read_place(server: str, channel: str) -> PublicPlace | None:
    return PublicPlace(int(server), int(channel)) if server else None


def _make_vote(library: str, question: str, video_id: str, start_second: float, verdict: str) -> Vote:
    return Vote(library, question, video_id, start_second, Verdict(verdict))
