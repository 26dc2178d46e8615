"""The times in a timing line of SubRip or WebVTT, in the spellings that are in use."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.models.limits import MAX_SECOND

_MAX_MS = int(MAX_SECOND * 1000)
_TIME = r"(?:(\d{1,9}):)?(\d{1,9}):(\d{1,2})(?:[.,:](\d{1,9}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?", re.ASCII)
# As nearly every line is written: read in half of the time.
# Two digits of hours are less than the 100 that a recording may have.
_USUAL_TIME = r"(\d\d):([0-5]\d):([0-5]\d)[.,](\d{3})"
_USUAL_TIMING = re.compile(rf"{_USUAL_TIME} --> {_USUAL_TIME}(?:\s.*)?", re.ASCII)


class UnreadableTimes(ValueError):
    """A line that should hold times and does not; the text says what is wrong with it, to follow its quotation."""


def parse_usual_times(line: str) -> tuple[int, int] | None:
    """Return the start and the end in a timing line as nearly every file has them, in milliseconds; None for another
    line."""
    match = _USUAL_TIMING.fullmatch(line)
    if match is None:
        return None
    h, m, s, ms, end_h, end_m, end_s, end_ms = map(int, match.groups())
    return ((h * 60 + m) * 60 + s) * 1000 + ms, ((end_h * 60 + end_m) * 60 + end_s) * 1000 + end_ms


def parse_times(line: str) -> tuple[int, int]:
    """Return the start and the end in a timing line, in milliseconds. Raises UnreadableTimes."""
    match = _TIMING.fullmatch(line)
    if match is None:
        raise UnreadableTimes("is not a timing line such as 00:01:02,500 --> 00:01:05,000")
    fields = match.groups()
    times = _parse_milliseconds(fields[0:4]), _parse_milliseconds(fields[4:8])
    if max(times) > _MAX_MS:
        raise UnreadableTimes("lies over 100 hours into the video")
    return times


def _parse_milliseconds(fields: Sequence[str | None]) -> int:
    """Return a time in milliseconds; ".5" is half a second. Raises UnreadableTimes when minutes or seconds overflow.

    Whisper once wrote 61:02.500, without hours, and rounded 59.9996 seconds up to 60.000.
    """
    hours, minutes, seconds = (int(text or 0) for text in fields[:3])
    fraction = (fields[3] or "").ljust(3, "0")[:3]
    is_rounded = seconds == 60 and not int(fraction)
    if (seconds > 59 and not is_rounded) or (minutes > 59 and fields[0] is not None):
        raise UnreadableTimes("has more than 59 minutes or seconds")
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(fraction)
