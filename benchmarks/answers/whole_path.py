"""Measures both stages of a question over the index alone: their time, the memory they touch, and a fresh start."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpus import LANGUAGE, SEED, questions
from benchmarks.engines.engines import TOP, cached_index
from benchmarks.engines.first_stage import WARMING
from benchmarks.measuring.apart import run_apart
from benchmarks.measuring.figures import Effort, PathFigures, Times
from benchmarks.measuring.memory import grown_bytes, held_bytes
from storage.models import Question
from storage.ranking.search import Searcher


def measure_path(segments: int, index_folder: Path, effort: Effort) -> PathFigures:
    """Measure an index that the first stage has built and kept."""
    asked, misspelt, memory, postings = run_apart(_ask, index_folder, effort)
    question = questions(1)[0]
    starts = [run_apart(_start, index_folder, question, time.monotonic()) for _ in range(effort.starts)]
    steps = (statistics.median(step) for step in zip(*starts, strict=True))
    return PathFigures(segments, asked, misspelt, memory, postings, *steps)


def question_of(words: Sequence[str]) -> Question:
    """Return a question as it is asked of a library."""
    return Question(" ".join(words), " ".join(words))


def with_slips(asked: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the same questions with two neighbouring letters of the longest word swapped."""
    chance = random.Random(SEED)
    slipped = []
    for words in asked:
        longest = max(words, key=len)
        place = chance.randrange(1, len(longest) - 2)
        swapped = longest[:place] + longest[place + 1] + longest[place] + longest[place + 2 :]
        slipped.append([swapped if word == longest else word for word in words])
    return slipped


def _ask(index_folder: Path, effort: Effort) -> tuple[Times, Times, int | None, tuple[int, ...]]:
    before = held_bytes(index_folder)
    searcher = Searcher([cached_index(index_folder).index], LANGUAGE)
    asked = questions(effort.questions + WARMING)
    for words in asked[-WARMING:]:
        _search(searcher, words)
    asked = asked[:-WARMING]
    times = Times(tuple(_search(searcher, words) for words in asked))
    memory = grown_bytes(index_folder, before)
    misspelt = Times(tuple(_search(searcher, words) for words in with_slips(asked)))
    return times, misspelt, memory, tuple(sum(map(searcher.model.document_frequency, words)) for words in asked)


def _start(index_folder: Path, question: Sequence[str], begun: float) -> tuple[float, float, float, float]:
    """Return the seconds for starting Python with imports, loading the index, preparing, and the first question."""
    started = time.monotonic()  # the same clock in every process
    index = cached_index(index_folder).index
    loaded = time.monotonic()
    searcher = Searcher([index], LANGUAGE)
    ready = time.monotonic()
    _search(searcher, question)
    return started - begun, loaded - started, ready - loaded, time.monotonic() - ready


def _search(searcher: Searcher, words: Sequence[str]) -> float:
    start = time.perf_counter()
    searcher.search(question_of(words), TOP, [None])
    return time.perf_counter() - start
