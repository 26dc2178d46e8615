"""Talks of made-up words, the same for the same seed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from storage.models import Segment, Video

SEED = 20_000
SEGMENTS_A_VIDEO, WORDS_A_SEGMENT, WORDS_A_QUESTION, VOCABULARY = 60, 70, 6, 30_000


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


def talks(segments: int) -> tuple[list[list[str]], list[tuple[Video, list[Segment]]], Iterator[str]]:
    """So many segments: as lists of words, as videos of 60 segments; and the words going on, for questions."""
    words = spoken(random.Random(SEED))
    texts = [list(itertools.islice(words, WORDS_A_SEGMENT)) for _ in range(segments)]
    videos = [
        (Video(f"v{first:08}"), [Segment(30.0 * n, 30.0 * n + 30, " ".join(text)) for n, text in enumerate(part)])
        for first in range(0, segments, SEGMENTS_A_VIDEO)
        for part in [texts[first : first + SEGMENTS_A_VIDEO]]
    ]
    return texts, videos, words


def questions(words: Iterator[str], count: int) -> list[list[str]]:
    """Questions of a few words each, as common as they are in the talks."""
    return [list(itertools.islice(words, WORDS_A_QUESTION)) for _ in range(count)]
