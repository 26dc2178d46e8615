"""Tables of all sets of a run: their means, and the differences from an earlier run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.table import Table

from bot.cli.evaluation.formatting import FIGURES, MEASURES, Titled, format_figures, new_table
from bot.cli.screen import neutralize
from bot.evaluation.evaluation import Evaluation
from bot.evaluation.report import MeasuredRanking, QuotedAnswers
from bot.evaluation.runs.resampling import RunDifference, SetDifference


def make_mean_tables(evaluation: Evaluation) -> Titled:
    """Yield for each way of asking a table of all sets, with the means of all rankings."""
    for place, mean in enumerate(evaluation.mean):
        columns = [*FIGURES, *(["quote_answers_3"] if mean.quoted else [])]
        table = new_table("set", "questions", *(MEASURES[name] for name in columns))
        for report in evaluation.reports:
            comparison = report.comparisons[place]
            name = neutralize(Path(report.folder).name or report.folder)
            table.add_row(name, f"{report.questions:,}", *_format_row(comparison.rankings[0], comparison.quoted))
        ours, *others = mean.rankings
        table.add_row("mean", "", *_format_row(ours, mean.quoted))
        for other in others:
            table.add_row(f"mean of {other.ranking}", "", *_format_row(other, None))
        yield f"All sets, questions {mean.asked}", table


def _format_row(measured: MeasuredRanking, quoted: QuotedAnswers | None) -> Iterator[str]:
    yield from format_figures(measured.figures)
    if quoted:
        yield f"{quoted.quote_answers_3:.4f}"


def make_difference_tables(difference: RunDifference) -> Titled:
    """Yield for each way of asking a table of the differences from an earlier run."""
    for asking in difference.askings:
        rows = [*asking.sets, *([asking.mean] if asking.mean else [])]
        questions, left_out = (
            sum(getattr(one_set, name) for one_set in asking.sets) for name in ("questions", "left_out")
        )
        counts = f"{questions:,} in both runs, {left_out:,} left out"
        yield f"Against {difference.against}, questions {asking.asked}: {counts}", _difference_table(rows)


def _difference_table(sets: Sequence[SetDifference]) -> Table:
    table = new_table("set", "measure", "questions", "before", "now", "difference", "95 % interval", "p", words=2)
    for one_set in sets:
        name = neutralize(one_set.name)
        by_name = {measure.measure: measure for measure in one_set.measures}
        for measure in (by_name[key] for key in MEASURES if key in by_name):
            table.add_row(
                name,
                MEASURES[measure.measure],
                f"{measure.questions:,}",
                f"{measure.before:.4f}",
                f"{measure.now:.4f}",
                f"{measure.difference:+.4f}",
                f"{measure.low:+.4f} to {measure.high:+.4f}",
                f"{measure.p:.4f}",
            )
            name = ""
    return table
