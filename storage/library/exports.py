"""A library's videos as files: the part of the library's door for exports."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path

from storage import access
from storage.database.repository import Repository, open_snapshot
from storage.models import ExportFormat, Scope, StoredVideo, VideoSummary


class LibraryExports:
    """The files that a library can be written as. Every library has one as `exports`."""

    def __init__(
        self, path: Path, repository: Repository, summary: Callable[[Scope, str], Awaitable[VideoSummary]]
    ) -> None:
        self._path = path
        self._repository = repository
        self._summary = summary

    async def make(self, scope: Scope, form: ExportFormat, video_id: str | None = None) -> bytes:
        """Return the scope's one library, or one video of it, as a file.

        SubRip captions belong to one recording: with several videos, one must be named. Raises RequestError for that
        and for an empty library, UnknownVideo for a video that is not there.
        """
        key = access.only_key(scope)
        if video_id is not None:
            await self._summary(scope, video_id)
        return await asyncio.to_thread(_export_videos, await self._repository.videos(key, video_id), form)

    async def write(
        self, target: io.BufferedIOBase, scope: Scope, form: ExportFormat, video_id: str | None = None
    ) -> None:
        """Write the same as `make` returns into a file, a video at a time, as the library is at this moment.

        Raises as `make` does, and what the file raises.
        """
        key = access.only_key(scope)
        if video_id is not None:
            await self._summary(scope, video_id)
        await asyncio.to_thread(_write_videos, self._path, key, video_id, form, target)


def _export_videos(videos: list[StoredVideo], form: ExportFormat) -> bytes:
    from storage.formats.exporting import export_videos

    return export_videos(videos, form)


def _write_videos(path: Path, key: str, video_id: str | None, form: ExportFormat, target: io.BufferedIOBase) -> None:
    from storage.formats.exporting import write_videos

    with open_snapshot(path, key, video_id) as read:
        write_videos(read, form, target)
