"""Finding where words follow one another, at a cost that does not grow with how common they are.

Rare words are looked for in the segments that can hold all of them, by the postings. Where these segments are many, it
is faster to compare all words of the part in one pass.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from storage.ranking.index.index_part import IndexPart

Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.integer]

WORDS_AT_A_TIME = 1 << 18
"""Words that are compared at a time, so that what is worked on stays in the processor's cache."""
READING_COST = 20
"""How many words are compared in one pass while one is read by its place (measured: 15 to 25)."""
MAX_COMPARED_FORMS = 4
"""Forms of a word up to which each is compared by itself; more are looked up in a table."""


def find_sequence(
    part: IndexPart, steps: Sequence[Integers], terms: Sequence[int], within: Bools | None = None
) -> tuple[Longs, Longs, Longs]:
    """Find where words follow one another in videos that are not deleted: the places of the first words in `forward`,
    rising, and the segments of the first and of the last words.

    Every step is given by the numbers of the words that may stand there, all of them forms of the step's term. Only
    what begins in a segment flagged in `within` is found, unless that is None.
    """
    spread = [part.posting_lists.frequency(term) for term in terms]
    rarest = spread.index(min(spread))
    docs = _find_holders(part, terms, rarest, within)
    if int((part.offsets[docs + 1] - part.offsets[docs]).sum()) * READING_COST < len(part.forward):
        _, words, places = part.words_in(docs)
        starts = places[_are_any(words, steps[rarest], len(part.words))] - rarest
    else:
        starts = _scan_pair(part, steps, spread, rarest)
    starts = starts[(starts >= 0) & (starts <= len(part.forward) - len(steps))]
    for place, numbers in enumerate(steps):
        if not len(starts):
            break
        starts = starts[_are_any(part.forward[starts + place], numbers, len(part.words))]
    return _keep_whole(part, starts, len(steps), within)


def _find_holders(part: IndexPart, terms: Sequence[int], rarest: int, within: Bools | None) -> Longs:
    """Return the segments that hold the rarest of some terms and have the others beside it: in the same segment, or in
    the one before for what stands before it, and in the one after for what stands after."""
    docs = part.posting_lists.docs_of(terms[rarest])
    for term, neighbour in dict.fromkeys((term, np.sign(place - rarest)) for place, term in enumerate(terms)):
        if neighbour and len(docs):
            holding = np.zeros(part.max_doc + 2, np.bool_)  # with a segment before the first and behind the last
            holding[1 + part.posting_lists.docs_of(term)] = True
            docs = docs[holding[docs + 1] | holding[docs + 1 + neighbour]]
    if within is not None:
        docs = docs[within[docs] | within[np.maximum(docs - 1, 0)]]
    return docs


def _scan_pair(part: IndexPart, steps: Sequence[Integers], spread: Sequence[int], rarest: int) -> Longs:
    """Return where the rarest step and the rarer of its neighbours follow one another, by the place of the first step,
    found in one pass over all words."""
    beside = [place for place in (rarest - 1, rarest + 1) if 0 <= place < len(steps)]
    first, second = sorted((rarest, min(beside, key=lambda place: spread[place], default=rarest)))
    size, words = len(part.words), part.forward
    found = []
    for start in range(0, len(words), WORDS_AT_A_TIME):
        stretch = words[start : start + WORDS_AT_A_TIME + second - first]
        matching = _are_any(stretch[: len(stretch) - (second - first)], steps[first], size)
        if second != first:
            matching &= _are_any(stretch[1:], steps[second], size)
        found.append(np.flatnonzero(matching) + (start - first))
    return np.concatenate([np.empty(0, np.int64), *found])


def _are_any(words: Integers, numbers: Integers, size: int) -> Bools:
    """Return which words are one of some numbers, all below `size`."""
    if len(numbers) <= MAX_COMPARED_FORMS:
        return functools.reduce(np.logical_or, (words == number for number in numbers))
    wanted = np.zeros(size, np.bool_)
    wanted[numbers] = True
    return wanted[words]


def _keep_whole(part: IndexPart, starts: Longs, length: int, within: Bools | None) -> tuple[Longs, Longs, Longs]:
    """Return the sequences that lie in one segment, or in one and the next that continues it: where they begin, and the
    segments of their first and last words."""
    first_docs = np.searchsorted(part.offsets, starts, side="right") - 1
    if part.deleted or within is not None:
        kept = np.ones(len(starts), np.bool_) if within is None else within[first_docs]
        if part.deleted:
            kept &= ~part.deleted.videos[part.video_of[first_docs]]
        starts, first_docs = starts[kept], first_docs[kept]
    ends = starts + length
    runs_on = ends > part.offsets[first_docs + 1]
    crossing = first_docs[runs_on]
    whole = ~runs_on
    following = np.minimum(crossing + 2, part.max_doc)
    whole[runs_on] = part.are_connected(crossing, crossing + 1) & (ends[runs_on] <= part.offsets[following])
    last_docs = first_docs + runs_on
    return starts[whole], first_docs[whole], last_docs[whole]
