"""Measures the parts of the first stage, by numpy and compiled; beside tantivy, which compiles and skips."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.corpus import questions
from benchmarks.engines.engines import Cuepoint, CuepointCompiled
from benchmarks.engines.first_stage import WARMING
from benchmarks.engines.peers import Tantivy
from benchmarks.measuring.figures import Effort, Times

Asker = Callable[[Sequence[str]], object]


def measure_steps(place: Path, effort: Effort) -> tuple[tuple[str, Times], ...]:
    """Return the times of the parts by name, measured on the indexes that are kept at a place."""
    ours = Cuepoint()
    ours.open(place / Cuepoint.name)
    parts: list[tuple[str, Asker]] = [
        ("Cuepoint", ours.top),
        ("of which adding up the scores", ours.model.add_up_scores),
    ]
    asked = questions(effort.questions + WARMING)
    times = [(name, _time_questions(ask, asked)) for name, ask in parts]
    if CuepointCompiled.version():
        compiled = CuepointCompiled()
        compiled.prepare()
        compiled.open(place / Cuepoint.name)
        times.append((CuepointCompiled.name, _time_questions(compiled.top, asked)))
    if (place / Tantivy.name).exists():
        tantivy = Tantivy()
        tantivy.prepare()
        tantivy.open(place / Tantivy.name)
        times.append((Tantivy.name, _time_questions(tantivy.top, asked)))
        times.append(("tantivy, scoring all and skipping none", _time_questions(tantivy.top_of_all, asked)))
    return tuple(times)


def _time_questions(ask: Asker, asked: Sequence[Sequence[str]]) -> Times:
    for terms in asked[-WARMING:]:
        ask(terms)
    seconds = []
    for terms in asked[:-WARMING]:
        start = time.perf_counter()
        ask(terms)
        seconds.append(time.perf_counter() - start)
    return Times(tuple(seconds))
