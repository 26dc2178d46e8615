"""The report of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from bot.evaluation.measures import Figures
from bot.evaluation.refusal import RefusalCurve, Tally


@dataclass(frozen=True, slots=True)
class MeasuredRanking:
    """One ranking of the same questions: whose, and how good."""

    ranking: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several rankings of the same questions; `asked` says how the questions were asked."""

    asked: str
    rankings: tuple[MeasuredRanking, ...]


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
    """All that one evaluation found. `questions` are those that were asked, `judged` those there are."""

    folder: str
    segments: int
    videos: int
    questions: int
    judged: int
    comparisons: tuple[Comparison, ...]
    ablations: tuple[Ablation, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
