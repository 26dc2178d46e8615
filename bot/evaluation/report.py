"""The reports of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.evaluation.measures import Figures, average_figures
from bot.evaluation.refusal import RefusalCurve, Tally
from bot.evaluation.repairs import RepairCount


@dataclass(frozen=True, slots=True)
class MeasuredRanking:
    """One ranking of the same questions: whose, and how good."""

    ranking: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class QuotedAnswers:
    """How many of the questions with an answering phrase have it in their first quote, and in one of the first three.

    `quote_answers_1` and `quote_answers_3` are shares of those questions, from 0 to 1.
    """

    questions: int
    quote_answers_1: float
    quote_answers_3: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several rankings of the same questions; `asked` says how the questions were asked.

    `quoted` is None where no question has an answering phrase.
    """

    asked: str
    rankings: tuple[MeasuredRanking, ...]
    quoted: QuotedAnswers | None = None


@dataclass(frozen=True, slots=True)
class Ablation:
    """The ranking with some of its steps.

    `added` begins with none and has one more per row, until it has them all; a row of `without` lacks one.
    """

    asked: str
    added: tuple[MeasuredRanking, ...]
    without: tuple[MeasuredRanking, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """How questions that can be answered fare beside questions that cannot; `unanswerable_are` says which those are."""

    unanswerable_are: str
    answerable: Tally
    unanswerable: Tally
    curve: RefusalCurve


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found on one question set. `questions` are those that were asked, `judged` those there are."""

    folder: str
    segments: int
    videos: int
    questions: int
    judged: int
    comparisons: tuple[Comparison, ...]
    ablations: tuple[Ablation, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    repairs: tuple[RepairCount, ...] = ()
    notes: tuple[str, ...] = ()


def average_comparisons(reports: Sequence[Report]) -> tuple[Comparison, ...]:
    """Return the means over several question sets, one way of asking after the other; every set counts the same."""
    by_asking = zip(*(report.comparisons for report in reports), strict=True)
    return tuple(
        Comparison(
            comparisons[0].asked,
            tuple(map(_average_rankings, zip(*(comparison.rankings for comparison in comparisons), strict=True))),
            _average_quoted([comparison.quoted for comparison in comparisons if comparison.quoted]),
        )
        for comparisons in by_asking
    )


def _average_rankings(rankings: Sequence[MeasuredRanking]) -> MeasuredRanking:
    return MeasuredRanking(rankings[0].ranking, average_figures([measured.figures for measured in rankings]))


def _average_quoted(quoted: Sequence[QuotedAnswers]) -> QuotedAnswers | None:
    if not quoted:
        return None
    return QuotedAnswers(
        sum(shares.questions for shares in quoted),
        sum(shares.quote_answers_1 for shares in quoted) / len(quoted),
        sum(shares.quote_answers_3 for shares in quoted) / len(quoted),
    )
