"""Times as JSON transcripts write them."""

from __future__ import annotations

import math
import re

SECONDS, MILLISECONDS, TICKS = 1.0, 0.001, 0.000_000_1
"""Units, in seconds. A tick is Microsoft's, a hundred nanoseconds."""

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
