"""The deleted videos of a part of an index, and what they no longer count for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from storage.ranking.index.ranges import expand_ranges

if TYPE_CHECKING:
    from storage.ranking.index.index_part import IndexPart

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

READ_BATCH_WORDS = 2_000_000
"""How many words are counted at a time when videos are deleted: it bounds the memory that this takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Deletions:
    """The deleted videos of a part, and what to subtract for them: how many segments and videos held a term, how often
    a word occurred, and the number of words that are no stop words."""

    videos: Bools
    docs: Longs
    term_docs: Longs
    term_videos: Longs
    word_counts: Longs
    length: int

    def merged_with(self, others: Deletions) -> Deletions:
        """Return these deletions and others of the same part as one; no video may be in both."""
        return Deletions(
            self.videos | others.videos,
            np.union1d(self.docs, others.docs),
            self.term_docs + others.term_docs,
            self.term_videos + others.term_videos,
            self.word_counts + others.word_counts,
            self.length + others.length,
        )


def count_deletions(index: IndexPart, gone: Bools) -> Deletions:
    """Count what has to be subtracted when videos are deleted."""
    term_docs, term_videos = np.zeros(len(index.terms), np.int64), np.zeros(len(index.terms), np.int64)
    word_counts = np.zeros(len(index.words), np.int64)
    videos, docs = np.flatnonzero(gone), np.flatnonzero(gone[index.video_of])
    length = int((index.offsets[docs + 1] - index.offsets[docs]).sum())
    for batch in np.array_split(videos, 1 + length // READ_BATCH_WORDS):
        firsts, lasts = index.first_doc[batch].astype(np.int64), index.first_doc[batch + 1].astype(np.int64)
        _, spoken_in = expand_ranges(firsts, lasts)
        owner, words, _ = index.words_in(spoken_in)
        terms = index.term_of_word[words]
        term_docs += _count_owners(terms, owner, len(spoken_in), len(index.terms))
        term_videos += _count_owners(terms, index.video_of[spoken_in][owner], len(index.videos), len(index.terms))
        word_counts += np.bincount(words, minlength=len(index.words))
    _, titles = expand_ranges(index.title_offsets[videos], index.title_offsets[videos + 1])
    word_counts += np.bincount(index.title_words[titles], minlength=len(index.words))
    return Deletions(gone, docs, term_docs, term_videos, word_counts, int(index.lengths[docs].sum()))


def _count_owners(terms: Ints, owners: NDArray[np.integer], width: int, size: int) -> Longs:
    """Count the different owners of every one of `size` terms."""
    pairs = np.sort(terms.astype(np.int64) * width + owners)
    new = np.append(True, pairs[1:] != pairs[:-1]) if len(pairs) else np.empty(0, np.bool_)
    return np.bincount(pairs[new] // max(width, 1), minlength=size).astype(np.int64)
