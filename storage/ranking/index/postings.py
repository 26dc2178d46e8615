"""The postings of every term of an index, packed into about two bytes each.

Segments are numbered within blocks of 32,768, so that a number takes 15 bits of two bytes, as in the array containers
of a Roaring bitmap (Lemire et al., "Roaring Bitmaps: Implementation of an Optimized Software Library", 2018). The 16th
bit says whether the segment says the term more than once; only then is a count kept, which nine of ten postings of
speech need not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storage.ranking.index.ranges import prefix_sums

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Shorts = NDArray[np.uint16]
Counts = NDArray[np.unsignedinteger]
"""As narrow as the largest count allows."""

BLOCK_BITS = 15
BLOCK_DOCS = 1 << BLOCK_BITS
"""Segments in a block."""
PACKED_AT_A_TIME = 1 << 20
"""Postings that are packed at a time: it bounds the memory that this takes."""


class Postings(NamedTuple):
    """The segments that hold a term, rising, which of them, by place, hold it more than once, and how often these
    do."""

    docs: Longs
    repeated: Longs
    repeats: Counts | Longs

    def count_between(self, bounds: Longs) -> Longs:
        """Return how often the segments from `bounds[i, 0]` up to, not including, `bounds[i, 1]` hold the term, for
        every i."""
        places = self.docs.searchsorted(bounds)
        more = prefix_sums(self.repeats) - np.arange(len(self.repeats) + 1)
        before = places + more[self.repeated.searchsorted(places)]
        said: Longs = before[:, 1] - before[:, 0]
        return said


@dataclass(frozen=True, slots=True, eq=False)
class PostingLists:
    """The segments that hold a term, rising, and how often they hold it, by term.

    Term t has the postings `places[bounds[t]:bounds[t + 1]]`: twice the number of the segment within its block, and one
    more where the count is not 1. Those counts are `repeats[repeat_bounds[t]:repeat_bounds[t + 1]]`. The postings of a
    term lie in the blocks `blocks[block_bounds[t]:block_bounds[t + 1]]`, rising; by block `block_ends` says how many
    postings of the term there are up to its end.
    """

    bounds: Longs
    places: Shorts
    repeat_bounds: Longs
    repeats: Counts
    block_bounds: Longs
    blocks: Shorts
    block_ends: Ints

    def frequency(self, term: int) -> int:
        """Return how many segments hold a term."""
        return int(self.bounds[term + 1]) - int(self.bounds[term])

    def docs_of(self, term: int) -> Longs:
        """Return the segments that hold a term, rising."""
        return self._unpack_docs(term, self._places_of(term))

    def counts_of(self, term: int) -> Counts:
        """Return how often each of the segments that hold a term holds it."""
        counts = np.ones(self.frequency(term), self.repeats.dtype)
        _, repeated, repeats = self.postings_of(term)
        counts[repeated] = repeats
        return counts

    def postings_of(self, term: int) -> Postings:
        """Return the postings of a term."""
        places = self._places_of(term)
        first, last = self.repeat_bounds[term : term + 2].tolist()
        return Postings(self._unpack_docs(term, places), (places & 1).nonzero()[0], self.repeats[first:last])

    def _places_of(self, term: int) -> Shorts:
        first, last = self.bounds[term : term + 2].tolist()
        return self.places[first:last]

    def _unpack_docs(self, term: int, places: Shorts) -> Longs:
        docs = places.astype(np.int64)
        docs >>= 1
        first_block, last_block = self.block_bounds[term : term + 2].tolist()
        blocks, ends = self.blocks[first_block:last_block].tolist(), self.block_ends[first_block:last_block].tolist()
        first = 0
        for block, end in zip(blocks, ends, strict=True):
            if block:
                # By name: what is added to a slice in place is written back a second time.
                here = docs[first:end]
                here += block << BLOCK_BITS
            first = end
        return docs


def pack_postings(bounds: Longs, docs: Ints, counts: Counts) -> PostingLists:
    """Pack the postings of terms: the segments and counts of term t are those from `bounds[t]` up to `bounds[t + 1]`,
    by rising segment."""
    places = np.empty(len(docs), np.uint16)
    repeated, block_begins = [], [bounds[:-1][bounds[1:] > bounds[:-1]]]
    for first in range(0, len(docs), PACKED_AT_A_TIME):
        part = slice(first, first + PACKED_AT_A_TIME)
        is_repeated = counts[part] > 1
        # The cast leaves out the number of the block and one bit of its segments' numbers, which the shift pushes out.
        places[part] = (docs[part].astype(np.uint16) << 1) | is_repeated
        repeated.append(np.flatnonzero(is_repeated) + first)
        before = max(first - 1, 0)
        blocks = docs[before : first + PACKED_AT_A_TIME] >> BLOCK_BITS
        block_begins.append(np.flatnonzero(blocks[1:] != blocks[:-1]) + before + 1)
    begins = np.unique(np.concatenate(block_begins))
    places_of_repeats = np.concatenate([np.empty(0, np.int64), *repeated])
    block_bounds = np.searchsorted(begins, bounds).astype(np.int64)
    ends = np.append(begins, len(docs))[1:] - np.repeat(bounds[:-1], np.diff(block_bounds))
    return PostingLists(
        bounds=bounds,
        places=places,
        repeat_bounds=np.searchsorted(places_of_repeats, bounds).astype(np.int64),
        repeats=counts[places_of_repeats],
        block_bounds=block_bounds,
        blocks=(docs[begins] >> BLOCK_BITS).astype(np.uint16),
        block_ends=ends.astype(np.int32),
    )
