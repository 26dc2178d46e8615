"""Asking a question: Cuepoint's ranking against rank-bm25 as shipped, over the same terms."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from rank_bm25 import BM25Okapi
from rich.table import Table

from benchmarks.corpus import questions, talks
from storage.models import Question
from storage.ranking.bm25 import SparseBM25
from storage.ranking.building import build_index
from storage.ranking.search import Searcher

QUESTIONS = 30


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def median_time(act: Callable[[Sequence[str]], object], asked: Sequence[Sequence[str]]) -> float:
    return statistics.median(timed(partial(act, question)) for question in asked)


def measure(segments: int) -> Table:
    """The table for a library of so many segments."""
    texts, videos, words = talks(segments)
    asked = questions(words, QUESTIONS)
    build_ours = timed(lambda: build_index(videos, "xx"))
    index = build_index(videos, "xx")
    build_theirs = timed(lambda: BM25Okapi(texts))
    theirs, ours, searcher = BM25Okapi(texts), SparseBM25([index]), Searcher([index], "xx")
    first_ours, first_theirs = (median_time(model.get_scores, asked) for model in (ours, theirs))
    whole = median_time(lambda q: searcher.search(Question("", " ".join(q)), 10, [None]), asked)
    table = Table("step", "Cuepoint", "rank-bm25", "times faster", title=f"{segments:,} segments, {platform.machine()}")
    for name, mine, other in (("build", build_ours, build_theirs), ("first stage", first_ours, first_theirs)):
        table.add_row(name, f"{1000 * mine:,.2f} ms", f"{1000 * other:,.2f} ms", f"{other / mine:,.1f}")
    table.add_row("whole search", f"{1000 * whole:,.2f} ms", "", f"{first_theirs / whole:,.1f}")
    return table
