"""The figures of a run. Frozen, and plain enough to be returned from another process."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.corpus import SEGMENTS_A_VIDEO


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work is put into measuring something."""

    questions: int = 1_000
    """Asked of an engine, or as many as it answers in `seconds`, but at least `fewest`."""
    seconds: float = 20.0
    fewest: int = 10
    starts: int = 5
    """Fresh processes for what a start takes."""
    videos: int = 10
    """Added one after the other."""
    imported: int = 20_000
    """Segments imported while the event loop is watched."""
    arriving_seconds: float = 8.0
    """How long questions come at each of the rates that are tried."""
    asked_in_ways: int = 200
    """Questions in each of the ways to ask."""


QUICK = Effort(questions=300, seconds=6.0, starts=3, videos=5, arriving_seconds=2.0, asked_in_ways=40)


@dataclass(frozen=True, slots=True)
class Times:
    """How long questions took, in seconds."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return percentile(self.seconds, 95)

    def slower_than(self, other: Times) -> float:
        """Return how many times the other's median this one is, over the questions that both were asked."""
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
    build_seconds: float | None = None
    disk_bytes: int | None = None
    memory_bytes: int | None = None
    cold_seconds: float | None = None
    add_seconds: float | None = None
    asked: Times | None = field(default=None, repr=False)
    tops: tuple[tuple[int, ...], ...] = field(default=(), repr=False)

    def agrees_with(self, other: EngineFigures) -> float:
        """Return the share of the other's best segments that are among this one's too."""
        pairs = list(zip(self.tops, other.tops, strict=False))
        places = sum(len(theirs) for _, theirs in pairs)
        return sum(len({*ours} & {*theirs}) for ours, theirs in pairs) / places if places else math.nan


@dataclass(frozen=True, slots=True)
class BuildFigures:
    """How long one engine's index took to build, time and again: by the clock, and of the processor."""

    name: str
    segments: int
    passed: Times
    used: Times


@dataclass(frozen=True, slots=True)
class PathFigures:
    """Both stages over the index alone, without the database."""

    segments: int
    asked: Times
    misspelt: Times
    """The same questions with a slip in one word."""
    memory_bytes: int | None
    postings: tuple[int, ...]
    """How many segments hold a word of the questions, by question, counted for every word."""
    start_seconds: float
    """A fresh process until its imports are done; then what loading and the first question take."""
    load_seconds: float
    searcher_seconds: float
    first_seconds: float

    @property
    def cold_seconds(self) -> float:
        return self.load_seconds + self.searcher_seconds + self.first_seconds


@dataclass(frozen=True, slots=True)
class StepFigures:
    """The times of the parts of the first stage, by name."""

    segments: int
    steps: tuple[tuple[str, Times], ...]


@dataclass(frozen=True, slots=True)
class Costs:
    """How long answers took, and how many seconds of the processor each cost."""

    times: Times
    processor_seconds: float


@dataclass(frozen=True, slots=True)
class CrowdFigures:
    """Several who ask at once, with so many processes beside the one that is asked."""

    processes: int
    crowds: dict[int, tuple[float, Times]]
    """By the number of those who ask again as soon as there is an answer: answers a second, and how long each took."""
    knee: float
    """How many questions a second may come until the 95th percentile reaches a second."""


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """From the question to the composed answer, in a library with a real database."""

    alone: Costs
    rank_bm25: Costs
    """The same road with rank-bm25's ranking in it."""
    crowds: tuple[CrowdFigures, ...]


ASK = "`/ask`"
"""The way in which most questions come."""


@dataclass(frozen=True, slots=True)
class WayFigures:
    """What a question costs the bot's process, by the way in which it comes."""

    segments: int
    ways: dict[str, Costs]


@dataclass(frozen=True, slots=True)
class LibraryFigures:
    """A library as the bot uses it, with a real database."""

    segments: int
    import_seconds: float
    indexed_seconds: float
    """The first question after the import: everything is indexed, and kept on disk."""
    hits: Times
    """From the question to the hits with their texts, one asker."""
    misspelt: Times
    questions_a_second: dict[int, float]
    """By the number of askers."""
    open_seconds: float
    first_seconds: float
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
    answers: AnswerFigures


@dataclass(frozen=True, slots=True)
class Run:
    """All that was measured."""

    engines: tuple[EngineFigures, ...]
    paths: tuple[PathFigures, ...]
    steps: tuple[StepFigures, ...]
    libraries: tuple[LibraryFigures, ...]
    builds: tuple[BuildFigures, ...] = ()
    ways: WayFigures | None = None

    @property
    def sizes(self) -> list[int]:
        return sorted({path.segments for path in self.paths})

    def engine(self, name: str, size: int) -> EngineFigures | None:
        """Return an engine's figures, if it could be measured at a size, or at the next whole number of videos."""
        return next(
            (
                figures
                for figures in self.engines
                if figures.name == name and figures.asked and _has_size(figures, size)
            ),
            None,
        )

    def build(self, name: str, size: int) -> BuildFigures | None:
        return next((built for built in self.builds if built.name == name and _has_size(built, size)), None)

    def path(self, size: int) -> PathFigures | None:
        return next((path for path in self.paths if _has_size(path, size)), None)

    def library(self, size: int) -> LibraryFigures | None:
        return next((library for library in self.libraries if _has_size(library, size)), None)


def _has_size(figures: EngineFigures | BuildFigures | PathFigures | LibraryFigures, size: int) -> bool:
    return size <= figures.segments < size + SEGMENTS_A_VIDEO


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that so many per cent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
