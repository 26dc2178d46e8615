"""From a question to ranked segments: exact BM25 over the scope, then a second ranking of the best.

Stage 1 takes the best segments by body, and the best segments of videos whose title matches; stage 2 (`rerank`) scores
these again by all that is said in and around them.
"""

from __future__ import annotations

import functools
import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from storage.analysis import analyser_for, load_question_rules
from storage.models import ALL_FEATURES, GlossaryEntry, Question, QuestionTerm, RankingFeature
from storage.ranking.bm25 import SparseBM25
from storage.ranking.budget import WorkBudget
from storage.ranking.first_stage import TermQuery, rank_first
from storage.ranking.index.index_part import Bools, Floats, IndexPart
from storage.ranking.index.ranges import distinct_numbers, expand_ranges
from storage.ranking.index.runs import name_run
from storage.ranking.query.glossary import GlossaryMatcher, run_of
from storage.ranking.query.quick_reading import QuickReader
from storage.ranking.query.restrictions import RestrictedScope, Restrictions, WantedSpeakers, WantedVideos
from storage.ranking.query.spelling import SpellingCorrector
from storage.ranking.query.terms import QueryTerms
from storage.ranking.rerank import Reranker
from storage.ranking.score_bounds import ScoreBounds
from storage.ranking.weights import (
    CANDIDATES,
    K1_AGAIN,
    MAX_TIED,
    SHIPPED_WEIGHTS,
    TITLE_SEGMENTS,
    TITLE_VIDEOS,
    RankingWeights,
    weights_for,
)

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
    `unmatched_phrases` are quoted phrases that no video says. `is_partial` says that the budget ended before all was
    searched."""

    ranked: tuple[RankedSegment, ...]
    terms: tuple[QuestionTerm, ...]
    searched_for: str | None
    ideal_score: float
    unmatched_exclusions: tuple[str, ...] = ()
    unmatched_phrases: tuple[str, ...] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ReadQuestion:
    """A question as a scope reads it: its terms, what it lets through, and the share of its words, by segment, that the
    speakers say whom it asks about; None where it asks about nobody. `budget` is what is left for it. `context` are the
    terms of its context that are said, apart from its own."""

    question: Question
    terms: tuple[QuestionTerm, ...]
    searched_for: str | None
    restricted: RestrictedScope
    shares: Floats | None
    budget: WorkBudget
    context: tuple[QuestionTerm, ...] = ()

    @property
    def all_terms(self) -> tuple[QuestionTerm, ...]:
        """Return the terms by which segments are ranked."""
        return (*self.terms, *self.context)

    def weigh(self, scores: Floats, docs: Docs | slice = slice(None)) -> Floats:
        """Return the scores of some segments by what the question lets through and whom it asks about."""
        if self.restricted.allowed is not None:
            scores = scores * self.restricted.allowed[docs]
        return scores if self.shares is None else scores * self.shares[docs]


class Searcher:
    """Ranks the segments of one scope. Immutable; safe to use from several threads."""

    def __init__(self, libraries: Sequence[IndexPart], language: str, glossary: Sequence[GlossaryEntry] = ()) -> None:
        self.language = language
        self.model = SparseBM25(libraries)
        self._analyser = analyser_for(language)
        load_question_rules(self._analyser.language)  # now: a question's own processor time is bounded
        self._speller = SpellingCorrector(libraries, self._analyser.language)
        self._glossary = GlossaryMatcher(glossary, self._analyser)
        self._wording = QueryTerms(self.model, self._speller, self._analyser, self._glossary)
        self._restrictions = Restrictions(libraries, self._analyser)

    def search(
        self,
        question: Question,
        limit: int,
        videos: WantedVideos,
        steps: frozenset[RankingFeature] = ALL_FEATURES,
        speakers: WantedSpeakers = None,
        budget: WorkBudget | None = None,
    ) -> Ranking:
        """Rank the segments for a question.

        `videos` holds, by library, the positions of the videos that may be searched, or None for all. Of `speakers`
        only what they say themselves counts: a segment in which others say part of it loses that share of its score.
        """
        weights = weights_for(steps)
        return self.rank(self.read(question, videos, speakers, budget or WorkBudget(), weights), limit, weights)

    def read(
        self,
        question: Question,
        videos: WantedVideos,
        speakers: WantedSpeakers,
        budget: WorkBudget,
        weights: RankingWeights = SHIPPED_WEIGHTS,
    ) -> ReadQuestion:
        """Read a question once for all that is computed from it; `videos` and `speakers` are those of `search`."""
        restricted = self._restrictions.read(question, videos, speakers, budget)
        terms, searched_for = self._wording.parse(question, weights, budget)
        context = self._read_context(question, terms, weights, budget)
        if context:
            restricted = replace(restricted, allowed=self._find_holders(terms, restricted.allowed))
        shares = _measure_shares(terms, speakers, restricted, budget)
        return ReadQuestion(question, terms, searched_for, restricted, shares, budget, context)

    def _read_context(
        self, question: Question, terms: Sequence[QuestionTerm], weights: RankingWeights, budget: WorkBudget
    ) -> tuple[QuestionTerm, ...]:
        """Return the terms of a question's context that are said, without those that it asks about itself."""
        if not question.context:
            return ()
        own = {term for question_term in terms for term in question_term.terms}
        context, _searched_for = self._wording.parse(Question(question.context, question.context), weights, budget)
        return tuple(term for term in context if term.alternatives and own.isdisjoint(term.terms))

    def _find_holders(self, terms: Sequence[QuestionTerm], allowed: Bools | None) -> Bools:
        """Return by segment of the scope whether it, or the title of its video, has all of some terms that are said at
        all; where none that may be shown has all, whether it has any."""
        shown = np.ones(int(self.model.bases[-1]), np.bool_) if allowed is None else allowed.copy()
        shown[self.model.gone] = False
        holding = [self._find_holders_of(term) for term in terms if term.alternatives]
        if not holding:
            return np.zeros_like(shown)
        every: Bools = np.logical_and.reduce(holding) & shown
        some: Bools = np.logical_or.reduce(holding) & shown
        return every if every.any() else some

    def _find_holders_of(self, question_term: QuestionTerm) -> Bools:
        holding = np.zeros(int(self.model.bases[-1]), np.bool_)
        for term in question_term.terms:
            for base, library in zip(self.model.bases.tolist(), self.model.parts, strict=False):
                holding[base + library.postings(term)[0].astype(np.int64)] = True
                titled = np.zeros(len(library.videos), np.bool_)
                titled[library.videos_titled(term)] = True
                holding[base : base + library.max_doc] |= titled[library.video_of]
        return holding

    def rank(self, read: ReadQuestion, limit: int, weights: RankingWeights = SHIPPED_WEIGHTS) -> Ranking:
        """Rank the segments for a question that was read."""
        query = list(dict.fromkeys(term for question_term in read.all_terms for term in question_term.terms))
        allowed, count = read.restricted.allowed, max(CANDIDATES, limit)
        owner, titled = self._find_titled(query, allowed) if weights.titles else (_NO_DOCS, _NO_DOCS)
        first = rank_first(self.model, TermQuery(query, count, titled, allowed, read.shares))
        candidates = self._bound_ties(first.docs, first.scores, count)
        candidates = distinct_numbers(np.concatenate([candidates, _best_of_each(owner, titled, first.asked)]))
        final = Reranker(self.model, read.all_terms, weights, first.postings).score(candidates)
        if read.shares is not None:
            final *= read.shares[candidates]
        best = best_segments(final, limit)
        ranked = self._sort_ranked(candidates[best], final[best])[:limit]
        restricted, budget = read.restricted, read.budget
        # Ranked segments hold every phrase.
        unsaid = () if ranked else self._restrictions.unmatched_phrases(read.question, restricted.said_phrases, budget)
        return Ranking(
            ranked,
            read.all_terms,
            read.searched_for,
            _ideal_score(read.terms),
            restricted.unmatched_exclusions,
            unsaid,
            budget.cut_short,
        )

    def bound_scores(self, part: IndexPart) -> ScoreBounds:
        """Return what tells how high the segments of `part`, some of this scope's, can score for a question."""
        reader = QuickReader(self.model, self._speller, self._analyser, self._glossary)
        return ScoreBounds(part, self.model, reader, self._wording)

    def video_of(self, ranked: RankedSegment) -> int:
        """Return the position, in its library, of the video that a ranked segment belongs to."""
        return int(self.model.parts[ranked.part].video_of[ranked.doc])

    @functools.cached_property
    def has_tracks(self) -> bool:
        """Whether any video of the scope is a track of another."""
        return any(part.has_tracks() for part in self.model.parts)

    def is_spoken(self, words: str) -> bool:
        """Return whether the words are spoken in the scope one after the other, in any form."""
        return bool(self.model.document_frequency(name_run(run_of(words, self._analyser))))

    def _find_titled(self, query: Sequence[str], allowed: Bools | None) -> tuple[Docs, Docs]:
        """Return the segments of the videos whose title matches the question best, after the number of the video."""
        matches: list[tuple[float, int, int, int]] = []
        first_video = 0
        for base, library in zip(self.model.bases, self.model.parts, strict=False):
            worth = np.zeros(len(library.videos))
            for term in query:
                worth[library.videos_titled(term)] += self.model.term_weight(term)
            titled = best_segments(worth, TITLE_VIDEOS)
            if len(titled):
                ranks = self._video_order[first_video + titled]
                titled = titled[np.lexsort((ranks, -worth[titled]))][:TITLE_VIDEOS]
                ranks = self._video_order[first_video + titled]
                firsts, lasts = base + library.first_doc[titled], base + library.first_doc[titled + 1]
                columns = -worth[titled], ranks, firsts, lasts
                matches += zip(*(column.tolist() for column in columns), strict=True)
            first_video += len(library.videos)
        chosen = [(first, last) for *_, first, last in heapq.nsmallest(TITLE_VIDEOS, matches)]
        owner, docs = expand_ranges(*np.array(chosen, np.int64).reshape(-1, 2).T)
        if allowed is not None:
            owner, docs = owner[allowed[docs]], docs[allowed[docs]]
        return owner, docs

    def _bound_ties(self, docs: Docs, scores: Floats, count: int) -> Docs:
        """Return segments without those that share the last of `count` places beyond MAX_TIED: kept are those that
        would come first if all were equal, so that it depends on the videos of the scope alone."""
        if len(docs) <= count + MAX_TIED:
            return docs
        lowest = scores.min()
        tied, better = docs[scores == lowest], docs[scores > lowest]
        order = np.lexsort((tied, self._video_order[self._videos_of(tied)]))
        return np.sort(np.concatenate([better, tied[order[: count + MAX_TIED - len(better)]]]))

    def _videos_of(self, docs: Docs) -> Docs:
        """Return the positions of the videos of some segments, counted through the libraries of the scope."""
        place = self._parts_of(docs)
        firsts = np.cumsum([0, *(len(part.videos) for part in self.model.parts)])
        videos = np.empty(len(docs), np.int64)
        for number, part in enumerate(self.model.parts):
            here = place == number
            videos[here] = firsts[number] + part.video_of[docs[here] - self.model.bases[number]]
        return videos

    def _parts_of(self, docs: Docs) -> Docs:
        """Return in which libraries of the scope segments are."""
        return self.model.bases.searchsorted(docs, side="right") - 1

    @functools.cached_property
    def _video_order(self) -> Docs:
        """The rank of every video of the scope by its id; made when it is first needed."""
        ids = [
            video_id for part in self.model.parts for video_id in part.videos.video_ids_at(np.arange(len(part.videos)))
        ]
        ranks = np.empty(len(ids), np.int64)
        ranks[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
        return ranks

    def _sort_ranked(self, docs: Docs, scores: Floats) -> tuple[RankedSegment, ...]:
        """Return segments, given by their rising numbers in the scope, best first; of equals those of the video with
        the lower id, and the earlier."""
        # Segments of a video are numbered by their starts.
        order = np.lexsort((docs, self._video_order[self._videos_of(docs)], -scores))
        parts = self._parts_of(docs)
        places = docs - self.model.bases[parts]
        columns = (column[order].tolist() for column in (parts, places, scores))
        return tuple(map(RankedSegment, *columns))


def _best_of_each(owner: Docs, docs: Docs, scores: Floats) -> Docs:
    """Return the best TITLE_SEGMENTS of every owner's segments; owners rise."""
    docs = docs[np.lexsort((-scores, owner))]
    rank = np.arange(len(docs)) - np.searchsorted(owner, owner)
    return docs[rank < TITLE_SEGMENTS]


def _measure_shares(
    terms: Sequence[QuestionTerm], speakers: WantedSpeakers, restricted: RestrictedScope, budget: WorkBudget
) -> Floats | None:
    """Return for every segment of the scope that a question lets through what share of its words is said by the
    speakers that it asks about; None where it asks about nobody."""
    if not speakers or restricted.allowed is None:
        return None
    ends = np.cumsum([len(spoken.speaking) for spoken in speakers])
    allowed = np.split(restricted.allowed, ends[:-1])
    return np.concatenate([spoken.measure(terms, here, budget) for spoken, here in zip(speakers, allowed, strict=True)])


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
