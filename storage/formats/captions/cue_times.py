"""The times in a timing line of SubRip or WebVTT, in the spellings that are in use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from storage.models.limits import MAX_SECOND
from storage.sentences import sentence

_MAX_MS = int(MAX_SECOND * 1000)
_TIME = r"(?:(\d{1,9}):)?(\d{1,9}):(\d{1,2})(?:[.,:](\d{1,9}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?", re.ASCII)
# As nearly every line is written: read in half of the time.
# Two digits of hours are less than the 100 that a recording may have.
_USUAL_TIME = r"(\d\d):([0-5]\d):([0-5]\d)[.,](\d{3})"
_USUAL_ARROW, _USUAL_LENGTH = " --> ", len("00:00:00,000")
_USUAL_TIMING = re.compile(rf"{_USUAL_TIME}{_USUAL_ARROW}{_USUAL_TIME}(?:[^\S\n].*)?$", re.ASCII | re.MULTILINE)
# In milliseconds, by their digits: looking them up takes a third of the time of reading numbers.
_HOURS, _MINUTES, _SECONDS = ({f"{n:02}": n * unit for n in range(100)} for unit in (3_600_000, 60_000, 1000))
_MILLISECONDS = {f"{n:03}": n for n in range(1000)}
USUAL_COLONS = 4
"""Colons in a timing line as nearly every file has them, without settings behind it."""


class UnreadableTimes(ValueError):
    """A line that should hold times and does not; the text says what is wrong with it, to follow its quotation."""


def find_usual_times(text: str) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the timing lines of a text that are written as in nearly every file: the number of the line, from 0, and
    its start and end in milliseconds."""
    line = counted_to = 0
    arrow = text.find(_USUAL_ARROW)
    while arrow >= 0:
        start = arrow - _USUAL_LENGTH
        match = _USUAL_TIMING.match(text, start) if start >= 0 else None
        if match is not None and (start == 0 or text[start - 1] == "\n"):
            line += text.count("\n", counted_to, start)
            counted_to = start
            h, m, s, ms, end_h, end_m, end_s, end_ms = match.groups()
            start_ms = _HOURS[h] + _MINUTES[m] + _SECONDS[s] + _MILLISECONDS[ms]
            yield line, (start_ms, _HOURS[end_h] + _MINUTES[end_m] + _SECONDS[end_s] + _MILLISECONDS[end_ms])
        arrow = text.find(_USUAL_ARROW, arrow + 1)


def parse_times(line: str) -> tuple[int, int]:
    """Return the start and the end in a timing line, in milliseconds. Raises UnreadableTimes."""
    match = _TIMING.fullmatch(line)
    if match is None:
        raise UnreadableTimes(sentence("is not a timing line such as 00:01:02,500 --> 00:01:05,000"))
    fields = match.groups()
    times = _parse_milliseconds(fields[0:4]), _parse_milliseconds(fields[4:8])
    if max(times) > _MAX_MS:
        raise UnreadableTimes(sentence("lies over 100 hours into the video"))
    return times


def _parse_milliseconds(fields: Sequence[str | None]) -> int:
    """Return a time in milliseconds; ".5" is half a second. Raises UnreadableTimes when minutes or seconds overflow.

    Whisper once wrote 61:02.500, without hours, and rounded 59.9996 seconds up to 60.000.
    """
    hours, minutes, seconds = (int(text or 0) for text in fields[:3])
    fraction = (fields[3] or "").ljust(3, "0")[:3]
    is_rounded = seconds == 60 and not int(fraction)
    if (seconds > 59 and not is_rounded) or (minutes > 59 and fields[0] is not None):
        raise UnreadableTimes(sentence("has more than 59 minutes or seconds"))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(fraction)
