"""The SQL about libraries, videos and segments. Rows stay in here; values go out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

import aiosqlite

from storage.database import Database, database_errors
from storage.models import CueMark, GlossaryEntry, Scope, Segment, Statistics, StoredVideo, Video, VideoSummary

DEFAULT_LANGUAGE = "en"
_VIDEO_COLUMNS = "video.video_id, video.title, video.creator, video.url, video.thumbnail, video.language"


@dataclass(frozen=True, slots=True)
class LibraryState:
    """A library as the database has it now."""

    key: str
    language: str
    revision: int
    glossary_revision: int

    @property
    def indexed(self) -> tuple[str, str, int]:
        """What an index of it depends on: the glossary is no part of that."""
        return self.key, self.language, self.revision


class Repository:
    """Reads outside any change; writes take the connection of the transaction they belong to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with database_errors(self._database.path):
            return cast(list[tuple[Any, ...]], await self._database.reader.execute_fetchall(sql, parameters))

    async def states(self, scope: Scope) -> list[LibraryState]:
        """The libraries of a scope that exist, in the scope's order."""
        rows = await self._rows(
            f"SELECT key, language, revision, glossary_revision FROM library WHERE key IN ({_marks(scope.libraries)})",
            scope.libraries,
        )
        found = {row[0]: LibraryState(*row) for row in rows}
        return [found[key] for key in scope.libraries if key in found]

    async def has_videos(self, scope: Scope) -> bool:
        """Whether anything is stored in a scope."""
        libraries = _marks(scope.libraries)
        sql = f"SELECT 1 FROM video JOIN library ON library.id = library_id WHERE key IN ({libraries}) LIMIT 1"
        return bool(await self._rows(sql, scope.libraries))

    async def summaries(self, scope: Scope, video_id: str | None = None) -> list[VideoSummary]:
        """Every video of a scope with its size, by library in the scope's order; or only the one named."""
        sql = f"""
            SELECT {_VIDEO_COLUMNS}, key, count(*),
                   sum(1 + length(text) - length(replace(text, ' ', ''))), max(end_second)
            FROM video JOIN library ON library.id = library_id JOIN segment ON segment.video = video.id
            WHERE key IN ({_marks(scope.libraries)}) AND (? IS NULL OR video_id = ?) GROUP BY video.id
        """
        rows = await self._rows(sql, (*scope.libraries, video_id, video_id))
        found = [VideoSummary(Video(*row[:6]), *row[6:]) for row in rows]
        return sorted(found, key=lambda summary: scope.libraries.index(summary.library))

    async def statistics(self, scope: Scope) -> Statistics:
        """The size of a scope."""
        sql = f"""
            SELECT count(DISTINCT library_id), count(DISTINCT video.id), count(*),
                   total(1 + length(text) - length(replace(text, ' ', ''))), total(end_second - segment.start_second)
            FROM video JOIN library ON library.id = library_id JOIN segment ON segment.video = video.id
            WHERE key IN ({_marks(scope.libraries)})
        """
        libraries, videos, segments, words, seconds = (await self._rows(sql, scope.libraries))[0]
        return Statistics(libraries, videos, segments, int(words), seconds)

    async def video(self, key: str, video_id: str) -> StoredVideo | None:
        """One video of a library with all its segments."""
        found = await self.videos(key, video_id)
        return found[0] if found else None

    async def videos(self, key: str, video_id: str | None = None) -> list[StoredVideo]:
        """The videos of a library with their segments, by video id; or only the one named."""
        rows = await self._rows(
            f"""
            SELECT {_VIDEO_COLUMNS}, segment.start_second, end_second, text, marks
            FROM video JOIN library ON library.id = library_id JOIN segment ON segment.video = video.id
            WHERE key = ?1 AND (?2 IS NULL OR video_id = ?2) ORDER BY video_id, segment.start_second
            """,
            (key, video_id),
        )
        return await asyncio.to_thread(_stored_videos, rows)

    async def segments(self, key: str, places: Iterable[tuple[str, float]]) -> dict[tuple[str, float], Segment]:
        """The segments at the given (video_id, start_second) places of a library."""
        rows = await self._rows(
            """
            SELECT video_id, segment.start_second, end_second, text, marks
            -- CROSS JOIN keeps this order: SQLite takes a list of places for large and would walk the whole library.
            FROM json_each(?2) AS place
            CROSS JOIN library ON library.key = ?1
            CROSS JOIN video ON library_id = library.id AND video_id = place.value ->> 0
            CROSS JOIN segment ON segment.video = video.id AND segment.start_second = place.value ->> 1
            """,
            (key, json.dumps(list(places))),
        )
        return {(row[0], row[1]): _segment(*row[1:]) for row in rows}

    async def segments_between(self, key: str, video_id: str, start: float, end: float) -> list[Segment]:
        """The segments of a video that are spoken within a stretch of it, in seconds."""
        rows = await self._rows(
            """
            SELECT segment.start_second, end_second, text, marks
            FROM library JOIN video ON library_id = library.id JOIN segment ON segment.video = video.id
            WHERE key = ?1 AND video_id = ?2
                AND (end_second > ?3 OR segment.start_second >= ?3) AND segment.start_second <= ?4
            ORDER BY segment.start_second
            """,
            (key, video_id, start, end),
        )
        return [_segment(*row) for row in rows]

    async def surroundings(
        self, key: str, stretches: Sequence[tuple[str, float, float]]
    ) -> dict[tuple[str, float, float], list[Segment]]:
        """For each (video_id, start, end) stretch of a library, in seconds, the segments that begin in it, in order."""
        rows = await self._rows(
            """
            SELECT place.key, segment.start_second, end_second, text, marks
            FROM json_each(?2) AS place -- CROSS JOIN: see above
            CROSS JOIN library ON library.key = ?1
            CROSS JOIN video ON library_id = library.id AND video_id = place.value ->> 0
            CROSS JOIN segment
                ON segment.video = video.id AND segment.start_second BETWEEN place.value ->> 1 AND place.value ->> 2
            ORDER BY place.key, segment.start_second
            """,
            (key, json.dumps(list(stretches))),
        )
        found: dict[tuple[str, float, float], list[Segment]] = {}
        for place, *segment in rows:
            found.setdefault(stretches[place], []).append(_segment(*segment))
        return found

    async def last_import(self, key: str) -> tuple[int, str, dict[str, StoredVideo | None]] | None:
        """The last act on a library: its number, what it was, and each video it touched as it was before."""
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
        return number, description, await asyncio.to_thread(_befores, rows)

    async def glossary(self, scope: Scope) -> list[GlossaryEntry]:
        """Every entry in the glossaries of a scope, by library in the scope's order."""
        sql = f"""
            SELECT key, said, meant FROM glossary JOIN library ON library.id = library_id
            WHERE key IN ({_marks(scope.libraries)}) ORDER BY said, meant
        """
        rows = sorted(await self._rows(sql, scope.libraries), key=lambda row: scope.libraries.index(row[0]))
        return [GlossaryEntry(said, meant) for _, said, meant in rows]


class Change:
    """The writes of one transaction on one library."""

    def __init__(self, connection: aiosqlite.Connection, library: int) -> None:
        self._connection = connection
        self._library = library

    @classmethod
    async def of(cls, connection: aiosqlite.Connection, key: str, language: str | None = None) -> Change:
        """Begin changing a library, made if it is new. Its revision rises; `language`, if given, becomes its own."""
        return await cls._begun(connection, key, language, "revision = revision + 1, language = coalesce(?2, language)")

    @classmethod
    async def of_glossary(cls, connection: aiosqlite.Connection, key: str) -> Change:
        """Begin changing the glossary of a library, made if it is new. Its revision stays, and with it its index."""
        return await cls._begun(connection, key, None, "glossary_revision = glossary_revision + 1")

    @classmethod
    async def _begun(cls, connection: aiosqlite.Connection, key: str, language: str | None, update: str) -> Change:
        await connection.execute(
            f"INSERT INTO library (key, language) VALUES (?1, coalesce(?2, ?3)) ON CONFLICT DO UPDATE SET {update}",
            (key, language, DEFAULT_LANGUAGE),
        )
        row = await (await connection.execute("SELECT id FROM library WHERE key = ?", (key,))).fetchone()
        assert row is not None  # the statement above made it
        return cls(connection, row[0])

    async def begin_import(self, description: str) -> int:
        """Record a new act. It takes the place of the one that could be undone until now."""
        await self._connection.execute("DELETE FROM import WHERE library_id = ?", (self._library,))
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        cursor = await self._connection.execute(
            "INSERT INTO import (library_id, description, made_at) VALUES (?, ?, ?)",
            (self._library, description, made_at),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    async def goes_on(self, number: int) -> bool:
        """Whether an act is still the one that can be undone: another process may have begun a later one."""
        row = await (await self._connection.execute("SELECT 1 FROM import WHERE id = ?", (number,))).fetchone()
        return row is not None

    async def end_import(self, number: int) -> None:
        """Forget an act that has been undone."""
        await self._connection.execute("DELETE FROM import WHERE id = ?", (number,))

    async def keep_before(self, number: int, video_id: str, before: StoredVideo | None) -> None:
        """Keep a video as it was before an act first touched it."""
        kept = None if before is None else await asyncio.to_thread(_before_json, before)
        await self._connection.execute(
            "INSERT OR IGNORE INTO replaced (import_id, video_id, before) VALUES (?, ?, ?)", (number, video_id, kept)
        )

    async def put(self, stored: StoredVideo) -> None:
        """Store a video as given, in place of what was there."""
        await self.remove(stored.video.video_id)
        video = stored.video
        cursor = await self._connection.execute(
            "INSERT INTO video (library_id, video_id, title, creator, url, thumbnail, language)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._library, video.video_id, video.title, video.creator, video.url, video.thumbnail, video.language),
        )
        await self._connection.executemany(
            "INSERT INTO segment (video, start_second, end_second, text, marks) VALUES (?, ?, ?, ?, ?)",
            [(cursor.lastrowid, s.start_second, s.end_second, s.text, _marks_json(s.marks)) for s in stored.segments],
        )

    async def remove(self, video_id: str) -> None:
        """Delete a video and its segments, if it is there."""
        await self._connection.execute(
            "DELETE FROM video WHERE library_id = ? AND video_id = ?", (self._library, video_id)
        )

    async def add_entry(self, entry: GlossaryEntry) -> None:
        """Add an entry to the glossary."""
        await self._connection.execute(
            "INSERT INTO glossary (library_id, said, meant) VALUES (?, ?, ?)", (self._library, entry.said, entry.meant)
        )

    async def remove_entry(self, entry: GlossaryEntry) -> None:
        """Take an entry, as it is stored, out of the glossary."""
        await self._connection.execute(
            "DELETE FROM glossary WHERE library_id = ? AND said = ? AND meant = ?",
            (self._library, entry.said, entry.meant),
        )


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


# A library can be large: what walks through all of it does so in a thread of its own, off the event loop.


def _stored_videos(rows: Iterable[tuple[Any, ...]]) -> list[StoredVideo]:
    grouped: dict[Video, list[Segment]] = {}
    for row in rows:
        grouped.setdefault(Video(*row[:6]), []).append(_segment(*row[6:]))
    return [StoredVideo(video, tuple(segments)) for video, segments in grouped.items()]


def _befores(rows: Iterable[tuple[str, str | None]]) -> dict[str, StoredVideo | None]:
    return {video_id: None if before is None else _stored_video(before) for video_id, before in rows}


def _before_json(before: StoredVideo) -> str:
    return json.dumps(asdict(before), ensure_ascii=False)


def _segment(start: float, end: float, text: str, marks: str | None) -> Segment:
    return Segment(start, end, text, tuple(CueMark(*mark) for mark in json.loads(marks)) if marks else ())


def _marks_json(marks: Sequence[CueMark]) -> str | None:
    return json.dumps([(mark.offset, mark.start_second) for mark in marks], separators=(",", ":")) if marks else None


def _stored_video(before: str) -> StoredVideo:
    value = json.loads(before)
    segments = (
        Segment(**{**segment, "marks": tuple(CueMark(**mark) for mark in segment["marks"])})
        for segment in value["segments"]
    )
    return StoredVideo(Video(**value["video"]), tuple(segments))
