"""The limits that the index has to keep, with what was measured: all in one run on two cores."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.engines.engines import Cuepoint, CuepointCompiled, RankBM25
from benchmarks.engines.peers import BM25S, Tantivy
from benchmarks.measuring.figures import ASK, EngineFigures, LibraryFigures, Run

SMALL, LARGE, HUGE = 20_000, 200_000, 2_000_000
MB = 1e6


@dataclass(frozen=True, slots=True)
class Bar:
    """One limit. `measured` is None where this run did not measure it."""

    what: str
    limit: float
    unit: str
    measured: float | None
    at_least: bool = False

    @property
    def passed(self) -> bool | None:
        """Return whether the limit is kept; None where it was not measured."""
        if self.measured is None:
            return None
        reaches: Callable[[float, float], bool] = operator.ge if self.at_least else operator.lt
        return reaches(self.measured, self.limit)


def bars(run: Run) -> list[Bar]:
    """Return every limit, in the order of the tables."""
    paths = [*_path(run, LARGE, 6, 120), *_path(run, HUGE, 40, 650)]
    return [*_first_stage(run), *paths, *_library(run), *_ways(run)]


def _first_stage(run: Run) -> Iterator[Bar]:
    ours = run.engine(Cuepoint.name, LARGE)
    for peer, wanted in ((RankBM25.name, 150), (BM25S.name, 8)):
        ratio = _times_faster(ours, run.engine(peer, LARGE))
        yield Bar(f"first stage at 200 k, median, against {peer}", wanted, "times faster", ratio, at_least=True)
    spread = ours.asked.p95 / ours.asked.median if ours and ours.asked else None
    yield Bar("first stage at 200 k, 95th percentile", 3, "medians", spread)
    built, theirs = run.build(Cuepoint.name, LARGE), run.build(Tantivy.name, LARGE)
    longer = built.passed.median / theirs.passed.median if built and theirs else None
    yield Bar("building the index at 200 k, against tantivy", 2.5, "times its time", longer)
    for size, name in ((SMALL, "20 k"), (LARGE, "200 k"), (HUGE, "2 M")):
        ratio = _times_faster(run.engine(Tantivy.name, size), run.engine(CuepointCompiled.name, size))
        yield Bar(f"first stage at {name}, median, compiled", 1.5, "times tantivy's", ratio)


def _times_faster(ours: EngineFigures | None, peer: EngineFigures | None) -> float | None:
    if ours is None or peer is None or ours.asked is None or peer.asked is None:
        return None
    return peer.asked.slower_than(ours.asked)


def _path(run: Run, size: int, most_ms: float, most_mb: float) -> Iterator[Bar]:
    path, name = run.path(size), "200 k" if size == LARGE else "2 M"
    yield Bar(f"whole path at {name}, 95th percentile", most_ms, "ms", 1e3 * path.asked.p95 if path else None)
    memory = path.memory_bytes / MB if path and path.memory_bytes is not None else None
    yield Bar(f"index memory at {name}", most_mb, "MB", memory)
    if size == LARGE:
        yield Bar("cold start of the index at 200 k", 100, "ms", 1e3 * path.cold_seconds if path else None)


def _library(run: Run) -> Iterator[Bar]:
    library = run.library(LARGE)
    yield Bar("one video more at 200 k", 50, "ms", 1e3 * library.found.median if library else None)
    yield Bar("import of 200 k rows", 40, "s", library.import_seconds if library else None)
    latest = 1e3 * max(library.busy.seconds) if library else None
    yield Bar("event loop held under import at 200 k, longest", 20, "ms", latest)
    composed = 1e3 * library.answers.alone.times.p95 if library else None
    yield Bar("question to composed answer at 200 k, 95th percentile", 5, "ms", composed)
    yield Bar("answers a second at 200 k, 8 asking", 1.5, "times 1 asking", _growth(library), at_least=True)


def _growth(library: LibraryFigures | None) -> float | None:
    """Return how many times as many are answered where eight ask as where one does; None where there is one core."""
    crowds = library.answers.crowds[-1] if library else None
    return crowds.crowds[8][0] / crowds.crowds[1][0] if crowds and crowds.processes else None


def _ways(run: Run) -> Iterator[Bar]:
    ask = run.ways.ways[ASK] if run.ways else None
    yield Bar("`/ask` in the bot's process, processor time", 9, "ms", 1e3 * ask.processor_seconds if ask else None)
