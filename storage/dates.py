"""Dates of ISO 8601 to the day, the month or the year: "2025-06-03", "2025-06", "2025".

As texts they sort by time. A date of less precision is a period; its first and last day are compared.
"""

from __future__ import annotations

import re
from datetime import date

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_FIRST_DAYS, _LAST_DAYS = "0000-01-01", "0000-12-31"


def parse_date(text: str) -> str:
    """Return a date as it is stored, "2025-6-3" as "2025-06-03". Raises ValueError for what is no date."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a date such as 2025-06-03, 2025-06 or 2025")
    year, month, day = match.groups()
    date(int(year), int(month or 1), int(day or 1))
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])


def first_day(when: str) -> str:
    """Return the first day of a date's period."""
    return when + _FIRST_DAYS[len(when) :]


def last_day(when: str) -> str:
    """Return the last day of a date's period; of every month it is the 31st, which is for comparing only."""
    return when + _LAST_DAYS[len(when) :]
