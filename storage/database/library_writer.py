"""The writes of one transaction on one library."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

import aiosqlite

from storage.database.compaction import mark_due
from storage.database.schema import RANDOM_VERSION
from storage.models import CueMark, GlossaryEntry, Segment, SpeakerTurn, StoredVideo, Video, chapters_to_json

DEFAULT_LANGUAGE = "en"


class LibraryWriter:
    """The writes of one transaction on one library."""

    def __init__(self, connection: aiosqlite.Connection, library: int) -> None:
        self._connection = connection
        self._library = library

    @classmethod
    async def begin_change(
        cls, connection: aiosqlite.Connection, key: str, language: str | None = None
    ) -> LibraryWriter:
        """Begin changing a library, created if it is new. Its revision rises; `language`, if given, becomes its own."""
        return await cls._begin(connection, key, language, "revision = revision + 1, language = coalesce(?2, language)")

    @classmethod
    async def begin_glossary_change(cls, connection: aiosqlite.Connection, key: str) -> LibraryWriter:
        """Begin changing the glossary of a library, created if it is new. Its revision stays, and so does its index."""
        return await cls._begin(connection, key, None, "glossary_revision = glossary_revision + 1")

    @classmethod
    async def _begin(
        cls, connection: aiosqlite.Connection, key: str, language: str | None, update: str
    ) -> LibraryWriter:
        # Random at first: a library that was purged and created again must not get the revision of an index in memory.
        await connection.execute(
            "INSERT INTO library (key, language, revision) VALUES (?1, coalesce(?2, ?3), random() >> 16)"
            f" ON CONFLICT DO UPDATE SET {update}",
            (key, language, DEFAULT_LANGUAGE),
        )
        row = await (await connection.execute("SELECT id FROM library WHERE key = ?", (key,))).fetchone()
        assert row is not None  # the statement above made it
        return cls(connection, row[0])

    @classmethod
    async def set_language(cls, connection: aiosqlite.Connection, key: str, language: str) -> None:
        """Set the language of a library, creating it if it is new; "" leaves it to the first import again."""
        change = await cls.begin_change(connection, key, language or None)
        await connection.execute(
            "UPDATE library SET language_chosen = ? WHERE id = ?", (int(bool(language)), change._library)
        )

    async def begin_import(self, description: str, *, keep_last: bool = False) -> int:
        """Record a new act and return its number. It replaces the one that could be undone until now.

        With `keep_last` that one stays until `delete_earlier_imports`, for an act of several transactions: where the
        new one is reverted, it can be undone again.
        """
        kept = await self._last_import() if keep_last else None
        await self._delete_imports("id IS NOT ?", kept)
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        cursor = await self._connection.execute(
            "INSERT INTO import (library_id, description, made_at) VALUES (?, ?, ?)",
            (self._library, description, made_at),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    async def is_current(self, number: int) -> bool:
        """Return whether an act is still the one that can be undone: another process may have begun a later one, or
        have purged the library."""
        return await self._last_import() == number

    async def _last_import(self) -> int | None:
        sql = "SELECT max(id) FROM import WHERE library_id = ?"
        [(number,)] = await self._connection.execute_fetchall(sql, (self._library,))
        return None if number is None else int(number)

    async def delete_earlier_imports(self, number: int) -> None:
        """Delete the records of the acts before one, which cannot be undone any more."""
        await self._delete_imports("id < ?", number)

    async def _delete_imports(self, condition: str, number: int | None) -> None:
        """Delete the records of acts by a condition on their number, with the videos that they kept."""
        those = f"SELECT id FROM import WHERE library_id = ? AND {condition}"
        kept = f"SELECT 1 FROM replaced WHERE import_id IN ({those}) AND before IS NOT NULL LIMIT 1"
        if await self._connection.execute_fetchall(kept, (self._library, number)):
            await mark_due(self._connection)
        await self._connection.execute(f"DELETE FROM import WHERE id IN ({those})", (self._library, number))

    async def end_import(self, number: int) -> None:
        """Delete the record of an act that has been undone."""
        await mark_due(self._connection)
        await self._connection.execute("DELETE FROM import WHERE id = ?", (number,))

    async def save_previous(self, number: int, video_id: str, before: StoredVideo | None) -> None:
        """Keep a video as it was before an act first touched it."""
        data = None if before is None else await asyncio.to_thread(_previous_json, before)
        await self._connection.execute(
            "INSERT OR IGNORE INTO replaced (import_id, video_id, before) VALUES (?, ?, ?)", (number, video_id, data)
        )

    async def store_video(self, stored: StoredVideo) -> None:
        """Store a video as given, replacing what was there. One that was there stays as old as it was."""
        video = stored.video
        added_at = await self._remove(video.video_id)
        cursor = await self._connection.execute(
            "INSERT INTO video (library_id, video_id, title, creator, url, thumbnail, language, published, chapters,"
            " is_automatic, track_of, added_at, changed_in, version) VALUES (?1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            f" (SELECT revision FROM library WHERE id = ?1), {RANDOM_VERSION})",
            (self._library, *_video_values(video), time.time() if added_at is None else added_at),
        )
        await self._connection.executemany(
            "INSERT INTO segment (video, start_second, end_second, text, marks, turns) VALUES (?, ?, ?, ?, ?, ?)",
            [(cursor.lastrowid, *_segment_values(segment)) for segment in stored.segments],
        )

    async def remove_video(self, video_id: str) -> None:
        """Delete a video and its segments, if it is there."""
        await self._remove(video_id)

    async def _remove(self, video_id: str) -> float | None:
        """Delete a video, and return when it was added; None where it is not there."""
        rows = await self._connection.execute_fetchall(
            "DELETE FROM video WHERE library_id = ? AND video_id = ? RETURNING added_at", (self._library, video_id)
        )
        return next((float(added_at) for (added_at,) in rows), None)

    async def add_entry(self, entry: GlossaryEntry) -> None:
        """Add an entry to the glossary."""
        await self._connection.execute(
            "INSERT INTO glossary (library_id, said, meant) VALUES (?, ?, ?)", (self._library, entry.said, entry.meant)
        )

    async def remove_entry(self, entry: GlossaryEntry) -> None:
        """Remove an entry, given as it is stored, from the glossary."""
        await mark_due(self._connection)
        await self._connection.execute(
            "DELETE FROM glossary WHERE library_id = ? AND said = ? AND meant = ?",
            (self._library, entry.said, entry.meant),
        )


def _previous_json(before: StoredVideo) -> str:
    return json.dumps(asdict(before), ensure_ascii=False)


def _video_values(video: Video) -> tuple[str | bool, ...]:
    labels = (video.video_id, video.title, video.creator, video.url, video.thumbnail, video.language, video.published)
    return *labels, chapters_to_json(video.chapters), video.is_automatic, video.track_of


def _segment_values(segment: Segment) -> tuple[float | str | None, ...]:
    marks, turns = _marks_json(segment.marks), _turns_json(segment.turns)
    return segment.start_second, segment.end_second, segment.text, marks, turns


def _turns_json(turns: Sequence[SpeakerTurn]) -> str | None:
    pairs = [(turn.offset, turn.speaker) for turn in turns]
    return json.dumps(pairs, ensure_ascii=False, separators=(",", ":")) if pairs else None


def _marks_json(marks: Sequence[CueMark]) -> str | None:
    return json.dumps([(mark.offset, mark.start_second) for mark in marks], separators=(",", ":")) if marks else None
