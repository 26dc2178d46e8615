"""rank-bm25 as it is shipped, which the ranking is measured against.

Model, parameters and scores are those of rank_bm25.BM25Okapi, to the last bit. Only the lookup is our own: as shipped,
every word of a question walks through every text in Python, which takes minutes for thousands of questions.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from storage.analysis import Token, analyser_for
from storage.models import Baseline, Hit, StoredVideo
from storage.ranking.index.index_part import Floats

Progress = Callable[[int, int], None]
"""Called with how many questions are finished, and how many there are."""
Scorer = Callable[[str], Floats]


def rank_as_shipped(
    stored: Sequence[StoredVideo],
    questions: Sequence[str],
    peer: Baseline,
    language: str,
    limit: int,
    progress: Progress,
) -> list[tuple[Hit, ...]]:
    """Return for every question the `limit` segments that rank-bm25 ranks first; of equal ones the earlier.

    As with rank-bm25's own `get_top_n` there are always that many, matching or not. Its scores may be negative.
    """
    places = [(stored_video.video, segment) for stored_video in stored for segment in stored_video.segments]
    scorer = _make_scorer(peer, language, [segment.text for _, segment in places])
    ranked: list[tuple[Hit, ...]] = []
    for number, question in enumerate(questions):
        progress(number, len(questions))
        scores = scorer(question)
        best = [(*places[place], float(scores[place])) for place in best_documents(scores, limit)]
        ranked.append(tuple(Hit(video, segment, score) for video, segment, score in best))
    progress(len(questions), len(questions))
    return ranked


def best_documents(scores: Floats, limit: int) -> NDArray[np.int64]:
    """Return the places of the highest scores, highest first; of equal scores the first ones."""
    if len(scores) > limit:
        cut = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        above = np.flatnonzero(scores > cut)
        places = np.concatenate((above, np.flatnonzero(scores == cut)[: limit - len(above)]))
    else:
        places = np.arange(len(scores))
    order: NDArray[np.int64] = places[np.lexsort((places, -scores[places]))]
    return order


def _make_scorer(peer: Baseline, language: str, texts: Sequence[str]) -> Scorer:
    """Return what scores every text for a question, with words read the way of the baseline `peer`."""
    if peer is Baseline.SPLIT:
        return _score_all(texts, lambda text: text.lower().split())
    analyser = analyser_for(language)

    def all_terms(text: str) -> list[str]:
        return [token.term for token in analyser.tokens(text)]

    def content_terms(text: str) -> list[str]:
        return [token.term for token in analyser.tokens(text) if not token.is_stop_word]

    # A question of stop words alone is put to texts that keep theirs: in the others it has nothing to match.
    rare, common = _score_all(texts, content_terms), cache(lambda: _score_all(texts, all_terms))
    return lambda text: rare(text) if any(map(_is_content, analyser.tokens(text))) else common()(text)


def _is_content(token: Token) -> bool:
    return not token.is_stop_word


def _score_all(texts: Sequence[str], words: Callable[[str], list[str]]) -> Scorer:
    corpus = [words(text) for text in texts]
    if not any(corpus):  # rank-bm25 divides by the number of words
        return lambda _: np.zeros(len(texts))
    model = ShippedBM25(corpus)
    return lambda text: model.get_scores(words(text))


class ShippedBM25(BM25Okapi):  # type: ignore[misc]  # rank-bm25 ships no types
    """rank_bm25.BM25Okapi over texts as lists of words, looked up by postings."""

    doc_freqs: list[dict[str, int]]

    def __init__(self, corpus: Sequence[Sequence[str]]) -> None:
        super().__init__(corpus)
        postings: defaultdict[str, tuple[array[int], array[int]]] = defaultdict(lambda: (array("i"), array("i")))
        for place, frequencies in enumerate(self.doc_freqs):
            for word, count in frequencies.items():
                docs, counts = postings[word]
                docs.append(place)
                counts.append(count)
        self.doc_freqs = []  # no longer needed, and by far the largest part
        self._postings = {word: (np.array(docs), np.array(counts)) for word, (docs, counts) in postings.items()}
        lengths = np.array(self.doc_len)
        self._saturation: Floats = self.k1 * (1 - self.b + self.b * lengths / self.avgdl)

    def get_scores(self, query: Sequence[str]) -> Floats:
        """Return the score of every text, in rank-bm25's order of operations."""
        scores: Floats = np.zeros(self.corpus_size)
        for word in query:
            if word in self._postings:
                docs, counts = self._postings[word]
                scores[docs] += self.idf[word] * (counts * (self.k1 + 1) / (counts + self._saturation[docs]))
        return scores
