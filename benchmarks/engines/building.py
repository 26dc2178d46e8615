"""Measures how long an index takes to build: Cuepoint's, without and with known speakers, beside tantivy's."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import ClassVar

from benchmarks.corpus import Corpus
from benchmarks.engines.engines import Cuepoint, Engine
from benchmarks.engines.peers import Tantivy
from benchmarks.measuring.apart import run_apart
from benchmarks.measuring.figures import BuildFigures, Effort, Times

MAX_ROUNDS = 3


class CuepointSpeakers(Cuepoint):
    """Cuepoint, where it is known who speaks: three turns in a segment."""

    name = "Cuepoint, with speakers"
    turns: ClassVar[int] = 3


BUILDERS: tuple[type[Engine], ...] = (Cuepoint, CuepointSpeakers, Tantivy)


def measure_building(corpus: Corpus, folder: Path, effort: Effort) -> tuple[BuildFigures, ...]:
    """Build every index a few times in turn, so that what else the machine does is shared by all."""
    builders = [builder for builder in BUILDERS if builder.version()]
    taken: dict[str, list[tuple[float, float]]] = {builder.name: [] for builder in builders}
    for _ in range(min(effort.starts, MAX_ROUNDS)):
        for builder in builders:
            place = folder / "built"
            place.mkdir()
            taken[builder.name].append(run_apart(_build, builder, corpus, place))
            shutil.rmtree(place)
    return tuple(
        BuildFigures(name, corpus.segments, *(Times(seconds) for seconds in zip(*each, strict=True)))
        for name, each in taken.items()
    )


def _build(builder: type[Engine], corpus: Corpus, place: Path) -> tuple[float, float]:
    """Return the seconds that pass, and those of processor time of all threads."""
    engine = builder()
    engine.prepare()
    start, used = time.perf_counter(), time.process_time()
    engine.build(corpus, place)
    return time.perf_counter() - start, time.process_time() - used
