"""Finding in the videos of a scope: what the ranking says of it, with the words from the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from storage.database.repository import Repository
from storage.indexing.index_manager import IndexManager
from storage.models import (
    Column,
    Hit,
    KeyTerm,
    Question,
    RankingFeature,
    Scope,
    SearchResult,
    Segment,
    Strip,
    Timeline,
    Video,
)
from storage.ranking.key_terms import find_key_terms, locate_terms
from storage.ranking.query.restrictions import WantedVideos
from storage.ranking.search import RankedSegment, Ranking, Searcher
from storage.ranking.timeline import StrengthCurve, compute_curves
from storage.video_filters import filter_videos

_SEARCHING = ThreadPoolExecutor(2, "searching")
"""Python runs one thread's code at a time: more threads would only take its lock from each other, and everybody would
wait longer (measured: with eight people asking at once). Two, so that one big question does not hold up the others."""

Result = TypeVar("Result")


class LibrarySearch:
    """Puts questions to the indexes of a scope, off the event loop."""

    def __init__(self, repository: Repository, shelves: IndexManager) -> None:
        self._repository = repository
        self._shelves = shelves

    async def search(
        self, scope: Scope, question: Question, limit: int, steps: frozenset[RankingFeature]
    ) -> SearchResult:
        """Rank the segments of a scope for a question. Raises UnknownFilter where a filter names nothing."""
        searcher, keys = await self._shelves.get_searcher(scope)
        ranking, one_video = await _run_in_thread(lambda: _rank_segments(searcher, question, limit, steps))
        return await self._make_result(searcher, keys, ranking, ranking.ranked, one_video)

    async def timeline(self, scope: Scope, question: Question, limit_videos: int) -> Timeline:
        """Score every segment of the best videos for a question. Raises UnknownFilter as `search` does."""
        searcher, keys = await self._shelves.get_searcher(scope)

        def score() -> tuple[Ranking, tuple[StrengthCurve, ...], float, bool]:
            wanted = _filter_videos(searcher, question)
            return *compute_curves(searcher, question, wanted, limit_videos), _count_videos_in_reach(
                searcher, wanted
            ) == 1

        ranking, found, peak, one_video = await _run_in_thread(score)
        with_strip = {(curve.library, curve.video) for curve in found}
        shown = [each for each in ranking.ranked if (each.library, searcher.video_of(each)) in with_strip]
        findings = await self._make_result(searcher, keys, ranking, shown, one_video)
        return Timeline(tuple(_make_strip(searcher, curve) for curve in found), peak, findings)

    async def key_terms(self, scope: Scope, key: str, video_id: str, limit: int) -> tuple[KeyTerm, ...]:
        """The words that tell a video, of the scope's library `key`, from the others of the scope."""
        searcher, keys = await self._shelves.get_searcher(scope)
        libraries = searcher.model.libraries
        own = [place for place, part in enumerate(keys) if part == key]
        terms = await _run_in_thread(lambda: find_key_terms(libraries, own, video_id, limit))
        stored = await self._repository.video(key, video_id)
        if not terms or stored is None:
            return ()
        language = libraries[own[0]].language
        return await _run_in_thread(lambda: locate_terms(terms, stored.segments, language))

    async def _make_result(
        self,
        searcher: Searcher,
        keys: Sequence[str],
        ranking: Ranking,
        ranked: Iterable[RankedSegment],
        one_video: bool,
    ) -> SearchResult:
        hits = await self._load_hits(searcher, keys, ranked)
        return SearchResult(
            hits,
            ranking.terms,
            searcher.language,
            ranking.ideal_score,
            ranking.searched_for,
            one_video,
            ranking.unmatched_exclusions,
            ranking.unmatched_phrases,
        )

    async def _load_hits(
        self, searcher: Searcher, keys: Sequence[str], ranked: Iterable[RankedSegment]
    ) -> tuple[Hit, ...]:
        places: list[tuple[str, Video, float, float]] = []
        for each in ranked:
            index = searcher.model.libraries[each.library]
            video = index.videos[searcher.video_of(each)]
            places.append((keys[each.library], video, float(index.starts[each.doc]), each.score))
        stored: dict[str, dict[tuple[str, float], Segment]] = {
            key: await self._repository.segments(
                key, [(v.video_id, start) for own, v, start, _ in places if own == key]
            )
            for key in dict.fromkeys(keys)
        }
        return tuple(
            Hit(video, segment, score)
            for key, video, start, score in places
            # Another process may have removed the segment since it was indexed.
            if (segment := stored[key].get((video.video_id, start))) is not None
        )


async def _run_in_thread(work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_SEARCHING, work)


def _rank_segments(
    searcher: Searcher, question: Question, limit: int, steps: frozenset[RankingFeature]
) -> tuple[Ranking, bool]:
    wanted = _filter_videos(searcher, question)
    return searcher.search(question, limit, wanted, steps), _count_videos_in_reach(searcher, wanted) == 1


def _filter_videos(searcher: Searcher, question: Question) -> WantedVideos:
    return filter_videos(question, [index.live_videos for index in searcher.model.libraries])


def _count_videos_in_reach(searcher: Searcher, wanted: WantedVideos) -> int:
    """How many videos a question may be answered from."""
    return sum(
        index.video_count if chosen is None else len(chosen)
        for index, chosen in zip(searcher.model.libraries, wanted, strict=True)
    )


def _make_strip(searcher: Searcher, curve: StrengthCurve) -> Strip:
    index = searcher.model.libraries[curve.library]
    here = slice(curve.first, curve.first + len(curve.strengths))
    starts, ends, strengths = index.starts[here].tolist(), index.ends[here].tolist(), curve.strengths.tolist()
    columns = tuple(Column(*each) for each in zip(starts, ends, strengths, strict=True))
    return Strip(index.videos[curve.video], max(ends, default=0.0), columns)
