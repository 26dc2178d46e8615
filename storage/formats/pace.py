"""Milliseconds recognised by the pace of speech: nobody takes an hour for three words."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

SPOKEN_CHARACTERS_PER_SECOND = 13.8
"""The speaking rate: the characters of the 300 rows in the three sample pages divided by the seconds they last."""

TOO_SLOW = 100.0
"""Rows that last a hundred times their words are not in the unit they are taken for."""
_SHORTEST = 200
"""The least that a row in milliseconds lasts, in its unit: a row of less may be seconds of silence."""
_CONVERTED_MIN, _CONVERTED_MAX = 0.1, 20.0
"""How many times its words a row may last, in the middle of all rows, to be speech after the conversion."""
_MIN_STARTS = 8
"""How many rows tell the unit by their starts alone: a list of chapters has far starts and few words too."""
_PACE_FACTOR, _PACE_SHARE = 4.0, 0.8
"""From start to start, that share of the rows takes the time of its words, to within the factor, in a transcript."""

_Length = tuple[float, int]
"""How long something lasts, in the table's unit, and in how many characters."""


@dataclass(frozen=True, slots=True)
class TimedText:
    """A row as far as its pace is concerned: numbers as the table has them. `length` counts the text's characters."""

    video: str
    start: float
    end: float | None
    length: int


class Unit(enum.Enum):
    """What the numbers of a table turn out to be."""

    AS_NAMED = "as named"
    MILLISECONDS = "milliseconds"
    SECONDS = "seconds"
    UNKNOWN = "unknown"


def find_unit(rows: Sequence[TimedText], named: float | None) -> Unit:
    """Return what the times of rows are, where their columns' names say `named` seconds for one, or None for nothing.

    Seconds that are plausible as such are never taken for anything else.
    """
    worded = [row for row in rows if row.length]
    lasting = [(row.end - row.start, row.length) for row in worded if row.end is not None]
    gaps = [(after.start - row.start, row.length) for row, after in _pairs(worded) if after.start > row.start]
    if named is not None and named < 1:
        return _check_milliseconds(_ratios(lasting or gaps))
    judge = _judge_rows if lasting else _judge_starts
    return judge(lasting or gaps, rows, is_named=named is not None)


def _check_milliseconds(ratios: Sequence[float]) -> Unit:
    """Return seconds where they are called milliseconds, yet each row would last a hundredth of its words then."""
    if ratios and median(ratios) / 1000 < 1 / TOO_SLOW:
        return Unit.SECONDS
    return Unit.AS_NAMED


def _judge_rows(lasting: Sequence[_Length], rows: Sequence[TimedText], *, is_named: bool) -> Unit:
    middle = median(_ratios(lasting))
    if middle < TOO_SLOW or median(length for length, _ in lasting) < _SHORTEST:
        return Unit.AS_NAMED
    is_speech = _CONVERTED_MIN <= middle / 1000 <= _CONVERTED_MAX
    if is_speech and _are_whole(rows) and not _are_minutes(lasting):
        return Unit.MILLISECONDS
    return Unit.AS_NAMED if is_named else Unit.UNKNOWN


def _judge_starts(gaps: Sequence[_Length], rows: Sequence[TimedText], *, is_named: bool) -> Unit:
    ratios = _ratios(gaps)
    if not ratios or median(ratios) < TOO_SLOW or median(length for length, _ in gaps) < _SHORTEST:
        return Unit.AS_NAMED
    at_pace = sum(1 / _PACE_FACTOR <= ratio / 1000 <= _PACE_FACTOR for ratio in ratios)
    is_speech = len(ratios) + 1 >= _MIN_STARTS and at_pace >= _PACE_SHARE * len(ratios)
    if is_speech and _are_whole(rows) and not _are_minutes(gaps):
        return Unit.MILLISECONDS
    return Unit.AS_NAMED if is_named else Unit.UNKNOWN


def _ratios(lengths: Sequence[_Length]) -> list[float]:
    """Return how many times longer than usual each takes to say."""
    return [length * SPOKEN_CHARACTERS_PER_SECOND / characters for length, characters in lengths]


def _are_whole(rows: Sequence[TimedText]) -> bool:
    return all(math.floor(row.start) == row.start and (row.end is None or row.end % 1 == 0) for row in rows)


def _are_minutes(lengths: Sequence[_Length]) -> bool:
    """Return whether times are all in whole minutes, as in a list of chapters."""
    return all(length % 60 == 0 for length, _ in lengths)


def _pairs(rows: Sequence[TimedText]) -> Iterator[tuple[TimedText, TimedText]]:
    """Yield each row with the next of its video."""
    latest: dict[str, TimedText] = {}
    for row in rows:
        if row.video in latest:
            yield latest[row.video], row
        latest[row.video] = row
