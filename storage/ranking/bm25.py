"""BM25 over sparse postings, as a subclass of rank-bm25's model.

rank-bm25 0.2.2 owns the formula; our own are the postings, reading several libraries as one collection, and the idf.
As shipped it divides by zero on an empty corpus, gives negative scores where a word is in most segments, and zero for
an exact match among two. None of that can happen here, and a match is decided by the presence of a term, never by a
score.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from storage.ranking.index.index_part import Floats, IndexPart
from storage.ranking.index.postings import Postings
from storage.ranking.weights import K1, B

Longs = NDArray[np.int64]


class TermHolders(NamedTuple):
    """Who holds a term in a library of a scope, given by its place there: the postings, and the segments by their
    numbers in the scope."""

    place: int
    term: str
    postings: Postings
    docs: Longs


class SparseBM25(BM25Okapi):  # type: ignore[misc]  # rank-bm25 ships no types
    """BM25 over the libraries of a scope as if they were one corpus.

    Segments are numbered across libraries: those of the first library first. With the term weights of
    rank_bm25.BM25Okapi the scores would equal its own over the same terms to the last bit.
    """

    def __init__(
        self,
        libraries: Sequence[IndexPart],
        *,
        k1: float = K1,
        b: float = B,
    ) -> None:
        self.parts = tuple(libraries)
        self.bases = np.cumsum([0, *(library.max_doc for library in self.parts)])
        super().__init__(self.parts, k1=k1, b=b)

    def _initialize(self, corpus: Sequence[IndexPart]) -> dict[str, int]:
        self.corpus_size = sum(library.size for library in corpus)
        self.video_count = sum(library.video_count for library in corpus)
        self.length = sum(library.length for library in corpus)
        self.gone = np.concatenate(
            [base + part.deleted.docs for base, part in zip(self.bases, corpus, strict=False) if part.deleted]
            or [np.empty(0, np.int64)]
        )
        self.avgdl = self.length / self.corpus_size if self.corpus_size else 0.0
        longest = max((int(library.lengths.max(initial=0)) for library in corpus), default=0)
        # By length: there are few different ones, and a table of them stays in the processor's cache.
        self.saturation: Floats = self.k1 * self.length_norm(self.b, np.arange(longest + 1))
        self.single: Floats = (self.k1 + 1) / (1.0 + self.saturation)
        """What a term counts where it is said once, by length of the segment."""
        return {}

    def _calc_idf(self, nd: dict[str, int]) -> None:
        """Do nothing: a term's weight is computed when it is needed."""

    def length_norm(self, b: float, lengths: NDArray[np.integer]) -> Floats:
        """Return what the counts of segments are divided by for their length: 1 for average length; `b` is 0 to 1."""
        # A corpus of stop words alone has no length to measure by.
        return np.asarray(1 - b + (b * lengths / self.avgdl if self.avgdl else np.zeros(len(lengths))), np.float64)

    def document_frequency(self, term: str) -> int:
        """Return how many segments of the scope hold a term."""
        return sum(library.document_frequency(term) for library in self.parts)

    def term_weight(self, term: str) -> float:
        """Return the idf of a term as in Lucene, never negative: ln(1 + (N - n + 0.5) / (n + 0.5))."""
        return inverse_document_frequency(self.document_frequency(term), self.corpus_size)

    def get_scores(self, query: Sequence[str]) -> Floats:
        """Return the score of every segment for the terms of a question, in rank-bm25's order of operations."""
        return self.add_up_scores(query)[0]

    def add_up_scores(self, query: Sequence[str]) -> tuple[Floats, list[TermHolders]]:
        """Return the score of every segment for the terms of a question, and by term and library who holds the term."""
        scores: Floats = np.zeros(int(self.bases[-1]))
        holders = []
        for term in query:
            weight = self.term_weight(term)
            for place, (base, library) in enumerate(zip(self.bases.tolist(), self.parts, strict=False)):
                postings = library.repeated_postings(term)
                docs, repeated, repeats = postings
                if not len(docs):
                    continue
                length = library.lengths.take(docs)
                added = self.single.take(length)
                times = repeats.astype(np.float64)
                added[repeated] = times * (self.k1 + 1) / (times + self.saturation.take(length.take(repeated)))
                added *= weight
                docs = docs + base if base else docs
                scores[docs] += added
                holders.append(TermHolders(place, term, postings, docs))
        scores[self.gone] = 0.0
        return scores, holders


def inverse_document_frequency(holders: float, size: int) -> float:
    """Return ln(1 + (N - n + 0.5) / (n + 0.5)) for a term that n of N segments hold."""
    return math.log(1 + (size - holders + 0.5) / (holders + 0.5))
