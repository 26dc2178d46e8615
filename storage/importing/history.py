"""Acts on stored videos, recorded so that they can be undone; and undo itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import replace

from storage.database.connection import Database
from storage.database.library_writer import LibraryWriter
from storage.database.repository import Repository
from storage.errors import ActNotLast, DatabaseError, NothingToUndo, RequestError, UnknownVideo
from storage.formats.addresses import clean_link, find_link, find_thumbnail
from storage.formats.text_cleaning import clean_id, clean_text, quote_text
from storage.importing import speaker_turns
from storage.models import StoredVideo, UndoReport, Video
from storage.sentences import sentence


async def remove_video(database: Database, repository: Repository, key: str, video_id: str) -> None:
    """Remove a video from a library, with its tracks. Raises UnknownVideo."""
    async with database.transaction(erase=True) as connection:
        before = await _load_family(repository, key, video_id)
        change = await LibraryWriter.begin_change(connection, key)
        number = await change.begin_import(f"removal of {before[0].video.heading}")
        for stored in before:
            await change.save_previous(number, stored.video.video_id, stored)
            await change.remove_video(stored.video.video_id)


async def rename_video(database: Database, repository: Repository, key: str, video_id: str, title: str) -> Video:
    """Give a video of a library another title, and its tracks too; return the video as it was before.

    Raises UnknownVideo, and RequestError for a title without a visible character.
    """
    title = clean_text(title)
    if not clean_id(title):
        raise RequestError(sentence("A title needs at least one character that can be seen."))
    async with database.transaction(erase=True) as connection:
        before = await _load_family(repository, key, video_id)
        renamed = [stored for stored in before if stored.video.title != title]
        if renamed:
            change = await LibraryWriter.begin_change(connection, key)
            number = await change.begin_import(f"renaming of {before[0].video.heading}")
            for stored in renamed:
                await change.save_previous(number, stored.video.video_id, stored)
                await change.store_video(replace(stored, video=replace(stored.video, title=title)))
    return before[0].video


async def name_speakers(
    database: Database, repository: Repository, key: str, video_id: str, names: Mapping[str, str]
) -> tuple[Video, dict[str, str]]:
    """Give speakers of a video other names, by their present ones; return the video and the new names by the old.

    Raises UnknownVideo, and RequestError for a name that nobody has, or that cannot be seen.
    """
    async with database.transaction(erase=True) as connection:
        before = await _load_video(repository, key, video_id)
        after, chosen = await asyncio.to_thread(speaker_turns.name_speakers, before, names)
        if after != before:
            change = await LibraryWriter.begin_change(connection, key)
            number = await change.begin_import(f"naming of {', '.join(chosen)} in {before.video.heading}")
            await change.save_previous(number, video_id, before)
            await change.store_video(after)
    return before.video, chosen


async def link_video(
    database: Database, repository: Repository, key: str, video_id: str, link: str, title: str = ""
) -> Video:
    """Give a video of a library a link, and where one is given another title; its tracks too. Return the video as it
    was before.

    Raises UnknownVideo, and RequestError for what is no web address, or leads to another video of the library.
    """
    url, title = clean_link(link), clean_text(title)
    if not url:
        raise RequestError(sentence("{url} is not a web address; write it out from https:// on.", url=quote_text(link)))
    async with database.transaction(erase=True) as connection:
        before = await _load_family(repository, key, video_id)
        await _require_free(repository, key, url, before[0].video)
        linked = [(stored, replace(stored, video=_link(stored.video, url, title))) for stored in before]
        if any(stored != after for stored, after in linked):
            change = await LibraryWriter.begin_change(connection, key)
            number = await change.begin_import(f"linking of {before[0].video.heading}")
            for stored, after in linked:
                await change.save_previous(number, stored.video.video_id, stored)
                await change.store_video(after)
    return before[0].video


def _link(video: Video, url: str, title: str) -> Video:
    return replace(
        video,
        url=url,
        thumbnail=find_thumbnail(url) or video.thumbnail,
        title=title if clean_id(title) else video.title,
    )


async def _require_free(repository: Repository, key: str, url: str, video: Video) -> None:
    """Raise RequestError where another video of a library has a link."""
    others = {
        video_id: other for video_id, other in (await repository.links(key)).items() if video_id != video.video_id
    }
    taken = await asyncio.to_thread(find_link, url, others)
    if taken is not None:
        [other, *_] = await repository.details(key, [taken])
        raise RequestError(sentence("That link belongs to “{video}” already.", video=other.heading))


async def undo_last(database: Database, repository: Repository, key: str, act: int | None = None) -> UndoReport:
    """Undo the last act on a library. Raises NothingToUndo, and ActNotLast where that is not the `act` given."""
    async with database.transaction(erase=True) as connection:
        last = await repository.last_import(key)
        if last is None:
            raise NothingToUndo(sentence("There is nothing to undo: nothing was imported since the last undo."))
        number, description, previous = last
        if act not in (None, number):
            raise ActNotLast(sentence("Something else was done to this library after that: nothing was undone."))
        await _restore_videos(await LibraryWriter.begin_change(connection, key), number, previous)
    restored = sum(before is not None for before in previous.values())
    return UndoReport(description, videos_restored=restored, videos_removed=len(previous) - restored)


async def revert_import(database: Database, repository: Repository, key: str, number: int) -> int:
    """Undo one act on a library, by its number, and return how many of its videos were reverted: not all of them where
    a later act has begun, or where the database cannot be written.

    A video at a time, so that this needs no more room on the disk than one of them did. After a crash the act can still
    be undone.
    """
    reverted = 0
    with contextlib.suppress(DatabaseError, MemoryError):
        last = await repository.last_import(key)
        if last is None or last[0] != number:
            return 0
        await database.copy_log()
        for video_id, before in last[2].items():
            async with database.transaction() as connection:
                change = await LibraryWriter.begin_change(connection, key)
                if not await change.is_current(number):
                    return reverted
                await _restore_video(change, video_id, before)
            reverted += 1
        await database.copy_log()
        async with database.transaction(erase=True) as connection:
            await (await LibraryWriter.begin_change(connection, key)).end_import(number)
    return reverted


async def _restore_videos(change: LibraryWriter, number: int, previous: Mapping[str, StoredVideo | None]) -> None:
    for video_id, before in previous.items():
        await _restore_video(change, video_id, before)
    await change.end_import(number)


async def _restore_video(change: LibraryWriter, video_id: str, before: StoredVideo | None) -> None:
    if before is None:
        await change.remove_video(video_id)
    else:
        await change.store_video(before)


async def _load_family(repository: Repository, key: str, video_id: str) -> list[StoredVideo]:
    """Return a video with its tracks, itself first. Raises UnknownVideo."""
    stored = await _load_video(repository, key, video_id)
    tracks = [video.video_id for video in await repository.details(key, [video_id]) if video.track_of == video_id]
    return [stored, *[track for each in tracks if (track := await repository.video(key, each))]]


async def _load_video(repository: Repository, key: str, video_id: str) -> StoredVideo:
    stored = await repository.video(key, video_id)
    if stored is None:
        raise UnknownVideo(
            sentence("There is no video “{video}” here; `videos` lists those there are.", video=video_id)
        )
    return stored
