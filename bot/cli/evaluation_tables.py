"""Prints what an evaluation found as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from bot.cli.screen import Screen
from bot.evaluation.refusal import KEPT_PERCENT, REFUSED_PERCENT, CurvePoint, RefusalCurve, Tally
from bot.evaluation.report import Ablation, Comparison, MeasuredRanking, Refusal, Report


def show_report(screen: Screen, report: Report) -> None:
    """Print a report."""
    asked = f"{report.questions:,}" + (f" of {report.judged:,}" if report.questions < report.judged else "")
    screen.print_line(
        f"{report.folder}: {report.segments:,} segments, {report.videos:,} videos, {asked} questions", "bold"
    )
    for note in report.notes:
        screen.print_line(note)
    for title, table in _make_tables(report):
        screen.print_line()
        screen.print_line(title, "bold")
        screen.show_table(table)


def _make_tables(report: Report) -> Iterator[tuple[str, Table]]:
    for comparison in report.comparisons:
        yield f"Questions {comparison.asked}", _comparison_table(comparison)
    for ablation in report.ablations:
        yield f"What each step adds to those before it, questions {ablation.asked}", _added_table(ablation)
        yield f"What is lost without a step, questions {ablation.asked}", _left_out_table(ablation)
    for refusal in report.refusals:
        title = f"Answerable beside unanswerable: {refusal.unanswerable_are}"
        yield f"{title}; at the shipped cuts", _tally_table(refusal)
        yield f"Sureness as a cut, from 0 to 1: AUC {refusal.curve.area:.4f}", _target_table(refusal.curve)
        yield "The whole curve", _point_table(refusal.curve.at_cuts)


def _new_table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _comparison_table(comparison: Comparison) -> Table:
    table = _new_table("ranking", "nDCG@10", "MRR@10", "hit@1", "hit@3", "recall@10")
    for measured in comparison.rankings:
        figures = measured.figures
        row = figures.ndcg_10, figures.mrr_10, figures.hit_1, figures.hit_3, figures.recall_10
        table.add_row(measured.ranking, *(f"{figure:.4f}" for figure in row))
    return table


def _added_table(ablation: Ablation) -> Table:
    table = _new_table("steps", "nDCG@10", "difference", "MRR@10", "difference")
    for previous, measured in zip((None, *ablation.added), ablation.added, strict=False):
        table.add_row(measured.ranking, *_format_differences(measured, previous))
    return table


def _left_out_table(ablation: Ablation) -> Table:
    table = _new_table("steps", "nDCG@10", "difference", "MRR@10", "difference")
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
    table = _new_table("questions", "confident", "closest", "nothing", "all")
    for name, tally in (("answerable", refusal.answerable), ("unanswerable", refusal.unanswerable)):
        counts = (tally.confident, tally.closest, tally.nothing)
        table.add_row(name, *(_format_share(count, tally) for count in counts), f"{tally.total:,}")
    return table


def _format_share(count: int, tally: Tally) -> str:
    return f"{count:,} ({_format_percent(count / tally.total)})"


def _target_table(curve: RefusalCurve) -> Table:
    table = _new_table("to", "cut", "unanswerable refused", "answerable kept")
    refusing = [f"refuse {percent} %" for percent in REFUSED_PERCENT]
    keeping = [f"keep {percent} %" for percent in KEPT_PERCENT]
    for name, point in zip((*refusing, *keeping), (*curve.at_refused, *curve.at_kept), strict=True):
        table.add_row(
            name,
            f"{point.cut:.4f}" if point.cut <= 1 else "above 1",
            _format_percent(point.refused),
            _format_percent(point.kept),
        )
    return table


def _point_table(points: Sequence[CurvePoint]) -> Table:
    table = _new_table("cut", "unanswerable refused", "answerable kept")
    for point in points:
        table.add_row(f"{point.cut:.2f}", _format_percent(point.refused), _format_percent(point.kept))
    return table


def _format_percent(share: float) -> str:
    return f"{100 * share:.1f} %"
