"""What is new in a library since questions were last put to it again: the part of the library's door for changes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from storage import access
from storage.database.connection import Database
from storage.database.repository import Repository
from storage.database.schema import DETACHED
from storage.indexing.index_manager import IndexManager
from storage.models import Question, Scope, ScoreBound, StoredVideo, UncheckedVideos
from storage.ranking.index.build import build_index
from storage.ranking.search import Searcher

_BOUNDING = ThreadPoolExecutor(1, "bounding")
"""Beside the threads that search: people who ask wait for none of this."""
_READ_VIDEOS = 50
"""Videos that are read at a time."""
_MAX_SEGMENTS = 2_000
"""Segments that questions are put to at a time, about."""
_MAX_QUESTIONS = 500
"""Questions that are put to them at a time: after so many it is looked whether the answer is still wanted."""


class LibraryChanges:
    """The changes to what is stored. Every library has one as `changes`."""

    def __init__(
        self, database: Database, repository: Repository, indexes: IndexManager, *, reads_meaning: bool
    ) -> None:
        self._database = database
        self._repository = repository
        self._indexes = indexes
        self.reads_meaning = reads_meaning
        """Whether a model reads what is found: then no score of words says how sure an answer is."""

    async def unchecked_libraries(self) -> list[str]:
        """Return the keys of the libraries that were changed since they were checked. It reads a row of each."""
        rows = await self._database.fetch_rows(
            "SELECT key FROM library LEFT JOIN checked_library ON library_id = id"
            f" WHERE checked_library.revision IS NOT library.revision AND key != ? AND key NOT LIKE '{DETACHED}%'"
            " ORDER BY key",
            (access.SAMPLES,),
        )
        return [key for (key,) in rows]

    async def unchecked_videos(self, scope: Scope) -> UncheckedVideos | None:
        """Return which videos of the scope's one library were written since it was checked; None where there is no such
        library. In one that never was, all of them were."""
        # One statement: the revision and the videos are those of one moment.
        rows = await self._database.fetch_rows(
            """
            SELECT library.revision, video_id FROM library
            LEFT JOIN checked_library ON checked_library.library_id = library.id
            LEFT JOIN video ON video.library_id = library.id
                AND (checked_library.revision IS NULL OR changed_in > checked_library.revision)
            WHERE key = ? ORDER BY video_id
            """,
            (access.only_key(scope),),
        )
        if not rows:
            return None
        return UncheckedVideos(rows[0][0], frozenset(video_id for _, video_id in rows if video_id is not None))

    async def note_checked(self, scope: Scope, revision: int) -> None:
        """Note that the scope's one library was checked as it was in a revision; ignored where it was purged since."""
        # A library that was created again may have a lower revision: then all of it is still to be checked.
        await self._database.execute(
            """
            INSERT INTO checked_library (library_id, revision)
            SELECT id, ?2 FROM library WHERE key = ?1 AND revision >= ?2
            ON CONFLICT DO UPDATE SET revision = max(revision, excluded.revision)
            """,
            (access.only_key(scope), revision),
        )

    async def find_promising(
        self,
        scope: Scope,
        video_ids: Collection[str],
        questions: Sequence[Question],
        may_answer: Callable[[ScoreBound], bool],
    ) -> list[bool] | None:
        """Return for every question whether one of some videos of the scope's one library may answer it.

        `may_answer` decides by how high a segment of them can score. None while the library's index is not up to date.
        """
        searcher = await self._indexes.find_current(scope)
        if searcher is None:
            return None
        promising = [False] * len(questions)
        async for videos in self._read_videos(access.only_key(scope), sorted(video_ids)):
            left = [place for place, is_promising in enumerate(promising) if not is_promising]
            found = await _find_in_thread(searcher, videos, [questions[place] for place in left], may_answer)
            for place, is_promising in zip(left, found, strict=True):
                promising[place] = is_promising
        return promising

    async def _read_videos(self, key: str, video_ids: Sequence[str]) -> AsyncIterator[list[StoredVideo]]:
        videos: list[StoredVideo] = []
        for first in range(0, len(video_ids), _READ_VIDEOS):
            videos += await self._repository.videos_without_marks(key, video_ids[first : first + _READ_VIDEOS])
            if sum(len(stored.segments) for stored in videos) >= _MAX_SEGMENTS:
                yield videos
                videos = []
        if videos:
            yield videos


async def _find_in_thread(
    searcher: Searcher,
    videos: Sequence[StoredVideo],
    questions: Sequence[Question],
    may_answer: Callable[[ScoreBound], bool],
) -> list[bool]:
    abandoned = threading.Event()

    def find() -> list[bool]:
        part = build_index([(stored.video, stored.segments) for stored in videos], searcher.language)
        bounds, promising = searcher.bound_scores(part), list[bool]()
        for first in range(0, len(questions), _MAX_QUESTIONS):
            if abandoned.is_set():
                break
            promising += bounds.find_promising(questions[first : first + _MAX_QUESTIONS], may_answer)
        return promising

    try:
        return await asyncio.get_running_loop().run_in_executor(_BOUNDING, find)
    except asyncio.CancelledError:
        abandoned.set()
        raise
