"""How much processor time one question may take: after that, the best found so far is given."""

from __future__ import annotations

import time
from collections.abc import Callable

QUESTION_SECONDS = 0.15
"""Processor time after which nothing more is begun for a question. A question of a few words takes a hundredth of it on
200,000 segments; with what has been begun by then, none takes more than 0.3 s there (benchmarks/worst_questions.py)."""


class WorkBudget:
    """The processor time left for one question, counted in the thread that makes the budget: what other threads and
    programs do at the same time does not count.

    `is_abandoned` says that nobody waits for the answer any more, which ends the work as well. `clock` is for tests.
    """

    def __init__(
        self,
        seconds: float = QUESTION_SECONDS,
        *,
        is_abandoned: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        self._clock, self._is_abandoned = clock, is_abandoned
        self._end = clock() + seconds
        self._cut_short = False

    def is_spent(self) -> bool:
        """Return whether what comes next is to be left out. Ask only before work that then really is."""
        self._cut_short = self._cut_short or self._clock() >= self._end or self._is_abandoned()
        return self._cut_short

    @property
    def cut_short(self) -> bool:
        """Return whether anything was left out."""
        return self._cut_short
