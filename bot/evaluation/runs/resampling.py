"""Compares two runs question by question: how far the measures differ, and whether that can be chance.

The intervals are those of the paired bootstrap (Efron and Tibshirani 1993, percentiles), the p is that of the paired
randomisation test (Smucker, Allan and Carterette 2007, two-sided). Questions are drawn within their set, and in the
mean every set counts the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.answering.values import AnswerLevel
from bot.errors import QuestionSetError
from bot.evaluation.runs.saved_run import QuestionScore, SavedRun, SetScores

RESAMPLES = 5_000
INTERVAL_PERCENT = (2.5, 97.5)
SEED = 1
"""Of the random numbers: the same two runs always give the same intervals."""
MAX_DRAWN = 2_000_000
"""How many questions are drawn at a time, which bounds the memory."""

Floats = NDArray[np.float64]

RANKING_MEASURES: Mapping[str, Callable[[QuestionScore], float]] = {
    "ndcg_10": lambda score: score.figures.ndcg_10,
    "mrr_10": lambda score: score.figures.mrr_10,
    "hit_1": lambda score: score.figures.hit_1,
    "hit_3": lambda score: score.figures.hit_3,
    "recall_10": lambda score: score.figures.recall_10,
    "confident": lambda score: float(score.level is AnswerLevel.CONFIDENT),
    "sureness": lambda score: score.sureness,
}
QUOTE_MEASURES: Mapping[str, Callable[[QuestionScore], float]] = {
    "quote_answers_1": lambda score: float(bool(score.quote_answers_1)),
    "quote_answers_3": lambda score: float(bool(score.quote_answers_3)),
}


@dataclass(frozen=True, slots=True)
class MeasureDifference:
    """How far a measure is now from what it was, with the 95 % interval from `low` to `high`.

    `p` is the chance of so large a difference where the two runs are equally good.
    """

    measure: str
    questions: int
    before: float
    now: float
    difference: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class SetDifference:
    """The differences on one question set, or in the mean over several.

    `questions` are those that both runs asked in the same words, `left_out` those that only one of them did.
    """

    name: str
    questions: int
    left_out: int
    measures: tuple[MeasureDifference, ...]


@dataclass(frozen=True, slots=True)
class AskingDifference:
    """The differences for questions that were asked in one way; `mean` is None where there is one set only."""

    asked: str
    sets: tuple[SetDifference, ...]
    mean: SetDifference | None


@dataclass(frozen=True, slots=True)
class RunDifference:
    """The differences between a run and an earlier one, whose file is named."""

    against: str
    askings: tuple[AskingDifference, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sample:
    """What a set says about some measures: their means before and now, and resampled means of the differences.

    The rows of `drawn` are those of the bootstrap, the rows of `flipped` those of the randomisation.
    """

    questions: int
    before: float
    now: float
    drawn: Floats
    flipped: Floats


Pairs = Sequence[tuple[QuestionScore, QuestionScore]]
"""The scores of the same questions, before and now."""


def compare_runs(now: SavedRun, before: SavedRun, against: str) -> RunDifference:
    """Compare a run with an earlier one; `against` names the earlier one's file.

    Raises QuestionSetError where they have no question in common.
    """
    earlier = {(kept.name, asking.asked): asking.questions for kept in before.sets for asking in kept.askings}
    ways = dict.fromkeys(asking.asked for kept in now.sets for asking in kept.askings)
    askings = [_compare_asking(asked, now.sets, earlier) for asked in ways]
    compared = tuple(asking for asking in askings if asking.sets)
    if not compared:
        raise QuestionSetError(
            f"{against}: that run has no question in common with this one: it is of {_list_names(before.sets)}, this "
            f"one of {_list_names(now.sets)}; evaluate the same sets, or save a run of these with --save first"
        )
    return RunDifference(against, compared, tuple(_describe_left_out(now, before)))


def _compare_asking(
    asked: str, sets: Sequence[SetScores], earlier: Mapping[tuple[str, str], Mapping[str, QuestionScore]]
) -> AskingDifference:
    found: list[SetDifference] = []
    samples: list[Mapping[str, _Sample]] = []
    for place, kept in enumerate(sets):
        new = next((asking.questions for asking in kept.askings if asking.asked == asked), {})
        old = earlier.get((kept.name, asked), {})
        pairs = [(old[key], score) for key, score in new.items() if key in old and old[key].text == score.text]
        if pairs:
            samples.append(_sample_measures(pairs, place))
            left_out = len(new) + len(old) - 2 * len(pairs)
            found.append(SetDifference(kept.name, len(pairs), left_out, _describe([samples[-1]])))
    if len(found) < 2:
        return AskingDifference(asked, tuple(found), None)
    questions, left_out = (sum(getattr(one_set, name) for one_set in found) for name in ("questions", "left_out"))
    return AskingDifference(asked, tuple(found), SetDifference("mean", questions, left_out, _describe(samples)))


def _sample_measures(pairs: Pairs, place: int) -> dict[str, _Sample]:
    """Return the samples of one set's measures, by name; `place` is the set's among the sets."""
    answered = [pair for pair in pairs if all(score.quote_answers_3 is not None for score in pair)]
    samples: dict[str, _Sample] = {}
    for measures, some in ((RANKING_MEASURES, pairs), (QUOTE_MEASURES, answered)):
        if some:
            before, now = (
                np.array([[measure(pair[side]) for measure in measures.values()] for pair in some]) for side in (0, 1)
            )
            drawn, flipped = _resample(now - before, np.random.default_rng([SEED, place]))
            for column, name in enumerate(measures):
                was, is_now = (float(np.mean(values[:, column])) for values in (before, now))
                samples[name] = _Sample(len(some), was, is_now, drawn[:, column], flipped[:, column])
    return samples


def _resample(differences: Floats, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """Return means of the differences, a column for each measure: of questions drawn with replacement, and of all
    questions, with the sign of each question's differences left to chance."""
    count = len(differences)
    drawn, flipped = [], []
    block = max(1, MAX_DRAWN // count)
    for start in range(0, RESAMPLES, block):
        size = min(block, RESAMPLES - start)
        places = chance.integers(count, size=(size, count), dtype=np.int32) + count * np.arange(size)[:, np.newaxis]
        times = np.bincount(places.ravel(), minlength=size * count).reshape(size, count).astype(np.float64)
        drawn.append(times @ differences / count)
        flipped.append((2.0 * chance.integers(2, size=(size, count), dtype=np.int8) - 1) @ differences / count)
    return np.concatenate(drawn), np.concatenate(flipped)


def _describe(samples: Sequence[Mapping[str, _Sample]]) -> tuple[MeasureDifference, ...]:
    """Return the differences in the mean over the sets that have a measure, measure by measure."""
    found = []
    for name in (*RANKING_MEASURES, *QUOTE_MEASURES):
        having = [sample[name] for sample in samples if name in sample]
        if having:
            found.append(_describe_measure(name, having))
    return tuple(found)


def _describe_measure(name: str, samples: Sequence[_Sample]) -> MeasureDifference:
    before = sum(sample.before for sample in samples) / len(samples)
    now = sum(sample.now for sample in samples) / len(samples)
    difference = now - before
    low, high = np.percentile(np.mean([sample.drawn for sample in samples], axis=0), INTERVAL_PERCENT)
    flipped = np.abs(np.mean([sample.flipped for sample in samples], axis=0))
    # What differs by rounding alone counts as equally large.
    as_large = int(np.count_nonzero(flipped >= abs(difference) - 1e-12))
    return MeasureDifference(
        name,
        sum(sample.questions for sample in samples),
        before,
        now,
        difference,
        float(low),
        float(high),
        (1 + as_large) / (1 + RESAMPLES),
    )


def _describe_left_out(now: SavedRun, before: SavedRun) -> list[str]:
    """Return sentences about what only one of the runs has."""
    notes = []
    for there, here, words in ((before, now, "Only in the earlier run"), (now, before, "Only in this run")):
        missing = {f"{kept.name}, questions {asking.asked}" for kept in there.sets for asking in kept.askings} - {
            f"{kept.name}, questions {asking.asked}" for kept in here.sets for asking in kept.askings
        }
        if missing:
            notes.append(f"{words}, and not compared: {'; '.join(sorted(missing))}.")
    return notes


def _list_names(sets: Sequence[SetScores]) -> str:
    return ", ".join(kept.name for kept in sets) or "no set"
