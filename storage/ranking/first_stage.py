"""The first stage: the segments with the highest BM25 scores for a question's terms, exactly.

There are two ways to the same scores, bit by bit. numpy adds them up term by term, over a whole library at once. Where
numba is installed and `use_compiled` was called, one compiled loop does it block by block and keeps only the best.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from storage.ranking.bm25 import SparseBM25, TermHolders
from storage.ranking.index.index_part import Bools, Floats, IndexPart, Longs
from storage.ranking.index.postings import BLOCK_DOCS, Postings
from storage.ranking.index.ranges import distinct_numbers
from storage.ranking.index.runs import is_run

Number = TypeVar("Number", np.int64, np.float64)
FindBest = Callable[..., tuple[Longs, Floats]]
"""`compiled_loop.find_best`, or nothing."""

_NO_DOCS, _ALL, _NO_SCORES = np.empty(0, np.int64), np.empty(0, np.bool_), np.empty(0, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class TermQuery:
    """The terms of a question, how many segments are wanted, and the segments whose scores are asked for anyway.

    By segment of the scope, `allowed` says whether it may be found, and `shares`, 0 to 1, how much of its score counts.
    """

    terms: Sequence[str]
    count: int
    asked: Longs = field(default_factory=lambda: _NO_DOCS)
    allowed: Bools | None = None
    shares: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FirstStage:
    """The best segments, rising, and their scores, all above 0: as many as are wanted, and all that share the last
    place; fewer where fewer hold a term. `asked` are the scores that are asked for. `postings` are those that were read
    for it, by the place of the library and the term."""

    docs: Longs
    scores: Floats
    asked: Floats
    postings: Mapping[tuple[int, str], Postings] = field(default_factory=dict)


class _Compiled:
    """The compiled loop, once it is there."""

    find_best: FindBest | None = None


def use_compiled(find_best: FindBest | None) -> None:
    """Rank with this loop from now on; None for numpy."""
    _Compiled.find_best = find_best


def rank_first(model: SparseBM25, query: TermQuery) -> FirstStage:
    """Find the segments with the highest scores."""
    find_best = _Compiled.find_best
    # The postings of a run are found when they are asked for, and not packed.
    if find_best is None or any(map(is_run, query.terms)) or not all(map(_is_packed_in_bytes, model.parts)):
        return rank_with_numpy(model, query)
    return rank_compiled(find_best, model, query)


def _is_packed_in_bytes(part: IndexPart) -> bool:
    """Return whether no segment holds a term more than 255 times: the loop is compiled for these alone."""
    return part.posting_lists.repeats.dtype == np.uint8


def rank_with_numpy(model: SparseBM25, query: TermQuery) -> FirstStage:
    """Find the segments with the highest scores by adding up those of all segments."""
    scores, holders = model.add_up_scores(query.terms)
    if query.allowed is not None:
        scores *= query.allowed
    if query.shares is not None:
        scores *= query.shares
    docs = _find_best(scores, holders, query.count)
    postings = {(held.place, held.term): held.postings for held in holders}
    return FirstStage(docs, scores[docs], scores[query.asked], postings)


def _find_best(scores: Floats, holders: Sequence[TermHolders], count: int) -> Longs:
    """Return the segments with the `count` highest scores above 0, and all that share the last place."""
    # So many segments hold a rare term, which weighs the most: nothing below the worst of the best of them is wanted.
    many = [held.docs for held in holders if len(held.docs) >= count]
    floor = _find_cut(scores.take(min(many, key=len)), count) if many else 0.0
    every = np.concatenate([_NO_DOCS, *(held.docs for held in holders)])
    worth = scores.take(every)
    docs = distinct_numbers(every[worth >= floor] if floor > 0 else every[worth > 0])
    worth = scores.take(docs)
    return docs[worth >= _find_cut(worth, count)] if len(docs) > count else docs


def _find_cut(scores: Floats, count: int) -> float:
    """Return the lowest of the `count` highest scores."""
    return float(np.partition(scores, -count)[-count])


def rank_compiled(find_best: FindBest, model: SparseBM25, query: TermQuery) -> FirstStage:
    """Find the segments with the highest scores by the compiled loop. No term may be a run."""
    weights = [(term, model.term_weight(term)) for term in query.terms]
    best, asked = np.zeros(query.count), _AskedScores(query.asked)
    windows = _borrow_windows()
    docs, scores = _NO_DOCS, _NO_SCORES
    for base, part in zip(model.bases.tolist(), model.parts, strict=False):
        known = [(number, weight) for term, weight in weights if (number := part.terms.number_of(term)) is not None]
        if known:
            here = slice(base, base + part.max_doc)
            found = find_best(
                *_spread_terms(known),
                *_spread_part(model, part),
                *_spread_restrictions(query, here),
                *(best, *asked.within(here), *windows),
            )
            docs, scores = _join(docs, found[0] + base), _join(scores, found[1])
    _WINDOWS.append(windows)
    reaching = scores >= best[0]
    docs, scores = docs[reaching], scores[reaching]
    rising = docs.argsort()
    shares = 1.0 if query.shares is None else query.shares[query.asked]
    return FirstStage(docs[rising], scores[rising], asked.in_order_asked() * shares)


class _AskedScores:
    """The segments whose scores are asked for, as the loop wants them: rising, and part by part."""

    def __init__(self, docs: Longs) -> None:
        self._order = docs.argsort()
        self._docs, self._scores = docs[self._order], np.zeros(len(docs))

    def within(self, part: slice) -> tuple[Longs, Floats]:
        """Return the segments of a part by their numbers there, and where their scores belong."""
        if not len(self._docs):
            return self._docs, self._scores
        first, last = self._docs.searchsorted([part.start, part.stop]).tolist()
        return self._docs[first:last] - part.start, self._scores[first:last]

    def in_order_asked(self) -> Floats:
        """Return the scores in the order in which they were asked for."""
        return self._scores[self._order.argsort()]


def _join(left: NDArray[Number], right: NDArray[Number]) -> NDArray[Number]:
    return np.concatenate([left, right]) if len(left) else right


def _spread_terms(known: Sequence[tuple[int, float]]) -> tuple[Longs, Floats]:
    return np.array([number for number, _ in known], np.int64), np.array([weight for _, weight in known])


def _spread_part(model: SparseBM25, part: IndexPart) -> tuple[object, ...]:
    lists, deleted = part.posting_lists, _ALL if part.deleted is None else part.deleted.videos
    return (
        *(lists.bounds, lists.places, lists.repeat_bounds, lists.repeats),
        *(lists.block_bounds, lists.blocks, lists.block_ends),
        *(part.lengths, model.k1, model.saturation, model.single, deleted, part.video_of),
    )


def _spread_restrictions(query: TermQuery, docs: slice) -> tuple[Bools, Floats]:
    return (
        _ALL if query.allowed is None else query.allowed[docs],
        _NO_SCORES if query.shares is None else query.shares[docs],
    )


_WINDOWS: deque[tuple[Floats, NDArray[np.int32]]] = deque(maxlen=8)
"""What the loop works in, kept for the next question: one pair for each thread that ranks at the same time."""


def _borrow_windows() -> tuple[Floats, NDArray[np.int32]]:
    """Return scores of 0 for the segments of a block, and room to note them."""
    try:
        return _WINDOWS.pop()
    except IndexError:
        return np.zeros(BLOCK_DOCS), np.empty(BLOCK_DOCS, np.int32)
