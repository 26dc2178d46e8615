"""The values about use that the ledger takes and returns: no videos, and no one's name.

Moments are seconds since the epoch; a server is identified by its Discord id.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Verdict(enum.StrEnum):
    """What a person thinks of an excerpt as an answer to their question."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"


@dataclass(frozen=True, slots=True)
class Vote:
    """A verdict on one segment of a library as an answer to a question. Who gave it is not part of it."""

    library: str
    question: str
    video_id: str
    start_second: float
    verdict: Verdict


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
    `cooldown_seconds` is the time between two questions of a person, None for the host's.
    """

    language: str = ""
    quotes: int | None = None
    private_by_default: bool = False
    shared_too: bool = True
    channels: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    cooldown_seconds: float | None = None
    record_misses: bool = True


@dataclass(frozen=True, slots=True)
class Sighting:
    """That a person used the bot in a server, and when they last did."""

    server_id: int
    last_seen: float


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that a library did not answer, collapsed and casefolded, how often it was asked, and when last."""

    library: str
    question: str
    count: int
    last_asked: float


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

    def __len__(self) -> int:
        return len(self.votes) + len(self.misses) + len(self.sightings)
