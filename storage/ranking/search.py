"""From a question to ranked segments: exact BM25 over the scope, then a re-rank of the best.

Stage 1 takes the best segments by body, and the best segments of videos whose title matches. Stage 2 scores those again
with the title as a field of its own and the neighbouring segments counted in part, because speech spreads an answer
over adjacent segments.
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
from storage.ranking.repair import Speller
from storage.ranking.wording import Wording

CANDIDATES = 200
"""How many segments are ranked again (measured: more change nothing)."""
TITLE_WEIGHT = 0.5
"""What a word in the title counts beside the same word in the segment (BM25F; measured best near 0.5)."""
NEIGHBOUR_WEIGHT = 0.25
"""What a word in the segment before or after counts (measured: +2 points of nDCG between 0.2 and 0.3)."""
TITLE_SEGMENTS = 10
"""How many segments of each video with a matching title are candidates."""
TITLE_VIDEOS = 20
"""How many such videos, those with the rarest title words first."""

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
        terms, searched_for = self._wording.read(question)
        query = list(dict.fromkeys(term for each in terms for term in each.terms))
        scores = self.model.get_scores(query)
        allowed = self._allowed(question, videos)
        matched = (scores > 0) & allowed
        candidates = np.union1d(_best(scores, matched, max(CANDIDATES, limit)), self._titled(query, scores, allowed))
        final = self._rerank(query, candidates)
        ranked = [self._placed(int(doc), float(score)) for doc, score in zip(candidates, final, strict=True)]
        ranked.sort(key=self._order)
        return Ranking(tuple(ranked[:limit]), terms, searched_for)

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

    def _rerank(self, query: Sequence[str], candidates: Docs) -> Floats:
        """BM25F over body, neighbours and title: counts are added before saturation (Robertson et al., CIKM 2004)."""
        final = np.zeros(len(candidates))
        if not len(candidates):
            return final
        before, after = self._neighbours(candidates)
        normed = self.model.saturation[candidates] / self.model.k1
        for term in query:
            body = self.model.occurrences(term, candidates)
            for neighbours in (before, after):
                near = np.where(neighbours >= 0, self.model.occurrences(term, neighbours), 0.0)
                body += NEIGHBOUR_WEIGHT * near
            frequency = body / normed + TITLE_WEIGHT * self._in_title(term, candidates)
            final += self.model.weight(term) * frequency * (self.model.k1 + 1) / (frequency + self.model.k1)
        return final

    def _neighbours(self, docs: Docs) -> tuple[Docs, Docs]:
        before, after = np.full(len(docs), -1, np.int64), np.full(len(docs), -1, np.int64)
        for base, library in zip(self.model.bases, self.model.libraries, strict=False):
            inside = np.flatnonzero((docs >= base) & (docs < base + library.size))
            here = docs[inside] - base
            back, on = library.connected(here - 1, here), library.connected(here, here + 1)
            before[inside[back]] = docs[inside[back]] - 1
            after[inside[on]] = docs[inside[on]] + 1
        return before, after

    def _in_title(self, term: str, docs: Docs) -> Floats:
        found = np.zeros(len(docs))
        for base, library in zip(self.model.bases, self.model.libraries, strict=False):
            titled = library.title_videos.get(term)
            if titled is not None:
                inside = np.flatnonzero((docs >= base) & (docs < base + library.size))
                found[inside] = np.isin(library.video_of[docs[inside] - base], titled)
        return found

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
