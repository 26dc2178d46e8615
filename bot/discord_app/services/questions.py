"""Where questions are taken: from what somebody asked, or which button they pressed, to the card they get."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from bot import asking
from bot.answering.question import parse_question
from bot.answering.values import Answer, AnswerLevel
from bot.discord_app.cards import about as about_cards
from bot.discord_app.cards import base
from bot.discord_app.cards import passages as passage_cards
from bot.discord_app.cards import timeline as timeline_cards
from bot.discord_app.cards import videos as video_cards
from bot.discord_app.cards.base import Card
from bot.discord_app.cards.controls import NO_KEY
from bot.discord_app.delivery.responses import Cooldown
from bot.discord_app.services import button_state
from bot.discord_app.services.asker_resolver import AskerResolver
from bot.discord_app.services.asker_resolver import ResolvedAsker as ResolvedAsker
from bot.discord_app.services.button_state import (
    AnswerState,
    Inquiry,
    PassagePlace,
    PassageState,
    TranscriptState,
    VideoListState,
)
from bot.discord_app.services.catalogue import Catalogue
from bot.discord_app.services.memberships import Memberships
from bot.errors import PassageGone
from bot.images.timeline_image import draw_timeline
from bot.operations import metrics
from bot.operations.metrics import QuestionSource
from bot.purge import purge_server
from bot.settings import Settings
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Verdict, Vote
from storage.video_names import find_videos

MAX_PAGE = 9
"""Nobody turns more pages than this; each costs as much as all before it."""
MAX_KEY_TERMS = 12
"""How many words are shown that tell a video from others."""
_DRAWING = ThreadPoolExecutor(1, "drawing")
"""One picture at a time, off the event loop: threads that only run Python hold each other up."""
SEGMENTS_PER_CARD = 4
"""How many segments of a transcript are shown at once."""


class QuestionService:
    """One for all of Discord."""

    def __init__(self, library: Library, ledger: Ledger, memberships: Memberships, settings: Settings) -> None:
        self.library = library
        self.ledger = ledger
        self.memberships = memberships
        self.askers = AskerResolver(library, ledger, memberships, settings.serves)
        self.catalogue = Catalogue(library)
        self.cooldown = Cooldown(settings.cooldown_seconds)
        self.retention_days = settings.retention_days
        self.changing_settings = asyncio.Lock()
        self._cuts = settings.cuts

    def check_allowed(self, asker: ResolvedAsker, inquiry: Inquiry) -> None:
        """Refuse what can be refused at once, before anybody sees that something was asked.

        Raises EmptyQuestion and AskedTooSoon.
        """
        parse_question(inquiry.text, video=inquiry.video, creator=inquiry.creator)
        self.cooldown.check(asker.user_id, asker.cooldown_seconds)

    async def answer_question(self, asker: ResolvedAsker, inquiry: Inquiry, way: QuestionSource) -> Card:
        """The answer to a question. Where there is none, that is noted for those who look after the library."""
        with metrics.count_question(way) as found:
            answer, card = await self._answer_page(asker, inquiry, 0)
            found(answer.level.value)
        await self._record_miss(asker, inquiry, answer)
        return card

    async def _record_miss(self, asker: ResolvedAsker, inquiry: Inquiry, answer: Answer) -> None:
        if asker.misses_to and answer.level is not AnswerLevel.CONFIDENT:
            await self.ledger.record_miss(asker.misses_to, inquiry.text, asker.user_id)

    async def _answer_page(self, asker: ResolvedAsker, inquiry: Inquiry, page: int) -> tuple[Answer, Card]:
        """One page of an answer."""
        first, end = page * asker.quotes, (page + 1) * asker.quotes
        # One more than is shown tells whether there is a next page.
        found = await asking.ask(
            self.library,
            asker.scope,
            inquiry.text,
            video=inquiry.video,
            creator=inquiry.creator,
            limit=end + 1,
            cuts=self._cuts,
        )
        answer = replace(found, excerpts=found.excerpts[first:end], near_misses=found.near_misses[: asker.quotes])
        if page and not answer.excerpts:
            raise PassageGone("There are no more passages for this question; ask again.")
        key = await button_state.save_state(self.ledger, button_state.answer_state(inquiry, answer), asker.scope)
        more = len(found.excerpts) > end and page < MAX_PAGE
        owner = asker.owner(key)
        return answer, base.answer_card(answer, owner, page=page, more=more, remarks=asker.remarks)

    async def picked_server(self, key: str) -> int:
        """The server that was picked for what a card shows; 0 where none was."""
        return await button_state.picked_server(self.ledger, key)

    async def show_timeline(self, asker: ResolvedAsker, inquiry: Inquiry) -> Card:
        """Where in the videos a question is spoken of: drawn, and in words. What is not answered is noted as ever."""
        with metrics.count_question(QuestionSource.SLASH) as told:
            found = await asking.timeline(
                self.library, asker.scope, inquiry.text, video=inquiry.video, creator=inquiry.creator, cuts=self._cuts
            )
            told(found.answer.level.value)
        key = await button_state.save_state(self.ledger, button_state.answer_state(inquiry, found.answer), asker.scope)
        await self._record_miss(asker, inquiry, found.answer)
        if not found.strips:
            return base.answer_card(found.answer, asker.owner(key), remarks=asker.remarks)
        picture = await asyncio.get_running_loop().run_in_executor(_DRAWING, draw_timeline, found)
        return timeline_cards.timeline_card(found, picture, asker.owner(key), asker.remarks)

    async def turn_page(self, asker: ResolvedAsker, key: str, page: int) -> Card:
        """Another page of an answer."""
        state = await button_state.load_state(self.ledger, key, AnswerState)
        return (await self._answer_page(asker, state.inquiry, min(page, MAX_PAGE)))[1]

    async def open_passage(self, asker: ResolvedAsker, key: str, number: int) -> Card:
        """The passage behind one of an answer's numbers."""
        state = await button_state.load_state(self.ledger, key, AnswerState)
        if not 1 <= number <= len(state.spots):
            raise PassageGone(button_state.EXPIRED)
        return await self._show_passage(asker, PassageState(state.inquiry, state.spots[number - 1]))

    async def widen_passage(self, asker: ResolvedAsker, key: str, step: int) -> Card:
        """A passage again, with what is said before it (`step` -1) or after it (+1)."""
        return await self._show_passage(asker, await button_state.load_state(self.ledger, key, PassageState), step)

    async def share_passage(self, asker: ResolvedAsker, key: str, name: str) -> Card:
        """A passage for everybody, saying who shares it."""
        return await self._show_passage(
            asker, await button_state.load_state(self.ledger, key, PassageState), shared_by=name
        )

    async def _show_passage(
        self, asker: ResolvedAsker, opening: PassageState, step: int = 0, *, shared_by: str = ""
    ) -> Card:
        inquiry, spot = opening.inquiry, opening.spot
        opened = await asking.open_passage(
            self.library, asker.scope, inquiry.text, spot.stretch, step=step, creator=inquiry.creator
        )
        key = await button_state.save_state(
            self.ledger, PassageState(inquiry, PassagePlace(opened.range, spot.second)), asker.scope
        )
        return passage_cards.passage_card(inquiry.text, opened, asker.owner(key), shared_by=shared_by)

    async def save_vote(self, asker: ResolvedAsker, key: str, verdict: Verdict) -> None:
        """Keep a person's verdict on a passage."""
        await self.ledger.save_vote(asker.user_id, await self._make_vote(asker, key, verdict))

    async def withdraw_vote(self, asker: ResolvedAsker, key: str) -> None:
        """Take back a person's verdict on a passage, whichever it was."""
        await self.ledger.withdraw_vote(asker.user_id, await self._make_vote(asker, key, Verdict.HELPFUL))

    async def _make_vote(self, asker: ResolvedAsker, key: str, verdict: Verdict) -> Vote:
        opening = await button_state.load_state(self.ledger, key, PassageState)
        video_id = opening.spot.stretch.video_id
        library = (await self.catalogue.get_video(asker.scope, video_id)).library
        return Vote(library, opening.inquiry.text, video_id, opening.spot.second, verdict)

    async def list_videos(self, asker: ResolvedAsker, page: int, search: str = "") -> Card:
        """One page of what can be asked about, or of those videos that are called so."""
        search = search.strip()
        found = await asyncio.to_thread(find_videos, search, await self.catalogue.list_videos(asker.scope))
        key = await button_state.save_state(self.ledger, VideoListState(search), asker.scope) if search else NO_KEY
        return video_cards.videos_card(found, asker.owner(key), page, search=search)

    async def turn_videos(self, asker: ResolvedAsker, key: str, page: int) -> Card:
        """Another page of a list of videos."""
        search = "" if key == NO_KEY else (await button_state.load_state(self.ledger, key, VideoListState)).search
        return await self.list_videos(asker, page, search)

    async def show_video(self, asker: ResolvedAsker, name: str) -> Card:
        """One video: its size, and the words that tell it from the others."""
        found = await self.catalogue.find_video(asker.scope, name)
        scope = await self.library.or_samples(asker.scope)
        terms = await self.library.key_terms(scope, found.video.video_id, MAX_KEY_TERMS)
        return video_cards.video_card(found, terms, asker.owner())

    async def show_transcript(self, asker: ResolvedAsker, name: str, moment: float) -> Card:
        """The words around a moment of a video."""
        found = await self.catalogue.find_video(asker.scope, name)
        return await self._show_transcript(asker, TranscriptState(found.video.video_id, moment))

    async def read_on(self, asker: ResolvedAsker, key: str, step: int) -> Card:
        """The words before those that are shown (`step` -1), or after them (+1)."""
        return await self._show_transcript(
            asker, await button_state.load_state(self.ledger, key, TranscriptState), step
        )

    async def _show_transcript(self, asker: ResolvedAsker, reading: TranscriptState, step: int = 0) -> Card:
        found = await self.catalogue.get_video(asker.scope, reading.video_id)
        scope = await self.library.or_samples(asker.scope)
        segments = await self.library.segments_between(scope, reading.video_id, 0.0, found.end_second)
        if not segments:
            raise PassageGone("That video is no longer here.")
        here = bisect_right([each.start_second for each in segments], reading.moment) - 1
        first = max(0, min(max(here, 0) + step * SEGMENTS_PER_CARD, len(segments) - 1))
        end = first + SEGMENTS_PER_CARD
        key = await button_state.save_state(
            self.ledger, TranscriptState(reading.video_id, segments[first].start_second), asker.scope
        )
        return passage_cards.transcript_card(
            found.video, segments[first:end], asker.owner(key), earlier=first > 0, later=end < len(segments)
        )

    async def delete_personal_data(self, user_id: int) -> int:
        """Delete all that is kept about a person. Returns how many entries those were."""
        self.memberships.forget_person(user_id)
        return await self.ledger.delete_personal_data(user_id)

    async def purge_server(self, server_id: int) -> None:
        """Delete everything of a server, at once and for good."""
        await purge_server(self.library, self.ledger, server_id)
        self.catalogue.clear()

    async def show_about(self, asker: ResolvedAsker) -> Card:
        """What the bot is."""
        scope = await self.library.or_samples(asker.scope)
        statistics = await self.library.statistics(scope)
        age = await self.library.index_age_seconds(scope)
        return about_cards.about_card(
            statistics, asker.owner(), samples=scope == access.sample_scope(), index_age_second=age
        )
