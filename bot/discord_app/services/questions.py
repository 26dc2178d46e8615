"""Where questions are taken: from what somebody asked, or which button they pressed, to the card they get."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from bot import asking
from bot.answering.question import parse_question
from bot.answering.values import Answer, Found
from bot.discord_app.cards import about as about_cards
from bot.discord_app.cards import base
from bot.discord_app.cards import passages as passage_cards
from bot.discord_app.cards import timeline as timeline_cards
from bot.discord_app.cards import videos as video_cards
from bot.discord_app.cards.base import Card
from bot.discord_app.cards.controls import NO_KEY
from bot.discord_app.delivery.responses import Cooldown
from bot.discord_app.services import button_state
from bot.discord_app.services.asker_resolver import Asker as Asker
from bot.discord_app.services.asker_resolver import Askers
from bot.discord_app.services.button_state import (
    Inquiry,
    Listing,
    Opening,
    Reading,
    Shown,
    Spot,
)
from bot.discord_app.services.catalogue import Catalogue
from bot.discord_app.services.memberships import Memberships
from bot.errors import PassageGone
from bot.images.timeline_image import draw
from bot.operations import metrics
from bot.operations.metrics import Way
from bot.purge import purge_server
from bot.settings import Settings
from bot.video_names import called
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Verdict, Vote

LAST_PAGE = 9
"""Nobody turns more pages than this; each costs as much as all before it."""
TELLING_TERMS = 12
"""How many words are shown that tell a video from others."""
_DRAWING = ThreadPoolExecutor(1, "drawing")
"""One picture at a time, off the event loop: threads that only run Python hold each other up."""
SEGMENTS_READ = 4
"""How many segments of a transcript are shown at once."""


class Desk:
    """One for all of Discord."""

    def __init__(self, library: Library, ledger: Ledger, memberships: Memberships, settings: Settings) -> None:
        self.library = library
        self.ledger = ledger
        self.memberships = memberships
        self.askers = Askers(library, ledger, memberships, settings.serves)
        self.catalogue = Catalogue(library)
        self.cooldown = Cooldown(settings.cooldown_seconds)
        self.retention_days = settings.retention_days
        self.changing_settings = asyncio.Lock()
        self._cuts = settings.cuts

    def admit(self, asker: Asker, inquiry: Inquiry) -> None:
        """Refuse what can be refused at once, before anybody sees that something was asked.

        Raises EmptyQuestion and AskedTooSoon.
        """
        parse_question(inquiry.text, video=inquiry.video, creator=inquiry.creator)
        self.cooldown.take(asker.user_id, asker.cooldown_seconds)

    async def answer(self, asker: Asker, inquiry: Inquiry, way: Way) -> Card:
        """The answer to a question. Where there is none, that is noted for those who look after the library."""
        with metrics.question(way) as found:
            answer, card = await self._answered(asker, inquiry, 0)
            found(answer.found.value)
        await self._note_miss(asker, inquiry, answer)
        return card

    async def _note_miss(self, asker: Asker, inquiry: Inquiry, answer: Answer) -> None:
        if asker.misses_to and answer.found is not Found.CONFIDENT:
            await self.ledger.record_miss(asker.misses_to, inquiry.text, asker.user_id)

    async def _answered(self, asker: Asker, inquiry: Inquiry, page: int) -> tuple[Answer, Card]:
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
        key = await button_state.keep(self.ledger, button_state.shown(inquiry, answer), asker.scope)
        more = len(found.excerpts) > end and page < LAST_PAGE
        owner = asker.owner(key)
        return answer, base.answer_card(answer, owner, page=page, more=more, remarks=asker.remarks)

    async def picked(self, key: str) -> int:
        """The server that was picked for what a card shows; 0 where none was."""
        return await button_state.picked(self.ledger, key)

    async def timeline(self, asker: Asker, inquiry: Inquiry) -> Card:
        """Where in the videos a question is spoken of: drawn, and in words. What is not answered is noted as ever."""
        with metrics.question(Way.SLASH) as told:
            found = await asking.timeline(
                self.library, asker.scope, inquiry.text, video=inquiry.video, creator=inquiry.creator, cuts=self._cuts
            )
            told(found.answer.found.value)
        key = await button_state.keep(self.ledger, button_state.shown(inquiry, found.answer), asker.scope)
        await self._note_miss(asker, inquiry, found.answer)
        if not found.strips:
            return base.answer_card(found.answer, asker.owner(key), remarks=asker.remarks)
        picture = await asyncio.get_running_loop().run_in_executor(_DRAWING, draw, found)
        return timeline_cards.timeline_card(found, picture, asker.owner(key), asker.remarks)

    async def page(self, asker: Asker, key: str, page: int) -> Card:
        """Another page of an answer."""
        state = await button_state.recall(self.ledger, key, Shown)
        return (await self._answered(asker, state.inquiry, min(page, LAST_PAGE)))[1]

    async def open(self, asker: Asker, key: str, number: int) -> Card:
        """The passage behind one of an answer's numbers."""
        state = await button_state.recall(self.ledger, key, Shown)
        if not 1 <= number <= len(state.spots):
            raise PassageGone(button_state.EXPIRED)
        return await self._passage(asker, Opening(state.inquiry, state.spots[number - 1]))

    async def widen(self, asker: Asker, key: str, step: int) -> Card:
        """A passage again, with what is said before it (`step` -1) or after it (+1)."""
        return await self._passage(asker, await button_state.recall(self.ledger, key, Opening), step)

    async def share(self, asker: Asker, key: str, name: str) -> Card:
        """A passage for everybody, saying who shares it."""
        return await self._passage(asker, await button_state.recall(self.ledger, key, Opening), shared_by=name)

    async def _passage(self, asker: Asker, opening: Opening, step: int = 0, *, shared_by: str = "") -> Card:
        inquiry, spot = opening.inquiry, opening.spot
        opened = await asking.open_passage(
            self.library, asker.scope, inquiry.text, spot.stretch, step=step, creator=inquiry.creator
        )
        key = await button_state.keep(self.ledger, Opening(inquiry, Spot(opened.stretch, spot.second)), asker.scope)
        return passage_cards.passage_card(inquiry.text, opened, asker.owner(key), shared_by=shared_by)

    async def vote(self, asker: Asker, key: str, verdict: Verdict) -> None:
        """Keep a person's verdict on a passage."""
        await self.ledger.save_vote(asker.user_id, await self._vote(asker, key, verdict))

    async def withdraw(self, asker: Asker, key: str) -> None:
        """Take back a person's verdict on a passage, whichever it was."""
        await self.ledger.withdraw_vote(asker.user_id, await self._vote(asker, key, Verdict.HELPFUL))

    async def _vote(self, asker: Asker, key: str, verdict: Verdict) -> Vote:
        opening = await button_state.recall(self.ledger, key, Opening)
        video_id = opening.spot.stretch.video_id
        library = (await self.catalogue.exactly(asker.scope, video_id)).library
        return Vote(library, opening.inquiry.text, video_id, opening.spot.second, verdict)

    async def videos(self, asker: Asker, page: int, search: str = "") -> Card:
        """One page of what can be asked about, or of those videos that are called so."""
        search = search.strip()
        found = await asyncio.to_thread(called, search, await self.catalogue.videos(asker.scope))
        key = await button_state.keep(self.ledger, Listing(search), asker.scope) if search else NO_KEY
        return video_cards.videos_card(found, asker.owner(key), page, search=search)

    async def videos_on(self, asker: Asker, key: str, page: int) -> Card:
        """Another page of a list of videos."""
        search = "" if key == NO_KEY else (await button_state.recall(self.ledger, key, Listing)).search
        return await self.videos(asker, page, search)

    async def video(self, asker: Asker, name: str) -> Card:
        """One video: its size, and the words that tell it from the others."""
        found = await self.catalogue.find(asker.scope, name)
        scope = await self.library.or_samples(asker.scope)
        terms = await self.library.key_terms(scope, found.video.video_id, TELLING_TERMS)
        return video_cards.video_card(found, terms, asker.owner())

    async def transcript(self, asker: Asker, name: str, moment: float) -> Card:
        """The words around a moment of a video."""
        found = await self.catalogue.find(asker.scope, name)
        return await self._reading(asker, Reading(found.video.video_id, moment))

    async def read_on(self, asker: Asker, key: str, step: int) -> Card:
        """The words before those that are shown (`step` -1), or after them (+1)."""
        return await self._reading(asker, await button_state.recall(self.ledger, key, Reading), step)

    async def _reading(self, asker: Asker, reading: Reading, step: int = 0) -> Card:
        found = await self.catalogue.exactly(asker.scope, reading.video_id)
        scope = await self.library.or_samples(asker.scope)
        segments = await self.library.segments_between(scope, reading.video_id, 0.0, found.end_second)
        if not segments:
            raise PassageGone("That video is no longer here.")
        here = bisect_right([each.start_second for each in segments], reading.moment) - 1
        first = max(0, min(max(here, 0) + step * SEGMENTS_READ, len(segments) - 1))
        end = first + SEGMENTS_READ
        key = await button_state.keep(self.ledger, Reading(reading.video_id, segments[first].start_second), asker.scope)
        return passage_cards.transcript_card(
            found.video, segments[first:end], asker.owner(key), earlier=first > 0, later=end < len(segments)
        )

    async def forget(self, user_id: int) -> int:
        """Delete all that is kept about a person. Returns how many entries those were."""
        self.memberships.forget_person(user_id)
        return await self.ledger.delete_personal_data(user_id)

    async def purge(self, server_id: int) -> None:
        """Delete everything of a server, at once and for good."""
        await purge_server(self.library, self.ledger, server_id)
        self.catalogue.forget()

    async def about(self, asker: Asker) -> Card:
        """What the bot is."""
        scope = await self.library.or_samples(asker.scope)
        statistics = await self.library.statistics(scope)
        age = await self.library.index_age_seconds(scope)
        return about_cards.about_card(
            statistics, asker.owner(), samples=scope == access.sample_scope(), index_age_second=age
        )
