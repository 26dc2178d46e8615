"""The loops of the first stage, for numba to compile: numpy's scores to the last bit, in a fraction of the time.

Importing this module compiles them, or loads what was compiled before; only `indexing/compiled_ranking.py` does.
Both use float64 in the same order of operations: numba neither reorders sums nor fuses a product with a sum unless it
is told to.

A library is walked through block by block, all terms of a question at once, so that the scores being added up stay in
the processor's cache, and only what reaches the lowest of the best scores so far is looked at again.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import types

from storage.ranking.index.index_part import Bools, Floats, Ints, Longs
from storage.ranking.index.postings import Counts, Shorts

_NO_BLOCK = 1 << 30


def _replace_lowest(heap: Floats, score: float) -> None:
    """Put a score in the place of the lowest of a binary heap, which is its first."""
    place, size = 0, len(heap)
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= score:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = score


def _add_postings(
    first: int,
    last: int,
    repeat: int,
    weight: float,
    places: Shorts,
    repeats: Counts,
    lengths: Ints,
    k1: float,
    saturation: Floats,
    single: Floats,
    floor: float,
    window: Floats,
    waiting: Ints,
    waits: int,
) -> tuple[int, int]:
    """Add the scores of one term to those of the block's segments, and note who reaches `floor`, perhaps repeatedly.

    Return how many repeats are read, and how many segments were noted; more than there is room for only counts.
    """
    for posting in range(first, last):
        place = places[posting]
        doc = np.int64(place >> 1)
        length = lengths[doc]
        if place & 1:
            times = np.float64(repeats[repeat])
            repeat += 1
            score = window[doc] + weight * (times * (k1 + 1) / (times + saturation[length]))
        else:
            score = window[doc] + weight * single[length]
        window[doc] = score
        if score >= floor:
            if waits < len(waiting):
                waiting[waits] = doc
            waits += 1
    return repeat, waits


def _make_room(docs: Longs, scores: Floats, found: int, more: int) -> tuple[Longs, Floats]:
    """Return arrays that begin with what was found, and have room for more."""
    if found + more <= len(docs):
        return docs, scores
    size = 2 * (found + more)
    larger_docs, larger_scores = np.empty(size, np.int64), np.empty(size, np.float64)
    larger_docs[:found], larger_scores[:found] = docs[:found], scores[:found]
    return larger_docs, larger_scores


def _keep_best(
    base: int,
    waiting: Ints,
    waits: int,
    window: Floats,
    deleted: Bools,
    video_of: Ints,
    allowed: Bools,
    shares: Floats,
    heap: Floats,
    docs: Longs,
    scores: Floats,
    found: int,
) -> int:
    """Append the segments of a block that are among the best so far, and raise the heap of the best scores.

    Return how many are found. The arrays are not replaced here: counting the references to them takes ten times as long
    as all the rest.
    """
    all_wait = waits > len(waiting)
    for number in range(len(window) if all_wait else waits):
        here = number if all_wait else np.int64(waiting[number])
        score, doc = window[here], base + here
        window[here] = 0.0  # so that it counts once, however often it was noted
        if (len(deleted) and deleted[video_of[doc]]) or (len(allowed) and not allowed[doc]):
            continue
        if len(shares):
            score *= shares[doc]
        if score > 0.0 and score >= heap[0]:
            docs[found], scores[found] = doc, score
            found += 1
            _replace_lowest(heap, score)
    return found


def _find_best(
    terms: Longs,
    weights: Floats,
    bounds: Longs,
    places: Shorts,
    repeat_bounds: Longs,
    repeats: Counts,
    block_bounds: Longs,
    blocks: Shorts,
    block_ends: Ints,
    lengths: Ints,
    k1: float,
    saturation: Floats,
    single: Floats,
    deleted: Bools,
    video_of: Ints,
    allowed: Bools,
    shares: Floats,
    heap: Floats,
    asked: Longs,
    asked_scores: Floats,
    window: Floats,
    waiting: Ints,
) -> tuple[Longs, Floats]:
    """Return the segments of a part that are among the best, in no order, with their scores; perhaps more than that.

    `terms` are the numbers of the question's terms. `heap` has the best scores so far and is raised; the scores of the
    segments `asked`, which rise, are put into `asked_scores`. `deleted` is by video, `allowed` and `shares` by segment;
    each is empty where it leaves out nothing. `window`, as long as a block, is all zeros before and after.
    """
    block, posting, repeat = block_bounds[terms], bounds[terms], repeat_bounds[terms]
    docs, scores, found = np.empty(0, np.int64), np.empty(0, np.float64), 0
    next_asked = 0
    while True:
        current = _NO_BLOCK
        for term in range(len(terms)):
            if block[term] < block_bounds[terms[term] + 1]:
                current = min(current, int(blocks[block[term]]))
        if current == _NO_BLOCK:
            return docs[:found], scores[:found]
        base, waits = current * len(window), 0
        for term in range(len(terms)):
            at = block[term]
            if at < block_bounds[terms[term] + 1] and blocks[at] == current:
                last = bounds[terms[term]] + block_ends[at]
                repeat[term], waits = _add_postings(
                    posting[term], last, repeat[term], weights[term], places, repeats,
                    lengths[base:], k1, saturation, single, heap[0], window, waiting, waits,
                )  # fmt: skip
                posting[term] = last
                block[term] = at + 1
        while next_asked < len(asked) and asked[next_asked] < base + len(window):
            if asked[next_asked] >= base:
                asked_scores[next_asked] = window[asked[next_asked] - base]
            next_asked += 1
        docs, scores = _make_room(docs, scores, found, min(waits, len(window)))
        found = _keep_best(
            base, waiting, waits, window[: len(lengths) - base], deleted, video_of, allowed, shares,
            heap, docs, scores, found,
        )  # fmt: skip
        for term in range(len(terms)):
            at = block[term] - 1
            if at >= block_bounds[terms[term]] and blocks[at] == current:
                first = bounds[terms[term]] + (block_ends[at - 1] if at > block_bounds[terms[term]] else 0)
                for n in range(first, posting[term]):
                    window[places[n] >> 1] = 0.0


def _mapped(kind: types.Type) -> types.Array:
    """Return the type of an array that may be mapped from a file, and so is never written to."""
    return types.Array(kind, 1, "C", readonly=True)


_longs, _ints, _shorts = _mapped(types.int64), _mapped(types.int32), _mapped(types.uint16)
_floats, _bools, _bytes = _mapped(types.float64), _mapped(types.boolean), _mapped(types.uint8)
_written = types.float64[::1]
_lists = (_longs, _shorts, _longs, _bytes, _longs, _shorts, _ints)
_model = (_ints, types.float64, _floats, _floats)
_restrictions = (_bools, _ints, _bools, _floats)

# What `find_best` calls is compiled into it, and kept with it.
_replace_lowest = numba.njit(_replace_lowest)
_add_postings = numba.njit(_add_postings)
_make_room = numba.njit(_make_room)
_keep_best = numba.njit(_keep_best)
find_best = numba.njit(
    types.Tuple((types.int64[::1], _written))(
        _longs, _floats, *_lists, *_model, *_restrictions, _written, _longs, _written, _written, types.int32[::1]
    ),
    nogil=True,
    cache=True,
)(_find_best)
