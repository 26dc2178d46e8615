"""Times as JSON transcripts write them, and whether plain numbers are seconds or milliseconds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from statistics import median

SPOKEN_CHARACTERS_PER_SECOND = 13.8
"""The usual speaking rate, as for rows of a table."""

SECONDS, MILLISECONDS, TICKS = 1.0, 0.001, 0.000_000_1
"""Units, in seconds. A tick is Microsoft's, a hundred nanoseconds."""

_MILLISECONDS_FROM = 100
"""Times that are this many times slower than speech, taken as seconds, are milliseconds: nobody says a word a minute.
Speech in milliseconds is a thousand times slower, and the slowest speech with its pauses some ten times."""

_NUMBER = re.compile(r"[+-]?\d{1,18}(?:[.,]\d{1,18})?(?:[eE][+-]?\d{1,2})?s?", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d{1,9})?)", re.ASCII)
# https://learn.microsoft.com/azure/ai-services/speech-service/batch-transcription-get: "offset": "PT0.07S"
_ISO_DURATION = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?", re.ASCII)


def parse_time(value: object, unit: float) -> float | None:
    """Return a time in seconds, None when it is none. A plain number is in `unit`; "1:02:03.5", "1.5s", "PT1.5S" and
    {"seconds": 1, "nanos": 500000000}, which Google writes, name their own."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _finite(value, unit)
    if isinstance(value, dict):
        return _parse_duration_object(value)
    return _parse_written(value.strip(), unit) if isinstance(value, str) else None


def _finite(value: float | str, unit: float) -> float | None:
    try:
        second = float(value) * unit
    except (OverflowError, ValueError):
        return None
    # Rounded to the microsecond, so that 1100 milliseconds are 1.1 seconds. abs() makes -0.0 zero.
    return abs(round(second, 6)) if math.isfinite(second) and second >= 0 else None


def _parse_written(text: str, unit: float) -> float | None:
    if _NUMBER.fullmatch(text):
        return _finite(text.rstrip("s").replace(",", "."), SECONDS if text.endswith("s") else unit)
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds = clock.groups()
        return _finite(int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", ".")), SECONDS)
    duration = _ISO_DURATION.fullmatch(text)
    if duration and any(duration.groups()):
        hours, minutes, seconds = duration.groups()
        return _finite(int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds or 0), SECONDS)
    return None


def _parse_duration_object(value: dict[str, object]) -> float | None:
    # Protobuf leaves out what is zero.
    if not value.keys() <= {"seconds", "nanos"}:
        return None
    seconds, nanos = _parse_plain(value.get("seconds", 0)), _parse_plain(value.get("nanos", 0))
    return None if seconds is None or nanos is None else _finite(seconds + nanos / 1e9, SECONDS)


def _parse_plain(value: object) -> float | None:
    return None if isinstance(value, dict) else parse_time(value, SECONDS)


def find_unit(lengths: Iterable[tuple[int, float]]) -> float:
    """Return the unit of times by the pace of speech, given how many characters are said in how many units."""
    paces = [units * SPOKEN_CHARACTERS_PER_SECOND / characters for characters, units in lengths if characters]
    return MILLISECONDS if paces and median(paces) > _MILLISECONDS_FROM else SECONDS


def spans(starts: Sequence[float], ends: Sequence[float | None]) -> list[float]:
    """Return how long each of several texts takes: until its end, otherwise until the next begins."""
    taken = []
    for start, end, after in zip(starts, ends, [*starts[1:], None], strict=True):
        last = end if end is not None else after
        taken.append(0.0 if last is None else max(0.0, last - start))
    return taken
