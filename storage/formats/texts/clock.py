"""Times of a video as people and programs write them: 0:03, 1:02:05, 00:00:04.120, and with pictures as 01:02:03:12."""

from __future__ import annotations

import re

from storage.models.limits import MAX_SECOND

TIME = r"\d{1,3}(?::\d{2}){1,3}(?:[.,]\d{1,6})?"
"""A time, or what means to be one: whether minutes and seconds are below sixty is checked where it is read."""

_TIME = re.compile(r"(\d{1,9}(?::\d{1,2}){1,3})(?:[.,](\d{1,9}))?", re.ASCII)


def parse_clock(text: str) -> float | None:
    """Return a time in seconds; None for one with over 59 seconds, or minutes beside hours, or beyond all recordings.

    Without hours, minutes may pass 59. A fourth number counts the pictures within a second, and is left out: how many
    a second has is written nowhere.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    fields = [int(field) for field in match[1].split(":")][:3]
    seconds, minutes, hours = [*fields[::-1], 0][:3]
    if seconds > 59 or (len(fields) == 3 and minutes > 59):
        return None
    total = round((hours * 60 + minutes) * 60 + seconds + float(f"0.{match[2] or 0}"), 3)
    return total if total <= MAX_SECOND else None
