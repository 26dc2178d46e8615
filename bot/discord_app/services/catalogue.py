"""The videos of a scope by name, for those who type one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from discord.app_commands import Choice

from bot.discord_app.cards.markdown import shorten
from bot.errors import PassageGone
from storage.errors import UnknownVideo
from storage.library import Library
from storage.models import Scope, VideoSummary
from storage.video_names import find_videos, fold_name, ids_meant, rank_names

MAX_CHOICES = 25
MAX_CHOICE_LENGTH = 100
MAX_SHOWN_ID_LENGTH = 40
"""Characters of an id beside a title that several videos have."""
_MAX_SCOPES = 256


class Catalogue:
    """Lists of videos, read anew when they changed: autocomplete asks for them at every key."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: dict[Scope, tuple[object, list[VideoSummary]]] = {}

    async def list_videos(self, scope: Scope) -> list[VideoSummary]:
        """Every video of a scope by title, or the sample talks while it is empty."""
        return await self.list_stored(await self._library.or_samples(scope))

    async def list_stored(self, scope: Scope) -> list[VideoSummary]:
        """Every video of a scope by title; none while it is empty."""
        # Asked before the list is read: what changes in between is seen the next time.
        revision = await self._library.revision(scope)
        known = self._kept.get(scope)
        if known is None or known[0] != revision:
            if len(self._kept) >= _MAX_SCOPES:
                self._kept.clear()
            known = self._kept[scope] = revision, await self._library.videos(scope)
        return known[1]

    async def find_video(self, scope: Scope, name: str) -> VideoSummary:
        """The video of an id, else the one that a name fits best. Raises UnknownVideo."""
        return find_named(name, await self.list_videos(scope))

    async def get_video(self, scope: Scope, video_id: str) -> VideoSummary:
        """The video of an id that a button knows. Raises PassageGone, which names nothing."""
        for each in await self.list_videos(scope):
            if each.video.video_id == video_id:
                return each
        raise PassageGone("That video is no longer here; ask again.")

    def clear(self) -> None:
        """Read every list anew."""
        self._kept.clear()

    async def list_creators(self, scope: Scope) -> list[str]:
        """Every creator named in a scope."""
        return sorted(
            {each.video.creator for each in await self.list_videos(scope) if each.video.creator}, key=str.casefold
        )


def find_named(name: str, videos: Sequence[VideoSummary], *, own: bool = False) -> VideoSummary:
    """The video of an id or address, else the one that is called so, else the best whose title holds the name.

    `own` says that these are a server's own videos alone. Raises UnknownVideo.
    """
    ids, folded, found = ids_meant(name), fold_name(name), find_videos(name, videos)
    # The best of those that are called so: "Intro" is "Intro" also where "An Intro" stands before it.
    for each in found:
        if each.video.video_id in ids or (folded and folded in fold_name(each.video.heading)):
            return each
    near = [choice_names(each)[0] for each in found[:3]]
    hint = f" Did you mean {' or '.join(f'“{each}”' for each in near)}?" if near else ""
    none, listed = ("None of this server's own videos", "all that are searched here") if own else ("No video", "them")
    raise UnknownVideo(f"{none} is called “{shorten(name, 100)}”.{hint} /videos lists {listed}.")


def choice_names(summary: VideoSummary) -> tuple[str, str]:
    """What a choice shows and what it stands for, both within Discord's limits."""
    video = summary.video
    name = shorten(video.heading, MAX_CHOICE_LENGTH) or shorten(video.video_id, MAX_CHOICE_LENGTH) or "untitled"
    # An id too long for a choice gives way to the title, which names the video as well.
    return name, video.video_id if len(video.video_id) <= MAX_CHOICE_LENGTH else video.heading[:MAX_CHOICE_LENGTH]


def make_choices(videos: Iterable[VideoSummary]) -> list[Choice[str]]:
    """Videos to choose from; those that are called the same show their ids too."""
    videos = list(videos)
    count = Counter(choice_names(each)[0] for each in videos)
    return [_make_choice(each, alike=count[choice_names(each)[0]] > 1) for each in videos]


def _make_choice(summary: VideoSummary, *, alike: bool) -> Choice[str]:
    name, value = choice_names(summary)
    if alike:
        told = shorten(summary.video.video_id, MAX_SHOWN_ID_LENGTH)
        name = f"{shorten(name, MAX_CHOICE_LENGTH - len(told) - 3)} ({told})"
    return Choice(name=name, value=value)


def best_videos(typed: str, videos: Sequence[VideoSummary]) -> list[VideoSummary]:
    """The videos that what is typed may mean, the best match first, at most as many as Discord shows."""
    return find_videos(typed, videos)[:MAX_CHOICES]


def closest_names(typed: str, names: list[str]) -> list[int]:
    """The positions of the names that fit best, at most as many as Discord shows."""
    return rank_names(typed, names)[:MAX_CHOICES]
