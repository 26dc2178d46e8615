"""rank-bm25 as it is shipped, which the ranking is measured against: the very scores, sooner."""

from __future__ import annotations

import random

import numpy as np
import pytest
from rank_bm25 import BM25Okapi

from storage.analysis import analyser_for
from storage.models import Baseline, Segment, StoredVideo, Video
from storage.ranking.baseline import ShippedBM25, best_documents, rank_as_shipped


def stored(*texts: str) -> list[StoredVideo]:
    segments = [Segment(10.0 * place, 10.0 * place + 10, text) for place, text in enumerate(texts)]
    return [StoredVideo(Video("v"), tuple(segments))]


def silent(done: int, total: int) -> None:
    """Nobody watches."""


WORDS = ("lantern", "harbour", "violin", "meadow", "copper", "thunder", "The", "of", "bells", "belling")


def corpus(chance: random.Random) -> list[str]:
    return [" ".join(chance.choices(WORDS, k=chance.randint(0, 12))) for _ in range(chance.randint(2, 40))]


@pytest.mark.parametrize("seed", range(25))
def test_scores_equal_rank_bm25s_to_the_last_bit(seed: int) -> None:
    chance = random.Random(seed)
    texts = [text.lower().split() for text in (*corpus(chance), "lantern of bells")]
    query = chance.choices([*(word.lower() for word in WORDS), "unheard"], k=4)
    assert ShippedBM25(texts).get_scores(query).tolist() == BM25Okapi(texts).get_scores(query).tolist()


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("peer", Baseline)
def test_the_peers_rank_as_rank_bm25_does(seed: int, peer: Baseline) -> None:
    chance = random.Random(seed)
    texts = [*corpus(chance), "the lantern of the meadow"]
    questions = [" ".join([*chance.choices(WORDS, k=3), "lantern"]) for _ in range(5)]

    def words(text: str) -> list[str]:
        if peer is Baseline.SPLIT:
            return text.lower().split()
        return [token.term for token in analyser_for("en").tokens(text) if not token.is_stop_word]

    model = BM25Okapi([words(text) for text in texts])
    found = rank_as_shipped(stored(*texts), questions, peer, "en", 10, silent)
    for question, hits in zip(questions, found, strict=True):
        scores = model.get_scores(words(question))
        order = sorted(range(len(texts)), key=lambda place: (-scores[place], place))[:10]
        assert [hit.segment.start_second for hit in hits] == [10.0 * place for place in order]
        assert [hit.score for hit in hits] == [scores[place] for place in order]


def test_a_question_of_stop_words_alone_is_asked_by_them() -> None:
    texts = ("lantern and harbour", "the lantern", "what is it about", "harbour light")
    ((first, *_),) = rank_as_shipped(stored(*texts), ["what is it?"], Baseline.TERMS, "en", 3, silent)
    assert first.segment.text == "what is it about"


@pytest.mark.parametrize("peer", Baseline)
def test_the_peers_do_not_fall_over_a_corpus_without_words(peer: Baseline) -> None:
    assert rank_as_shipped([], ["anything"], peer, "en", 10, silent) == [()]
    ((only,),) = rank_as_shipped(stored("..."), ["what"], Baseline.TERMS, "en", 10, silent)
    assert only.score == 0


def test_the_best_are_the_highest_scores_and_of_equal_ones_the_first() -> None:
    scores = np.array([1.0, 3.0, 2.0, 3.0, 2.0, 2.0, 0.0])
    for limit in range(1, 9):
        assert best_documents(scores, limit).tolist() == [1, 3, 2, 4, 5, 0, 6][:limit]
