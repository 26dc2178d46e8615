"""The videos of a scope by name, for commands and autocomplete."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence

from cachetools import LRUCache
from discord.app_commands import Choice

from bot.discord_app.cards.parts.markdown import shorten
from bot.errors import PassageGone
from bot.localization import gettext as _
from bot.localization import gettext_noop, join_words
from storage.errors import UnknownVideo
from storage.library import Library
from storage.models import Scope, VideoSummary
from storage.video_names import find_videos, fold_name, ids_meant, rank_names, suggest_videos

MAX_CHOICES = 25
MAX_CHOICE_LENGTH = 100
MAX_SHOWN_ID_LENGTH = 40
"""Characters of an id beside a title that several videos have."""
VIDEO_GONE = gettext_noop("That video is no longer here; ask again.")
_MAX_SCOPES = 256


class Catalogue:
    """A cache of lists of videos, read again after a change: autocomplete asks for them at every keystroke."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._cached_lists: LRUCache[Scope, tuple[object, list[VideoSummary]]] = LRUCache(_MAX_SCOPES)
        self._cached_speakers: LRUCache[Scope, tuple[object, list[str]]] = LRUCache(_MAX_SCOPES)

    async def list_videos(self, scope: Scope) -> list[VideoSummary]:
        """Return all videos of a scope by title, or the sample talks while it is empty."""
        return await self.list_stored(await self._library.or_samples(scope))

    async def list_stored(self, scope: Scope) -> list[VideoSummary]:
        """Return all videos of a scope by title; none while it is empty."""
        # The revision is read before the list, so a change in between is seen by the next call.
        revision = await self._library.revision(scope)
        cached = self._cached_lists.get(scope)
        if cached is None or cached[0] != revision:
            cached = self._cached_lists[scope] = revision, await self._library.videos(scope)
        return cached[1]

    async def find_video(self, scope: Scope, name: str) -> VideoSummary:
        """Return the video of an id, else the one that a name matches best. Raises UnknownVideo."""
        return await asyncio.to_thread(find_named, name, await self.list_videos(scope))

    async def get_video(self, scope: Scope, video_id: str) -> VideoSummary:
        """Return the video of an id that a button knows. Raises PassageGone, whose text names no video."""
        for summary in await self.list_videos(scope):
            if summary.video.video_id == video_id:
                return summary
        raise PassageGone(_(VIDEO_GONE))

    def clear(self) -> None:
        """Forget all lists, so that they are read again."""
        self._cached_lists.clear()
        self._cached_speakers.clear()

    async def list_creators(self, scope: Scope) -> list[str]:
        """Return all creators named in a scope."""
        summaries = await self.list_videos(scope)
        return sorted({summary.video.creator for summary in summaries if summary.video.creator}, key=str.casefold)

    async def list_speakers(self, scope: Scope) -> list[str]:
        """Return all who are known to speak in the videos of a scope, or in the sample talks while it is empty."""
        scope = await self._library.or_samples(scope)
        revision = await self._library.revision(scope)
        cached = self._cached_speakers.get(scope)
        if cached is None or cached[0] != revision:
            cached = self._cached_speakers[scope] = revision, await self._library.speakers.names(scope)
        return cached[1]


def find_named(name: str, videos: Sequence[VideoSummary], *, own: bool = False) -> VideoSummary:
    """Return the video of an id or address, else the one with this name, else the best whose title contains the name.

    `own` says that these are only a server's own videos. Raises UnknownVideo.
    """
    ids, folded = ids_meant(name), fold_name(name)
    for summary in videos:
        if summary.video.video_id in ids:
            return summary
    # Only these are ranked, since ranking a large library takes long.
    containing = [summary for summary in videos if folded and folded in fold_name(summary.video.heading)]
    if containing:
        # The best match comes first: "Intro" means "Intro" even where "An Intro" is listed before it.
        return find_videos(name, containing)[0]
    suggested = suggest_videos(name, [summary.video for summary in videos])[:3]
    near = [choice_names(videos[place])[0] for place in suggested]
    words = _("No video is called “{name}”. /videos lists them.")
    suggested_words = _("No video is called “{name}”. Did you mean {names}? /videos lists them.")
    if own:
        words = _("None of this server’s own videos is called “{name}”. /videos lists all that are searched here.")
        suggested_words = _(
            "None of this server’s own videos is called “{name}”. Did you mean {names}? /videos lists all that are "
            "searched here."
        )
    listed = join_words([_("“{name}”").format(name=title) for title in near], any_of=True)
    raise UnknownVideo((suggested_words if near else words).format(name=shorten(name, 100), names=listed))


def choice_names(summary: VideoSummary) -> tuple[str, str]:
    """Return the name that a choice shows and the value that it sends, both within Discord's limits."""
    video = summary.video
    name = shorten(video.heading, MAX_CHOICE_LENGTH) or shorten(video.video_id, MAX_CHOICE_LENGTH) or _("untitled")
    # An id too long for a choice is replaced by the title, which names the video as well.
    return name, video.video_id if len(video.video_id) <= MAX_CHOICE_LENGTH else video.heading[:MAX_CHOICE_LENGTH]


def make_choices(videos: Iterable[VideoSummary]) -> list[Choice[str]]:
    """Return the choices of videos; videos with the same name show their ids too."""
    videos = list(videos)
    count = Counter(choice_names(summary)[0] for summary in videos)
    return [_make_choice(summary, alike=count[choice_names(summary)[0]] > 1) for summary in videos]


def _make_choice(summary: VideoSummary, *, alike: bool) -> Choice[str]:
    name, value = choice_names(summary)
    if alike:
        video_id = shorten(summary.video.video_id, MAX_SHOWN_ID_LENGTH)
        name = f"{shorten(name, MAX_CHOICE_LENGTH - len(video_id) - 3)} ({video_id})"
    return Choice(name=name, value=value)


def best_videos(typed: str, videos: Sequence[VideoSummary]) -> list[VideoSummary]:
    """Return the videos that the typed text may mean, the best match first, at most as many as Discord shows."""
    return find_videos(typed, videos)[:MAX_CHOICES]


def closest_names(typed: str, names: list[str]) -> list[int]:
    """Return the positions of the names that match best, at most as many as Discord shows."""
    return rank_names(typed, names)[:MAX_CHOICES]
