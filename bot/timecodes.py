"""Formats and parses moments in a recording as people write them: 12:34, 1:02:03, 90."""

from __future__ import annotations

import re

# Longer numbers are not moments in a recording, and the longest do not fit into a float.
_TIMECODE = re.compile(
    r"(?:(?:(?P<hours>\d{1,9}):)?(?P<minutes>\d{1,9}):)?(?P<seconds>\d{1,9}(?:\.\d{1,9})?)s?", re.ASCII
)


def timecode(second: float) -> str:
    """Return a moment in seconds as people write it, such as 12:34 or 1:02:03."""
    minutes, seconds = divmod(max(0, int(second)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def parse_timecode(text: str) -> float:
    """Read a moment in seconds from 12:34, 1:02:03, 754 or 754s. Raises ValueError for anything else."""
    match = _TIMECODE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text[:40]!r} is no time: write 12:34, 1:02:03 or a number of seconds")
    return 3600 * int(match["hours"] or 0) + 60 * int(match["minutes"] or 0) + float(match["seconds"])
