"""How high some segments can score for a question, at a small part of the cost of ranking them.

This is for many questions that are put to a few new segments: one that cannot reach a score there need not be asked.
A bound is meant never to be below the score of the second stage (`rerank`): the words of a question are counted as
there, and pairs of words and n-grams as if they stood together wherever they are said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storage.models import Question, ScoreBound
from storage.ranking.bm25 import SparseBM25, inverse_document_frequency
from storage.ranking.budget import WorkBudget
from storage.ranking.index.index_part import Floats, IndexPart
from storage.ranking.index.ngrams import ngrams_of
from storage.ranking.query.quick_reading import QuickReader, QuickWord
from storage.ranking.query.terms import QueryTerms
from storage.ranking.weights import K1_AGAIN, LENGTH_AGAIN, LONG_SEGMENT, PAIR_WINDOW, SHIPPED_WEIGHTS, RankingWeights

MAX_KEPT = 4_000_000
"""How many scores of segments for terms are remembered, of all but the commonest: tens of thousands of terms, for a
thousand segments."""
_HIGHEST = K1_AGAIN + 1
"""What a count can come to at most, by the weight of its word."""
_MOST_BESIDE = sum(1 / distance for distance in range(1, PAIR_WINDOW + 1))
"""What a word counts at most that is said all around another."""


class _Sparse(NamedTuple):
    """Values of some segments, of which all others have 0."""

    docs: NDArray[np.integer]
    values: Floats


class _TermScore(NamedTuple):
    """What a term adds to the scores of segments: by segment for some of them, and by video to all of its segments."""

    segments: _Sparse
    videos: Floats


class ScoreBounds:
    """Bounds of what the segments of `part`, which belong to a scope, can score. Make one for many questions.

    The weights of words are those of the scope, `model`; `reader` and `terms` read questions with its vocabulary.
    """

    def __init__(self, part: IndexPart, model: SparseBM25, reader: QuickReader, terms: QueryTerms) -> None:
        self._part = part
        self._model = model
        self._reader = reader
        self._terms = terms
        self._weights: RankingWeights = SHIPPED_WEIGHTS
        docs = np.arange(part.max_doc)
        connected = part.are_connected(docs - 1, docs)
        # A last row of zeros stands for a neighbour that there is not.
        self._before = np.where(connected, docs - 1, part.max_doc)
        self._after = np.where(np.append(connected[1:], False), docs + 1, part.max_doc)
        self._normed = model.length_norm(LENGTH_AGAIN, part.lengths)
        self._nearness = min(1.0, LONG_SEGMENT / model.avgdl) if model.avgdl else 1.0
        average = model.length / model.video_count if model.video_count else 0.0
        self._videos_normed = 1 - model.b + model.b * part.video_lengths / (average or 1.0)
        self._counts: dict[str, _Sparse | None] = {}
        self._scores: dict[str, _TermScore | None] = {}
        self._kept = 0
        self._term_weights: dict[str, float] = {}
        self._gram_scores: dict[str, float] = {}

    def find_promising(self, questions: Sequence[Question], may_answer: Callable[[ScoreBound], bool]) -> list[bool]:
        """Return for every question whether its bound may answer it, as `may_answer` says.

        Where anything may answer a question, the ideal score of its bound is 0.
        """
        read = [self._reader.read(question) or self._read_carefully(question) for question in questions]
        self._learn_grams({word.word for words in read for word in words})
        sizes = [self._reach_of(question) for question in questions]
        return [self._is_promising(words, size, may_answer) for words, size in zip(read, sizes, strict=True)]

    def _reach_of(self, question: Question) -> int:
        """Return how many segments a question may be answered from; 0 where its filters may leave any number."""
        filters = question.video, question.creator, question.speaker, question.after, question.before
        return 0 if any(filters) else self._model.corpus_size

    def _is_promising(self, words: Sequence[QuickWord], size: int, may_answer: Callable[[ScoreBound], bool]) -> bool:
        terms = dict.fromkeys(term for word in words for term in word.terms)
        said = {term: score for term in terms if (score := self._score_term(term)) is not None}
        if not said:
            return may_answer(ScoreBound(0.0, 0.0, size))
        grams = sum(self._gram_scores[word.word] for word in words)
        total = self._add_up(said.values())
        highest, whole = float(total.max()) + grams, _HIGHEST * sum(word.weight for word in words)
        if may_answer(ScoreBound(highest, whole, size)):
            return True
        bound = self._bound_words(words, said, total, lambda score: may_answer(_bound(words, score + grams, size)))
        if bound is None:
            return False
        if may_answer(ScoreBound(bound + grams, whole, size)):
            return True
        # It depends on what else may stand for the words that nobody says.
        return may_answer(_bound([self._reader.fix_weight(word) for word in words], bound + grams, size))

    def _add_up(self, scores: Collection[_TermScore]) -> Floats:
        """Return what terms together add to the score of every segment."""
        videos: Floats = np.zeros(len(self._part.videos))
        for score in scores:
            videos += score.videos
        total: Floats = videos[self._part.video_of]
        for score in scores:
            total[score.segments.docs] += score.segments.values
        return total

    def _bound_words(
        self,
        words: Sequence[QuickWord],
        said: Collection[str],
        total: Floats,
        may_do: Callable[[float], bool],
    ) -> float | None:
        """Return what a segment can score at most for words, n-grams aside; None where `may_do` refuses that.

        `total` is what they score by themselves, to which pairs of them are added.
        """
        pairs = [
            (one, other)
            for left, right in _neighbours(words)
            for one in left.terms
            for other in right.terms
            if one in said and other in said
        ]
        # Counting pairs is most of the work, and in vain where all of them together could not do.
        highest = float(total.max()) + _HIGHEST * sum(self._weigh_pair(one, other) for one, other in pairs)
        if not may_do(highest):
            return None
        for one, other in pairs:
            self._add_pair(total, one, other)
        highest = float(total.max())
        return highest if may_do(highest) else None

    def _read_carefully(self, question: Question) -> list[QuickWord]:
        read, _ = self._terms.parse(question, self._weights, WorkBudget())
        words = [QuickWord(term.word, term.terms, term.weight, term.weight) for term in read]
        if question.context:
            beside, _ = self._terms.parse(Question(question.context, question.context), self._weights, WorkBudget())
            words += [QuickWord(term.word, term.terms, 0.0, 0.0) for term in beside]
        return words

    def _score_term(self, term: str) -> _TermScore | None:
        """Return what a term adds to the scores of segments; None where no segment, nor its video, says it."""
        if term not in self._scores:
            if self._kept > MAX_KEPT:
                self._scores.clear()
                self._counts.clear()
                self._kept = 0
            score = self._scores[term] = self._compute_score(term)
            self._kept += len(score.segments.docs) + len(score.videos) if score is not None else 1
        return self._scores[term]

    def _compute_score(self, term: str) -> _TermScore | None:
        part, counts = self._part, self._count(term)
        titled = part.videos_titled(term)
        if counts is None and not len(titled):
            return None
        fields = np.zeros(part.max_doc)
        videos = np.zeros(len(part.videos))
        if counts is not None:
            fields = self._add_neighbours(counts, self._weights.neighbours)
            videos = np.bincount(part.video_of, counts[:-1], len(part.videos)) / self._videos_normed
        if len(titled):
            has_title = np.zeros(len(part.videos))
            has_title[titled] = self._weights.titles
            fields = fields + has_title[part.video_of]
        docs = np.flatnonzero(fields)
        holders = sum(library.videos_with(term) for library in self._model.parts)
        video_weight = self._weights.video * inverse_document_frequency(holders, self._model.video_count)
        segments = _Sparse(docs, _saturate(fields[docs]) * self._term_weight(term))
        return _TermScore(segments, _saturate(videos) * video_weight)

    def _count(self, term: str) -> Floats | None:
        """Return how often every segment says a term, and a last 0; None where none does."""
        if term not in self._counts:
            docs, said = self._part.postings(term)
            self._counts[term] = _Sparse(docs, np.asarray(said, np.float64)) if len(docs) else None
        sparse = self._counts[term]
        if sparse is None:
            return None
        counts: Floats = np.zeros(self._part.max_doc + 1)
        counts[sparse.docs] = sparse.values
        return counts

    def _add_neighbours(self, counts: Floats, weight: float) -> Floats:
        nearby = weight * self._nearness * (counts[self._before] + counts[self._after])
        result: Floats = (counts[:-1] + nearby) / self._normed
        return result

    def _add_pair(self, total: Floats, one: str, other: str) -> None:
        left, right = self._count(one), self._count(other)
        if left is None or right is None:
            return
        pairs = left * np.minimum(right, _MOST_BESIDE)
        if pairs.any():
            fields = self._add_neighbours(pairs, self._weights.pairs_nearby)
            total += self._weigh_pair(one, other) * _saturate(fields)

    def _weigh_pair(self, one: str, other: str) -> float:
        return self._weights.pairs * min(self._term_weight(one), self._term_weight(other))

    def _term_weight(self, term: str) -> float:
        known = self._term_weights.get(term)
        if known is None:
            known = self._term_weights[term] = self._model.term_weight(term)
        return known

    def _learn_grams(self, words: Iterable[str]) -> None:
        """Compute what the n-grams of words can add to a score, wherever in the segments they stand."""
        new = [word for word in words if word not in self._gram_scores]
        owners, grams = ngrams_of(new)
        distinct, places = np.unique(grams, return_inverse=True)
        said, _ = self._part.ngrams.words_with(distinct)
        weights = np.zeros(len(distinct))
        said = np.unique(said)
        weights[said] = self._weigh_grams(distinct[said])
        scores = self._weights.ngrams * _HIGHEST * np.bincount(owners, weights[places], len(new))
        self._gram_scores.update(zip(new, scores.tolist(), strict=True))

    def _weigh_grams(self, grams: NDArray[np.uint64]) -> Floats:
        holders, size = np.zeros(len(grams)), self._model.corpus_size
        for library in self._model.parts:
            places, words = library.ngrams.words_with(grams)
            holders += np.bincount(places, library.word_counts_of(words), len(grams))
        holders = np.minimum(holders, size)
        weights: Floats = np.log(1 + (size - holders + 0.5) / (holders + 0.5))
        return weights


def _bound(words: Iterable[QuickWord], score: float, size: int) -> ScoreBound:
    return ScoreBound(score, _HIGHEST * sum(word.least_weight for word in words), size)


def _saturate(counts: Floats) -> Floats:
    result: Floats = counts / (counts + K1_AGAIN) * _HIGHEST
    return result


def _neighbours(words: Sequence[QuickWord]) -> Iterable[tuple[QuickWord, QuickWord]]:
    """Yield the words that may follow one another, once what is no word of the question after all is left out."""
    for place, left in enumerate(words):
        for right in islice(words, place + 1, None):
            yield left, right
            if right.least_weight:
                break
