"""Words that are said one after the other: quoted phrases, and runs of terms.

A run is several terms that stand for one thing ("xl net", "gpt 3", "twenty fifteen"). It is searched for as if it were
a term of its own, with postings that are found when they are asked for. Its name is that of its terms with spaces
between them; no other term has a space.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from storage.ranking.index.index_part import IndexPart

Longs = NDArray[np.int64]
Integers = NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class RunPostings:
    """Where a run is said in videos that are not deleted: the segment in which it begins, and the place of its first
    word, by place. `docs` are the different segments, rising, and `counts` how often each of them says it."""

    segments: Longs
    places: Longs
    docs: Longs
    counts: Longs


def name_run(terms: Sequence[str]) -> str:
    """Return the name under which terms are searched as a run; that of a single term is the term."""
    return " ".join(terms)


def is_run(term: str) -> bool:
    """Return whether a term is the name of a run."""
    return " " in term


def find_run(part: IndexPart, name: str) -> RunPostings:
    """Find where the terms of a run follow one another, each in any of its forms."""
    numbers = [part.terms.number_of(term) for term in name.split(" ")]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return RunPostings(*np.empty((4, 0), np.int64))
    rarest = min(range(len(known)), key=lambda step: part.posting_lists.frequency(known[step]))
    places, segments, _ = _find_sequence(part, known, rarest, known[rarest], lambda words: part.term_of_word[words])
    docs, counts = np.unique(segments, return_counts=True)
    return RunPostings(segments, places, docs, counts)


def find_phrase(part: IndexPart, words: Sequence[str]) -> tuple[Longs, Longs, Longs]:
    """Find where words follow one another exactly: the place of the first, and the segments of the first and of the
    last."""
    numbers = [part.words.number_of(word) for word in words]
    known = [number for number in numbers if number is not None]
    if not known or len(known) < len(numbers):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    rarest = min(range(len(known)), key=lambda step: int(part.word_counts[known[step]]))
    term = int(part.term_of_word[known[rarest]])
    return _find_sequence(part, known, rarest, term, lambda words: words)


def find_titles_with_run(part: IndexPart, name: str) -> NDArray[np.int32]:
    """Return the positions of the videos, not deleted, whose title holds a run."""
    terms = name.split(" ")
    titled = functools.reduce(np.intersect1d, (part.videos_titled(term) for term in terms))

    def holds_run(video: int) -> bool:
        words = part.title_words[part.title_offsets[video] : part.title_offsets[video + 1]]
        said = part.terms.words_at(part.term_of_word[words])
        return any(said[place : place + len(terms)] == terms for place in range(len(said)))

    return np.array([video for video in titled.tolist() if holds_run(video)], np.int32)


def _find_sequence(
    part: IndexPart, numbers: Sequence[int], rarest: int, term: int, number_words: Callable[[Integers], Integers]
) -> tuple[Longs, Longs, Longs]:
    """Find where numbers follow one another in videos that are not deleted, `number_words` giving those of words: the
    places, and the segments of the first and of the last. Only the segments that hold `term` are read, which is that of
    the number at `rarest`."""
    docs = part.posting_lists.docs_of(term)
    if part.deleted:
        docs = docs[~part.deleted.videos[part.video_of[docs]]]
    _, words, places = part.words_in(docs)
    starts = places[number_words(words) == numbers[rarest]] - rarest
    starts = starts[(starts >= 0) & (starts <= len(part.forward) - len(numbers))]
    for step, number in enumerate(numbers):
        starts = starts[number_words(part.forward[starts + step]) == number]
    return _keep_connected(part, starts, len(numbers))


def _keep_connected(part: IndexPart, starts: Longs, length: int) -> tuple[Longs, Longs, Longs]:
    """Return the phrases that lie in one segment, or in one and the next that continues it: where they begin, and the
    segments of their first and last words."""
    first_docs = np.searchsorted(part.offsets, starts, side="right") - 1
    last_docs = np.searchsorted(part.offsets, starts + length - 1, side="right") - 1
    whole = (first_docs == last_docs) | part.are_connected(first_docs, last_docs) & (last_docs == first_docs + 1)
    return starts[whole], first_docs[whole], last_docs[whole]
