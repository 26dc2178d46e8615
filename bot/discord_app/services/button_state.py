"""What buttons know beyond their custom_id, as the ledger keeps it. No state says who asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.answering.values import Answer, Excerpt, Stretch
from bot.errors import PassageGone
from storage.ledger import Ledger
from storage.models import Scope

LIFETIME_SECOND = 30 * 24 * 3600.0
"""How long buttons work after they were last sent."""
EXPIRED = "These buttons have expired. Please ask again."


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What was asked, with its filters."""

    text: str
    video: str = ""
    creator: str = ""
    server: int = 0
    """The server that was picked, by its id; 0 for none."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a passage lies. `second` is the start of the segment in which its quote begins."""

    stretch: Stretch
    second: float


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of an answer: what was asked, and the passage behind each number."""

    inquiry: Inquiry
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """A passage by itself."""

    inquiry: Inquiry
    spot: Spot


@dataclass(frozen=True, slots=True)
class Reading:
    """The words around a moment of a video."""

    video_id: str
    moment: float


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of videos, narrowed to those that are called so."""

    search: str


State = TypeVar("State", Shown, Opening, Reading, Listing)
_ADAPTERS: dict[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in (Shown, Opening, Reading, Listing)}


async def keep(ledger: Ledger, state: Shown | Opening | Reading | Listing, scope: Scope) -> str:
    """Keep what a card's buttons must know; the key goes into their custom_id. What is shown is of the scope."""
    payload = _ADAPTERS[type(state)].dump_json(state).decode()
    return await ledger.keep_state(payload, lifetime_second=LIFETIME_SECOND, libraries=scope.libraries)


async def recall(ledger: Ledger, key: str, kind: type[State]) -> State:
    """What was kept. Raises PassageGone where it has expired, or was never this kind of thing."""
    payload = await ledger.load_state(key)
    try:
        state: State = _ADAPTERS[kind].validate_json(payload or "")
    except ValidationError as error:
        raise PassageGone(EXPIRED) from error
    return state


async def picked(ledger: Ledger, key: str) -> int:
    """The server that was picked for what was kept; 0 where none was, or nothing is kept."""
    payload = await ledger.load_state(key)
    state = json.loads(payload) if payload else {}
    return int(state.get("inquiry", {}).get("server", 0))


def shown(inquiry: Inquiry, answer: Answer) -> Shown:
    """The state of an answer's card."""
    return Shown(inquiry, tuple(_spot(excerpt) for excerpt in answer.excerpts or answer.near_misses))


def _spot(excerpt: Excerpt) -> Spot:
    segments = excerpt.segments
    begun = [start for start in segments if start <= excerpt.start_second]
    return Spot(Stretch(excerpt.video.video_id, segments[0], segments[-1]), (begun or segments)[-1])
