"""What a row says beyond its words and its times, checked: chapters, turns of speakers, times of cues."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from storage.formats.text_cleaning import clean_text, quote_text
from storage.models import Chapter, CueMark, Segment, SpeakerTurn, join_turns
from storage.models.limits import MAX_SECOND
from storage.sentences import sentence

MAX_NAME_LENGTH = 200
"""Characters of a speaker's name; more is no name."""
_SLACK_SECONDS = 1.0
"""How far outside its row a cue may begin: a segment begins at the whole second of its first cue."""
_FALSE = frozenset({"", "0", "false", "no", "none", "null", "nan"})


class InvalidDetail(ValueError):
    """A value that cannot be what its column says. The text says why, for the sentence about the row."""


def read_flag(value: object) -> bool:
    """Return whether a cell says yes."""
    return value.strip().lower() not in _FALSE if isinstance(value, str) else value is True or value == 1


def read_chapters(value: object) -> tuple[Chapter, ...]:
    """Return the chapters in a cell, [[second, title], ..] or yt-dlp's objects; none where it holds something else.

    Raises InvalidDetail.
    """
    if isinstance(value, str) and not value.lstrip().startswith("["):
        return ()
    pairs = [_chapter_pair(item) for item in _read_list("chapters", value)]
    _require_rising("chapters", [second for second, _ in pairs])
    chapters = tuple(Chapter(float(second), clean_text(title)) for second, title in pairs)
    if not all(chapter.title for chapter in chapters):
        raise InvalidDetail(sentence("chapters have one without a title"))
    return chapters


def read_turns(value: object, text: str) -> tuple[SpeakerTurn, ...]:
    """Return the turns of speakers in a cell, [[offset, speaker], ..]. Raises InvalidDetail."""
    pairs = [_pair("turns", item) for item in _read_list("turns", value)]
    _require_offsets("turns", [offset for offset, _ in pairs], text)
    for _, speaker in pairs:
        if not isinstance(speaker, str) or len(speaker) > MAX_NAME_LENGTH:
            raise InvalidDetail(sentence("turns name {name}, which is no speaker", name=quote_text(str(speaker))))
    return join_turns([SpeakerTurn(offset, clean_text(speaker)) for offset, speaker in pairs])


def read_marks(value: object, segment: Segment) -> tuple[CueMark, ...]:
    """Return the times of a segment's cues in a cell, [[offset, second], ..]. Raises InvalidDetail."""
    pairs = [_pair("marks", item) for item in _read_list("marks", value)]
    _require_offsets("marks", [offset for offset, _ in pairs], segment.text)
    seconds = [second for _, second in pairs]
    _require_rising("marks", seconds)
    within = (segment.start_second - _SLACK_SECONDS, segment.end_second + _SLACK_SECONDS)
    if any(not within[0] <= second <= within[1] for second in seconds):
        raise InvalidDetail(sentence("marks lie outside the row’s own times"))
    return tuple(CueMark(offset, float(second)) for offset, second in pairs)


def read_name(value: object) -> str:
    """Return the speaker that a cell names, "" for none."""
    text = clean_text(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return "" if text.lower() in {"nan", "none", "null", "n/a", "na"} or len(text) > MAX_NAME_LENGTH else text


def _read_list(column: str, value: object) -> list[Any]:
    """Return the list in a cell: itself, or written as JSON; an empty cell has none."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return []
    try:
        items = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        items = None
    if not isinstance(items, list):
        raise InvalidDetail(
            sentence("{column} are {value}, which is no list of pairs", column=column, value=quote_text(str(value)))
        )
    return items


def _pair(column: str, item: object) -> tuple[Any, Any]:
    if not isinstance(item, list) or len(item) != 2:
        raise InvalidDetail(
            sentence("{column} have {value}, which is no pair", column=column, value=quote_text(str(item)))
        )
    return item[0], item[1]


def _chapter_pair(item: object) -> tuple[Any, str]:
    second, title = (
        (item.get("start_time", item.get("start_second")), item.get("title"))
        if isinstance(item, dict)
        else _pair("chapters", item)
    )
    if not isinstance(title, str):
        raise InvalidDetail(sentence("chapters have {value}, which has no title", value=quote_text(str(item))))
    return second, title


def _require_offsets(column: str, offsets: Sequence[object], text: str) -> None:
    """Raise InvalidDetail unless the offsets begin at 0, rise, and lie in the text."""
    last = -1
    for offset in offsets:
        if isinstance(offset, bool) or not isinstance(offset, int):
            raise InvalidDetail(
                sentence(
                    "{column} have {value}, which is no place in the text",
                    column=column,
                    value=quote_text(str(offset)),
                )
            )
        if offset <= last or (last < 0 < offset) or offset >= len(text):
            raise InvalidDetail(
                sentence(
                    "{column} do not rise from 0 to less than the text’s {count} characters",
                    column=column,
                    count=str(len(text)),
                )
            )
        last = offset


def _require_rising(column: str, seconds: Sequence[object]) -> None:
    """Raise InvalidDetail unless the seconds are numbers that a video has, and none is before another."""
    last = 0.0
    for second in seconds:
        if isinstance(second, bool) or not isinstance(second, int | float) or not last <= second <= MAX_SECOND:
            raise InvalidDetail(
                sentence(
                    "{column} have {value}, which is no second after the one before it",
                    column=column,
                    value=quote_text(str(second)),
                )
            )
        last = second
