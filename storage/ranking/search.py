"""From a question to ranked segments: exact BM25 over the scope, then a second ranking of the best.

Stage 1 takes the best segments by body, and the best segments of videos whose title matches; stage 2 (`rerank`) scores
these again by all that is said in and around them.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.analysis import analyser_for
from storage.models import ALL_FEATURES, GlossaryEntry, Question, QuestionTerm, RankingFeature
from storage.ranking.bm25 import SparseBM25
from storage.ranking.first_stage import TermQuery, rank_first
from storage.ranking.index.index_part import Bools, Floats, IndexPart
from storage.ranking.index.ranges import distinct_numbers, expand_ranges
from storage.ranking.index.runs import name_run
from storage.ranking.query.glossary import GlossaryMatcher, run_of
from storage.ranking.query.restrictions import Restrictions, WantedSpeakers, WantedVideos
from storage.ranking.query.spelling import SpellingCorrector
from storage.ranking.query.terms import QueryTerms
from storage.ranking.rerank import Reranker
from storage.ranking.weights import CANDIDATES, K1_AGAIN, TITLE_SEGMENTS, TITLE_VIDEOS, weights_for

SCORE_BLOCK = 256
"""Segments per block; only the best score of a block is looked at first."""

Docs = NDArray[np.int64]
_NO_DOCS = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class RankedSegment:
    """One ranked segment: which library of the scope, its number there, and its final score."""

    part: int
    doc: int
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranked segments, best first, and how the question was understood: `unmatched_exclusions` leave nothing out,
    `unmatched_phrases` are quoted phrases that no video says."""

    ranked: tuple[RankedSegment, ...]
    terms: tuple[QuestionTerm, ...]
    searched_for: str | None
    ideal_score: float
    unmatched_exclusions: tuple[str, ...] = ()
    unmatched_phrases: tuple[str, ...] = ()


class Searcher:
    """Ranks the segments of one scope. Immutable; safe to use from several threads."""

    def __init__(self, libraries: Sequence[IndexPart], language: str, glossary: Sequence[GlossaryEntry] = ()) -> None:
        self.language = language
        self.model = SparseBM25(libraries)
        self._analyser = analyser_for(language)
        self._wording = QueryTerms(
            self.model,
            SpellingCorrector(libraries, self._analyser.language),
            self._analyser,
            GlossaryMatcher(glossary, self._analyser),
        )
        self._restrictions = Restrictions(libraries, self._analyser)

    def search(
        self,
        question: Question,
        limit: int,
        videos: WantedVideos,
        steps: frozenset[RankingFeature] = ALL_FEATURES,
        speakers: WantedSpeakers = None,
    ) -> Ranking:
        """Rank the segments for a question.

        `videos` holds, by library, the positions of the videos that may be searched, or None for all. Of `speakers`
        only what they say themselves counts: a segment in which others say part of it loses that share of its score.
        """
        weights = weights_for(steps)
        terms, searched_for = self._wording.parse(question, weights)
        query = list(dict.fromkeys(term for question_term in terms for term in question_term.terms))
        allowed = self.allowed_segments(question, videos, speakers)
        shares = measure_shares(terms, speakers)
        owner, titled = self._find_titled(query, allowed) if weights.titles else (_NO_DOCS, _NO_DOCS)
        count = max(CANDIDATES, limit)
        first = rank_first(self.model, TermQuery(query, count, titled, allowed, shares))
        candidates = first.docs[best_segments(first.scores, count)]
        candidates = distinct_numbers(np.concatenate([candidates, _best_of_each(owner, titled, first.asked)]))
        final = Reranker(self.model, terms, weights).score(candidates)
        if shares is not None:
            final *= shares[candidates]
        best = best_segments(final, limit)
        ranked = [self._place_doc(int(candidates[place]), float(final[place])) for place in best]
        ranked.sort(key=self._sort_ranked)
        exclusions = self._restrictions.unmatched_exclusions(question)
        # Ranked segments hold every phrase.
        phrases = () if ranked else self._restrictions.unmatched_phrases(question)
        return Ranking(tuple(ranked[:limit]), terms, searched_for, _ideal_score(terms), exclusions, phrases)

    def allowed_segments(
        self, question: Question, videos: WantedVideos, speakers: WantedSpeakers = None
    ) -> Bools | None:
        """Return for every segment of the scope whether a question lets it through; None where it lets all through."""
        return self._restrictions.allowed_segments(question, videos, speakers)

    def video_of(self, ranked: RankedSegment) -> int:
        """Return the position, in its library, of the video that a ranked segment belongs to."""
        return int(self.model.parts[ranked.part].video_of[ranked.doc])

    def is_spoken(self, words: str) -> bool:
        """Return whether the words are spoken in the scope one after the other, in any form."""
        return bool(self.model.document_frequency(name_run(run_of(words, self._analyser))))

    def _find_titled(self, query: Sequence[str], allowed: Bools | None) -> tuple[Docs, Docs]:
        """Return the segments of the videos whose title matches the question best, after the number of the video."""
        matches: list[tuple[float, str, int, int]] = []
        for base, library in zip(self.model.bases, self.model.parts, strict=False):
            worth = np.zeros(len(library.videos))
            for term in query:
                worth[library.videos_titled(term)] += self.model.term_weight(term)
            titled = best_segments(worth, TITLE_VIDEOS)
            ids, order = library.videos.video_ids_at(titled), (-worth[titled]).tolist()
            firsts, lasts = base + library.first_doc[titled], base + library.first_doc[titled + 1]
            matches += zip(order, ids, firsts.tolist(), lasts.tolist(), strict=True)
        chosen = [(first, last) for *_, first, last in heapq.nsmallest(TITLE_VIDEOS, matches)]
        owner, docs = expand_ranges(*np.array(chosen, np.int64).reshape(-1, 2).T)
        if allowed is not None:
            owner, docs = owner[allowed[docs]], docs[allowed[docs]]
        return owner, docs

    def _place_doc(self, doc: int, score: float) -> RankedSegment:
        library = int(np.searchsorted(self.model.bases, doc, side="right")) - 1
        return RankedSegment(library, doc - int(self.model.bases[library]), score)

    def _sort_ranked(self, ranked: RankedSegment) -> tuple[float, str, float]:
        library = self.model.parts[ranked.part]
        video_id = library.videos.video_id_at(self.video_of(ranked))
        return -ranked.score, video_id, float(library.starts[ranked.doc])


def _best_of_each(owner: Docs, docs: Docs, scores: Floats) -> Docs:
    """Return the best TITLE_SEGMENTS of every owner's segments; owners rise."""
    docs = docs[np.lexsort((-scores, owner))]
    rank = np.arange(len(docs)) - np.searchsorted(owner, owner)
    return docs[rank < TITLE_SEGMENTS]


def measure_shares(terms: Sequence[QuestionTerm], speakers: WantedSpeakers) -> Floats | None:
    """Return for every segment of the scope what share of a question's words is said by the speakers that it asks
    about; None where it asks about nobody."""
    if not speakers:
        return None
    return np.concatenate([spoken.measure(terms) for spoken in speakers])


def _ideal_score(terms: Sequence[QuestionTerm]) -> float:
    """Return what the second stage approaches for a segment that says every word of a question over and over."""
    return (K1_AGAIN + 1) * sum(term.weight for term in terms)


def best_segments(scores: Floats, count: int) -> Docs:
    """Return the segments with the highest scores above 0; where the last place is shared, all that share it."""
    blocks = scores[: len(scores) // SCORE_BLOCK * SCORE_BLOCK].reshape(-1, SCORE_BLOCK).max(axis=1, initial=0.0)
    # The `count` best block maxima are that many scores, so the worst score worth keeping is not below their lowest.
    floor = float(np.partition(blocks, -count)[-count]) if len(blocks) >= count else 0.0
    docs = np.flatnonzero(scores >= floor) if floor > 0 else np.flatnonzero(scores > 0)
    if len(docs) <= count:
        return docs
    cut = np.partition(scores[docs], len(docs) - count)[len(docs) - count]
    best: Docs = docs[scores[docs] >= cut]
    return best
