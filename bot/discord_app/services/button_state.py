"""What buttons know beyond their custom_id, as the ledger keeps it. No state says who asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.answering.values import Answer, Excerpt, PassageRange
from bot.errors import PassageGone
from storage.ledger import Ledger
from storage.models import Scope

LIFETIME_SECONDS = 30 * 24 * 3600.0
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
class PassagePlace:
    """Where a passage lies. `second` is the start of the segment in which its quote begins."""

    stretch: PassageRange
    second: float


@dataclass(frozen=True, slots=True)
class AnswerState:
    """One page of an answer: what was asked, and the passage behind each number."""

    inquiry: Inquiry
    spots: tuple[PassagePlace, ...]


@dataclass(frozen=True, slots=True)
class PassageState:
    """A passage by itself."""

    inquiry: Inquiry
    spot: PassagePlace


@dataclass(frozen=True, slots=True)
class TranscriptState:
    """The words around a moment of a video."""

    video_id: str
    moment: float


@dataclass(frozen=True, slots=True)
class VideoListState:
    """A list of videos, narrowed to those that are called so."""

    search: str


ButtonState = TypeVar("ButtonState", AnswerState, PassageState, TranscriptState, VideoListState)
_ADAPTERS: dict[type, TypeAdapter[Any]] = {
    kind: TypeAdapter(kind) for kind in (AnswerState, PassageState, TranscriptState, VideoListState)
}


async def save_state(
    ledger: Ledger, state: AnswerState | PassageState | TranscriptState | VideoListState, scope: Scope
) -> str:
    """Keep what a card's buttons must know; the key goes into their custom_id. What is shown is of the scope."""
    payload = _ADAPTERS[type(state)].dump_json(state).decode()
    return await ledger.keep_state(payload, lifetime_second=LIFETIME_SECONDS, libraries=scope.libraries)


async def load_state(ledger: Ledger, key: str, kind: type[ButtonState]) -> ButtonState:
    """What was kept. Raises PassageGone where it has expired, or was never this kind of thing."""
    payload = await ledger.load_state(key)
    try:
        state: ButtonState = _ADAPTERS[kind].validate_json(payload or "")
    except ValidationError as error:
        raise PassageGone(EXPIRED) from error
    return state


async def picked_server(ledger: Ledger, key: str) -> int:
    """The server that was picked for what was kept; 0 where none was, or nothing is kept."""
    payload = await ledger.load_state(key)
    state = json.loads(payload) if payload else {}
    return int(state.get("inquiry", {}).get("server", 0))


def answer_state(inquiry: Inquiry, answer: Answer) -> AnswerState:
    """The state of an answer's card."""
    return AnswerState(inquiry, tuple(_place_of(excerpt) for excerpt in answer.excerpts or answer.near_misses))


def _place_of(excerpt: Excerpt) -> PassagePlace:
    segments = excerpt.segments
    begun = [start for start in segments if start <= excerpt.start_second]
    return PassagePlace(PassageRange(excerpt.video.video_id, segments[0], segments[-1]), (begun or segments)[-1])
