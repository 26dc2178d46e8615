"""The state of buttons beyond their custom_id, as the ledger keeps it. No state says who asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.answering.values import Answer, Excerpt, PassageRange, QuotePlace
from bot.discord_app.services.optional_writes import OptionalWrites
from bot.errors import PassageGone
from bot.localization import gettext_noop
from storage.ledger import Ledger
from storage.models import PublicPlace, Scope

BUTTON_LIFETIME_SECONDS = 30 * 24 * 3600.0
"""How long buttons work after they were last sent."""
EXPIRED = gettext_noop("These buttons have expired. Please ask again.")


@dataclass(frozen=True, slots=True)
class LastQuestion:
    """The question that another one follows up, as its asker wrote it; `is_own` is whether both ask the same."""

    text: str
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The text of a question, with its filters. One that follows up another is completed with words of `last`."""

    text: str
    video: str = ""
    creator: str = ""
    server: int = 0
    """The server that was picked, by its id; 0 for none."""
    speaker: str = ""
    after: str = ""
    before: str = ""
    newest_first: bool = False
    last: LastQuestion | None = None
    public_in: PublicPlace | None = None
    """Where everybody saw the question and its answer; None for a private answer, and outside of servers."""
    context: str = ""
    """Words of `last` beside which the text is meant, where that names another subject."""

    @property
    def wording(self) -> str:
        """Return the whole of what is asked, which says by itself what is meant."""
        return " ".join(filter(None, (self.text, self.context)))


@dataclass(frozen=True, slots=True)
class PassagePlace:
    """The place of a passage. `second` is the start of the segment in which its quote begins.

    `quoted` is what the answer quotes from it, None where an earlier version stored the place.
    """

    stretch: PassageRange
    second: float
    quoted: QuotePlace | None = None


@dataclass(frozen=True, slots=True)
class AnswerState:
    """One page of an answer: what was asked, and the passages behind its numbers.

    `is_quoted` says that Discord shows the question above the card, `page_size` how many passages a page shows,
    which earlier versions did not store, and `is_shared` that somebody shares it with everyone in a channel.
    """

    inquiry: Inquiry
    spots: tuple[PassagePlace, ...]
    is_quoted: bool = False
    page_size: int | None = None
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class PassageState:
    """A passage by itself. `shown` is what is read of its video by now, None for the passage itself."""

    inquiry: Inquiry
    spot: PassagePlace
    shown: PassageRange | None = None


@dataclass(frozen=True, slots=True)
class QuestionState:
    """A question that a button asks; `private` says whether its answer is for the one who presses alone."""

    inquiry: Inquiry
    private: bool
    as_timeline: bool = False


@dataclass(frozen=True, slots=True)
class TranscriptState:
    """The words around a moment of a video."""

    video_id: str
    moment: float


@dataclass(frozen=True, slots=True)
class VideoListState:
    """A list of videos, narrowed to those whose names match the search, by title or the newest first."""

    search: str = ""
    newest_first: bool = False


ALL_VIDEOS = VideoListState()


SavedState = AnswerState | PassageState | QuestionState | TranscriptState | VideoListState
ButtonState = TypeVar("ButtonState", AnswerState, PassageState, QuestionState, TranscriptState, VideoListState)
_ADAPTERS: dict[type, TypeAdapter[Any]] = {
    kind: TypeAdapter(kind) for kind in (AnswerState, PassageState, QuestionState, TranscriptState, VideoListState)
}


async def save_state(ledger: Ledger, state: SavedState, scope: Scope) -> str:
    """Store the state of a card's buttons, and return the key for their custom_id.

    `scope` names the libraries that the shown content comes from.
    """
    payload = _ADAPTERS[type(state)].dump_json(state).decode()
    return await ledger.save_state(payload, lifetime_seconds=BUTTON_LIFETIME_SECONDS, libraries=scope.libraries)


async def load_state(ledger: Ledger, key: str, kind: type[ButtonState]) -> ButtonState:
    """Load a stored state. Raises PassageGone where it has expired, or never was of this kind."""
    payload = await ledger.load_state(key)
    try:
        state: ButtonState = _ADAPTERS[kind].validate_json(payload or "")
    except ValidationError as error:
        raise PassageGone(EXPIRED) from error
    return state


_INQUIRY = TypeAdapter(Inquiry)


def dump_inquiry(inquiry: Inquiry) -> str:
    """Return what is asked as JSON: the same for all who ask the same, wherever they ask it, and whatever before."""
    return _INQUIRY.dump_json(replace(inquiry, server=0, last=None, public_in=None), exclude_defaults=True).decode()


def load_inquiry(text: str) -> Inquiry:
    """Return what `dump_inquiry` wrote."""
    return _INQUIRY.validate_json(text)


class ButtonStates:
    """Stores what buttons need. Make one for all of Discord."""

    def __init__(self, ledger: Ledger, writes: OptionalWrites) -> None:
        self._ledger = ledger
        self._writes = writes

    async def save(self, scope: Scope, state: SavedState) -> str | None:
        """Store the state as `save_state` does; return the key, or None where that cannot be written now."""
        return await self._writes.attempt("storing what buttons need", partial(save_state, self._ledger, state, scope))


def place_excerpts(answer: Answer) -> tuple[PassagePlace, ...]:
    """Return the places of the passages on an answer's card."""
    return tuple(_place_of(excerpt) for excerpt in answer.excerpts or answer.near_misses)


def _place_of(excerpt: Excerpt) -> PassagePlace:
    segments = excerpt.segments
    starts = [start for start in segments if start <= excerpt.start_second]
    stretch = PassageRange(excerpt.video.video_id, segments[0], segments[-1])
    return PassagePlace(stretch, (starts or segments)[-1], excerpt.place)
