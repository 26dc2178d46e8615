"""Makes tables of what was measured, for the terminal and for RESULTS.md alike."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.engines.engines import Cuepoint
from benchmarks.engines.peers import ENGINES, Tantivy
from benchmarks.measuring.figures import BuildFigures, EngineFigures, LibraryFigures, Run, Times, percentile
from benchmarks.tables.bars import MB, bars

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def to_table(self) -> Table:
        """Return the table for the terminal."""
        table = Table(title=self.title, caption=self.note or None, title_justify="left", caption_justify="left")
        for number, name in enumerate(self.header):
            table.add_column(name, justify="right" if number else "left", no_wrap=bool(number))
        for row in self.rows:
            table.add_row(*row)
        return table

    def to_markdown(self) -> str:
        """Return the table for a page."""
        lines = [self.header, ["---", *["---:"] * (len(self.header) - 1)], *self.rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return "\n\n".join(part for part in (f"### {self.title}", table, self.note) if part)


def sheets(run: Run) -> Iterator[Sheet]:
    """Yield every table of a run."""
    for size in run.sizes:
        yield _first_stage(run, size)
    if run.builds:
        yield _building(run)
    yield _steps(run)
    yield _whole_path(run)
    if run.libraries:
        yield _library(run)
    yield _bars(run)


def format_number(value: float) -> str:
    """Format a number with three significant digits."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f}"


def format_amount(value: float | None, scale: float, unit: str, ours: float | None = None) -> str:
    """Return a value with its unit, and how many times ours it is."""
    if value is None:
        return NOTHING
    return f"{format_number(value * scale)} {unit}" + (f" (×{format_number(value / ours)})" if ours else "")


def _first_stage(run: Run, size: int) -> Sheet:
    ours = run.engine(Cuepoint.name, size)
    header = "engine", "build", "index memory", "disk", "median", "p95", "one video more", "cold start", "same ten"
    rows = [_engine_row(engine, ours, run) for engine in run.engines if engine.segments == size]
    note = (
        "In brackets: times Cuepoint's, over the questions that both were asked. An engine that keeps no index, or to "
        "whose index nothing can be added, builds anew. Same ten: of rank-bm25's ten best."
    )
    return Sheet(f"First stage, {size:,} segments", header, rows, note)


def _engine_row(figures: EngineFigures, ours: EngineFigures | None, run: Run) -> list[str]:
    if figures.asked is None:
        return [f"{figures.name}: {figures.trouble}", *[NOTHING] * 8]
    base = ours if ours and figures is not ours else EngineFigures("", 0, "")
    same = Times(base.asked.seconds[: len(figures.asked.seconds)]) if base.asked else None
    shared = run.engine(ENGINES[figures.name].shares, figures.segments)
    built = shared.build_seconds if shared else figures.build_seconds
    return [
        figures.name,
        format_amount(built, 1, "s", base.build_seconds),
        format_amount(figures.memory_bytes, 1 / MB, "MB", base.memory_bytes),
        format_amount(figures.disk_bytes, 1 / MB, "MB", base.disk_bytes),
        format_amount(figures.asked.median, 1e3, "ms", same.median if same else None),
        format_amount(figures.asked.p95, 1e3, "ms", same.p95 if same else None),
        format_amount(figures.add_seconds or built, 1e3, "ms", base.add_seconds),
        format_amount(figures.cold_seconds or built, 1e3, "ms", base.cold_seconds),
        _agreement(figures, run),
    ]


def _agreement(figures: EngineFigures, run: Run) -> str:
    shipped = run.engine("rank-bm25", figures.segments)
    return f"{100 * figures.agrees_with(shipped):.0f} %" if shipped else NOTHING


def _building(run: Run) -> Sheet:
    sizes = sorted({built.segments for built in run.builds})
    rows = [
        [name, *(_format_build(run.build(name, size), run.build(Tantivy.name, size)) for size in sizes)]
        for name in dict.fromkeys(built.name for built in run.builds)
    ]
    note = (
        "Seconds that pass / seconds of processor time: medians of builds one after the other, in turn. In brackets: "
        "times tantivy's. One thread builds each; that of tantivy is another than the one that hands it the texts."
    )
    return Sheet("Building the index", ["", *(f"{size:,}" for size in sizes)], rows, note)


def _format_build(built: BuildFigures | None, tantivy: BuildFigures | None) -> str:
    if built is None:
        return NOTHING
    other = tantivy if built is not tantivy else None
    passed = format_amount(built.passed.median, 1, "s", other.passed.median if other else None)
    return f"{passed} / {format_amount(built.used.median, 1, 's', other.used.median if other else None)}"


def _steps(run: Run) -> Sheet:
    columns = [dict(figures.steps) for figures in run.steps]
    rows = [[name, *(_format_times(column[name]) for column in columns)] for name in columns[0]]
    held = ", ".join(f"{statistics.median(path.postings):,.0f}" for path in run.paths)
    note = f"Median / p95. The segments that hold a question's words, counted for each word: {held} (median)."
    return Sheet(
        "Where the first stage's time goes", ["", *(f"{figures.segments:,}" for figures in run.steps)], rows, note
    )


def _whole_path(run: Run) -> Sheet:
    header = (
        "segments",
        "median",
        "p95",
        "with a slip: median",
        "p95",
        "index memory",
        "load",
        "prepare",
        "first",
        "cold start",
    )
    rows = [
        [
            f"{path.segments:,}",
            *(format_amount(value, 1e3, "ms") for value in (path.asked.median, path.asked.p95)),
            *(format_amount(value, 1e3, "ms") for value in (path.misspelt.median, path.misspelt.p95)),
            format_amount(path.memory_bytes, 1 / MB, "MB"),
            *(
                format_amount(value, 1e3, "ms")
                for value in (path.load_seconds, path.searcher_seconds, path.first_seconds)
            ),
            format_amount(path.cold_seconds, 1e3, "ms"),
        ]
        for path in run.paths
    ]
    starts = ", ".join(format_amount(path.start_seconds, 1e3, "ms") for path in run.paths)
    note = (
        f"Cold start: load, prepare and first question in a fresh process, after Python's start and imports ({starts})."
    )
    return Sheet("Whole path: both stages, over the index alone", header, rows, note)


def _library(run: Run) -> Sheet:
    columns = [_in_library(figures) for figures in run.libraries]
    names = [name for name, _ in columns[0]]
    rows = [[name, *(column[place][1] for column in columns)] for place, name in enumerate(names)]
    return Sheet("In a library: a real database, by its door", ["", *(f"{f.segments:,}" for f in run.libraries)], rows)


def _in_library(figures: LibraryFigures) -> list[tuple[str, str]]:
    idle, busy = figures.idle, figures.busy
    return [
        ("import from Parquet", format_amount(figures.import_seconds, 1, "s")),
        ("the same, rows a second", f"{figures.segments / figures.import_seconds:,.0f}"),
        ("first question after it (indexes all)", format_amount(figures.indexed_seconds, 1, "s")),
        ("question to hits, median / p95", _format_times(figures.hits)),
        ("with a slip in a word, median / p95", _format_times(figures.misspelt)),
        *((f"questions a second, {n} asking", f"{rate:,.0f}") for n, rate in figures.questions_a_second.items()),
        ("fresh process: open the library", format_amount(figures.open_seconds, 1e3, "ms")),
        ("fresh process: first question", format_amount(figures.first_seconds, 1e3, "ms")),
        ("import of one video, median / slowest", _format_times(figures.added, 100)),
        ("what the next question takes longer, median / slowest", _format_times(figures.found, 100)),
        ("event loop idle: late by, median / p99 / longest", _lateness(idle)),
        (f"event loop under import of {figures.imported:,} rows", _lateness(busy)),
    ]


def _format_times(times: Times, percent: float = 95) -> str:
    return f"{format_number(1e3 * times.median)} / {format_amount(percentile(times.seconds, percent), 1e3, 'ms')}"


def _lateness(times: Times) -> str:
    middle, rare, longest = times.median, percentile(times.seconds, 99), max(times.seconds)
    return f"{format_number(1e3 * middle)} / {format_number(1e3 * rare)} / {format_amount(longest, 1e3, 'ms')}"


def _bars(run: Run) -> Sheet:
    words = {True: "pass", False: "FAIL", None: "not measured"}
    rows = [
        [
            bar.what,
            f"{'at least' if bar.at_least else 'under'} {bar.limit:,g} {bar.unit}",
            NOTHING if bar.measured is None else f"{format_number(bar.measured)} {bar.unit}",
            words[bar.passed],
        ]
        for bar in bars(run)
    ]
    return Sheet("Bars", ("what", "wanted", "measured", ""), rows)
