"""Words that are said one after the other: quoted phrases, and runs of terms.

A run is several terms that stand for one thing ("xl net", "gpt 3", "twenty fifteen"). It is searched for as if it were
a term of its own, with postings that are found when they are asked for. Its name is that of its terms with spaces
between them; no other term has a space.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from storage.ranking.index.sequences import find_sequence

if TYPE_CHECKING:
    from storage.ranking.index.index_part import IndexPart

Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

MAX_REMEMBERED_RUNS, MAX_REMEMBERED_PLACES = 512, 4_000_000
"""Runs whose postings are kept, and how many places these have together: more than any one question asks for."""


@dataclass(frozen=True, slots=True, eq=False)
class RunPostings:
    """Where a run is said in videos that are not deleted: the segment in which it begins, and the place of its first
    word, by place. `docs` are the different segments, rising, and `counts` how often each of them says it."""

    segments: Longs
    places: Longs
    docs: Longs
    counts: Longs


class RememberedRuns:
    """The postings of runs, which the ranking of a question looks up many times over; where they become too many, all
    are forgotten."""

    def __init__(self) -> None:
        self._postings: dict[str, RunPostings] = {}
        self._places = 0

    def get(self, name: str) -> RunPostings | None:
        """Return the postings of a run, where they are remembered."""
        return self._postings.get(name)

    def add(self, name: str, postings: RunPostings) -> None:
        """Remember the postings of a run."""
        if len(self._postings) >= MAX_REMEMBERED_RUNS or self._places + len(postings.places) > MAX_REMEMBERED_PLACES:
            self.clear()
        self._postings[name] = postings
        # Two threads may count a run twice, or not at all: the bound need not be kept to the last place.
        self._places += len(postings.places)

    def clear(self) -> None:
        """Forget all of them."""
        self._postings.clear()
        self._places = 0


def name_run(terms: Sequence[str]) -> str:
    """Return the name under which terms are searched as a run; that of a single term is the term."""
    return " ".join(terms)


def is_run(term: str) -> bool:
    """Return whether a term is the name of a run."""
    return " " in term


def find_run(part: IndexPart, name: str) -> RunPostings:
    """Find where the terms of a run follow one another, each in any of its forms."""
    terms = [part.terms.number_of(term) for term in name.split(" ")]
    known = [number for number in terms if number is not None]
    if len(known) < len(terms):
        return RunPostings(*np.empty((4, 0), np.int64))
    forms = {number: np.flatnonzero(part.term_of_word == number) for number in known}
    places, segments, _ = find_sequence(part, [forms[number] for number in known], known)
    docs, counts = np.unique(segments, return_counts=True)
    return RunPostings(segments, places, docs, counts)


def find_phrase(part: IndexPart, words: Sequence[str], within: Bools | None = None) -> tuple[Longs, Longs, Longs]:
    """Find where words follow one another exactly: the place of the first, and the segments of the first and of the
    last. `within`, a flag by segment, says in which segments a phrase may begin; None for all."""
    numbers = [part.words.number_of(word) for word in words]
    known = [number for number in numbers if number is not None]
    if not known or len(known) < len(numbers):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    terms = part.term_of_word[known].tolist()
    return find_sequence(part, [np.array([number]) for number in known], terms, within)


def find_titles_with_run(part: IndexPart, name: str) -> NDArray[np.int32]:
    """Return the positions of the videos, not deleted, whose title holds a run."""
    terms = name.split(" ")
    titled = [part.videos_titled(term) for term in terms]
    if not all(map(len, titled)):
        return titled[0][:0]

    def holds_run(video: int) -> bool:
        words = part.title_words[part.title_offsets[video] : part.title_offsets[video + 1]]
        said = part.terms.words_at(part.term_of_word[words])
        return any(said[place : place + len(terms)] == terms for place in range(len(said)))

    return np.array(
        [video for video in functools.reduce(np.intersect1d, titled).tolist() if holds_run(video)], np.int32
    )
