"""Keeps one trouble from filling the log: what repeats itself is written a few times a minute, then counted."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import LRUCache

MAX_LINES = 5
"""How many lines of one kind are written in a period."""
PERIOD_SECONDS = 60.0
_MAX_KINDS = 1000


@dataclass(slots=True)
class _Period:
    ends_at: float
    lines: int = 0


class ThrottlingFilter(logging.Filter):
    """Lets only the first few lines of a kind through in a period, from the loggers that strangers can make write.

    The kind of a line is its logger and its text before the arguments are filled in. The first line of a later period
    says how many were left out.
    """

    def __init__(self, loggers: tuple[str, ...], now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._loggers = loggers
        self._now = now
        self._periods: LRUCache[tuple[str, str], _Period] = LRUCache(_MAX_KINDS)

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is written, and add to it how many were left out before it."""
        if not record.name.startswith(self._loggers):
            return True
        kind, now = (record.name, str(record.msg)), self._now()
        period = self._periods.get(kind)
        if period is None or now >= period.ends_at:
            left_out = max(0, period.lines - MAX_LINES) if period else 0
            period = self._periods[kind] = _Period(now + PERIOD_SECONDS)
            if left_out:
                record.msg, record.args = f"{record.getMessage()} ({left_out:,} more such lines were left out)", ()
        period.lines += 1
        return period.lines <= MAX_LINES
