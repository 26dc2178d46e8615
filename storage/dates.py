"""Dates of ISO 8601 to the day, the month or the year: "2025-06-03", "2025-06", "2025".

As texts they sort by time. A date of less precision is a period; its first and last day are compared.
"""

from __future__ import annotations

import re
from datetime import date

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_POINTED = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})|(\d{4})[./](\d{2})[./](\d{2})", re.ASCII)
_TIME = re.compile(r"(?:(?<=\d)T| +)\d\d?:?\d\d.*", re.ASCII | re.DOTALL)
_FIRST_YEAR, _LAST_YEAR = 1800, 2999
"""No recording is older, and none is announced for later."""
_MAX_LENGTH = 40
_FIRST_DAYS, _LAST_DAYS = "0000-01-01", "0000-12-31"


def parse_date(text: str) -> str:
    """Return a date as it is stored, "2025-6-3" as "2025-06-03". Raises ValueError for what is no date."""
    match = _DATE.fullmatch(text.strip())
    if match is None or not _FIRST_YEAR <= int(match[1]) <= _LAST_YEAR:
        raise ValueError(f"“{text[:_MAX_LENGTH]}” is not a date such as 2025-06-03, 2025-06 or 2025")
    year, month, day = match.groups()
    date(int(year), int(month or 1), int(day or 1))
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])


def read_date(value: object) -> str:
    """Return the date in what a person or a program wrote, as it is stored; "" for what is none, or could be two.

    Besides what `parse_date` takes, read are 20250603, 3.6.2025, 2025/06/03 and times of ISO 8601, to the day; not
    6/3/2025.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | date):
        return ""
    text = _TIME.sub("", str(value).strip()[:_MAX_LENGTH])
    if match := _COMPACT.fullmatch(text):
        text = "-".join(match.groups())
    elif match := _POINTED.fullmatch(text):
        year, month, day = match["year"] or match[4], match["month"] or match[5], match["day"] or match[6]
        text = f"{year}-{month}-{day}"
    try:
        return parse_date(text)
    except ValueError:
        return ""


def first_day(when: str) -> str:
    """Return the first day of a date's period."""
    return when + _FIRST_DAYS[len(when) :]


def last_day(when: str) -> str:
    """Return the last day of a date's period; of every month it is the 31st, which is for comparing only."""
    return when + _LAST_DAYS[len(when) :]
