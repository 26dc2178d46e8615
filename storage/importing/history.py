"""Acts on videos that are stored, each recorded so that it can be undone; and the undoing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from storage.database.connection import Database
from storage.database.library_writer import Change
from storage.database.repository import Repository
from storage.errors import NothingToUndo, RequestError, UnknownVideo
from storage.formats.text_cleaning import clean, clean_id
from storage.models import StoredVideo, UndoReport, Video


async def remove(database: Database, repository: Repository, key: str, video_id: str) -> None:
    """Remove a video from a library. Raises UnknownVideo."""
    async with database.transaction() as connection:
        before = await _stored(repository, key, video_id)
        change = await Change.of(connection, key)
        number = await change.begin_import(f"removal of {before.video.heading}")
        await change.keep_before(number, video_id, before)
        await change.remove(video_id)


async def rename(database: Database, repository: Repository, key: str, video_id: str, title: str) -> Video:
    """Give a video of a library another title; the video as it was before.

    Raises UnknownVideo, and RequestError for a title without a character that can be seen.
    """
    title = clean(title)
    if not clean_id(title):
        raise RequestError("A title needs at least one character that can be seen.")
    async with database.transaction() as connection:
        before = await _stored(repository, key, video_id)
        if before.video.title != title:
            change = await Change.of(connection, key)
            number = await change.begin_import(f"renaming of {before.video.heading}")
            await change.keep_before(number, video_id, before)
            await change.put(replace(before, video=replace(before.video, title=title)))
    return before.video


async def undo(database: Database, repository: Repository, key: str) -> UndoReport:
    """Take back the last act on a library. Raises NothingToUndo."""
    async with database.transaction() as connection:
        last = await repository.last_import(key)
        if last is None:
            raise NothingToUndo("There is nothing to undo: nothing was imported since the last undo.")
        number, description, befores = last
        await _restore(await Change.of(connection, key), number, befores)
    restored = sum(before is not None for before in befores.values())
    return UndoReport(description, videos_restored=restored, videos_removed=len(befores) - restored)


async def take_back(database: Database, repository: Repository, key: str, number: int) -> None:
    """Undo one act on a library, by its number, unless another has taken its place."""
    async with database.transaction() as connection:
        last = await repository.last_import(key)
        if last is not None and last[0] == number:
            await _restore(await Change.of(connection, key), number, last[2])


async def _restore(change: Change, number: int, befores: Mapping[str, StoredVideo | None]) -> None:
    for video_id, before in befores.items():
        if before is None:
            await change.remove(video_id)
        else:
            await change.put(before)
    await change.end_import(number)


async def _stored(repository: Repository, key: str, video_id: str) -> StoredVideo:
    stored = await repository.video(key, video_id)
    if stored is None:
        raise UnknownVideo(f"There is no video {video_id!r} here; `videos` lists those there are.")
    return stored
