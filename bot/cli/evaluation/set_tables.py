"""Tables of one question set: its rankings, what their steps add, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from bot.cli.evaluation.formatting import (
    FIGURES,
    MEASURES,
    Titled,
    format_figures,
    format_part,
    format_percent,
    new_table,
)
from bot.cli.evaluation.repair_tables import make_repair_tables
from bot.evaluation.refusal import KEPT_PERCENT, REFUSED_PERCENT, CurvePoint, RefusalCurve, Tally
from bot.evaluation.report import Ablation, Comparison, MeasuredRanking, QuotedAnswers, Refusal, Report


def make_set_tables(report: Report) -> Titled:
    """Yield all tables of a question set."""
    for comparison in report.comparisons:
        yield f"Questions {comparison.asked}", _comparison_table(comparison)
        if comparison.quoted:
            title = f"The answering phrase stands in the quotes, questions {comparison.asked}"
            yield title, _quoted_table(comparison.quoted)
    for ablation in report.ablations:
        yield f"What each step adds to those before it, questions {ablation.asked}", _added_table(ablation)
        yield f"What is lost without a step, questions {ablation.asked}", _left_out_table(ablation)
    for refusal in report.refusals:
        title = f"Answerable beside unanswerable: {refusal.unanswerable_are}"
        yield f"{title}; at the shipped cuts", _tally_table(refusal)
        yield f"Sureness as a cut, from 0 to 1: AUC {refusal.curve.area:.4f}", _target_table(refusal.curve)
        yield "The whole curve", _point_table(refusal.curve.at_cuts)
    for count in report.repairs:
        yield from make_repair_tables(count)


def _comparison_table(comparison: Comparison) -> Table:
    table = new_table("ranking", *(MEASURES[name] for name in FIGURES))
    for measured in comparison.rankings:
        table.add_row(measured.ranking, *format_figures(measured.figures))
    return table


def _quoted_table(quoted: QuotedAnswers) -> Table:
    table = new_table("questions with a phrase", MEASURES["quote_answers_1"], MEASURES["quote_answers_3"])
    table.add_row(f"{quoted.questions:,}", f"{quoted.quote_answers_1:.4f}", f"{quoted.quote_answers_3:.4f}")
    return table


def _added_table(ablation: Ablation) -> Table:
    table = new_table("steps", "nDCG@10", "difference", "MRR@10", "difference")
    for previous, measured in zip((None, *ablation.added), ablation.added, strict=False):
        table.add_row(measured.ranking, *_format_differences(measured, previous))
    return table


def _left_out_table(ablation: Ablation) -> Table:
    table = new_table("steps", "nDCG@10", "difference", "MRR@10", "difference")
    for measured in ablation.without:
        table.add_row(measured.ranking, *_format_differences(measured, ablation.added[-1]))
    return table


def _format_differences(measured: MeasuredRanking, other: MeasuredRanking | None) -> Iterator[str]:
    """Yield the figures of a ranking, and how far they are above those of another."""
    for name in ("ndcg_10", "mrr_10"):
        figure = getattr(measured.figures, name)
        yield f"{figure:.4f}"
        yield f"{figure - getattr(other.figures, name):+.4f}" if other else ""


def _tally_table(refusal: Refusal) -> Table:
    table = new_table("questions", "confident", "closest", "nothing", "all")
    for name, tally in (("answerable", refusal.answerable), ("unanswerable", refusal.unanswerable)):
        counts = (tally.confident, tally.closest, tally.nothing)
        table.add_row(name, *(_format_share(count, tally) for count in counts), f"{tally.total:,}")
    return table


def _format_share(count: int, tally: Tally) -> str:
    return f"{count:,} ({format_part(count, tally.total)})"


def _target_table(curve: RefusalCurve) -> Table:
    table = new_table("to", "cut", "unanswerable refused", "answerable kept")
    refusing = [f"refuse {percent} %" for percent in REFUSED_PERCENT]
    keeping = [f"keep {percent} %" for percent in KEPT_PERCENT]
    for name, point in zip((*refusing, *keeping), (*curve.at_refused, *curve.at_kept), strict=True):
        table.add_row(
            name,
            f"{point.cut:.4f}" if point.cut <= 1 else "above 1",
            format_percent(point.refused),
            format_percent(point.kept),
        )
    return table


def _point_table(points: Sequence[CurvePoint]) -> Table:
    """Return the curve, without the cuts at which it has not begun or has ended."""
    table = new_table("cut", "unanswerable refused", "answerable kept")
    for point in points:
        shares = format_percent(point.refused), format_percent(point.kept)
        if set(shares) != {format_percent(0), format_percent(1)}:
            table.add_row(f"{point.cut:.2f}", *shares)
    return table
