"""Measures the parts of the first stage, and what compiling and skipping would save; beside tantivy, which does both.

The compiled loop is not part of Cuepoint. It is measured to know what stands between numpy and a compiled engine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.corpus import questions
from benchmarks.engines import TOP, Cuepoint, installed_version
from benchmarks.figures import Effort, Times
from benchmarks.first_stage import WARMING
from benchmarks.peers import Tantivy
from storage.ranking.bm25 import SparseBM25
from storage.ranking.search import best_segments

Asker = Callable[[Sequence[str]], object]


def measure_steps(place: Path, effort: Effort) -> tuple[tuple[str, Times], ...]:
    """Return the times of the parts by name, measured on the indexes that are kept at a place."""
    ours = Cuepoint()
    ours.open(place / Cuepoint.name)
    model = ours.model
    scores = model.get_scores(questions(1)[0])
    parts: list[tuple[str, Asker]] = [
        ("Cuepoint", ours.top),
        ("of which adding up the scores", model.get_scores),
        ("of which finding the ten best among all", lambda _: best_segments(scores, TOP)),
    ]
    beside = (place / Tantivy.name).exists()
    if beside and installed_version("numba"):
        add_up = _compile_scorer(model)
        parts += [("adding up in a loop compiled by numba", add_up)]
        parts += [("Cuepoint with that loop", lambda terms: best_segments(add_up(terms), TOP))]
    if beside:
        tantivy = Tantivy()
        tantivy.prepare()
        tantivy.open(place / Tantivy.name)
        parts += [("tantivy", tantivy.top), ("tantivy, scoring all and skipping none", tantivy.top_of_all)]
    asked = questions(effort.questions + WARMING)
    return tuple((name, _time_questions(ask, asked)) for name, ask in parts)


def _time_questions(ask: Asker, asked: Sequence[Sequence[str]]) -> Times:
    for terms in asked[-WARMING:]:
        ask(terms)
    seconds = []
    for terms in asked[:-WARMING]:
        start = time.perf_counter()
        ask(terms)
        seconds.append(time.perf_counter() - start)
    return Times(tuple(seconds))


def _compile_scorer(model: SparseBM25) -> Callable[[Sequence[str]], Any]:
    """Compile a function for the same scores to the last bit, posting by posting instead of array by array."""
    import numba

    @numba.njit
    def add(scores, docs, counts, saturation, weight, most):  # type: ignore[no-untyped-def]
        for place in range(len(docs)):
            times = float(counts[place])
            scores[docs[place]] += weight * (times * most / (times + saturation[docs[place]]))

    [library] = model.parts

    def add_up(terms: Sequence[str]) -> Any:
        scores = np.zeros(library.max_doc)
        for term in terms:
            docs, counts = library.postings(term)
            add(scores, docs, counts, model.saturation, model.term_weight(term), model.k1 + 1)
        return scores

    for terms in questions(TOP):
        assert np.array_equal(add_up(terms), model.get_scores(terms)), "the compiled loop scores otherwise"
    return add_up
