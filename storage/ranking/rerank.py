"""The second stage: the candidates of a question scored by all that is said in and around them.

One formula throughout, BM25F (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields",
CIKM 2004): counts of words, pairs of words and n-grams are first added up over the segment, its neighbours and the
title, and saturate after that. So no single field can outweigh the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from storage.models import QuestionTerm
from storage.ranking.bm25 import SparseBM25, inverse_document_frequency
from storage.ranking.index.index_part import Floats, IndexPart, Ints
from storage.ranking.index.ngrams import ngrams_of
from storage.ranking.index.postings import Postings
from storage.ranking.index.ranges import distinct_numbers, expand_ranges, starts_of_runs
from storage.ranking.index.runs import is_run
from storage.ranking.weights import K1_AGAIN, LENGTH_AGAIN, LONG_SEGMENT, PAIR_WINDOW, RankingWeights

Docs = NDArray[np.int64]
_NO_WORD = np.iinfo(np.int64).max
"""In place of a word's number: no word has it."""


@dataclass(frozen=True, slots=True)
class _MatchedWords:
    """The words of some segments of a library that the question asks for, or that hold an n-gram of one it asks for:
    the row of the segment, the word's number, its place, and the position of its term in the question, or -1. Tables
    counted from it have a row per segment and a last row of zeros, for a neighbour that does not exist."""

    docs: Docs
    rows: Docs
    words: NDArray[np.integer]
    places: Docs
    terms: NDArray[np.int16]

    @property
    def height(self) -> int:
        """Return how many rows a table of counts has."""
        return len(self.docs) + 1


@dataclass(frozen=True, slots=True)
class _NgramHolders:
    """The words of a library that hold an n-gram of the question, rising; word w holds
    `grams[bounds[w]:bounds[w + 1]]`, by their position in the question."""

    words: NDArray[np.integer]
    bounds: Docs
    grams: Docs


class Reranker:
    """Scores segments for one question. `postings` are those that are known already, by the place of the library and
    the term."""

    def __init__(
        self,
        model: SparseBM25,
        terms: Sequence[QuestionTerm],
        weights: RankingWeights,
        postings: Mapping[tuple[int, str], Postings] = MappingProxyType({}),
    ) -> None:
        self._model = model
        self._postings = postings
        self._ranking_weights = weights
        self._nearness = min(1.0, LONG_SEGMENT / model.avgdl) if model.avgdl else 1.0
        self._terms = list(dict.fromkeys(term for question_term in terms for term in question_term.terms))
        self._term_weights = np.array([model.term_weight(term) for term in self._terms])
        self._pairs = _expected_pairs(terms, {term: place for place, term in enumerate(self._terms)})
        _, grams = ngrams_of([term.word for term in terms])
        self._grams = distinct_numbers(grams) if weights.ngrams else grams[:0]
        self._gram_words = [library.ngrams.words_with(self._grams) for library in model.parts]
        self._gram_weights = self._ngram_weights()

    def score(self, candidates: Docs) -> Floats:
        """Return the final score of every candidate, given by its number in the scope, rising."""
        final = np.zeros(len(candidates))
        model = self._model
        bounds = candidates.searchsorted(model.bases).tolist()
        for place, (first, last) in enumerate(pairwise(bounds)):
            if first < last and self._terms:
                docs = candidates[first:last] - model.bases[place]
                final[first:last] = self._score_library(place, docs, _group_by_word(*self._gram_words[place]))
        return final

    def _score_library(self, place: int, docs: Docs, holders: _NgramHolders) -> Floats:
        library, weights = self._model.parts[place], self._ranking_weights
        normed = self._model.length_norm(LENGTH_AGAIN, library.lengths[docs])[:, None]
        before, after = _neighbours_of(library, docs)
        matched = self._match_words(library, distinct_numbers(np.concatenate([docs, before, after])), holders)
        here, left, right = (np.searchsorted(matched.docs, near) for near in (docs, before, after))
        left, right = (np.where(near != here, near, len(matched.docs)) for near in (left, right))

        def add_neighbours(counts: Floats, weight: float) -> Floats:
            """Add to the counts of a segment a share of its neighbours', and divide by its length norm."""
            nearby = weight * self._nearness * (counts[left] + counts[right])
            result: Floats = (counts[here] + nearby) / normed
            return result

        term_counts, pair_counts = self._count_terms(matched)
        videos = library.video_of[docs]
        fields = add_neighbours(term_counts, weights.neighbours)
        fields += weights.titles * _find_in_titles(library, self._terms, videos)
        score = self._saturate(fields, self._term_weights)
        if weights.pairs:
            rarity = np.minimum(*(self._term_weights[side] for side in self._pairs))
            score += weights.pairs * self._saturate(add_neighbours(pair_counts, weights.pairs_nearby), rarity)
        if weights.ngrams:
            gram_counts = self._count_ngrams(matched, holders)
            fields = add_neighbours(gram_counts, weights.neighbours)
            score += weights.ngrams * self._saturate(fields, self._gram_weights)
        if weights.video:
            score += weights.video * self._score_videos(place, videos)
        return score

    def _saturate(self, counts: Floats, weights: Floats) -> Floats:
        """Return the BM25 sum of counts by their weights, in which more of the same counts for less and less."""
        # No matrix product: its rounding depends on how many candidates there are.
        total: Floats = (counts / (counts + K1_AGAIN) * weights).sum(axis=1) * (K1_AGAIN + 1)
        return total

    def _match_words(self, library: IndexPart, docs: Docs, holders: _NgramHolders) -> _MatchedWords:
        numbers = [library.terms.number_of(term) for term in self._terms]
        # Narrow, since every word of the vocabulary is looked up in it.
        place_of = np.full(len(library.terms), -1, np.int16)
        place_of[[n for n in numbers if n is not None]] = [place for place, n in enumerate(numbers) if n is not None]
        asked = place_of.take(library.term_of_word)
        wanted = asked >= 0
        wanted[holders.words] = True
        rows, words, places = library.matching_words(docs, wanted)
        return self._add_runs(library, _MatchedWords(docs, rows, words, places, asked[words]))

    def _add_runs(self, library: IndexPart, matched: _MatchedWords) -> _MatchedWords:
        """Add the runs that are asked for, as words without a number at the places of their first words."""
        runs = [(place, library.run_postings(term)) for place, term in enumerate(self._terms) if is_run(term)]
        if not runs or not len(matched.docs):
            return matched
        owner = np.repeat([place for place, _ in runs], [len(run.segments) for _, run in runs]).astype(np.int16)
        segments = np.concatenate([run.segments for _, run in runs])
        row = np.minimum(np.searchsorted(matched.docs, segments), len(matched.docs) - 1)
        here = matched.docs[row] == segments
        rows = np.concatenate([matched.rows, row[here]])
        places = np.concatenate([matched.places, np.concatenate([run.places for _, run in runs])[here]])
        words = np.concatenate([matched.words.astype(np.int64), np.full(int(here.sum()), _NO_WORD)])
        terms = np.concatenate([matched.terms, owner[here]])
        order = np.argsort(places, kind="stable")
        return _MatchedWords(matched.docs, rows[order], words[order], places[order], terms[order])

    def _count_terms(self, matched: _MatchedWords) -> tuple[Floats, Floats]:
        """Count how often terms, and pairs of terms in their order, are said in every segment.

        A pair counts by its nearness: adjacent words as 1, two apart as 1/2, and so on.
        """
        asked = matched.terms >= 0
        rows, places, terms = matched.rows[asked], matched.places[asked], matched.terms[asked]
        counts = _count_table(rows, terms, matched.height, len(self._terms))
        return counts, self._count_pairs(rows, places, terms, matched.height)

    def _count_pairs(self, rows: Docs, places: Docs, terms: NDArray[np.int16], height: int) -> Floats:
        first, second = self._pairs
        pair_of = np.full((len(self._terms), len(self._terms)), -1, np.int32)
        pair_of[first, second] = np.arange(len(first))
        # A window of distance between segments, so that words of two segments are never near one another.
        keys = places + rows * (PAIR_WINDOW + 1)
        last = np.searchsorted(keys, keys + PAIR_WINDOW, side="right")
        left, right = expand_ranges(np.arange(1, len(keys) + 1), last)
        pairs = pair_of[terms[left], terms[right]]
        asked = pairs >= 0
        left, right = left[asked], right[asked]
        # A run stands at the place of its first word, which may be asked for too.
        distances = np.maximum(places[right] - places[left], 1)
        return _count_table(rows[left], pairs[asked], height, len(first), 1 / distances)

    def _count_ngrams(self, matched: _MatchedWords, holders: _NgramHolders) -> Floats:
        """Count how often the n-grams of the question's words are said in every segment."""
        first = np.searchsorted(holders.words, matched.words)
        holding = np.flatnonzero(np.append(holders.words, -1)[first] == matched.words)
        rows, holder = matched.rows[holding], first[holding]
        owner, places = expand_ranges(holders.bounds[holder], holders.bounds[holder + 1])
        return _count_table(rows[owner], holders.grams[places], matched.height, len(self._grams))

    def _ngram_weights(self) -> Floats:
        """Return the inverse document frequency of every n-gram, as if no segment held it twice."""
        holders = np.zeros(len(self._grams))
        for library, (grams, words) in zip(self._model.parts, self._gram_words, strict=True):
            holders += np.bincount(grams, weights=library.word_counts_of(words), minlength=len(self._grams))
        size = self._model.corpus_size
        holders = np.minimum(holders, size)
        rarity: Floats = np.log(1 + (size - holders + 0.5) / (holders + 0.5))
        return rarity

    def _score_videos(self, place: int, video_of: Ints) -> Floats:
        """Return, by candidate, the BM25 score of its whole video, which rises, among all videos of the scope."""
        model, library = self._model, self._model.parts[place]
        average = model.length / model.video_count or 1.0
        begins = starts_of_runs(video_of)
        videos, rows = video_of[begins], np.cumsum(begins) - 1
        normed = 1 - model.b + model.b * library.video_lengths[videos] / average
        holders = [sum(part.videos_with(term) for part in model.parts) for term in self._terms]
        weights = np.array([inverse_document_frequency(held, model.video_count) for held in holders])
        postings = [self._postings.get((place, term)) or library.repeated_postings(term) for term in self._terms]
        counts = library.term_counts_in_videos(postings, videos)
        scores: Floats = self._saturate(counts / normed[:, None], weights)[rows]
        return scores


def _expected_pairs(terms: Sequence[QuestionTerm], place_of: dict[str, int]) -> tuple[Docs, Docs]:
    """Return the terms expected one after the other: those of neighbouring words."""
    pairs: dict[tuple[int, int], None] = {}
    for left, right in pairwise(terms):
        for one in left.terms:
            for other in right.terms:
                pairs[place_of[one], place_of[other]] = None
    both = np.array(list(pairs), np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _group_by_word(grams: Docs, words: Ints) -> _NgramHolders:
    order = np.argsort(words, kind="stable")
    ordered = words[order]
    firsts = np.flatnonzero(starts_of_runs(ordered))
    return _NgramHolders(ordered[firsts], np.append(firsts, len(words)), grams[order])


def _neighbours_of(library: IndexPart, docs: Docs) -> tuple[Docs, Docs]:
    """Return the segments before and after; a segment itself where nothing directly precedes or continues it."""
    before = np.where(library.are_connected(docs - 1, docs), docs - 1, docs)
    after = np.where(library.are_connected(docs, docs + 1), docs + 1, docs)
    return before, after


def _find_in_titles(library: IndexPart, terms: Sequence[str], videos: Ints) -> Floats:
    """Return 1 where the title of a video (rows) holds a term (columns), else 0."""
    titles = np.zeros((len(videos), len(terms)))
    for column, term in enumerate(terms):
        holding = library.videos_titled(term)
        if len(holding):
            titled = np.zeros(len(library.videos))
            titled[holding] = 1.0
            titles[:, column] = titled[videos]
    return titles


def _count_table(
    rows: Docs, columns: NDArray[np.integer], height: int, width: int, worth: Floats | None = None
) -> Floats:
    """Count entries by row and column, or add up their `worth`."""
    cells = np.bincount(rows * width + columns, weights=worth, minlength=height * width)
    return cells.astype(np.float64).reshape(height, width)
