"""Runs all measurements: every size, every engine, one after the other."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.answers.in_library import later_segments, measure_library
from benchmarks.answers.whole_path import measure_path
from benchmarks.corpus import Corpus, write_corpus
from benchmarks.engines.building import measure_building
from benchmarks.engines.engines import Cuepoint
from benchmarks.engines.first_stage import measure_engine
from benchmarks.engines.peers import ENGINES
from benchmarks.engines.steps import measure_steps
from benchmarks.measuring.apart import run_apart
from benchmarks.measuring.figures import (
    BuildFigures,
    Effort,
    EngineFigures,
    LibraryFigures,
    PathFigures,
    Run,
    StepFigures,
)

LARGEST_LIBRARY = 200_000
"""From here on the index is measured without a database: what is stored grows in step with the rows."""


def measure(folder: Path, sizes: Sequence[int], effort: Effort, engines: Sequence[str] = tuple(ENGINES)) -> Run:
    """Measure the engines, the whole path and the library at every size, smallest first."""
    found: list[EngineFigures] = []
    paths: list[PathFigures] = []
    steps: list[StepFigures] = []
    libraries: list[LibraryFigures] = []
    builds: list[BuildFigures] = []
    for size in sizes:
        place = folder / str(size)
        say(f"{size:,} segments: the corpus")
        write_corpus(place / "corpus", size + later_segments(effort))
        corpus = Corpus.of(place / "corpus", size)
        for name in engines:
            say(f"{size:,} segments: {name}")
            found.append(measure_engine(name, corpus, place, effort))
            if name == Cuepoint.name:
                say(f"{size:,} segments: the whole path")
                paths.append(measure_path(corpus.segments, place / name, effort))
        say(f"{size:,} segments: the steps of the first stage")
        steps.append(StepFigures(corpus.segments, run_apart(measure_steps, place, effort)))
        if size <= LARGEST_LIBRARY:
            say(f"{size:,} segments: building")
            builds += measure_building(corpus, place, effort)
            say(f"{size:,} segments: the library")
            libraries.append(measure_library(corpus, place, effort))
        shutil.rmtree(place)
    return Run(tuple(found), tuple(paths), tuple(steps), tuple(libraries), tuple(builds))


def say(what: str) -> None:
    """Print what is being done, apart from what is printed in the end."""
    print(f"... {what}", file=sys.stderr, flush=True)
