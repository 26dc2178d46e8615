"""Whether a library has room for an import: checked before anything is written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from storage.database.repository import Repository
from storage.errors import OverQuota
from storage.importing.merging import merge_video
from storage.models import MEGABYTE, LibrarySize, Quota, StoredVideo
from storage.sentences import sentence


async def require_room(
    repository: Repository, key: str, arriving: Sequence[tuple[StoredVideo, bool]], quota: Quota
) -> None:
    """Raise OverQuota, with the figures, where a library would become too large.

    A video in `arriving` comes with whether it replaces all that is stored of it. What is stored of the videos is read
    only where the quota may be exceeded: an import can add no more than what arrives.
    """
    held = (await repository.sizes([key]) or [LibrarySize(key)])[0]
    segments, size = held.segments, held.text_bytes
    more, larger = await asyncio.to_thread(_measure_videos, [stored for stored, _ in arriving])
    if segments + more <= quota.segments and size + larger <= quota.text_bytes:
        return
    for stored, whole in arriving:
        before = await repository.video(key, stored.video.video_id)
        after = merge_video(before, stored.video, stored.segments, whole=whole).stored
        was, now = _measure_videos([before] if before else []), _measure_videos([after])
        segments, size = segments + now[0] - was[0], size + now[1] - was[1]
    # A library that was larger before its quota was lowered may still shrink.
    if segments > max(quota.segments, held.segments):
        raise OverQuota(
            sentence(
                "With this the library would hold {count} segments, and {most} are allowed: nothing was imported. "
                "Remove videos first, or ask whoever hosts this bot for more room.",
                count=segments,
                most=quota.segments,
            )
        )
    if size > max(quota.text_bytes, held.text_bytes):
        raise OverQuota(
            sentence(
                "With this the library would hold {size} megabytes of text, and {most} are allowed: nothing was "
                "imported. Remove videos first, or ask whoever hosts this bot for more room.",
                size=_format_megabytes(size),
                most=_format_megabytes(quota.text_bytes),
            )
        )


def _measure_videos(videos: Sequence[StoredVideo]) -> tuple[int, int]:
    """Return how many segments videos have, and how many bytes of text."""
    texts = [segment.text for stored in videos for segment in stored.segments]
    return len(texts), sum(len(text.encode()) for text in texts)


def _format_megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.1f}"
