"""Makes the tables of composed answers."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measuring.figures import Costs, CrowdFigures, LibraryFigures, Run, WayFigures
from benchmarks.tables.sheets import Sheet, format_amount, format_number


def answer_sheets(run: Run) -> Iterator[Sheet]:
    """Yield the tables of the answers in libraries."""
    header = "segments", "ranked by", "median", "p95", "processor time"
    rows = [row for library in run.libraries for row in _composed(library)]
    note = (
        "The same road, once with rank-bm25's ranking in place of ours: its scores, sorted, for the terms of the "
        "question, without repairs, titles and neighbours. The texts of its hits are read without being timed."
    )
    yield Sheet("Question to composed answer", header, rows, note)
    header = "segments", "processes beside", "asking", "answers a second", "against one", "median", "p95", "knee"
    rows = [row for library in run.libraries for crowds in library.answers.crowds for row in _crowds(library, crowds)]
    note = (
        "Those who ask do so again as soon as they have an answer. Knee: how many questions a second may come, by "
        "chance and whoever is still waiting, until the 95th percentile reaches a second."
    )
    yield Sheet("Several at once, question to composed answer", header, rows, note)


def ways_sheet(figures: WayFigures) -> Sheet:
    """Return the table of what a question costs by the way in which it comes."""
    rows = [[way, *_costs(costs)] for way, costs in figures.ways.items()]
    note = (
        "The bot's own process, with no process beside it; one question after the other. Times are from the event to "
        "the answer that is seen, the local Discord's own work in them; the terminal's are means."
    )
    return Sheet(
        f"What a question costs, {figures.segments:,} segments", ("way", "median", "p95", "processor time"), rows, note
    )


def _composed(library: LibraryFigures) -> Iterator[list[str]]:
    for name, costs in (("Cuepoint", library.answers.alone), ("rank-bm25", library.answers.rank_bm25)):
        yield [f"{library.segments:,}", name, *_costs(costs)]


def _costs(costs: Costs) -> list[str]:
    seconds = costs.times.median, costs.times.p95, costs.processor_seconds
    return [format_amount(value, 1e3, "ms") for value in seconds]


def _crowds(library: LibraryFigures, figures: CrowdFigures) -> Iterator[list[str]]:
    alone = figures.crowds[1][0]
    for askers, (rate, times) in figures.crowds.items():
        yield [
            f"{library.segments:,}",
            str(figures.processes),
            str(askers),
            format_number(rate),
            f"×{format_number(rate / alone)}",
            format_amount(times.median, 1e3, "ms"),
            format_amount(times.p95, 1e3, "ms"),
            f"{format_number(figures.knee)} a second" if askers == 1 else "",
        ]
