"""Measures how well sureness separates questions that can be answered from those that cannot."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.answering.values import AnswerLevel

REFUSED_PERCENT = (80, 90, 95, 98, 99)
"""The shares of unanswerable questions refused at which the curve is shown, in percent."""
KEPT_PERCENT = (80, 90, 95)
"""The shares of answerable questions kept at which it is shown, in percent."""
SHOWN_THRESHOLDS = tuple(step / 20 for step in range(1, 20))


@dataclass(frozen=True, slots=True)
class Trial:
    """How one question was answered; `sureness` is from 0 to 1."""

    found: AnswerLevel
    sureness: float


@dataclass(frozen=True, slots=True)
class Tally:
    """How many questions were answered in which way, at the default thresholds."""

    confident: int
    closest: int
    nothing: int

    @property
    def total(self) -> int:
        """Return how many there are in all."""
        return self.confident + self.closest + self.nothing


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One threshold of the curve: the least sureness that counts as an answer, and its effect.

    `refused` is the share of the unanswerable questions below it, `kept` that of the answerable ones not below it.
    """

    cut: float
    refused: float
    kept: float


@dataclass(frozen=True, slots=True)
class RefusalCurve:
    """What the thresholds of sureness would refuse and keep.

    `area` (AUC) is the probability that an answerable question is surer than an unanswerable one, a tie counting half.
    `at_refused` and `at_kept` have a point for every share of `REFUSED_PERCENT` and `KEPT_PERCENT`: the lowest
    threshold that refuses so many, the highest that keeps so many. `at_cuts` has one for all of `SHOWN_THRESHOLDS`.
    """

    area: float
    at_refused: tuple[CurvePoint, ...]
    at_kept: tuple[CurvePoint, ...]
    at_cuts: tuple[CurvePoint, ...]


def count_answers(trials: Iterable[Trial]) -> Tally:
    """Count the answers by their level."""
    levels = [trial.found for trial in trials]
    return Tally(
        levels.count(AnswerLevel.CONFIDENT), levels.count(AnswerLevel.CLOSEST), levels.count(AnswerLevel.NOTHING)
    )


def compute_area(answerable: Sequence[Trial], unanswerable: Sequence[Trial]) -> float:
    """Return the AUC: the share of pairs in which the answerable question is surer, a tie counting half."""
    foreign = sorted(trial.sureness for trial in unanswerable)
    below = sum(bisect_left(foreign, real.sureness) + bisect_right(foreign, real.sureness) for real in answerable)
    return below / (2 * len(answerable) * len(foreign))


def make_curve(answerable: Sequence[Trial], unanswerable: Sequence[Trial]) -> RefusalCurve:
    """Return the curve of two lists of questions, neither of them empty."""
    real = sorted(trial.sureness for trial in answerable)
    foreign = sorted(trial.sureness for trial in unanswerable)

    def point_at(cut: float) -> CurvePoint:
        return CurvePoint(cut, bisect_left(foreign, cut) / len(foreign), 1 - bisect_left(real, cut) / len(real))

    # The lowest threshold that refuses a question lies just above its sureness, the highest that keeps one at its own.
    refusing = [
        math.nextafter(foreign[_count_for_percent(percent, foreign) - 1], math.inf) for percent in REFUSED_PERCENT
    ]
    keeping = [real[-_count_for_percent(percent, real)] for percent in KEPT_PERCENT]
    return RefusalCurve(
        compute_area(answerable, unanswerable),
        tuple(map(point_at, refusing)),
        tuple(map(point_at, keeping)),
        tuple(map(point_at, SHOWN_THRESHOLDS)),
    )


def _count_for_percent(percent: int, values: Sequence[float]) -> int:
    """Return how many of the values are at least so many percent of them."""
    return -(-percent * len(values) // 100)
