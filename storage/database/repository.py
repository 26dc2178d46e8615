"""The SQL about libraries, videos and segments. It returns values, not rows."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.database.connection import Database, sqlite_errors
from storage.database.schema import DETACHED
from storage.database.stored_values import (
    VIDEO_COLUMNS,
    VIDEO_WIDTH,
    group_videos,
    make_segment,
    make_video,
    parse_previous,
)
from storage.models import (
    GlossaryEntry,
    LibrarySize,
    Scope,
    Segment,
    Statistics,
    StoredVideo,
    Video,
    VideoSummary,
)

MAX_SUMMARIES_AT_ONCE = 500
"""Videos up to which their rows are read where they are wanted; more would hold the event loop too long."""
_VIDEOS_SQL = f"""
    SELECT {VIDEO_COLUMNS}, segment.start_second, end_second, text, marks, turns
    FROM video JOIN library ON library.id = library_id JOIN segment ON segment.video = video.id
    WHERE key = ?1 AND (?2 IS NULL OR video_id = ?2) AND (NOT ?3 OR turns IS NOT NULL)
    ORDER BY video_id, segment.start_second
"""


@dataclass(frozen=True, slots=True)
class LibraryState:
    """A library as the database has it now."""

    key: str
    language: str
    revision: int
    glossary_revision: int
    language_chosen: int = 0
    has_videos: int = 0

    @property
    def index_state(self) -> tuple[str, str, int]:
        """Return what an index of the library depends on; the glossary is not part of that."""
        return self.key, self.language, self.revision


class Repository:
    """Reads libraries, videos, segments and glossaries, without uncommitted changes."""

    def __init__(self, database: Database) -> None:
        self._rows = database.fetch_rows

    async def states(self, scope: Scope) -> list[LibraryState]:
        """Return the libraries of a scope that exist, in the scope's order."""
        rows = await self._rows(
            "SELECT key, language, revision, glossary_revision, language_chosen,"
            " EXISTS (SELECT 1 FROM video WHERE library_id = library.id) FROM library"
            f" WHERE key IN ({_placeholders(scope.libraries)})",
            scope.libraries,
        )
        states = {row[0]: LibraryState(*row) for row in rows}
        return [states[key] for key in scope.libraries if key in states]

    async def has_videos(self, scope: Scope) -> bool:
        """Return whether anything is stored in a scope."""
        libraries = _placeholders(scope.libraries)
        sql = f"SELECT 1 FROM video JOIN library ON library.id = library_id WHERE key IN ({libraries}) LIMIT 1"
        return bool(await self._rows(sql, scope.libraries))

    async def non_empty(self, scope: Scope) -> list[str]:
        """Return the libraries of a scope in which anything is stored."""
        rows = await self._rows(
            f"SELECT key FROM library WHERE key IN ({_placeholders(scope.libraries)})"
            " AND EXISTS (SELECT 1 FROM video WHERE library_id = library.id)",
            scope.libraries,
        )
        return [key for (key,) in rows]

    async def summaries(self, scope: Scope, video_id: str | None = None) -> list[VideoSummary]:
        """Return every video of a scope with its size, by library in the scope's order; or only the one named."""
        sql = f"""
            SELECT {VIDEO_COLUMNS}, key, count(*),
                   sum(1 + length(text) - length(replace(text, ' ', ''))), max(end_second)
            FROM video JOIN library ON library.id = library_id JOIN segment ON segment.video = video.id
            WHERE key IN ({_placeholders(scope.libraries)}) AND (? IS NULL OR video_id = ?) GROUP BY video.id
        """
        rows = await self._rows(sql, (*scope.libraries, video_id, video_id))
        if len(rows) <= MAX_SUMMARIES_AT_ONCE:
            return _make_summaries(rows, scope)
        return await asyncio.to_thread(_make_summaries, rows, scope)

    async def statistics(self, scope: Scope) -> Statistics:
        """Return the size of a scope."""
        sql = f"""
            SELECT count(DISTINCT library_id), count(DISTINCT video.id), count(*),
                   total(1 + length(text) - length(replace(text, ' ', ''))), total(end_second - segment.start_second)
            FROM video JOIN library ON library.id = library_id JOIN segment ON segment.video = video.id
            WHERE key IN ({_placeholders(scope.libraries)})
        """
        libraries, videos, segments, words, seconds = (await self._rows(sql, scope.libraries))[0]
        return Statistics(libraries, videos, segments, int(words), seconds)

    async def keys(self) -> list[str]:
        """Return the keys of all libraries that exist."""
        rows = await self._rows(f"SELECT key FROM library WHERE key NOT LIKE '{DETACHED}%' ORDER BY key")
        return [key for (key,) in rows]

    async def sizes(self, keys: Sequence[str] | None = None) -> list[LibrarySize]:
        """Return how much space libraries take, by key: those named, or all there are."""
        rows = await self._rows(
            f"""
            SELECT key, count(DISTINCT video.id), count(segment.start_second),
                   coalesce(sum(length(CAST(text AS BLOB))), 0),
                   coalesce((SELECT description FROM import WHERE library_id = library.id ORDER BY id DESC), ''),
                   coalesce((SELECT made_at FROM import WHERE library_id = library.id ORDER BY id DESC), '')
            FROM library LEFT JOIN video ON library_id = library.id LEFT JOIN segment ON segment.video = video.id
            WHERE key NOT LIKE '{DETACHED}%' AND (?1 IS NULL OR key IN (SELECT value FROM json_each(?1)))
            GROUP BY library.id ORDER BY key
            """,
            (None if keys is None else json.dumps(list(keys)),),
        )
        return [LibrarySize(*row) for row in rows]

    async def video(self, key: str, video_id: str) -> StoredVideo | None:
        """Return one video of a library with all its segments; None where there is none."""
        videos = await self.videos(key, video_id)
        return videos[0] if videos else None

    async def videos(self, key: str, video_id: str | None = None, *, with_turns: bool = False) -> list[StoredVideo]:
        """Return the videos of a library with their segments, by video id; or only the one named. `with_turns` leaves
        out the segments in which nobody is known to speak."""
        rows = await self._rows(_VIDEOS_SQL, (key, video_id, with_turns))
        return await asyncio.to_thread(group_videos, rows)

    async def details(self, key: str, video_ids: Sequence[str]) -> list[Video]:
        """Return some videos of a library, and the tracks of those, without their segments."""
        rows = await self._rows(
            f"""
            SELECT {VIDEO_COLUMNS} FROM video JOIN library ON library.id = library_id
            WHERE key = ?1 AND (video_id IN (SELECT value FROM json_each(?2))
                OR track_of IN (SELECT value FROM json_each(?2))) ORDER BY video_id
            """,
            (key, json.dumps(list(video_ids))),
        )
        return [make_video(row) for row in rows]

    async def links(self, key: str) -> dict[str, str]:
        """Return the addresses of the videos of a library that have one, by video id, without those of tracks."""
        rows = await self._rows(
            "SELECT video_id, url FROM video JOIN library ON library.id = library_id"
            " WHERE key = ? AND url != '' AND track_of = '' ORDER BY video_id",
            (key,),
        )
        return dict(rows)

    async def versions(self, key: str) -> dict[str, int]:
        """Return the version of every video of a library: another number whenever the video was written."""
        rows = await self._rows(
            "SELECT video_id, version FROM video JOIN library ON library.id = library_id WHERE key = ?", (key,)
        )
        return dict(rows)

    async def count_segments(self, key: str, video_ids: Sequence[str]) -> int:
        """Return how many segments some videos of a library have together."""
        [(count,)] = await self._rows(
            """
            SELECT count(*) FROM json_each(?2) AS wanted -- CROSS JOIN: see below
            CROSS JOIN library ON library.key = ?1
            CROSS JOIN video ON library_id = library.id AND video_id = wanted.value
            CROSS JOIN segment ON segment.video = video.id
            """,
            (key, json.dumps(list(video_ids))),
        )
        return int(count)

    async def videos_without_marks(self, key: str, video_ids: Sequence[str]) -> list[StoredVideo]:
        """Return some videos of a library with their segments, but without the times of cues within those."""
        rows = await self._rows(
            f"""
            SELECT {VIDEO_COLUMNS}, segment.start_second, end_second, text, NULL, turns
            FROM json_each(?2) AS wanted -- CROSS JOIN: see below
            CROSS JOIN library ON library.key = ?1
            CROSS JOIN video ON library_id = library.id AND video_id = wanted.value
            CROSS JOIN segment ON segment.video = video.id
            """,
            (key, json.dumps(list(video_ids))),
        )
        return await asyncio.to_thread(group_videos, rows)

    async def segments(self, key: str, places: Iterable[tuple[str, float]]) -> dict[tuple[str, float], Segment]:
        """Return the segments at the given (video_id, start_second) places of a library."""
        rows = await self._rows(
            """
            SELECT video_id, segment.start_second, end_second, text, marks, turns
            -- CROSS JOIN keeps this order: SQLite takes a list of places for large and would walk the whole library.
            FROM json_each(?2) AS place
            CROSS JOIN library ON library.key = ?1
            CROSS JOIN video ON library_id = library.id AND video_id = place.value ->> 0
            CROSS JOIN segment ON segment.video = video.id AND segment.start_second = place.value ->> 1
            """,
            (key, json.dumps(list(places))),
        )
        return {(row[0], row[1]): make_segment(*row[1:]) for row in rows}

    async def segments_between(self, key: str, video_id: str, start: float, end: float) -> list[Segment]:
        """Return the segments of a video that are spoken within a stretch of it, in seconds."""
        rows = await self._rows(
            """
            SELECT segment.start_second, end_second, text, marks, turns
            FROM library JOIN video ON library_id = library.id JOIN segment ON segment.video = video.id
            WHERE key = ?1 AND video_id = ?2
                AND (end_second > ?3 OR segment.start_second >= ?3) AND segment.start_second <= ?4
            ORDER BY segment.start_second
            """,
            (key, video_id, start, end),
        )
        return [make_segment(*row) for row in rows]

    async def surroundings(self, places: Sequence[tuple[str, str, float]], seconds: float) -> list[list[Segment]]:
        """Return, for every (library, video_id, start_second) place, its segment between the one before and the one
        after, as far as these begin within so many seconds of its beginning and its end; no segment where it is gone.
        """
        rows = await self._rows(
            """
            SELECT place.key, segment.start_second, segment.end_second, segment.text, segment.marks, segment.turns
            FROM json_each(?1) AS place -- CROSS JOIN: see above
            CROSS JOIN library ON library.key = place.value ->> 0
            CROSS JOIN video ON library_id = library.id AND video_id = place.value ->> 1
            CROSS JOIN segment AS own ON own.video = video.id AND own.start_second = place.value ->> 2
            CROSS JOIN segment ON segment.video = own.video AND segment.start_second BETWEEN
                (SELECT ifnull(max(start_second), own.start_second) FROM segment WHERE video = own.video
                    AND start_second < own.start_second AND start_second >= own.start_second - ?2)
                AND (SELECT ifnull(min(start_second), own.start_second) FROM segment WHERE video = own.video
                    AND start_second > own.start_second AND start_second <= own.end_second + ?2)
            ORDER BY place.key, segment.start_second
            """,
            (json.dumps(list(places)), seconds),
        )
        segments: list[list[Segment]] = [[] for _ in places]
        for place, *segment in rows:
            segments[place].append(make_segment(*segment))
        return segments

    async def last_import(self, key: str) -> tuple[int, str, dict[str, StoredVideo | None]] | None:
        """Return the last act on a library: its number, what it was, and the videos it changed as they were before."""
        last = await self._rows(
            "SELECT import.id, description FROM import JOIN library ON library.id = library_id"
            " WHERE key = ? ORDER BY import.id DESC LIMIT 1",
            (key,),
        )
        if not last:
            return None
        number, description = last[0]
        rows = await self._rows(
            "SELECT video_id, before FROM replaced WHERE import_id = ? ORDER BY video_id", (number,)
        )
        return number, description, await asyncio.to_thread(parse_previous, rows)

    async def glossary(self, scope: Scope) -> list[GlossaryEntry]:
        """Return every entry in the glossaries of a scope, by library in the scope's order."""
        sql = f"""
            SELECT key, said, meant FROM glossary JOIN library ON library.id = library_id
            WHERE key IN ({_placeholders(scope.libraries)}) ORDER BY said, meant
        """
        rows = sorted(await self._rows(sql, scope.libraries), key=lambda row: scope.libraries.index(row[0]))
        return [GlossaryEntry(said, meant) for _, said, meant in rows]


@contextlib.contextmanager
def open_snapshot(path: Path, key: str, video_id: str | None = None) -> Iterator[Callable[[], Iterator[StoredVideo]]]:
    """Open a library as it is now, to read it a video at a time: yields what begins to read it from the start.

    It blocks, and so is meant for a thread. Memory holds one video. Raises DatabaseError.
    """
    with sqlite_errors(path), contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")

        def read() -> Iterator[StoredVideo]:
            rows = connection.execute(_VIDEOS_SQL, (key, video_id, False))
            for _, group in itertools.groupby(rows, key=lambda row: row[:VIDEO_WIDTH]):
                yield from group_videos(group)

        yield read


def _make_summaries(rows: Sequence[tuple[Any, ...]], scope: Scope) -> list[VideoSummary]:
    summaries = [VideoSummary(make_video(row[:VIDEO_WIDTH]), *row[VIDEO_WIDTH:]) for row in rows]
    return sorted(summaries, key=lambda summary: scope.libraries.index(summary.library))


def _placeholders(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
