"""Dates as people and programs write them, as ISO 8601 has them: to the day, the month or the year."""

from __future__ import annotations

import re
from datetime import date

_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d?)(?:-(?P<day>\d\d?)(?:[T ]\d\d:?\d\d\S*)?)?"
    r"|(?P<compact>\d{4})(?:T\d{4,6}\S*)?)?",
    re.ASCII,
)
_FIRST_YEAR, _LAST_YEAR = 1800, 2999


def read_date(text: str) -> str:
    """Return a date such as 2025-06-03, 20250603, 2025-06, 2025 or a time of ISO 8601, to the day at most; "" for
    what is none."""
    match = _DATE.fullmatch(text.strip()[:40])
    if match is None or not _FIRST_YEAR <= int(match["year"]) <= _LAST_YEAR:
        return ""
    month, day = match["month"], match["day"]
    if match["compact"]:
        month, day = match["compact"][:2], match["compact"][2:]
    try:
        written = date(int(match["year"]), int(month or 1), int(day or 1)).isoformat()
    except ValueError:  # a month 13, or a 31st of June
        return ""
    return written if day else written[:7] if month else written[:4]
