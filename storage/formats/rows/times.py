"""Moments and durations as tables write them: numbers, timecodes, decimal commas."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+", re.ASCII)
_UNGROUPED = re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII)
"""A number that is one with thousands or, where there is one comma, one with a decimal comma."""
_TIMECODE = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:[.,](\d{1,9}))?", re.ASCII)
_WITH_UNITS = re.compile(
    r"(?:pt)?(?=\d)(?:(\d{1,4})\s?h(?:ours?)?\s?)?(?:(\d{1,6})\s?m(?:in(?:utes?)?)?\s?)?"
    r"(?:(\d{1,9}(?:[.,]\d{1,9})?)\s?s(?:ec(?:s|onds?)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_MILLISECONDS = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s?(?:ms|msec|milliseconds?)", re.ASCII | re.IGNORECASE)
_NOTHING = frozenset({"", "nan", "none", "null", "na", "n/a", "<na>", "nat", "-", "–", "—"})


def is_missing(value: object) -> bool:
    """Return whether a cell of a time is empty, also as programs spell that."""
    if isinstance(value, str):
        return value.strip().lower() in _NOTHING
    return value is None or (isinstance(value, float) and math.isnan(value))


def parse_number(value: object, *, decimal_comma: bool = False) -> float | None:
    """Return a plain number of at least 0; None for anything else. `decimal_comma` reads "1,086" as a little above 1,
    not as above a thousand."""
    try:
        if isinstance(value, str):
            number = _parse_text(value.strip(), decimal_comma)
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            number = float(value)
        else:
            return None
    except (OverflowError, ValueError):  # an integer beyond any float, or a Decimal that signals
        return None
    return abs(number) if math.isfinite(number) and number >= 0 else None


def parse_timecode(value: object) -> float | None:
    """Return the seconds of "1:02:03.5", "62:03", "3.2s", "PT1H2M3S" or "1500 ms"; None for anything else."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if match := _TIMECODE.fullmatch(text):
        hours, minutes, seconds = int(match[1] or 0), int(match[2]), int(match[3])
        if seconds > 59 or (match[1] and minutes > 59):
            return None
        return hours * 3600 + minutes * 60 + float(f"{seconds}.{match[4] or 0}")
    if match := _MILLISECONDS.fullmatch(text):
        return float(match[1]) / 1000
    match = _WITH_UNITS.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    return int(match[1] or 0) * 3600 + int(match[2] or 0) * 60 + float((match[3] or "0").replace(",", "."))


def has_decimal_comma(values: Iterable[object], *, semicolons: bool) -> bool:
    """Return whether the commas of a table's numbers are decimal ones.

    A number such as "0,24" tells it, and "1,086.5" the opposite. Where every number could be either, those of a table
    whose cells are parted by `semicolons` are decimal, unless others there have a point, or none has a comma.
    """
    could_be = has_point = False
    for value in values:
        text = value.strip() if isinstance(value, str) else ""
        if "," not in text:
            has_point |= "." in text
        elif _NUMBER.fullmatch(text) and (("." in text) or text.count(",") > 1):
            return False
        elif _DECIMAL_COMMA.fullmatch(text) and (not _NUMBER.fullmatch(text) or text.lstrip("+-").startswith("0")):
            return True
        else:
            could_be |= bool(_UNGROUPED.fullmatch(text))
    return semicolons and could_be and not has_point


def _parse_text(text: str, decimal_comma: bool) -> float:
    """Return the number in a text, NaN for none."""
    if "," in text:
        is_decimal = _DECIMAL_COMMA.fullmatch(text) and (decimal_comma or not _NUMBER.fullmatch(text))
        text = text.replace(".", "").replace(",", ".") if is_decimal else text
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else math.nan
