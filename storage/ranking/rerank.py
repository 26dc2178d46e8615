"""The second stage: the candidates of a question scored by all that is said in and around them.

One formula throughout, BM25F (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields",
CIKM 2004): what is counted, words, pairs of words, pieces of words, is added over the segment, its neighbours and the
title first, and saturates then. So no part can outshout the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from storage.models import QuestionTerm
from storage.ranking.bm25 import SparseBM25, inverse_document_frequency
from storage.ranking.index.index_part import Floats, IndexPart, Ints
from storage.ranking.index.ngrams import ngrams_of
from storage.ranking.index.ranges import distinct_numbers, expand_ranges
from storage.ranking.weights import LENGTH_AGAIN, PAIR_WINDOW, RankingWeights

Docs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _MatchedWords:
    """What of some segments of a library the question asks for: for each such word, and each that holds a piece of one,
    the row of its segment, its number, its place, and which of the question's terms it is, or -1. What is counted of
    it has a row for each segment and a last one, of noughts, for a neighbour that is not there."""

    docs: Docs
    rows: Docs
    words: NDArray[np.integer]
    places: Docs
    terms: NDArray[np.int32]

    @property
    def height(self) -> int:
        """How many rows there are to count in."""
        return len(self.docs) + 1


@dataclass(frozen=True, slots=True)
class _NgramHolders:
    """The words of a library that hold a piece of the question, rising; word w holds `pieces[bounds[w]:bounds[w + 1]]`,
    by their place in the question."""

    words: NDArray[np.integer]
    bounds: Docs
    pieces: Docs


class Reranker:
    """Scores segments for one question."""

    def __init__(self, model: SparseBM25, terms: Sequence[QuestionTerm], recipe: RankingWeights) -> None:
        self._model = model
        self._recipe = recipe
        self._terms = list(dict.fromkeys(term for each in terms for term in each.terms))
        self._weights = np.array([model.term_weight(term) for term in self._terms])
        self._pairs = _expected_pairs(terms, {term: place for place, term in enumerate(self._terms)})
        _, pieces = ngrams_of([each.word for each in terms])
        self._pieces = distinct_numbers(pieces) if recipe.ngrams else pieces[:0]
        self._held = [library.ngrams.words_with(self._pieces) for library in model.libraries]
        self._piece_weights = self._ngram_weights()

    def score(self, candidates: Docs) -> Floats:
        """The final score of each candidate, by its number in the scope."""
        final = np.zeros(len(candidates))
        model = self._model
        for base, library, held in zip(model.bases, model.libraries, self._held, strict=False):
            inside = np.flatnonzero((candidates >= base) & (candidates < base + library.max_doc))
            if len(inside) and self._terms:
                holders = _group_by_word(*held)
                final[inside] = self._score_library(library, candidates[inside] - base, candidates[inside], holders)
        return final

    def _score_library(self, library: IndexPart, docs: Docs, numbers: Docs, holders: _NgramHolders) -> Floats:
        recipe = self._recipe
        normed = self._model.length_norm(LENGTH_AGAIN, numbers)[:, None]
        before, after = _neighbours_of(library, docs)
        heard = self._match_words(library, distinct_numbers(np.concatenate([docs, before, after])), holders)
        here, left, right = (np.searchsorted(heard.docs, near) for near in (docs, before, after))
        left, right = (np.where(near != here, near, len(heard.docs)) for near in (left, right))

        def around(counts: Floats, weight: float) -> Floats:
            """Counts of the segment and, in part, of its neighbours."""
            result: Floats = (counts[here] + weight * (counts[left] + counts[right])) / normed
            return result

        said, pairs = self._count_terms(heard)
        titles = np.stack([_is_in_title(library, term, docs) for term in self._terms], axis=1)
        score = self._saturate(around(said, recipe.neighbours) + recipe.titles * titles, self._weights)
        if recipe.pairs:
            rarity = np.minimum(*(self._weights[side] for side in self._pairs))
            score += recipe.pairs * self._saturate(around(pairs, recipe.pairs_nearby), rarity)
        if recipe.ngrams:
            pieces = self._count_ngrams(heard, holders)
            score += recipe.ngrams * self._saturate(around(pieces, recipe.neighbours), self._piece_weights)
        if recipe.video:
            score += recipe.video * self._score_videos(library, library.video_of[docs].astype(np.int64))
        return score

    def _saturate(self, counts: Floats, weights: Floats) -> Floats:
        """BM25: each count with its weight, more of the same counting for less and less."""
        k1 = self._model.k1
        # No matrix product: how that rounds depends on how many candidates there are.
        total: Floats = (counts / (counts + k1) * weights).sum(axis=1) * (k1 + 1)
        return total

    def _match_words(self, library: IndexPart, docs: Docs, holders: _NgramHolders) -> _MatchedWords:
        numbers = [library.terms.number_of(term) for term in self._terms]
        place_of = np.full(len(library.terms), -1, np.int32)
        place_of[[n for n in numbers if n is not None]] = [place for place, n in enumerate(numbers) if n is not None]
        asked = place_of[library.term_of_word]
        wanted = asked >= 0
        wanted[holders.words] = True
        rows, words, places = library.matching_words(docs, wanted)
        return _MatchedWords(docs, rows, words, places, asked[words])

    def _count_terms(self, heard: _MatchedWords) -> tuple[Floats, Floats]:
        """How often each term, and each pair of terms in its order, is said in each segment.

        A pair counts by its nearness: the words next to each other as 1, two apart as 1/2, and so on.
        """
        matched = heard.terms >= 0
        rows, places, terms = heard.rows[matched], heard.places[matched], heard.terms[matched]
        said = _count_table(rows, terms, heard.height, len(self._terms))
        return said, self._count_pairs(rows, places, terms, heard.height)

    def _count_pairs(self, rows: Docs, places: Docs, terms: NDArray[np.int32], height: int) -> Floats:
        first, second = self._pairs
        pair_of = np.full((len(self._terms), len(self._terms)), -1, np.int32)
        pair_of[first, second] = np.arange(len(first))
        # Each segment a window further on: so words of two segments are never near each other.
        keys = places + rows * (PAIR_WINDOW + 1)
        last = np.searchsorted(keys, keys + PAIR_WINDOW, side="right")
        left, right = expand_ranges(np.arange(1, len(keys) + 1), last)
        pairs = pair_of[terms[left], terms[right]]
        asked = pairs >= 0
        left, right = left[asked], right[asked]
        return _count_table(rows[left], pairs[asked], height, len(first), 1 / (places[right] - places[left]))

    def _count_ngrams(self, heard: _MatchedWords, holders: _NgramHolders) -> Floats:
        """How often each piece of the question's words is said in each segment."""
        first = np.searchsorted(holders.words, heard.words)
        holding = np.flatnonzero(np.append(holders.words, -1)[first] == heard.words)
        rows, holder = heard.rows[holding], first[holding]
        owner, places = expand_ranges(holders.bounds[holder], holders.bounds[holder + 1])
        return _count_table(rows[owner], holders.pieces[places], heard.height, len(self._pieces))

    def _ngram_weights(self) -> Floats:
        """The inverse document frequency of each piece, as if no segment held it twice."""
        holders = np.zeros(len(self._pieces))
        for library, (pieces, words) in zip(self._model.libraries, self._held, strict=True):
            holders += np.bincount(pieces, weights=library.word_counts_of(words), minlength=len(self._pieces))
        size = self._model.corpus_size
        holders = np.minimum(holders, size)
        rarity: Floats = np.log(1 + (size - holders + 0.5) / (holders + 0.5))
        return rarity

    def _score_videos(self, library: IndexPart, video_of: Docs) -> Floats:
        """The BM25 score of the whole video of each candidate, among all videos of the scope."""
        model = self._model
        average = model.length / model.video_count or 1.0
        videos, rows = np.unique(video_of, return_inverse=True)
        normed = 1 - model.b + model.b * library.video_lengths[videos] / average
        holders = [sum(each.videos_with(term) for each in model.libraries) for term in self._terms]
        weights = np.array([inverse_document_frequency(held, model.video_count) for held in holders])
        said = library.term_counts_in_videos(self._terms, videos)
        of_each: Floats = self._saturate(said / normed[:, None], weights)[rows]
        return of_each


def _expected_pairs(terms: Sequence[QuestionTerm], place_of: dict[str, int]) -> tuple[Docs, Docs]:
    """The terms that would be said one after the other: of neighbouring words, and within a compound."""
    pairs: dict[tuple[int, int], None] = {}
    for left, right in pairwise(terms):
        for one in left.alternatives:
            for other in right.alternatives:
                pairs[place_of[one[-1]], place_of[other[0]]] = None
    for each in terms:
        for alternative in each.alternatives:
            for one_term, next_term in pairwise(alternative):
                pairs[place_of[one_term], place_of[next_term]] = None
    both = np.array(list(pairs), np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _group_by_word(pieces: Docs, words: Ints) -> _NgramHolders:
    order = np.argsort(words, kind="stable")
    ordered = words[order]
    holders = np.unique(ordered)
    return _NgramHolders(holders, np.append(np.searchsorted(ordered, holders), len(words)), pieces[order])


def _neighbours_of(library: IndexPart, docs: Docs) -> tuple[Docs, Docs]:
    """The segments before and after each; where nothing directly precedes or continues it, itself."""
    before = np.where(library.are_connected(docs - 1, docs), docs - 1, docs)
    after = np.where(library.are_connected(docs, docs + 1), docs + 1, docs)
    return before, after


def _is_in_title(library: IndexPart, term: str, docs: Docs) -> Floats:
    titled = np.zeros(len(library.videos))
    titled[library.videos_titled(term)] = 1.0
    return titled[library.video_of[docs]]


def _count_table(
    rows: Docs, columns: NDArray[np.integer], height: int, width: int, worth: Floats | None = None
) -> Floats:
    """Count, or add up what each is worth, by row and column."""
    cells = np.bincount(rows * width + columns, weights=worth, minlength=height * width)
    return cells.astype(np.float64).reshape(height, width)
