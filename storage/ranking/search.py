"""From a question to ranked segments: exact BM25 over the scope, then a re-rank of the best.

Stage 1 takes the best segments by body, and the best segments of videos whose title matches; stage 2 (`rerank`) scores
those again by all that is said in and around them.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.analysis import analyser_for
from storage.models import ALL_STEPS, GlossaryEntry, Question, QuestionTerm, Step
from storage.ranking.bm25 import SparseBM25
from storage.ranking.index.index_part import Bools, Floats, LibraryIndex
from storage.ranking.index.ranges import distinct, spread
from storage.ranking.query.glossary import Glossary, way_of
from storage.ranking.query.restrictions import Restrictions, Wanted
from storage.ranking.query.spelling import Speller
from storage.ranking.query.terms import Wording
from storage.ranking.rerank import Reranker
from storage.ranking.weights import CANDIDATES, TITLE_SEGMENTS, TITLE_VIDEOS, recipe_for

BLOCK = 256
"""Segments whose best score is looked at first."""

Docs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One ranked segment: which library of the scope, its number there, and its final score."""

    library: int
    doc: int
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranked segments, best first, and how the question was understood: `unsaid` are idle exclusions,
    `unsaid_phrases` quoted phrases that nobody says."""

    ranked: tuple[Ranked, ...]
    terms: tuple[QuestionTerm, ...]
    searched_for: str | None
    ideal: float
    unsaid: tuple[str, ...] = ()
    unsaid_phrases: tuple[str, ...] = ()


class Searcher:
    """Ranks the segments of one scope. Immutable; safe to use from several threads."""

    def __init__(
        self, libraries: Sequence[LibraryIndex], language: str, glossary: Sequence[GlossaryEntry] = ()
    ) -> None:
        self.language = language
        self.model = SparseBM25(libraries)
        self._analyser = analyser_for(language)
        self._wording = Wording(self.model, Speller(libraries), self._analyser, Glossary(glossary, self._analyser))
        self._restrictions = Restrictions(libraries, self._analyser)

    def search(
        self,
        question: Question,
        limit: int,
        videos: Wanted,
        steps: frozenset[Step] = ALL_STEPS,
    ) -> Ranking:
        """Rank the segments for a question.

        `videos` names, for each library, the positions of the videos that may be searched, or None for all.
        """
        recipe = recipe_for(steps)
        terms, searched_for = self._wording.read(question, recipe)
        query = list(dict.fromkeys(term for each in terms for term in each.terms))
        scores = self.model.get_scores(query)
        allowed = self.allowed(question, videos)
        if allowed is not None:
            scores *= allowed
        candidates = best(scores, max(CANDIDATES, limit))
        if recipe.titles:
            candidates = distinct(np.concatenate([candidates, self._titled(query, scores, allowed)]))
        final = Reranker(self.model, terms, recipe).score(candidates)
        first = best(final, limit)
        ranked = [self._placed(int(candidates[place]), float(final[place])) for place in first]
        ranked.sort(key=self._order)
        unsaid = self._restrictions.unsaid(question)
        # What is ranked says every phrase.
        unsaid_phrases = () if ranked else self._restrictions.unsaid_phrases(question)
        return Ranking(tuple(ranked[:limit]), terms, searched_for, self._ideal(terms), unsaid, unsaid_phrases)

    def allowed(self, question: Question, videos: Wanted) -> Bools | None:
        """For each segment of the scope whether a question lets it through; None where it lets all through."""
        return self._restrictions.allowed(question, videos)

    def video_of(self, ranked: Ranked) -> int:
        """The position, in its library, of the video that a ranked segment is of."""
        return int(self.model.libraries[ranked.library].video_of[ranked.doc])

    def _ideal(self, terms: Sequence[QuestionTerm]) -> float:
        """What BM25 comes near to for a segment that says every word of a question over and over."""
        return float((self.model.k1 + 1) * sum(term.weight for term in terms))

    def says(self, words: str) -> bool:
        """Whether each of the words is spoken in the scope, in whatever form, stop words aside."""
        return all(self.model.frequency(term) for term in way_of(words, self._analyser))

    def _titled(self, query: Sequence[str], scores: Floats, allowed: Bools | None) -> Docs:
        """The best segments of the videos whose title speaks of the question."""
        found: list[tuple[float, str, int, int]] = []
        for base, library in zip(self.model.bases, self.model.libraries, strict=False):
            worth = np.zeros(len(library.videos))
            for term in query:
                worth[library.titled(term)] += self.model.weight(term)
            titled = best(worth, TITLE_VIDEOS)
            ids, order = library.videos.video_ids(titled), (-worth[titled]).tolist()
            firsts, lasts = base + library.first_doc[titled], base + library.first_doc[titled + 1]
            found += zip(order, ids, firsts.tolist(), lasts.tolist(), strict=True)
        chosen = [(first, last) for *_, first, last in heapq.nsmallest(TITLE_VIDEOS, found)]
        owner, docs = spread(*np.array(chosen, np.int64).reshape(-1, 2).T)
        if allowed is not None:
            owner, docs = owner[allowed[docs]], docs[allowed[docs]]
        docs = docs[np.lexsort((-scores[docs], owner))]
        rank = np.arange(len(docs)) - np.searchsorted(owner, owner)
        return docs[rank < TITLE_SEGMENTS]

    def _placed(self, doc: int, score: float) -> Ranked:
        library = int(np.searchsorted(self.model.bases, doc, side="right")) - 1
        return Ranked(library, doc - int(self.model.bases[library]), score)

    def _order(self, ranked: Ranked) -> tuple[float, str, float]:
        library = self.model.libraries[ranked.library]
        video_id = library.videos.video_id(self.video_of(ranked))
        return -ranked.score, video_id, float(library.starts[ranked.doc])


def best(scores: Floats, count: int) -> Docs:
    """The segments with the highest scores above nought; where the last place is shared, all that share it."""
    blocks = scores[: len(scores) // BLOCK * BLOCK].reshape(-1, BLOCK).max(axis=1, initial=0.0)
    # The best of each block are so many good scores: the worst of those worth having is no worse than theirs.
    floor = float(np.partition(blocks, -count)[-count]) if len(blocks) >= count else 0.0
    docs = np.flatnonzero(scores >= floor) if floor > 0 else np.flatnonzero(scores > 0)
    if len(docs) <= count:
        return docs
    cut = np.partition(scores[docs], len(docs) - count)[len(docs) - count]
    best: Docs = docs[scores[docs] >= cut]
    return best
