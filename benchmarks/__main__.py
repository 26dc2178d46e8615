"""Asking a question: Cuepoint's first stage against rank-bm25 as shipped, over the same terms.

python -m benchmarks [SEGMENTS]
"""

from __future__ import annotations

import itertools
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rank_bm25 import BM25Okapi
from rich.console import Console
from rich.table import Table

from storage.models import Question, Segment, Video
from storage.ranking.bm25 import SparseBM25
from storage.ranking.index import build_index
from storage.ranking.search import Searcher

SEED = 20_000
SEGMENTS_A_VIDEO, WORDS_A_SEGMENT, WORDS_A_QUESTION, VOCABULARY = 60, 70, 6, 30_000
QUESTIONS = 30


def word(rank: int) -> str:
    """A made-up word for each rank, which no stemmer shortens and no stop-word list holds."""
    letters = []
    while True:
        rank, letter = divmod(rank, 20)
        letters.append("bcdfghjklmnpqrtvwxzk"[letter])
        if not rank:
            return "o".join(letters) + "o"


def spoken(chance: random.Random) -> Iterator[str]:
    """Endless words, distributed as Zipf's law says speech is."""
    weights = list(itertools.accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    words = [word(rank) for rank in range(VOCABULARY)]
    while True:
        yield from chance.choices(words, cum_weights=weights, k=10_000)


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def median_time(act: Callable[[Sequence[str]], object], questions: Sequence[Sequence[str]]) -> float:
    return statistics.median(timed(partial(act, question)) for question in questions)


def main(segments: int) -> None:
    """Print the table."""
    chance = random.Random(SEED)
    words = spoken(chance)
    texts = [list(itertools.islice(words, WORDS_A_SEGMENT)) for _ in range(segments)]
    videos = [
        (Video(f"v{first:08}"), [Segment(30.0 * n, 30.0 * n + 30, " ".join(text)) for n, text in enumerate(part)])
        for first in range(0, segments, SEGMENTS_A_VIDEO)
        for part in [texts[first : first + SEGMENTS_A_VIDEO]]
    ]
    questions: list[Sequence[str]] = [list(itertools.islice(words, WORDS_A_QUESTION)) for _ in range(QUESTIONS)]

    build_ours = timed(lambda: build_index(videos, "xx"))
    index = build_index(videos, "xx")
    build_theirs = timed(lambda: BM25Okapi(texts))
    theirs, ours, searcher = BM25Okapi(texts), SparseBM25([index]), Searcher([index], "xx")
    first_ours, first_theirs = (median_time(model.get_scores, questions) for model in (ours, theirs))
    whole = median_time(lambda q: searcher.search(Question("", " ".join(q)), 10, [None]), questions)
    rows = {"build": (build_ours, build_theirs), "first stage": (first_ours, first_theirs)}
    table = Table("step", "Cuepoint", "rank-bm25", "times faster", title=f"{segments:,} segments, {platform.machine()}")
    for name, (mine, other) in rows.items():
        table.add_row(name, f"{1000 * mine:,.2f} ms", f"{1000 * other:,.2f} ms", f"{other / mine:,.1f}")
    table.add_row("whole search", f"{1000 * whole:,.2f} ms", "", f"{first_theirs / whole:,.1f}")
    Console().print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
