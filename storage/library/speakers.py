"""Who speaks in a library's videos: the part of the library's door for speakers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from storage import access
from storage.database.connection import Database
from storage.database.repository import Repository
from storage.errors import UnknownVideo
from storage.importing import history
from storage.models import Scope, Video, VideoSpeakers
from storage.search import LibrarySearch
from storage.sentences import sentence
from storage.speaker_summaries import summarize_speakers


class LibrarySpeakers:
    """The speakers of what is stored. Every library has one as `speakers`."""

    def __init__(
        self,
        database: Database,
        repository: Repository,
        search: LibrarySearch,
        erase_deleted: Callable[[Scope], Awaitable[None]],
    ) -> None:
        self._database = database
        self._repository = repository
        self._search = search
        self._erase_deleted = erase_deleted

    async def names(self, scope: Scope) -> list[str]:
        """Return who is known to speak in the videos of a scope, or in the sample talks while it is empty, by name."""
        return await self._search.speakers(scope)

    async def summaries(self, scope: Scope, video_id: str | None = None) -> list[VideoSpeakers]:
        """Return the videos of a scope in which speakers are known, with how much each of them says; or only the one
        named, whether they are known or not.

        Raises UnknownVideo.
        """
        found: dict[str, VideoSpeakers] = {}
        for key in scope.libraries:
            for stored in await self._repository.videos(key, video_id, with_turns=video_id is None):
                if stored.video.video_id not in found:
                    found[stored.video.video_id] = await asyncio.to_thread(summarize_speakers, stored)
        if video_id is not None and not found:
            raise UnknownVideo(
                sentence("There is no video “{video}” here; `videos` lists those there are.", video=video_id)
            )
        return sorted(found.values(), key=lambda each: (each.video.heading.casefold(), each.video.video_id))

    async def rename(self, scope: Scope, video_id: str, names: Mapping[str, str]) -> tuple[Video, dict[str, str]]:
        """Give speakers of a video other names, by their present ones; undo takes it back. Returns the video, and the
        new names by those that it had.

        Raises UnknownVideo, and RequestError for a name that nobody has, or that cannot be seen.
        """
        key = access.only_key(scope)
        renamed = await history.name_speakers(self._database, self._repository, key, video_id, names)
        await self._erase_deleted(scope)
        return renamed
