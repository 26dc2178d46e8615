"""The values about use that the ledger takes and returns: no videos, and no one's name.

Moments are seconds since the epoch; a server is identified by its Discord id.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from storage.models.follows import Follow


class Verdict(enum.StrEnum):
    """What a person thinks of an excerpt as an answer to their question."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """A channel of a Discord server in which everybody saw a question and its answer; of a thread, its parent."""

    server_id: int
    channel_id: int


@dataclass(frozen=True, slots=True)
class Vote:
    """A verdict on one segment of a library as an answer to a question. Who gave it is not part of it.

    `public_in` is where the question was asked and answered in public, None where it was not.
    """

    library: str
    question: str
    video_id: str
    start_second: float
    verdict: Verdict
    public_in: PublicPlace | None = None


@dataclass(frozen=True, slots=True)
class ServerRecords:
    """What is kept of a server's use: whether there is anything of each kind.

    `settings` are those that differ from the defaults, `sightings` who used the bot there, `tallies` how many questions
    were asked.
    """

    settings: bool = False
    votes: bool = False
    misses: bool = False
    follows: bool = False
    sightings: bool = False
    tallies: bool = False


@dataclass(frozen=True, slots=True)
class HelpfulQuestion:
    """A question that was asked and answered in a public channel, and an answer to it that people found helpful there.

    The question is as the ledger stores it, collapsed and casefolded; `channel_id` is the channel.
    """

    question: str
    channel_id: int
    library: str
    video_id: str


@dataclass(frozen=True, slots=True)
class VoteCount:
    """A vote and how many people gave it; its question is as the ledger stores it, collapsed and casefolded."""

    vote: Vote
    count: int


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How one server has set up the bot; the defaults where it changed nothing.

    `language` is that of its library, "" for what the first import says. `quotes` is how many an answer shows, None for
    what the bot decides. `shared_too` adds the shared library to its own. Where `channels` or `roles` are named, its
    library is only searched in those channels (and their threads), or for people with one of those roles; where both
    are, both must hold.
    `cooldown_seconds` is the time between two questions of a person, None for the host's. `allows_follows`: people may
    follow questions. In the forum channels `forums`, new posts are answered. `digest_channel` gets what happened in a
    week, None for no channel.
    """

    language: str = ""
    quotes: int | None = None
    private_by_default: bool = False
    shared_too: bool = True
    channels: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    cooldown_seconds: float | None = None
    record_misses: bool = True
    allows_follows: bool = True
    forums: frozenset[int] = frozenset()
    digest_channel: int | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """That a person used the bot in a server, and when they last did."""

    server_id: int
    last_seen: float


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that a library did not answer, collapsed and casefolded, how often it was asked, and when last.

    `wording` is the question as it was last typed, "" where an earlier version noted it.
    """

    library: str
    question: str
    count: int
    last_asked: float
    wording: str = ""


class MissOutcome(enum.StrEnum):
    """Why a miss is no longer open."""

    ANSWERED = "answered"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class ReviewedMiss:
    """A miss that is no longer open: an import answered it, or a moderator dismissed it, at that moment."""

    miss: Miss
    outcome: MissOutcome
    reviewed_at: float


@dataclass(frozen=True, slots=True)
class CastVote:
    """A vote of one person, and when they gave it."""

    vote: Vote
    voted_at: float


@dataclass(frozen=True, slots=True)
class PersonalData:
    """All that is kept about one person."""

    votes: tuple[CastVote, ...] = ()
    misses: tuple[Miss, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    follows: tuple[Follow, ...] = ()

    def __len__(self) -> int:
        return len(self.votes) + len(self.misses) + len(self.sightings) + len(self.follows)
