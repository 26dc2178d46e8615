"""Moments in texts, which Discord shows in the language and the time zone of the reader, and keeps up to date."""

from __future__ import annotations

import math

_DAY_SECONDS = 24 * 60 * 60


def relative_time(second: float) -> str:
    """Return a moment, in seconds since the epoch, as Discord shows it from now: "3 hours ago", "in 5 seconds"."""
    return f"<t:{math.ceil(second)}:R>"


def next_midnight_utc(now: float) -> float:
    """Return when the next day of UTC begins, by which imports are counted, in seconds since the epoch."""
    return (now // _DAY_SECONDS + 1) * _DAY_SECONDS
