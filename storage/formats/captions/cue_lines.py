"""The role of every line of a SubRip or WebVTT file, with the times of timing lines checked and parsed.

Both libraries are lenient: one skips a cue whose times it cannot read, the other takes "00:01,500" for the first minute
of an hour. So the times are read here, where the line is known, and the libraries are given unambiguous files.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storage.formats.document import Document
from storage.formats.text_cleaning import quote_text
from storage.models import Rejection
from storage.models.limits import MAX_SECOND, MAX_TEXT_LENGTH

_MAX_MS = int(MAX_SECOND * 1000)
_TIME = r"(?:(\d{1,9}):)?(\d{1,9}):(\d{1,2})(?:[.,:](\d{1,9}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?P<settings>\s.*)?", re.ASCII)
_BEGINS_WITH_TIME = re.compile(r"\s*\d{1,9}:\d", re.ASCII)
_INDEX = re.compile(r"\s*\d{1,9}\s*", re.ASCII)
_ASIDE = re.compile(r"\s*WEBVTT|(?:NOTE|STYLE|REGION)(?:\s|\Z)")
_CUT_OFF = "the file ends inside a cue, so it is cut off; download or export it again"


class LineRole(enum.Enum):
    """The role of a line."""

    BLANK = enum.auto()
    TIMING = enum.auto()
    LABEL = enum.auto()  # a cue's number or id
    TEXT = enum.auto()
    ASIDE = enum.auto()  # a header, a comment, a style
    STRAY = enum.auto()


@dataclass(frozen=True, slots=True)
class CaptionLine:
    """One line and its role; `times_ms` are a timing line's start and end."""

    role: LineRole
    text: str
    times_ms: tuple[int, int] = (0, 0)


def classify_lines(document: Document, asides: bool) -> list[CaptionLine]:
    """Return the lines with their roles; `asides` says whether the format has a header and comments, as WebVTT has.

    Raises InputError, with the line, for a timing line that cannot be read and for a file that is cut off.
    """
    document.require_caption_size()
    lines = document.lines
    timings: dict[int, tuple[int, int]] = {}
    for i in range(len(lines)):
        if _claims_times(lines, i, asides):
            if len(timings) == document.limits.rows:
                raise document.too_many_error("cues", i + 1)
            timings[i] = _parse_times(document, i)
    labels = _find_ids(lines, timings) if asides else _find_indexes(lines, timings)
    result: list[CaptionLine] = []
    role = LineRole.STRAY
    for i, text in enumerate(lines):
        if i in timings:
            role = LineRole.TEXT
            result.append(CaptionLine(LineRole.TIMING, text, timings[i]))
        elif not text.strip():
            # Comments end at a blank line; a cue's text may contain one, as rolling captions do.
            role = LineRole.STRAY if role is LineRole.ASIDE and not text else role
            result.append(CaptionLine(LineRole.BLANK, text))
        elif i in labels:
            result.append(CaptionLine(LineRole.LABEL, text))
        else:
            if asides and _ASIDE.match(text) and _is_blank(lines, i - 1):
                role = LineRole.ASIDE
            if len(text) > MAX_TEXT_LENGTH:
                raise document.too_long_error("this line", len(text), MAX_TEXT_LENGTH, i + 1)
            result.append(CaptionLine(role, text))
    _refuse_cut_off(document, result)
    return result


def find_stray_lines(document: Document, lines: Sequence[CaptionLine]) -> tuple[Rejection, ...]:
    """Return the rejections of the lines that belong to no cue."""
    return tuple(
        document.reject_row(number, f"{quote_text(line.text)} belongs to no cue and was left out")
        for number, line in enumerate(lines, start=1)
        if line.role is LineRole.STRAY
    )


def _is_blank(lines: Sequence[str], i: int) -> bool:
    return i < 0 or not lines[i].strip()


def _claims_times(lines: Sequence[str], i: int, asides: bool) -> bool:
    """Return whether a line is where times belong, or looks like them: then it must contain times that can be read."""
    line = lines[i]
    if asides and _ASIDE.match(line):
        return False
    numbered = i > 0 and bool(_INDEX.fullmatch(lines[i - 1])) and _is_blank(lines, i - 2)
    if "-->" in line:
        return numbered or bool(_BEGINS_WITH_TIME.match(line)) or _is_blank(lines, i - 1)
    return numbered and bool(_BEGINS_WITH_TIME.match(line))


def _parse_times(document: Document, i: int) -> tuple[int, int]:
    line = document.lines[i]
    match = _TIMING.fullmatch(line)
    if match is None:
        if not any(rest.strip() for rest in document.lines[i + 1 :]):
            raise document.refusal_error(_CUT_OFF, i + 1)
        raise document.refusal_error(
            f"{quote_text(line)} is not a timing line such as 00:01:02,500 --> 00:01:05,000; correct it", i + 1
        )
    fields = match.groups()
    start_ms, end_ms = _parse_milliseconds(fields[0:4]), _parse_milliseconds(fields[4:8])
    if start_ms is None or end_ms is None:
        raise document.refusal_error(
            f"{quote_text(line)} has more than 59 minutes or seconds; correct the times", i + 1
        )
    if max(start_ms, end_ms) > _MAX_MS:
        raise document.refusal_error(f"{quote_text(line)} lies over 100 hours into the video; correct the times", i + 1)
    return start_ms, end_ms


def _parse_milliseconds(fields: Sequence[str | None]) -> int | None:
    """Return a time in milliseconds, None when its minutes or seconds overflow. ".5" is half a second."""
    hours, minutes, seconds = (int(text or 0) for text in fields[:3])
    fraction = (fields[3] or "").ljust(3, "0")[:3]
    if seconds > 59 or minutes > 59:
        return None
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(fraction)


def _find_ids(lines: Sequence[str], timings: Mapping[int, tuple[int, int]]) -> set[int]:
    """Return the lines that are WebVTT cue ids: anything between an empty line and a timing line."""
    return {i - 1 for i in timings if i > 1 and lines[i - 1].strip() and not lines[i - 2]}


def _find_indexes(lines: Sequence[str], timings: Mapping[int, tuple[int, int]]) -> set[int]:
    """Return the lines that are SubRip's cue numbers. Blank lines may stand between the number and the times."""
    indexes, number = set(), 0
    for i in timings:
        above = next((j for j in range(i - 1, -1, -1) if lines[j].strip() or j in timings), -1)
        if above < 0 or above in timings or not _INDEX.fullmatch(lines[above]):
            continue
        if above == i - 1 or int(lines[above]) == number + 1:
            indexes.add(above)
            number = int(lines[above])
    return indexes


def _refuse_cut_off(document: Document, lines: Sequence[CaptionLine]) -> None:
    """Raise InputError when the last cue has no text, not even an empty line, or when only its number is left."""
    end = len(lines) - 1 if not lines[-1].text else len(lines)
    if end > 0 and lines[end - 1].role is LineRole.TIMING:
        raise document.refusal_error(_CUT_OFF, end)
    filled = [i for i in range(max(0, len(lines) - 3), len(lines)) if lines[i].role is not LineRole.BLANK]
    numbers = [line.text for line in lines if line.role is LineRole.LABEL and _INDEX.fullmatch(line.text)]
    if not filled or not numbers or not _INDEX.fullmatch(lines[filled[-1]].text):
        return
    is_next = int(lines[filled[-1]].text) == int(numbers[-1]) + 1
    if is_next and lines[filled[-1]].role is LineRole.TEXT and lines[filled[-1] - 1].role is LineRole.BLANK:
        raise document.refusal_error(_CUT_OFF, filled[-1] + 1)
