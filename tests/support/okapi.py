"""Our BM25 with the weights of terms that rank-bm25 ships, so that the two can be compared score by score."""

from __future__ import annotations

from collections.abc import Sequence

from rank_bm25 import BM25Okapi

from storage.ranking.bm25 import SparseBM25
from storage.ranking.index.index_part import IndexPart


class OkapiBM25(SparseBM25):
    """Its scores equal rank_bm25.BM25Okapi's over the same terms to the last bit."""

    def _initialize(self, corpus: Sequence[IndexPart]) -> dict[str, int]:
        super()._initialize(corpus)
        every = dict.fromkeys(term for library in corpus for term in library.terms)
        return {term: count for term in every if (count := self.document_frequency(term))}

    def _calc_idf(self, nd: dict[str, int]) -> None:
        if nd:
            BM25Okapi._calc_idf(self, nd)

    def term_weight(self, term: str) -> float:
        return float(self.idf.get(term, 0.0))
