"""BM25 over sparse postings, as a subclass of rank-bm25's model.

rank-bm25 0.2.2 owns the formula; our own are the postings, reading several libraries as one collection, and the idf.
As shipped it divides by zero on an empty corpus, gives negative scores where a word is in most segments, and zero for
an exact match among two. None of that can happen here, and a match is decided by the presence of a term, never by a
score.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from storage.ranking.index.index_part import Floats, IndexPart
from storage.ranking.weights import K1, B

POSTINGS_AT_A_TIME = 16_384
"""Postings that are scored at a time."""


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
        self.doc_len = np.concatenate([library.lengths for library in corpus]) if corpus else np.empty(0, np.int32)
        self.avgdl = self.length / self.corpus_size if self.corpus_size else 0.0
        self.saturation: Floats = self.k1 * self.length_norm(self.b)
        return {}

    def _calc_idf(self, nd: dict[str, int]) -> None:
        """Do nothing: a term's weight is computed when it is needed."""

    def length_norm(self, b: float, docs: NDArray[np.int64] | slice = slice(None)) -> Floats:
        """Return what the counts of segments are divided by for their length: 1 for average length; `b` is 0 to 1."""
        lengths = self.doc_len[docs]
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
        scores: Floats = np.zeros(int(self.bases[-1]))
        for term in query:
            weight = self.term_weight(term)
            for base, library in zip(self.bases, self.parts, strict=False):
                docs, counts = library.postings(term)
                here, saturation = scores[base:], self.saturation[base:]
                # One stretch at a time, so that the data being worked on stays in the processor's cache.
                for first in range(0, len(docs), POSTINGS_AT_A_TIME):
                    part = docs[first : first + POSTINGS_AT_A_TIME]
                    times = counts[first : first + POSTINGS_AT_A_TIME].astype(np.float64)
                    here[part] += weight * (times * (self.k1 + 1) / (times + saturation[part]))
        scores[self.gone] = 0.0
        return scores


def inverse_document_frequency(holders: float, size: int) -> float:
    """Return ln(1 + (N - n + 0.5) / (n + 0.5)) for a term that n of N segments hold."""
    return math.log(1 + (size - holders + 0.5) / (holders + 0.5))
