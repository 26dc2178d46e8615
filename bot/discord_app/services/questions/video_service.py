"""The service for videos: the list of them, each by itself, and their words."""

from __future__ import annotations

import asyncio
from bisect import bisect_right

from bot.discord_app.cards import about as about_cards
from bot.discord_app.cards import transcript as transcript_cards
from bot.discord_app.cards import videos as video_cards
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import NO_KEY
from bot.discord_app.services.asker_resolver import ResolvedAsker
from bot.discord_app.services.questions.button_state import ALL_VIDEOS, ButtonStates, TranscriptState, VideoListState
from bot.discord_app.services.questions.catalogue import Catalogue
from bot.errors import PassageGone
from storage import access
from storage.library import Library
from storage.video_names import find_videos

MAX_KEY_TERMS = 12
"""How many key terms of a video are shown."""
SEGMENTS_PER_CARD = 4
"""How many segments of a transcript are shown at once."""


class VideoService:
    """Shows what can be asked about. Make one for all of Discord."""

    def __init__(self, library: Library, catalogue: Catalogue, states: ButtonStates) -> None:
        self._library = library
        self._catalogue = catalogue
        self._states = states

    async def list_videos(self, asker: ResolvedAsker, page: int, state: VideoListState) -> Card:
        """List one page of the videos that can be asked about, narrowed and ordered as `state` says."""
        videos = await asyncio.to_thread(find_videos, state.search, await self._catalogue.list_videos(asker.scope))
        if state.newest_first:
            videos.sort(key=lambda summary: summary.video.published, reverse=True)
        key = await self._states.save(asker.scope, state) if state != ALL_VIDEOS else NO_KEY
        return video_cards.videos_card(
            videos, asker.owner(key), page, search=state.search, newest_first=state.newest_first
        )

    async def show_video(self, asker: ResolvedAsker, name: str) -> Card:
        """Show one video: its size and its key terms."""
        summary = await self._catalogue.find_video(asker.scope, name)
        scope = await self._library.or_samples(asker.scope)
        terms = await self._library.key_terms(scope, summary.video.video_id, MAX_KEY_TERMS)
        return video_cards.video_card(summary, terms, asker.owner(), self._library.hosts)

    async def show_transcript(self, asker: ResolvedAsker, name: str, moment: float) -> Card:
        """Show the words around a moment (in seconds) of the video of a name or id."""
        summary = await self._catalogue.find_video(asker.scope, name)
        return await self.show_moment(asker, TranscriptState(summary.video.video_id, moment))

    async def show_moment(self, asker: ResolvedAsker, state: TranscriptState, *, step: int = 0) -> Card:
        """Show the words around a moment of a video, or those before them (`step` -1) or after them (+1)."""
        summary = await self._catalogue.get_video(asker.scope, state.video_id)
        scope = await self._library.or_samples(asker.scope)
        segments = await self._library.segments_between(scope, state.video_id, 0.0, summary.end_second)
        if not segments:
            raise PassageGone("That video is no longer here.")
        here = bisect_right([segment.start_second for segment in segments], state.moment) - 1
        first = max(0, min(max(here, 0) + step * SEGMENTS_PER_CARD, len(segments) - 1))
        end = first + SEGMENTS_PER_CARD
        key = await self._states.save(asker.scope, TranscriptState(state.video_id, segments[first].start_second))
        return transcript_cards.transcript_card(
            summary.video,
            segments[first:end],
            asker.owner(key),
            earlier=first > 0,
            later=end < len(segments),
            hosts=self._library.hosts,
        )

    async def show_about(self, asker: ResolvedAsker) -> Card:
        """Show what the bot is, and what can be searched here."""
        scope = await self._library.or_samples(asker.scope)
        statistics = await self._library.statistics(scope)
        age = await self._library.index_age_seconds(scope)
        return about_cards.about_card(
            statistics,
            asker.owner(),
            samples=scope == access.sample_scope(),
            index_age_seconds=age,
            reads_meaning=self._library.meaning.is_on,
        )
