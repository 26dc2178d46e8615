"""Questions whose askers are told when an import brings an answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Follow:
    """A question that somebody follows, and how to tell them.

    `person_id` is their Discord id: nobody can be told without it. `library` is the key of the one library that is
    followed, and `inquiry` the question with its filters as JSON, which the ledger does not read. They are told in a
    direct message, or in the channel of `channel_id`, 0 for none, in the language of `locale`. `accepts_closest`: an
    answer that is not clear will do. `is_once`: told once, and then deleted. `known` are the places that they were
    shown or told already, by video and start. `follow_id` is 0 for one that is not stored yet, and `made_at` is in
    seconds since the epoch.
    """

    person_id: int
    library: str
    inquiry: str
    channel_id: int = 0
    locale: str = ""
    accepts_closest: bool = False
    is_once: bool = False
    known: tuple[tuple[str, float], ...] = ()
    follow_id: int = 0
    made_at: float = 0.0


@dataclass(frozen=True, slots=True)
class FoundFollow:
    """A follow whose answer is to be told: since when that is known, in which videos it is, and in which message it is
    told, "" where none was begun."""

    follow: Follow
    found_at: float
    video_ids: frozenset[str]
    batch: str = ""
