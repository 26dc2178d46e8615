"""Searching the videos of a scope: the results of the ranking, with the text from the database."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from storage import access
from storage.database.repository import LibraryState, Repository
from storage.errors import UnknownFilter
from storage.indexing.index_manager import IndexManager
from storage.meaning.meaning_ranker import MeaningRanker, QuestionReading
from storage.meaning.reordering import RANKED_BY_MEANING
from storage.meaning.vector_manager import VectorManager
from storage.models import (
    Column,
    Hit,
    KeyTerm,
    Question,
    RankedPlace,
    RankingFeature,
    Scope,
    SearchResult,
    Segment,
    Strip,
    Timeline,
    VideoPart,
)
from storage.ranking.budget import QuestionTime, WorkBudget
from storage.ranking.key_terms import find_key_terms, locate_terms
from storage.ranking.query.restrictions import WantedSpeakers, WantedVideos
from storage.ranking.query.speakers import SpokenShares
from storage.ranking.search import RankedSegment, Ranking, Searcher
from storage.ranking.timeline import StrengthCurve, compute_curves
from storage.ranking.video_parts import find_video_parts
from storage.video_filters import filter_speakers, filter_videos

_SEARCHING = ThreadPoolExecutor(2, "searching")
"""Python runs one thread's code at a time: more threads would only compete for its lock, and every question would take
longer (measured: with eight people asking at once). Two, so that one big question does not delay the others."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Reach:
    """How many videos a question may be answered from, and how many segments these have."""

    videos: int
    segments: int


@dataclass(frozen=True, slots=True)
class _Filters:
    """What the filters of a question let through, and the names that they mean."""

    videos: WantedVideos
    speakers: WantedSpeakers
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found in the indexes, and a model's reading of the question, where one reads it."""

    searcher: Searcher
    places: tuple[RankedPlace, ...]
    ranking: Ranking
    reach: _Reach
    names: frozenset[str]
    reading: QuestionReading | None = None


class LibrarySearch:
    """Puts questions to the indexes of a scope, off the event loop."""

    def __init__(
        self, repository: Repository, indexes: IndexManager, vectors: VectorManager, meaning: MeaningRanker
    ) -> None:
        self._repository = repository
        self._indexes = indexes
        self._vectors = vectors
        self._meaning = meaning

    async def rank(
        self, scope: Scope, question: Question, limit: int, features: frozenset[RankingFeature], *, by_meaning: bool
    ) -> list[SearchResult]:
        """Rank the segments of a scope for a question, once for every language, by the rules of that language.

        The sample talks are searched in place of a scope in which nothing is stored. `by_meaning` False leaves the
        models out, where there are any. Raises UnknownFilter where a filter names nothing in any of the languages.
        """

        async def rank_language(scope: Scope, states: Sequence[LibraryState], time: QuestionTime) -> SearchResult:
            searcher, keys = await self._indexes.get_searcher(scope, states)
            reading = await self._start_reading(question, searcher.language) if by_meaning else None
            ranked = max(limit, RANKED_BY_MEANING) if reading else limit
            found = await _search_in_thread(
                lambda budget: _rank_segments(searcher, keys, question, ranked, features, budget), time
            )
            result = await self._make_result(scope, question, replace(found, reading=reading))
            return replace(result, ranked=result.ranked[:limit], hits=result.hits[:limit])

        return await self._for_each_language(scope, rank_language)

    async def search(
        self, scope: Scope, question: Question, limit: int, features: frozenset[RankingFeature], *, by_meaning: bool
    ) -> list[SearchResult]:
        """Do as `rank`, and read the texts of the hits."""
        results = await self.rank(scope, question, limit, features, by_meaning=by_meaning)
        return [
            result if result.hits else replace(result, hits=await self._read_hits(result.ranked)) for result in results
        ]

    async def timeline(self, scope: Scope, question: Question, limit_videos: int) -> list[Timeline]:
        """Score every segment of the best videos for a question, language by language as `search` does."""

        async def score_language(scope: Scope, states: Sequence[LibraryState], time: QuestionTime) -> Timeline:
            return await self._score_timeline(scope, states, question, limit_videos, time)

        return await self._for_each_language(scope, score_language)

    async def _for_each_language(
        self, scope: Scope, act: Callable[[Scope, Sequence[LibraryState], QuestionTime], Awaitable[Result]]
    ) -> list[Result]:
        results, refusal = [], None
        parts = await self._split_by_language(scope)
        time = QuestionTime(len(parts))
        for part, states in parts:
            try:
                results.append(await act(part, states, time))
            except UnknownFilter as error:
                refusal = refusal or error
        if refusal and not results:
            raise refusal
        return results

    async def _split_by_language(self, scope: Scope) -> list[tuple[Scope, list[LibraryState]]]:
        """Split a scope, or the sample talks where nothing is stored in it, into one scope for every language."""
        states = await self._repository.states(scope)
        if scope.libraries and not any(state.has_videos for state in states):
            scope = access.sample_scope()
            states = await self._repository.states(scope)
        self._vectors.note(states)
        groups: dict[str, list[LibraryState]] = {}
        for state in states:
            if state.has_videos:
                groups.setdefault(state.language, []).append(state)
        if not groups:
            return [(scope, states)]
        return [(access.narrow_scope(scope, [state.key for state in group]), group) for group in groups.values()]

    async def _score_timeline(
        self, scope: Scope, states: Sequence[LibraryState], question: Question, limit_videos: int, time: QuestionTime
    ) -> Timeline:
        searcher, keys = await self._indexes.get_searcher(scope, states)

        def score(budget: WorkBudget) -> tuple[_Found, tuple[StrengthCurve, ...], float]:
            wanted = _apply_filters(searcher, question)
            ranking, curves, peak = compute_curves(
                searcher, question, wanted.videos, limit_videos, wanted.speakers, budget
            )
            with_strip = {(curve.part, curve.video) for curve in curves}
            moments = [each for each in ranking.ranked if (each.part, searcher.video_of(each)) in with_strip]
            places = _place_ranked(searcher, keys, moments)
            return _Found(searcher, places, ranking, _measure_reach(searcher, wanted), wanted.names), curves, peak

        reading = await self._start_reading(question, searcher.language)
        found, curves, peak = await _search_in_thread(score, time)
        result = await self._make_result(scope, question, replace(found, reading=reading))
        return Timeline(tuple(_make_strip(searcher, curve) for curve in curves), peak, result)

    async def speakers(self, scope: Scope) -> list[str]:
        """Return who is known to speak in the videos of a scope, by name; while it is empty, in the sample talks."""
        names: set[str] = set()
        for part, states in await self._split_by_language(scope):
            searcher, _ = await self._indexes.get_searcher(part, states)
            names.update(*await _run_in_thread(functools.partial(_list_speakers, searcher)))
        return sorted(names, key=str.casefold)

    async def key_terms(self, scope: Scope, key: str, video_id: str, limit: int) -> tuple[KeyTerm, ...]:
        """Return the words that distinguish a video, of the scope's library `key`, from the others of the scope."""
        searcher, keys = await self._indexes.get_searcher(scope)
        libraries = searcher.model.parts
        own = [place for place, part in enumerate(keys) if part == key]
        terms = await _run_in_thread(lambda: find_key_terms(libraries, own, video_id, limit))
        stored = await self._repository.video(key, video_id)
        if not terms or stored is None:
            return ()
        language = libraries[own[0]].language
        return await _run_in_thread(lambda: locate_terms(terms, stored.segments, language))

    async def video_parts(self, scope: Scope, key: str, video_id: str) -> tuple[VideoPart, ...]:
        """Return the parts of a video of the scope's library `key`, each with the words that tell it from the rest."""
        searcher, keys = await self._indexes.get_searcher(scope)
        stored = await self._repository.video(key, video_id)
        own = next((part for part, owner in zip(searcher.model.parts, keys, strict=True) if owner == key), None)
        if own is None or stored is None:
            return ()
        libraries = [part for part in searcher.model.parts if part.language == own.language]
        return await _run_in_thread(lambda: find_video_parts(stored.segments, libraries, own.language))

    async def _start_reading(self, question: Question, language: str) -> QuestionReading | None:
        return await self._meaning.start_reading(_join_wording(question.words, question), language)

    async def _make_result(self, scope: Scope, question: Question, found: _Found) -> SearchResult:
        """Return a result; where the question's meaning is read, in the order of that, with the texts of the hits."""
        searcher, ranking, places = found.searcher, found.ranking, found.places
        hits: tuple[Hit, ...] = ()
        if found.reading is not None:
            wording = _join_wording(ranking.searched_for or question.words, question)
            read = await self._read_hits(places)
            hits = tuple(await self._meaning.reorder(found.reading, wording, searcher.language, read))
            places = tuple(hit.place for hit in hits)
        return SearchResult(
            hits,
            ranking.terms,
            searcher.language,
            ranking.ideal_score,
            ranking.searched_for,
            found.reach.videos == 1,
            ranking.unmatched_exclusions,
            ranking.unmatched_phrases,
            found.reach.segments,
            found.names,
            ranking.is_partial,
            ranked=places,
            scope=scope,
        )

    async def _read_hits(self, places: Sequence[RankedPlace]) -> tuple[Hit, ...]:
        """Return the hits at places, without those that another process has removed since they were indexed."""
        stored: dict[str, dict[tuple[str, float], Segment]] = {
            key: await self._repository.segments(
                key, [(place.video.video_id, place.start_second) for place in places if place.library == key]
            )
            for key in dict.fromkeys(place.library for place in places)
        }
        return tuple(
            Hit(place.video, segment, place.score, place.similarity, place.library)
            for place in places
            if (segment := stored[place.library].get((place.video.video_id, place.start_second))) is not None
        )


async def _run_in_thread(work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_SEARCHING, work)


async def _search_in_thread(work: Callable[[WorkBudget], Result], time: QuestionTime) -> Result:
    """Do work for a question within its time; when nobody waits for it any more, what has begun ends soon."""
    abandoned = threading.Event()

    def search() -> Result:
        with time.begin_language(is_abandoned=abandoned.is_set) as budget:
            return work(budget)

    try:
        return await _run_in_thread(search)
    except asyncio.CancelledError:
        abandoned.set()
        raise


def _rank_segments(
    searcher: Searcher,
    keys: Sequence[str],
    question: Question,
    limit: int,
    steps: frozenset[RankingFeature],
    budget: WorkBudget,
) -> _Found:
    wanted = _apply_filters(searcher, question)
    ranking = searcher.search(question, limit, wanted.videos, steps, wanted.speakers, budget)
    places = _place_ranked(searcher, keys, ranking.ranked)
    return _Found(searcher, places, ranking, _measure_reach(searcher, wanted), wanted.names)


def _place_ranked(searcher: Searcher, keys: Sequence[str], ranked: Iterable[RankedSegment]) -> tuple[RankedPlace, ...]:
    """Return where ranked segments stand; `keys` are those of the libraries, by part of the index."""
    places = []
    for segment in ranked:
        index = searcher.model.parts[segment.part]
        video = index.videos[searcher.video_of(segment)]
        places.append(RankedPlace(keys[segment.part], video, float(index.starts[segment.doc]), segment.score))
    return tuple(places)


def _apply_filters(searcher: Searcher, question: Question) -> _Filters:
    parts = searcher.model.parts
    videos = filter_videos(
        question, [index.live_videos for index in parts], has_tracks=searcher.has_tracks, language=searcher.language
    )
    if not question.speaker:
        return _Filters(videos, None, frozenset())
    known = [name for part, chosen in zip(parts, videos, strict=True) for name in part.speakers(chosen)]
    names = filter_speakers(question.speaker, known)
    return _Filters(videos, [SpokenShares(part, names) for part in parts], names)


def _list_speakers(searcher: Searcher) -> list[list[str]]:
    return [part.speakers() for part in searcher.model.parts]


def _measure_reach(searcher: Searcher, wanted: _Filters) -> _Reach:
    videos = segments = 0
    for part, chosen in zip(searcher.model.parts, wanted.videos, strict=True):
        videos += part.video_count if chosen is None else len(chosen)
        segments += part.size if chosen is None else part.count_segments(chosen)
    return _Reach(videos, segments)


def _join_wording(words: str, question: Question) -> str:
    """Return what a question says, with its words as typed or corrected, without its filters and exclusions."""
    return " ".join(filter(None, (words, *question.phrases, question.context)))


def _make_strip(searcher: Searcher, curve: StrengthCurve) -> Strip:
    index = searcher.model.parts[curve.part]
    here = slice(curve.first, curve.first + len(curve.strengths))
    starts, ends, strengths = index.starts[here].tolist(), index.ends[here].tolist(), curve.strengths.tolist()
    columns = tuple(Column(*column) for column in zip(starts, ends, strengths, strict=True))
    return Strip(index.videos[curve.video], max(ends, default=0.0), columns)
