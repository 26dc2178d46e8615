"""YouTube's own captions in JSON (`json3`): events with times in milliseconds and with their words in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, FailFast, Field, ValidationError

from storage.formats.captions.rolling import sort_spoken
from storage.formats.captions.transcript import VideoDetails, build_transcript
from storage.formats.document import Document
from storage.formats.text_cleaning import clean_text
from storage.models import Cue, FileContent
from storage.models.limits import MAX_OBJECTS_PER_ROW, MAX_SECOND
from storage.sentences import sentence

_MAX_MS = int(MAX_SECOND * 1000)
_RECOGNISED_WITHIN = 65_536
# Only speech recognition knows the moment of every word, and how sure it is of it.
_WORD_TIMES = re.compile(r'(?<!\\)"(?:tOffsetMs|acAsrConf)"\s*:')
_KEYS = re.compile(r'(?<!\\)"(?:events|wireMagic)"\s*:')


@dataclass(frozen=True, slots=True)
class _Piece:
    utf8: str = ""


class _Event(BaseModel):
    """One change of the screen. An event without `segs` sets up a window; one with `aAppend` continues its text."""

    start_ms: int = Field(alias="tStartMs", ge=0, le=_MAX_MS)
    duration_ms: int = Field(alias="dDurationMs", default=0, ge=0)
    segs: Annotated[list[_Piece], FailFast()] = Field(default_factory=list)
    append: int = Field(alias="aAppend", default=0)
    window: int = Field(alias="wWinId", default=0)


class _Captions(BaseModel):
    events: Annotated[list[_Event], FailFast()]


def is_json3(document: Document) -> bool:
    """Return whether the text is an object with the keys of this format, even when the object is cut off."""
    return document.first_line.startswith("{") and bool(_KEYS.search(document.text, 0, _RECOGNISED_WITHIN))


def read_json3(document: Document) -> FileContent:
    """Read the captions of one video."""
    document.require_caption_size()
    # Checked before parsing: an object takes many times the memory of its few characters.
    if document.text.count("{") > document.limits.rows * MAX_OBJECTS_PER_ROW:
        raise document.too_many_cues_error()
    try:
        captions = _Captions.model_validate_json(document.text)
    except ValidationError as error:
        raise document.refusal_error(_describe_problem(error)) from error
    if len(captions.events) > document.limits.rows:
        raise document.too_many_cues_error()
    details = VideoDetails(is_automatic=bool(_WORD_TIMES.search(document.text)))
    return build_transcript(document, sort_spoken(list(_make_cues(captions.events))), details)


def _describe_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return sentence(
            "the json3 captions are cut off or damaged ({text}); download them again", text=clean_text(first["msg"])
        )
    where = ".".join(map(str, first["loc"]))
    return sentence(
        "the json3 captions are not as YouTube writes them ({where}: {text}); download them again",
        where=where,
        text=clean_text(first["msg"]),
    )


def _make_cues(events: Sequence[_Event]) -> Iterator[Cue]:
    captions: list[tuple[_Event, list[str]]] = []
    latest: dict[int, int] = {}  # by window, the place of its latest text in `captions`
    for event in events:
        text = "".join(piece.utf8 for piece in event.segs)
        place = latest.get(event.window)
        if not text:
            continue
        if event.append and place is not None and not _needs_space(captions[place][1][-1], text):
            captions[place][1].append(text)
        else:
            latest[event.window] = len(captions)
            captions.append((event, [text]))
    for event, texts in captions:
        end_ms = event.start_ms + min(event.duration_ms, _MAX_MS)
        yield Cue(event.start_ms / 1000, end_ms / 1000, clean_text("".join(texts)))


def _needs_space(before: str, after: str) -> bool:
    """Return whether there is a space between two texts, so that the appended text begins a new word."""
    return before[-1].isspace() or after[0].isspace()
