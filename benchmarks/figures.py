"""What a run has measured. Frozen, and plain enough to come back from another process."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.corpus import SEGMENTS_A_VIDEO


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done to measure something."""

    questions: int = 1_000
    """Asked of each engine, or as many as it answers in `seconds`, but at least `fewest`."""
    seconds: float = 20.0
    fewest: int = 10
    starts: int = 5
    """Fresh processes for what a start takes."""
    videos: int = 10
    """Added one after the other."""
    imported: int = 20_000
    """Segments imported while the event loop is watched."""


QUICK = Effort(questions=300, seconds=6.0, starts=3, videos=5)


@dataclass(frozen=True, slots=True)
class Times:
    """How long each of some questions took, in seconds."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return percentile(self.seconds, 95)

    def slower_than(self, other: Times) -> float:
        """How many times the other's median, over the questions that both were asked."""
        both = min(len(self.seconds), len(other.seconds))
        return Times(self.seconds[:both]).median / Times(other.seconds[:both]).median


@dataclass(frozen=True, slots=True)
class EngineFigures:
    """One engine's first stage over one corpus. What it cannot do is None."""

    name: str
    segments: int
    version: str
    trouble: str = ""
    """Why nothing was measured."""
    build_second: float | None = None
    disk_bytes: int | None = None
    memory_bytes: int | None = None
    cold_second: float | None = None
    add_second: float | None = None
    asked: Times | None = field(default=None, repr=False)
    tops: tuple[tuple[int, ...], ...] = field(default=(), repr=False)

    def agrees_with(self, other: EngineFigures) -> float:
        """Which share of the other's best segments are among this one's too."""
        pairs = list(zip(self.tops, other.tops, strict=False))
        places = sum(len(theirs) for _, theirs in pairs)
        return sum(len({*ours} & {*theirs}) for ours, theirs in pairs) / places if places else math.nan


@dataclass(frozen=True, slots=True)
class PathFigures:
    """Both stages over the index alone, without the database."""

    segments: int
    asked: Times
    misspelt: Times
    """The same questions with a slip in one word."""
    memory_bytes: int | None
    postings: tuple[int, ...]
    """How many segments hold a word of each question, counted for each word."""
    start_second: float
    """A fresh process until its imports are done; then what loading and the first question take."""
    load_second: float
    searcher_second: float
    first_second: float

    @property
    def cold_second(self) -> float:
        return self.load_second + self.searcher_second + self.first_second


@dataclass(frozen=True, slots=True)
class StepFigures:
    """What the first stage's time goes into, by name."""

    segments: int
    steps: tuple[tuple[str, Times], ...]


@dataclass(frozen=True, slots=True)
class LibraryFigures:
    """A library as the bot uses it: a real database, entered by its door."""

    segments: int
    import_second: float
    indexed_second: float
    """The first question after the import: everything is indexed, and kept on disk."""
    hits: Times
    """From the question to the hits with their texts, one asker."""
    misspelt: Times
    questions_a_second: dict[int, float]
    """By the number of askers."""
    open_second: float
    first_second: float
    """A fresh process: opening the library, and its first question."""
    added: Times
    """Importing one video."""
    found: Times
    """What the next question takes longer than the same question asked again."""
    idle: Times
    """How late the event loop is with nothing to do."""
    busy: Times
    """How late it is while videos are imported and questions asked."""
    imported: int


@dataclass(frozen=True, slots=True)
class Run:
    """All that was measured."""

    engines: tuple[EngineFigures, ...]
    paths: tuple[PathFigures, ...]
    steps: tuple[StepFigures, ...]
    libraries: tuple[LibraryFigures, ...]

    @property
    def sizes(self) -> list[int]:
        return sorted({path.segments for path in self.paths})

    def engine(self, name: str, size: int) -> EngineFigures | None:
        """An engine's figures, if it could be measured at a size, or at the next whole number of videos."""
        return next((each for each in self.engines if each.name == name and each.asked and _is(each, size)), None)

    def path(self, size: int) -> PathFigures | None:
        return next((path for path in self.paths if _is(path, size)), None)

    def library(self, size: int) -> LibraryFigures | None:
        return next((library for library in self.libraries if _is(library, size)), None)


def _is(figures: EngineFigures | PathFigures | LibraryFigures, size: int) -> bool:
    return size <= figures.segments < size + SEGMENTS_A_VIDEO


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many per cent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
