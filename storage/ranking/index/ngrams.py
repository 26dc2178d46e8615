"""Character n-grams of four letters: what "saturated" and "desaturate" share, or a word and what captions made of it.

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
"""An odd prime above nearly all code points: four letters make one number, and two n-grams hardly ever the same one."""


@dataclass(frozen=True, slots=True, eq=False)
class NgramIndex:
    """Which words of a vocabulary hold which n-grams.

    `grams` are sorted; the words that hold `grams[g]` are `words[bounds[g]:bounds[g + 1]]`, by number.
    """

    grams: NDArray[np.uint64]
    bounds: NDArray[np.int64]
    words: NDArray[np.int32]

    def words_with(self, grams: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the words that hold any of the given n-grams: the position of the n-gram in `grams`, and the word."""
        if not len(self.grams):
            return np.empty(0, np.int64), np.empty(0, np.int32)
        places = np.minimum(np.searchsorted(self.grams, grams), len(self.grams) - 1)
        known = self.grams[places] == grams
        gram, holder = expand_ranges(
            np.where(known, self.bounds[places], 0), np.where(known, self.bounds[places + 1], 0)
        )
        return gram, self.words[holder]


def ngrams_of(words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Return the n-grams of words, in order: the position of its word, and the n-gram; a short word is one n-gram."""
    lengths = np.array([len(word) for word in words], np.int64)
    # The padding behind the last word is read, but not counted.
    spelt = "".join(words) + "\0" * NGRAM_LETTERS
    letters = np.frombuffer(spelt.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    ends = np.cumsum(lengths)
    firsts = ends - lengths
    owner, places = expand_ranges(firsts, np.maximum(firsts + 1, ends - NGRAM_LETTERS + 1))
    grams = np.zeros(len(places), np.uint64)
    for step in range(NGRAM_LETTERS):
        inside = places + step < ends[owner]
        grams = grams * _BASE + np.where(inside, letters[places + step], np.uint64(0))
    return owner, grams


def build_ngrams(words: Sequence[str], numbers: NDArray[np.int32]) -> NgramIndex:
    """Index the n-grams of words of a vocabulary; `numbers` are the words' numbers in it."""
    owner, grams = ngrams_of(words)
    order = np.argsort(grams, kind="stable")
    distinct, first = np.unique(grams[order], return_index=True)
    return NgramIndex(distinct, np.append(first, len(grams)).astype(np.int64), numbers[owner[order]])
