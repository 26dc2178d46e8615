"""From a question to ranked segments: exact BM25 over the scope, then a re-rank of the best.

Stage 1 takes the best segments by body, and the best segments of videos whose title matches; stage 2 (`rerank`) scores
those again by all that is said in and around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.analysis import analyser_for
from storage.models import ALL_STEPS, GlossaryEntry, Question, QuestionTerm, Step
from storage.ranking.bm25 import SparseBM25
from storage.ranking.glossary import Glossary, way_of
from storage.ranking.index import Floats, LibraryIndex
from storage.ranking.recipe import CANDIDATES, TITLE_SEGMENTS, TITLE_VIDEOS, recipe_for
from storage.ranking.repair import Speller
from storage.ranking.rerank import Reranker
from storage.ranking.wording import Wording

Docs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One ranked segment: which library of the scope, its number there, and its final score."""

    library: int
    doc: int
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranked segments, best first, and how the question was understood."""

    ranked: tuple[Ranked, ...]
    terms: tuple[QuestionTerm, ...]
    searched_for: str | None
    ideal: float


class Searcher:
    """Ranks the segments of one scope. Immutable; safe to use from several threads."""

    def __init__(
        self, libraries: Sequence[LibraryIndex], language: str, glossary: Sequence[GlossaryEntry] = ()
    ) -> None:
        self.language = language
        self.model = SparseBM25(libraries)
        self._analyser = analyser_for(language)
        self._wording = Wording(self.model, Speller(libraries), self._analyser, Glossary(glossary, self._analyser))
        self._shadowed = _shadowed(libraries)

    def search(
        self,
        question: Question,
        limit: int,
        videos: Sequence[frozenset[int] | None],
        steps: frozenset[Step] = ALL_STEPS,
    ) -> Ranking:
        """Rank the segments for a question.

        `videos` names, for each library, the positions of the videos that may be searched, or None for all.
        """
        recipe = recipe_for(steps)
        terms, searched_for = self._wording.read(question, recipe)
        query = list(dict.fromkeys(term for each in terms for term in each.terms))
        scores = self.model.get_scores(query)
        allowed = self._allowed(question, videos)
        matched = (scores > 0) & allowed
        candidates = _best(scores, matched, max(CANDIDATES, limit))
        if recipe.titles:
            candidates = np.union1d(candidates, self._titled(query, scores, allowed))
        final = Reranker(self.model, terms, recipe).score(candidates)
        ranked = [self._placed(int(doc), float(score)) for doc, score in zip(candidates, final, strict=True)]
        ranked.sort(key=self._order)
        return Ranking(tuple(ranked[:limit]), terms, searched_for, self._ideal(terms))

    def _ideal(self, terms: Sequence[QuestionTerm]) -> float:
        """What BM25 comes near to for a segment that says every word of a question over and over."""
        return float((self.model.k1 + 1) * sum(term.weight for term in terms))

    def says(self, words: str) -> bool:
        """Whether each of the words is spoken in the scope, in whatever form, stop words aside."""
        return all(self.model.frequency(term) for term in way_of(words, self._analyser))

    def _allowed(self, question: Question, videos: Sequence[frozenset[int] | None]) -> NDArray[np.bool_]:
        parts = [
            self._allowed_in(library, wanted, shadowed, question)
            for library, wanted, shadowed in zip(self.model.libraries, videos, self._shadowed, strict=True)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.bool_)

    def _allowed_in(
        self, library: LibraryIndex, wanted: frozenset[int] | None, shadowed: frozenset[int], question: Question
    ) -> NDArray[np.bool_]:
        chosen = np.full(len(library.videos), wanted is None)
        if wanted:
            chosen[list(wanted)] = True
        chosen[list(shadowed)] = False
        allowed = chosen[library.video_of]
        for phrase in question.phrases:
            holding = np.zeros(library.size, np.bool_)
            holding[np.concatenate(library.phrase_positions(self._words(phrase)))] = True
            allowed &= holding
        for exclusion in question.exclusions:
            allowed[self._excluded(library, exclusion)] = False
        return allowed

    def _excluded(self, library: LibraryIndex, exclusion: str) -> Docs:
        tokens = list(self._analyser.tokens(exclusion))
        if len(tokens) == 1:
            return library.postings(tokens[0].term)[0].astype(np.int64)
        return np.concatenate(library.phrase_positions([token.word for token in tokens])).astype(np.int64)

    def _words(self, phrase: str) -> list[str]:
        return [token.word for token in self._analyser.tokens(phrase)]

    def _titled(self, query: Sequence[str], scores: Floats, allowed: NDArray[np.bool_]) -> Docs:
        """The best segments of the videos whose title speaks of the question."""
        found: list[Docs] = []
        for base, library in zip(self.model.bases, self.model.libraries, strict=False):
            worth: dict[int, float] = {}
            for term in query:
                for video in library.title_videos.get(term, ()):
                    worth[int(video)] = worth.get(int(video), 0.0) + self.model.weight(term)
            for video in sorted(worth, key=lambda v: (-worth[v], v))[:TITLE_VIDEOS]:
                docs = np.array(library.segments_of(video), np.int64) + base
                docs = docs[allowed[docs]]
                found.append(docs[np.argsort(-scores[docs], kind="stable")[:TITLE_SEGMENTS]])
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def _placed(self, doc: int, score: float) -> Ranked:
        library = int(np.searchsorted(self.model.bases, doc, side="right")) - 1
        return Ranked(library, doc - int(self.model.bases[library]), score)

    def _order(self, ranked: Ranked) -> tuple[float, str, float]:
        library = self.model.libraries[ranked.library]
        video = library.videos[library.video_of[ranked.doc]]
        return -ranked.score, video.video_id, float(library.starts[ranked.doc])


def _best(scores: Floats, matched: NDArray[np.bool_], count: int) -> Docs:
    """The highest-scoring matches; where the last place is shared, all that share it."""
    docs = np.flatnonzero(matched)
    if len(docs) <= count:
        return docs
    cut = np.partition(scores[docs], len(docs) - count)[len(docs) - count]
    best: Docs = docs[scores[docs] >= cut]
    return best


def _shadowed(libraries: Sequence[LibraryIndex]) -> list[frozenset[int]]:
    """For each library the videos that an earlier library of the scope has too: there, that one's wins."""
    seen: set[str] = set()
    result = []
    for library in libraries:
        ids = [video.video_id for video in library.videos]
        result.append(frozenset(position for position, video_id in enumerate(ids) if video_id in seen))
        seen.update(ids)
    return result
