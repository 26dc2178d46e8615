"""How much of what a question looks for is said by somebody whom it asks about."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from storage.models import QuestionTerm
from storage.ranking.budget import WorkBudget
from storage.ranking.index.index_part import Bools, Floats, IndexPart, Longs

SEGMENTS_AT_A_TIME = 2_000
"""Segments whose words are looked at before the budget is looked at again."""


class SpokenShares:
    """The words of chosen speakers in one part. Made for one question."""

    def __init__(self, part: IndexPart, names: Collection[str]) -> None:
        self._part = part
        wanted = np.array([name in names for name in part.turns.names()], np.bool_)
        self._is_wanted = np.append(wanted, False)  # at -1: nobody is known
        own = self._is_wanted[part.turns.speakers]
        speaking, others = np.zeros((2, part.max_doc), np.bool_)
        speaking[part.turns.docs[own]] = True
        others[part.turns.docs[~own]] = True
        self._speaking, self._alone = speaking, speaking & ~others

    @property
    def speaking(self) -> Bools:
        """Return by segment whether one of the speakers speaks in it."""
        return self._speaking

    def measure(self, terms: Sequence[QuestionTerm], allowed: Bools, budget: WorkBudget) -> Floats:
        """Return by segment what share of the question's words that are said in it, by their weights, is said by one of
        the speakers; 0 where none is, where a segment is not `allowed`, and where the budget has ended."""
        shares = (self._alone & allowed).astype(np.float64)
        mixed = np.flatnonzero(self._speaking & ~self._alone & allowed)
        asked = self._number_words(terms) if len(mixed) and terms else np.empty(0, np.int64)
        for first in range(0, len(mixed) if terms else 0, SEGMENTS_AT_A_TIME):
            if budget.is_spent():
                break
            docs = mixed[first : first + SEGMENTS_AT_A_TIME]
            owner, words, places = self._part.matching_words(docs, asked >= 0)
            own = self.are_said(docs[owner], places)
            weights = np.array([term.weight for term in terms])
            said = _sum_weights(owner, asked[words], weights, len(docs))
            shares[docs] = _sum_weights(owner[own], asked[words[own]], weights, len(docs)) / np.where(said, said, 1.0)
        return shares

    def are_said(self, docs: Longs, places: Longs) -> Bools:
        """Return whether words, given by segment and place in `forward`, are said by one of the speakers."""
        speakers = self._part.turns.speakers_at(docs, places - self._part.offsets[docs])
        said: Bools = self._is_wanted[speakers]
        return said

    def _number_words(self, terms: Sequence[QuestionTerm]) -> Longs:
        """Return by word number which word of the question it says; -1 for none."""
        part = self._part
        of_term = np.full(len(part.terms), -1, np.int64)
        for place, term in enumerate(terms):
            for name in {name for run in term.alternatives for name in run}:
                if (number := part.terms.number_of(name)) is not None:
                    of_term[number] = place
        return of_term[part.term_of_word]


def _sum_weights(owners: Longs, asked: Longs, weights: Floats, size: int) -> Floats:
    """Return for every one of `size` owners the weights of the different words of the question it has."""
    holds = np.zeros((size, len(weights)), np.bool_)
    holds[owners, asked] = True
    rows, columns = np.nonzero(holds)
    return np.bincount(rows, weights=weights[columns], minlength=size).astype(np.float64)
