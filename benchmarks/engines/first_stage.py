"""Measures the first stage, which is what the peers do: every engine over the same words, in its own processes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

from benchmarks.corpus import Corpus, questions
from benchmarks.engines.engines import Engine
from benchmarks.engines.peers import ENGINES
from benchmarks.measuring.apart import run_apart
from benchmarks.measuring.figures import Effort, EngineFigures, Times
from benchmarks.measuring.memory import disk_bytes, grown_bytes, held_bytes

WARMING = 3
"""Questions asked before the time is taken."""


def measure_engine(name: str, corpus: Corpus, folder: Path, effort: Effort) -> EngineFigures:
    """Build, open, ask and add to one engine. What is not installed, or does not fit in memory, says so."""
    engine = ENGINES[name]
    figures = EngineFigures(name, corpus.segments, engine.version())
    if not figures.version:
        return replace(figures, trouble="not installed")
    place = folder / (engine.shares or name)
    try:
        if engine.keeps:
            figures = _build_and_start(figures, engine, corpus, place, effort)
        return run_apart(_ask, figures, corpus, place, effort)
    except BrokenProcessPool:
        return replace(figures, trouble="ended by the system: too little memory")


def _build_and_start(
    figures: EngineFigures, engine: type[Engine], corpus: Corpus, place: Path, effort: Effort
) -> EngineFigures:
    """Build what is kept on disk, and start from it."""
    if not engine.shares:
        place.mkdir()
        figures = replace(figures, build_seconds=run_apart(_build, engine.name, corpus, place))
    # What compiles does so at every start, for seconds: once is enough.
    starts = [run_apart(_start, engine.name, place) for _ in range(1 if engine.shares else effort.starts)]
    return replace(figures, disk_bytes=disk_bytes(place), cold_seconds=statistics.median(starts))


def _prepare_engine(name: str) -> Engine:
    engine = ENGINES[name]()
    engine.prepare()
    return engine


def _build(name: str, corpus: Corpus, place: Path) -> float:
    engine = _prepare_engine(name)
    start = time.perf_counter()
    engine.build(corpus, place)
    return time.perf_counter() - start


def _start(name: str, place: Path) -> float:
    """Return the seconds from an index on disk to the first answer."""
    engine, question = _prepare_engine(name), questions(1)[0]
    start = time.perf_counter()
    engine.open(place)
    engine.top(question)
    return time.perf_counter() - start


def _ask(figures: EngineFigures, corpus: Corpus, place: Path, effort: Effort) -> EngineFigures:
    """Open the index, or build it where none is kept; ask, and add."""
    engine = _prepare_engine(figures.name)
    before, start = held_bytes(place), time.perf_counter()
    if engine.keeps:
        engine.open(place)
    else:
        engine.build(corpus, place)
        figures = replace(figures, build_seconds=time.perf_counter() - start)
    asked, tops = _time_questions(engine, questions(effort.questions + WARMING), effort)
    memory = grown_bytes(place, before)
    added = _add(engine, corpus, effort) if engine.adds else None
    return replace(figures, memory_bytes=memory, add_seconds=added, asked=asked, tops=tops)


def _time_questions(
    engine: Engine, asked: Sequence[Sequence[str]], effort: Effort
) -> tuple[Times, tuple[tuple[int, ...], ...]]:
    """Return how long the questions took, and what was found."""
    for terms in asked[-WARMING:]:
        engine.top(terms)
    seconds: list[float] = []
    tops = []
    for terms in asked[:-WARMING]:
        start = time.perf_counter()
        top = engine.top(terms)
        seconds.append(time.perf_counter() - start)
        tops.append(tuple(engine.numbers(top)))
        if sum(seconds) > effort.seconds and len(seconds) >= effort.fewest:
            break
    return Times(tuple(seconds)), tuple(tops)


def _add(engine: Engine, corpus: Corpus, effort: Effort) -> float:
    """Return the seconds from a new video until the next question is answered with it."""
    taken = []
    for video, terms in zip(corpus.next(effort.videos).single_videos(), questions(effort.videos), strict=True):
        start = time.perf_counter()
        engine.add(video)
        engine.top(terms)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
