"""How much processor time one question may take: after that, the best found so far is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
        self._start = clock()
        self._end = self._start + seconds
        self._cut_short = False

    def is_spent(self) -> bool:
        """Return whether what comes next is to be left out. Ask only before work that then really is."""
        self._cut_short = self._cut_short or self._clock() >= self._end or self._is_abandoned()
        return self._cut_short

    @property
    def cut_short(self) -> bool:
        """Return whether anything was left out."""
        return self._cut_short

    @property
    def seconds_spent(self) -> float:
        """Return the processor time that was taken since the budget was made."""
        return self._clock() - self._start


class QuestionTime:
    """The processor time of a question that is searched in several languages, one after another.

    Each has an equal share of what those before it left.
    """

    def __init__(self, languages: int, seconds: float = QUESTION_SECONDS) -> None:
        self._languages_left = languages
        self._seconds_left = seconds

    @contextmanager
    def begin_language(
        self, *, is_abandoned: Callable[[], bool] = lambda: False, clock: Callable[[], float] = time.thread_time
    ) -> Iterator[WorkBudget]:
        """Yield the budget of the next language, for the thread that calls this."""
        budget = WorkBudget(self._seconds_left / self._languages_left, is_abandoned=is_abandoned, clock=clock)
        try:
            yield budget
        finally:
            self._languages_left -= 1
            self._seconds_left = max(0.0, self._seconds_left - budget.seconds_spent)
