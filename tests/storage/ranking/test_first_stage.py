"""The first stage, by numpy and compiled: the same segments in the same order, their scores equal to the last bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage.indexing.compiled_ranking import load_loop
from storage.models import Question
from storage.ranking.bm25 import SparseBM25
from storage.ranking.first_stage import FindBest, FirstStage, TermQuery, rank_first, use_compiled
from storage.ranking.index.index_part import Bools, Floats, IndexPart, Longs
from storage.ranking.index.postings import BLOCK_DOCS, pack_postings
from storage.ranking.search import Ranking, Searcher
from tests.support.libraries import index_of

WORDS = [f"word{number}" for number in range(6)]
VIDEO_DOCS = 50

sizes = st.one_of(st.integers(1, 400), st.integers(BLOCK_DOCS - 2, BLOCK_DOCS + 2), st.integers(BLOCK_DOCS, 100_000))
queries = st.lists(st.sampled_from([*WORDS, "nowhere"]), unique=True, max_size=7)


@pytest.fixture(scope="module")
def find_best(pytestconfig: pytest.Config) -> FindBest:
    """The loop, compiled once and kept between runs of the tests."""
    assert pytestconfig.cache
    return load_loop(pytestconfig.cache.mkdir("compiled-ranking"))


@pytest.fixture
def _numpy_afterwards() -> Iterator[None]:
    yield
    use_compiled(None)


def make_part(chance: np.random.Generator, size: int, lengths: int, most: int) -> IndexPart:
    """Return a part of random postings, of terms that are rare or in most segments. Few `lengths` make many ties."""
    held = [np.flatnonzero(chance.random(size) < share) for share in 10.0 ** -chance.uniform(0, 4, len(WORDS))]
    docs = np.concatenate(held).astype(np.int32)
    counts = np.where(chance.random(len(docs)) < 0.9, 1, chance.integers(1, most + 1, len(docs)))
    base = index_of([" ".join(WORDS)], *[[""]] * ((size - 1) // VIDEO_DOCS))
    assert list(base.terms) == WORDS
    part = replace(
        base,
        video_of=np.arange(size, dtype=np.int32) // VIDEO_DOCS,
        starts=np.zeros(size),
        lengths=chance.integers(1, lengths + 1, size).astype(np.int32),
        posting_lists=pack_postings(np.cumsum([0, *map(len, held)]), docs, counts.astype(np.min_scalar_type(most))),
        # Nothing here reads the texts, in which what is deleted is counted.
        offsets=np.zeros(size + 1, np.int64),
    )
    # One video stays: no average length is known of none.
    gone = np.flatnonzero(chance.random(len(part.videos)) < 0.2)[: len(part.videos) - 1].tolist()
    if not gone or not chance.integers(2):
        return part
    kept = part.without_videos(gone)
    assert kept.deleted
    deleted = np.array([np.isin(part.video_of[each], gone).sum() for each in held], np.int64)
    return replace(kept, deleted=replace(kept.deleted, term_docs=deleted))


def rank_plainly(
    model: SparseBM25, query: Sequence[str], count: int, allowed: Bools | None, shares: Floats | None
) -> tuple[Longs, Floats, Floats]:
    """Return the best segments with their scores, and the scores of all, written down as simply as can be."""
    parts = []
    for part in model.parts:
        scores = np.zeros(part.max_doc)
        for term in query:
            docs, counts = part.postings(term)
            norm = model.k1 * (1 - model.b + model.b * part.lengths[docs] / model.avgdl)
            scores[docs] += model.term_weight(term) * (counts * (model.k1 + 1) / (counts + norm))
        if part.deleted:
            scores[part.deleted.docs] = 0.0
        parts.append(scores)
    every = np.concatenate(parts)
    every = every if allowed is None else every * allowed
    every = every if shares is None else every * shares
    holding = np.flatnonzero(every)
    cut = np.sort(every[holding])[-count] if len(holding) > count else 0.0
    docs = holding[every[holding] >= cut]
    return docs, every[docs], every


def assert_is(found: FirstStage, docs: Longs, scores: Floats, asked: Floats) -> None:
    assert found.docs.tolist() == docs.tolist()
    assert found.scores.tobytes() == scores.tobytes()
    assert found.asked.tobytes() == asked.tobytes()


@settings(max_examples=150, deadline=None)
@example(seed=1435607, parts=[150], lengths=1, most=2, query=WORDS[:3], count=4, restricted=(False, False))
@example(seed=2200, parts=[2], lengths=3, most=2, query=WORDS[:2], count=1, restricted=(False, False))
@given(
    seed=st.integers(0, 2**32),
    parts=st.lists(sizes, min_size=1, max_size=3),
    lengths=st.sampled_from([1, 3, 90]),
    most=st.sampled_from([2, 255, 256]),
    query=queries,
    count=st.integers(1, 300),
    restricted=st.tuples(st.booleans(), st.booleans()),
)
@pytest.mark.usefixtures("_numpy_afterwards")
def test_both_ways_find_the_same_segments_with_the_same_bits(
    find_best: FindBest,
    seed: int,
    parts: list[int],
    lengths: int,
    most: int,
    query: list[str],
    count: int,
    restricted: tuple[bool, bool],
) -> None:
    chance = np.random.default_rng(seed)
    model = SparseBM25([make_part(chance, size, lengths, most) for size in parts])
    size = int(model.bases[-1])
    allowed = chance.random(size) < 0.5 if restricted[0] else None
    shares = np.minimum(chance.random(size) * 1.5, 1.0) if restricted[1] else None
    asked = chance.permutation(np.setdiff1d(np.flatnonzero(chance.random(size) < 0.01), model.gone))
    asked = asked if allowed is None else asked[allowed[asked]]
    docs, scores, every = rank_plainly(model, query, count, allowed, shares)
    for loop in (None, find_best, find_best):  # twice: the loop leaves what it worked in as it was
        use_compiled(loop)
        found = rank_first(model, TermQuery(query, count, asked, allowed, shares))
        assert_is(found, docs, scores, every[asked])


def ask(searcher: Searcher, words: str) -> Ranking:
    return searcher.search(Question(words, words), 10, [None] * len(searcher.model.parts))


@pytest.mark.usefixtures("_numpy_afterwards")
def test_a_question_has_the_same_answer_compiled(find_best: FindBest) -> None:
    texts = [
        [f"the copper lantern {number % 7} hangs by the harbour", "xl net and the violin"] for number in range(300)
    ]
    parts = [index_of(*texts, titles=["copper violin", "lanterns"] * 150), index_of(*texts[:5], first=300)]
    searcher = Searcher([parts[0].without_videos([3, 4]), parts[1]], "en")
    # A run ("xlnet", said as two words) has no packed postings, and a word that nobody says none at all.
    questions = ["copper lantern", "xlnet violin", "lantren", "violin harbour net", "nowhere"]
    expected = [ask(searcher, words) for words in questions]
    assert all(ranking.ranked for ranking in expected[:-1])
    use_compiled(find_best)
    assert [ask(searcher, words) for words in questions] == expected
