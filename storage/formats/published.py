"""The date on which a video was published, as it is stored."""

from __future__ import annotations

import re
from datetime import date

_SPELLED = re.compile(r"(\d{4})(?:([-/.]?)(\d{2})(?:\2(\d{2}))?)?(?:[T ].*)?", re.ASCII | re.DOTALL)
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_EARLIEST_YEAR = 1880
"""No recording is older."""


def parse_published(value: object) -> str:
    """Return a date as ISO 8601 writes it, to the day, the month or the year; "" for what is none, or could be two.

    Read are "2025-06-01", "20250601", "2025-06", "2025", "2025-06-01T12:00:00Z" and "1.6.2025", but not "6/1/2025".
    """
    text = str(value).strip() if isinstance(value, str | int | date) and not isinstance(value, bool) else ""
    if match := _GERMAN.fullmatch(text):
        text = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    match = _SPELLED.fullmatch(text)
    if match is None or (match[3] and not match[2] and not match[4]):
        return ""
    parts = [part for part in (match[1], match[3], match[4]) if part]
    try:
        date(*(int(part) for part in [*parts, "01", "01"][:3]))
    except ValueError:
        return ""
    return "-".join(parts) if int(parts[0]) >= _EARLIEST_YEAR else ""
