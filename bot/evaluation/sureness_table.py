"""How well one pair of cuts of sureness serves several libraries, and what other cuts would do.

The foreign questions of a question set are those of the other sets: its texts cannot answer them.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answering.sureness import SurenessThresholds
from bot.evaluation.refusal import KEPT_PERCENT, REFUSED_PERCENT, Trial, compute_area, count_answers

STEP = 0.02
"""Between the cuts of the curve."""


@dataclass(frozen=True, slots=True)
class SetTrials:
    """How questions were answered by one set's texts: its own, its own with a slip (if asked so), and foreign ones."""

    name: str
    own: Sequence[Trial]
    foreign: Sequence[Trial]
    slipped: Sequence[Trial] = ()


@dataclass(frozen=True, slots=True)
class LevelShares:
    """How many questions were asked, and the share answered at every level by the shipped cuts, from 0 to 1.

    `area` (AUC) is the probability that such a question is surer than a foreign one; None for foreign ones.
    """

    questions: int
    confident: float
    closest: float
    nothing: float
    area: float | None = None


@dataclass(frozen=True, slots=True)
class SetSureness:
    """The shares of one set, or their means over all; `slipped` is None where no slips were made."""

    name: str
    own: LevelShares
    slipped: LevelShares | None
    foreign: LevelShares


@dataclass(frozen=True, slots=True)
class CutEffect:
    """What a cut would do: the least sureness that counts as an answer.

    `own_kept`, `slipped_kept` and `foreign_refused` are means over the sets, from 0 to 1; then the least of them in a
    set, and which set that is.
    """

    cut: float
    own_kept: float
    slipped_kept: float | None
    foreign_refused: float
    least_own_kept: float
    least_own_kept_in: str
    least_foreign_refused: float
    least_foreign_refused_in: str


@dataclass(frozen=True, slots=True)
class SurenessReport:
    """The sureness of all sets at the shipped cuts, and what other cuts would do.

    `at_refused` and `at_kept` have a cut for every share of `REFUSED_PERCENT` and `KEPT_PERCENT`: the lowest that
    refuses so many foreign questions, the highest that keeps so many own ones, in the mean over the sets.
    """

    confident_cut: float
    closest_cut: float
    sets: tuple[SetSureness, ...]
    mean: SetSureness
    at_refused: tuple[CutEffect, ...]
    at_kept: tuple[CutEffect, ...]
    at_cuts: tuple[CutEffect, ...]


def report_sureness(trials: Sequence[SetTrials]) -> SurenessReport:
    """Return the report on question sets of which none is without own or foreign questions."""
    shipped = SurenessThresholds()
    sets = tuple(map(_describe_set, trials))
    curve = _MeanCurve(trials)
    return SurenessReport(
        shipped.confident,
        shipped.closest,
        sets,
        _average_sets(sets),
        tuple(curve.effect_at(curve.lowest_cut_that_refuses(percent / 100)) for percent in REFUSED_PERCENT),
        tuple(curve.effect_at(curve.highest_cut_that_keeps(percent / 100)) for percent in KEPT_PERCENT),
        tuple(curve.effect_at(round(step * STEP, 2)) for step in range(1, round(1 / STEP))),
    )


def _describe_set(trials: SetTrials) -> SetSureness:
    def describe(some: Sequence[Trial], area: float | None) -> LevelShares:
        tally, total = count_answers(some), len(some)
        return LevelShares(total, tally.confident / total, tally.closest / total, tally.nothing / total, area)

    own, slipped = (
        describe(some, compute_area(some, trials.foreign)) if some else None for some in (trials.own, trials.slipped)
    )
    assert own is not None
    return SetSureness(trials.name, own, slipped, describe(trials.foreign, None))


def _average_sets(sets: Sequence[SetSureness]) -> SetSureness:
    slipped = [one_set.slipped for one_set in sets if one_set.slipped]
    return SetSureness(
        "mean",
        _average_shares([one_set.own for one_set in sets]),
        _average_shares(slipped) if slipped else None,
        _average_shares([one_set.foreign for one_set in sets]),
    )


def _average_shares(shares: Sequence[LevelShares]) -> LevelShares:
    areas = [share.area for share in shares if share.area is not None]
    return LevelShares(
        sum(share.questions for share in shares),
        _mean([share.confident for share in shares]),
        _mean([share.closest for share in shares]),
        _mean([share.nothing for share in shares]),
        _mean(areas) if areas else None,
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


class _MeanCurve:
    """What cuts refuse and keep in the mean over several sets."""

    def __init__(self, trials: Sequence[SetTrials]) -> None:
        self._names = [asked.name for asked in trials]
        self._own = [_sort_sureness(asked.own) for asked in trials]
        self._slipped = [_sort_sureness(asked.slipped) for asked in trials if asked.slipped]
        self._foreign = [_sort_sureness(asked.foreign) for asked in trials]

    def effect_at(self, cut: float) -> CutEffect:
        """Return what a cut does."""
        kept = [_kept(values, cut) for values in self._own]
        refused = [1 - _kept(values, cut) for values in self._foreign]
        least_kept, least_refused = kept.index(min(kept)), refused.index(min(refused))
        return CutEffect(
            cut,
            _mean(kept),
            _mean([_kept(values, cut) for values in self._slipped]) if self._slipped else None,
            _mean(refused),
            kept[least_kept],
            self._names[least_kept],
            refused[least_refused],
            self._names[least_refused],
        )

    def lowest_cut_that_refuses(self, share: float) -> float:
        """Return the lowest cut that refuses such a share of the foreign questions: just above one's sureness."""
        cuts = [math.nextafter(value, math.inf) for values in self._foreign for value in values]
        return _find_first(sorted(cuts), lambda cut: self.effect_at(cut).foreign_refused >= share - _ROUNDING)

    def highest_cut_that_keeps(self, share: float) -> float:
        """Return the highest cut that keeps such a share of the own questions: one's sureness."""
        cuts = sorted((value for values in self._own for value in values), reverse=True)
        return _find_first(cuts, lambda cut: self.effect_at(cut).own_kept >= share - _ROUNDING)


_ROUNDING = 1e-9
"""Means that differ by less are equal: they are sums of shares."""


def _find_first(cuts: Sequence[float], is_enough: Callable[[float], bool]) -> float:
    """Return the first cut that is enough; all after it are."""
    return cuts[bisect_left(cuts, True, key=is_enough)]


def _sort_sureness(trials: Sequence[Trial]) -> list[float]:
    return sorted(trial.sureness for trial in trials)


def _kept(values: Sequence[float], cut: float) -> float:
    """Return the share of sorted values that are not below a cut."""
    return 1 - bisect_left(values, cut) / len(values)
