"""Prints what an evaluation found as tables."""

from __future__ import annotations

from bot.cli.evaluation.formatting import Titled
from bot.cli.evaluation.run_tables import make_difference_tables, make_mean_tables
from bot.cli.evaluation.set_tables import make_set_tables
from bot.cli.evaluation.sureness_tables import make_sureness_tables
from bot.cli.screen import Screen
from bot.evaluation.evaluation import Evaluation
from bot.evaluation.report import Report


def show_evaluation(screen: Screen, evaluation: Evaluation) -> None:
    """Print all that an evaluation found."""
    for place, report in enumerate(evaluation.reports):
        if place:
            screen.print_line()
        _show_report(screen, report)
    _show_tables(screen, make_mean_tables(evaluation))
    if evaluation.sureness:
        _show_tables(screen, make_sureness_tables(evaluation.sureness))
    if evaluation.difference:
        _show_tables(screen, make_difference_tables(evaluation.difference))
        for note in evaluation.difference.notes:
            screen.print_line()
            screen.print_line(note)


def _show_report(screen: Screen, report: Report) -> None:
    asked = f"{report.questions:,}" + (f" of {report.judged:,}" if report.questions < report.judged else "")
    screen.print_line(
        f"{report.folder}: {report.segments:,} segments, {report.videos:,} videos, {asked} questions", "bold"
    )
    for note in report.notes:
        screen.print_line(note)
    _show_tables(screen, make_set_tables(report))


def _show_tables(screen: Screen, tables: Titled) -> None:
    for title, table in tables:
        screen.print_line()
        screen.print_line(title, "bold")
        screen.show_table(table)
