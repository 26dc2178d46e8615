"""Postings packed into two bytes each say what they said before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import storage.ranking.index.postings
from storage.ranking.index.postings import BLOCK_DOCS, pack_postings

DOCS = st.one_of(
    st.integers(0, 5 * BLOCK_DOCS),
    # Where blocks meet, and the last number there can be.
    st.sampled_from([0, BLOCK_DOCS - 1, BLOCK_DOCS, 2 * BLOCK_DOCS - 1, 2 * BLOCK_DOCS, 2**31 - 1]),
)
COUNTS = st.one_of(st.just(1), st.integers(1, 70_000))
TERMS = st.lists(st.dictionaries(DOCS, COUNTS, max_size=30), max_size=6)


@given(terms=TERMS, at_a_time=st.integers(1, 40), ranges=st.lists(st.tuples(DOCS, DOCS), max_size=5))
def test_postings_are_what_was_packed(
    terms: list[dict[int, int]], at_a_time: int, ranges: list[tuple[int, int]]
) -> None:
    postings = [sorted(term.items()) for term in terms]
    every = [posting for term in postings for posting in term]
    bounds = np.cumsum([0, *map(len, postings)])
    counts = np.array([count for _, count in every], np.min_scalar_type(max((c for _, c in every), default=0)))
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(storage.ranking.index.postings, "PACKED_AT_A_TIME", at_a_time)
        packed = pack_postings(bounds, np.array([doc for doc, _ in every], np.int32), counts)
    stretches = np.array([sorted(pair) for pair in ranges], np.int64).reshape(-1, 2)
    for term, held in enumerate(postings):
        assert packed.frequency(term) == len(held)
        assert packed.docs_of(term).tolist() == [doc for doc, _ in held]
        assert packed.counts_of(term).tolist() == [count for _, count in held]
        between = [sum(n for doc, n in held if first <= doc < last) for first, last in stretches]
        assert packed.postings_of(term).count_between(stretches).tolist() == between
    assert packed.repeats.dtype == counts.dtype


def test_a_posting_takes_little_more_than_two_bytes() -> None:
    docs = np.arange(0, 1_000_000, 3, dtype=np.int32)
    counts = np.where(docs % 10, 1, 2).astype(np.uint8)
    packed = pack_postings(np.array([0, len(docs)]), docs, counts)
    held = sum(getattr(packed, name).nbytes for name in packed.__slots__)
    assert held < 2.15 * len(docs)
