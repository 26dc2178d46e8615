"""The service for videos: the list of them, each by itself, and their words."""

from __future__ import annotations

import asyncio
import time

from bot.discord_app.cards import about as about_cards
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import NO_KEY
from bot.discord_app.cards.parts.markdown import shorten
from bot.discord_app.cards.parts.video_controls import video_value
from bot.discord_app.cards.transcript import find_nearest, transcript_card
from bot.discord_app.cards.video import video_card
from bot.discord_app.cards.videos import videos_card
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.questions.button_state import ALL_VIDEOS, ButtonStates, TranscriptState, VideoListState
from bot.discord_app.services.questions.catalogue import VIDEO_GONE, Catalogue
from bot.errors import MomentOutside, PassageGone
from bot.host_links import HostLinks
from bot.localization import gettext as _
from bot.timecodes import timecode
from storage import access
from storage.library import Library
from storage.models import VideoSummary
from storage.video_names import find_videos, find_wording, fold_name

MAX_KEY_TERMS, MAX_TERMS_BESIDE_PARTS = 12, 6
"""How many key terms of a video are shown, and how many where its parts tell what it is about."""
SEGMENTS_PER_CARD = 3
"""How many segments of a transcript are shown at once."""


class VideoService:
    """Shows what can be asked about. Make one for all of Discord."""

    def __init__(self, library: Library, catalogue: Catalogue, states: ButtonStates, links: HostLinks) -> None:
        self._library = library
        self._catalogue = catalogue
        self._states = states
        self._links = links

    async def list_videos(self, asker: ResolvedAsker, page: int, state: VideoListState) -> Card:
        """List one page of the videos that can be asked about, narrowed and ordered as `state` says."""
        listed = await self._catalogue.list_videos(asker.scope)
        videos = await asyncio.to_thread(find_videos, state.search, listed)
        found = find_wording(state.search, videos[0].video) if state.search and videos else ""
        if state.newest_first:
            videos.sort(key=lambda summary: summary.video.published, reverse=True)
        key = await self._states.save(asker.scope, state) if state != ALL_VIDEOS else NO_KEY
        card = videos_card(
            videos,
            asker.owner(key),
            page,
            search=state.search,
            found=found if found != fold_name(state.search) else "",
            newest_first=state.newest_first,
            remark=asker.remark,
        )
        return asker.note_samples(card)

    async def show_video(self, asker: ResolvedAsker, name: str) -> Card:
        """Show the video of a name or id: its size, what comes when in it, and its key terms."""
        return await self._show_summary(asker, await self._catalogue.find_video(asker.scope, name))

    async def show_chosen(self, asker: ResolvedAsker, value: str) -> Card:
        """Show the video that a menu's value stands for. Raises PassageGone."""
        for summary in await self._catalogue.list_videos(asker.scope):
            if video_value(summary.video.video_id) == value:
                return await self._show_summary(asker, summary)
        raise PassageGone(_(VIDEO_GONE))

    async def show_known(self, asker: ResolvedAsker, video_id: str) -> Card:
        """Show the video that a button knows. Raises PassageGone."""
        return await self._show_summary(asker, await self._catalogue.get_video(asker.scope, video_id))

    async def _show_summary(self, asker: ResolvedAsker, summary: VideoSummary) -> Card:
        scope, video_id = await self._library.or_samples(asker.scope), summary.video.video_id
        parts = () if summary.video.chapters else await self._library.video_parts(scope, video_id)
        terms = await self._library.key_terms(scope, video_id, MAX_TERMS_BESIDE_PARTS if parts else MAX_KEY_TERMS)
        key = await self._states.save(asker.scope, TranscriptState(video_id, 0.0))
        return video_card(summary, parts, terms, asker.owner(key), self._library.hosts)

    async def get_title(self, asker: ResolvedAsker, video_id: str) -> str:
        """Return what the video that a button knows is called. Raises PassageGone."""
        return (await self._catalogue.get_video(asker.scope, video_id)).video.heading

    async def show_transcript(self, asker: ResolvedAsker, name: str, moment: float | None) -> Card:
        """Show the words around a moment (in seconds) of the video of a name or id, or its first words.

        Raises MomentOutside where the moment is after its last words.
        """
        summary = await self._catalogue.find_video(asker.scope, name)
        if moment is not None and moment > summary.end_second:
            sentence = _("“{title}” is {length} long: {time} is after its end.")
            length, time = timecode(summary.end_second), timecode(moment)
            raise MomentOutside(sentence.format(title=shorten(summary.video.heading, 100), length=length, time=time))
        return await self._show_words(asker, summary, moment or 0.0, asked=moment)

    async def show_moment(
        self, asker: ResolvedAsker, state: TranscriptState, *, step: int = 0, is_marked: bool = False
    ) -> Card:
        """Show the words around a moment of a video, or those before them (`step` -1) or after them (+1).

        `is_marked` marks the moment among them.
        """
        summary = await self._catalogue.get_video(asker.scope, state.video_id)
        return await self._show_words(
            asker, summary, state.moment, asked=state.moment if is_marked else None, step=step
        )

    async def _show_words(
        self, asker: ResolvedAsker, summary: VideoSummary, moment: float, *, asked: float | None = None, step: int = 0
    ) -> Card:
        scope, video_id = await self._library.or_samples(asker.scope), summary.video.video_id
        segments = await self._library.segments_between(scope, video_id, 0.0, summary.end_second)
        if not segments:
            raise PassageGone(_(VIDEO_GONE))
        here = find_nearest(segments, moment) + step * SEGMENTS_PER_CARD
        first = max(0, min(here, len(segments) - 1))
        end = first + SEGMENTS_PER_CARD
        key = await self._states.save(asker.scope, TranscriptState(video_id, segments[first].start_second))
        return transcript_card(
            summary.video,
            segments[first:end],
            asker.owner(key),
            earlier=first > 0,
            later=end < len(segments),
            asked=asked,
            hosts=self._library.hosts,
        )

    async def show_about(self, asker: ResolvedAsker) -> Card:
        """Show what the bot is, and what can be searched here."""
        scope = await self._library.or_samples(asker.scope)
        statistics = await self._library.statistics(scope)
        age = await self._library.index_age_seconds(scope)
        card = about_cards.about_card(
            statistics,
            asker.owner(),
            samples=scope == access.sample_scope(),
            index_read_at=time.time() - age,
            reads_meaning=self._library.meaning.is_on,
            links=self._links,
        )
        return asker.note_samples(card)
