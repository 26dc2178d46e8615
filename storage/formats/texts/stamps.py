"""Lines that carry a time, in the shapes that transcription programs, meeting programs and people give them."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from storage.formats.texts.clock import TIME, parse_clock
from storage.formats.texts.line_names import is_name, read_name
from storage.formats.texts.spoken_durations import SPOKEN, spoken_seconds

_RANGE = rf"(?P<time>{TIME})(?:\s*(?:--?>|[-–—]|to)\s*(?P<end>{TIME}))?"
_MARKS = r"(?:\*\*|__)?"
_BULLET = r"\s*(?:[-*•@#>]+\s+|@)?"
_BRACKETED = re.compile(
    rf"{_BULLET}{_MARKS}[\[(<]\s*{_RANGE}\s*[\])>]{_MARKS}[:：]?(?P<dash>\s*[-–—|]\s)?\s*(?P<rest>.*)", re.ASCII
)
_BARE = re.compile(
    rf"{_BULLET}{_MARKS}{_RANGE}{_MARKS}(?:[:：]?(?=\s|\Z)|(?=\s*[-–—|]\s))(?P<dash>\s*[-–—|]\s)?\s*(?P<rest>.*)",
    re.ASCII,
)
_TEAMS_TIME = r"\d{1,3}(?::\d{1,2}){2}[.,]\d{1,6}"
_RANGE_ALONE = re.compile(rf"\s*(?P<time>{_TEAMS_TIME})\s*-->\s*(?P<end>{_TEAMS_TIME})\s*(?P<rest>)", re.ASCII)
_OF_DAY = re.compile(r"(?:[ap]\.?m\b|uhr\b|o'clock|h\b)", re.IGNORECASE)
_NAMED = re.compile(
    rf"{_BULLET}{_MARKS}(?P<name>[^\s\d:(\[][^:\[\]<>]{{0,80}}?|\[[^\[\]:]{{1,60}}\]){_MARKS}(?:[\s,|:–—-]|(?=[\[(]))+"
    rf"{_MARKS}(?P<open>[\[(]?)\s*{_RANGE}\s*[\])]?{_MARKS}\s*(?P<colon>[:：])?{_MARKS}\s*(?P<rest>.*)"
)
_IN_WORDS = re.compile(rf"\s*(?P<name>[^\s\d:][^:]{{0,80}}?)\s+(?P<spoken>{SPOKEN})\s*")
_MAX_LENGTH = 100_000


class Shape(enum.Enum):
    """Where the time stands in a line, and how it is set off."""

    NAMED = enum.auto()  # Jane Doe  0:03
    BRACKETED = enum.auto()  # [00:00:03] words
    IN_WORDS = enum.auto()  # Jane Doe 0 minutes 3 seconds
    ALONE = enum.auto()  # 0:03
    INLINE = enum.auto()  # 0:03 words


@dataclass(frozen=True, slots=True)
class Stamp:
    """A line's time. `second` is None where it is written like a time and is none, such as 0:75.

    `is_set_off` says that a sign parts the time from the words, or from the name; `is_of_day` that the line looks like
    those in which Zoom writes the time of day.
    """

    shape: Shape
    time: str
    second: float | None
    end_second: float | None = None
    name: str = ""
    words: str = ""
    is_set_off: bool = False
    is_of_day: bool = False


def read_stamp(line: str) -> Stamp | None:
    """Return the time that a line begins with; None for a line without one."""
    if not any(character.isdigit() for character in line[:200]) or len(line) > _MAX_LENGTH:
        return None
    alone = _RANGE_ALONE.fullmatch(line)
    if alone is not None:
        return _make(Shape.ALONE, alone, is_set_off=True)  # as Teams once wrote, the name below
    bracketed = _BRACKETED.fullmatch(line)
    if bracketed is not None:
        return _make(Shape.BRACKETED, bracketed, is_set_off=bool(bracketed["dash"]))
    bare = _BARE.fullmatch(line)
    if bare is None or _OF_DAY.match(bare["rest"]):
        return None
    shape = Shape.INLINE if bare["rest"].strip() else Shape.ALONE
    return _make(shape, bare, is_set_off=bool(bare["dash"]))


def read_named_stamp(line: str) -> Stamp | None:
    """Return the time of a line that begins with a name: `Jane 0:03`, `Jane (00:03): words`, `[Jane] 10:15:32`."""
    match = _NAMED.fullmatch(line[:_MAX_LENGTH]) if any(map(str.isdigit, line[:200])) else None
    if match is None or not is_name(match["name"]) or _OF_DAY.match(match["rest"]):
        return None
    has_words, is_set_off = bool(match["rest"].strip()), bool(match["open"] or match["colon"])
    if has_words and not (match["open"] == "[" or match["colon"]):
        return None
    is_of_day = match["name"].startswith("[") and match["time"].count(":") == 2
    return _make(Shape.NAMED, match, read_name(match["name"]), is_set_off, is_of_day)


def read_stamp_in_words(line: str) -> Stamp | None:
    """Return the time of a line of a name and a time in words alone, as Teams' page says it to those who listen."""
    match = _IN_WORDS.fullmatch(line) if len(line) < 200 else None
    if match is None or not is_name(match["name"]):
        return None
    return Stamp(Shape.IN_WORDS, match["spoken"], spoken_seconds(match["spoken"]), name=read_name(match["name"]))


def _make(
    shape: Shape, match: re.Match[str], name: str = "", is_set_off: bool = False, is_of_day: bool = False
) -> Stamp:
    end_second = parse_clock(match["end"]) if match["end"] else None
    second, words = parse_clock(match["time"]), match["rest"].strip()
    if end_second is not None and second is not None and end_second < second:
        end_second = None
    return Stamp(shape, match["time"], second, end_second, name, words, is_set_off, is_of_day)
