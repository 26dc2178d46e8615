"""Pieces of words, four letters each: what "saturated" and "desaturate" share, and a word and what captions made of it.

Character n-grams bridge word forms that no stemmer joins (McNamee and Mayfield, "Character N-Gram Tokenization for
European Language Text Retrieval", 2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.ranking.index.ranges import expand_ranges

NGRAM_LETTERS = 4
_BASE = np.uint64(1_000_003)
"""An odd prime, larger than any letter's code point but a few: four letters make one number, hardly ever the same."""


@dataclass(frozen=True, slots=True, eq=False)
class NgramIndex:
    """Which words of a vocabulary hold which pieces.

    `pieces` are sorted; the words that hold `pieces[p]` are `words[bounds[p]:bounds[p + 1]]`, by number.
    """

    grams: NDArray[np.uint64]
    bounds: NDArray[np.int64]
    words: NDArray[np.int32]

    def words_with(self, pieces: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The words that hold each of the given pieces: the position of the piece among those given, and the word."""
        if not len(self.grams):
            return np.empty(0, np.int64), np.empty(0, np.int32)
        places = np.minimum(np.searchsorted(self.grams, pieces), len(self.grams) - 1)
        known = self.grams[places] == pieces
        piece, holder = expand_ranges(
            np.where(known, self.bounds[places], 0), np.where(known, self.bounds[places + 1], 0)
        )
        return piece, self.words[holder]


def ngrams_of(words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """The pieces of words, in order: the position of the word each is of, and the piece; a short word is one piece."""
    lengths = np.array([len(word) for word in words], np.int64)
    # What stands behind the last word is read, but not counted.
    spelt = "".join(words) + "\0" * NGRAM_LETTERS
    letters = np.frombuffer(spelt.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    ends = np.cumsum(lengths)
    firsts = ends - lengths
    owner, places = expand_ranges(firsts, np.maximum(firsts + 1, ends - NGRAM_LETTERS + 1))
    pieces = np.zeros(len(places), np.uint64)
    for step in range(NGRAM_LETTERS):
        inside = places + step < ends[owner]
        pieces = pieces * _BASE + np.where(inside, letters[places + step], np.uint64(0))
    return owner, pieces


def build_ngrams(words: Sequence[str], numbers: NDArray[np.int32]) -> NgramIndex:
    """Index the pieces of some words of a vocabulary, each given with its number in it."""
    owner, pieces = ngrams_of(words)
    order = np.argsort(pieces, kind="stable")
    every, first = np.unique(pieces[order], return_index=True)
    return NgramIndex(every, np.append(first, len(pieces)).astype(np.int64), numbers[owner[order]])
