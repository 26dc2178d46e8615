"""Where questions are taken: from what somebody asked, or which button they pressed, to the card they get."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from bot import asking
from bot.answering.question import parse_question
from bot.answering.sureness import Cuts
from bot.discord_face import cards, cards_house, cards_reading, cards_timeline, cards_videos, states
from bot.discord_face.cards import Card
from bot.discord_face.catalogue import Catalogue
from bot.discord_face.controls import NO_KEY, Owner
from bot.discord_face.pace import Cooldown
from bot.discord_face.states import Inquiry, Listing, Opening, Reading, Shown, Spot
from bot.drawing import draw
from bot.errors import PassageGone
from bot.titles import called
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Scope, Verdict, Vote

LAST_PAGE = 9
"""Nobody turns more pages than this; each costs as much as all before it."""
TELLING_TERMS = 12
"""How many words are shown that tell a video from others."""
_DRAWING = ThreadPoolExecutor(1, "drawing")
"""One picture at a time, off the event loop: threads that only run Python hold each other up."""
SEGMENTS_READ = 4
"""How many segments of a transcript are shown at once."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, what they may see, and whether others see the answer. `shareable`: others are there."""

    user_id: int
    scope: Scope
    private: bool = False
    shareable: bool = False

    def owner(self, key: str = "") -> Owner:
        """As the buttons know it."""
        return Owner(self.user_id, key or "-", self.private, self.shareable)


class Desk:
    """One for all of Discord."""

    def __init__(self, library: Library, ledger: Ledger, cooldown_seconds: float, cuts: Cuts) -> None:
        self.library = library
        self.ledger = ledger
        self.catalogue = Catalogue(library)
        self.cooldown = Cooldown(cooldown_seconds)
        self._cuts = cuts

    def admit(self, asker: Asker, inquiry: Inquiry) -> None:
        """Refuse what can be refused at once, before anybody sees that something was asked.

        Raises EmptyQuestion and AskedTooSoon.
        """
        parse_question(inquiry.text, video=inquiry.video, creator=inquiry.creator)
        self.cooldown.take(asker.user_id)

    async def answer(self, asker: Asker, inquiry: Inquiry, page: int = 0) -> Card:
        """One page of the answer to a question."""
        first, end = page * asking.QUOTES, (page + 1) * asking.QUOTES
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
        answer = replace(found, excerpts=found.excerpts[first:end])
        if page and not answer.excerpts:
            raise PassageGone("There are no more passages for this question; ask again.")
        key = await states.keep(self.ledger, states.shown(inquiry, answer))
        return cards.answer_card(
            answer, asker.owner(key), page=page, more=len(found.excerpts) > end and page < LAST_PAGE
        )

    async def timeline(self, asker: Asker, inquiry: Inquiry) -> Card:
        """Where in the videos a question is spoken of: drawn, and in words."""
        found = await asking.timeline(
            self.library, asker.scope, inquiry.text, video=inquiry.video, creator=inquiry.creator, cuts=self._cuts
        )
        key = await states.keep(self.ledger, states.shown(inquiry, found.answer))
        if not found.strips:
            return cards.answer_card(found.answer, asker.owner(key))
        picture = await asyncio.get_running_loop().run_in_executor(_DRAWING, draw, found)
        return cards_timeline.timeline_card(found, picture, asker.owner(key))

    async def page(self, asker: Asker, key: str, page: int) -> Card:
        """Another page of an answer."""
        state = await states.recall(self.ledger, key, Shown)
        return await self.answer(asker, state.inquiry, min(page, LAST_PAGE))

    async def open(self, asker: Asker, key: str, number: int) -> Card:
        """The passage behind one of an answer's numbers."""
        state = await states.recall(self.ledger, key, Shown)
        if not 1 <= number <= len(state.spots):
            raise PassageGone(states.EXPIRED)
        return await self._passage(asker, Opening(state.inquiry, state.spots[number - 1]))

    async def widen(self, asker: Asker, key: str, step: int) -> Card:
        """A passage again, with what is said before it (`step` -1) or after it (+1)."""
        return await self._passage(asker, await states.recall(self.ledger, key, Opening), step)

    async def share(self, asker: Asker, key: str, name: str) -> Card:
        """A passage for everybody, saying who shares it."""
        return await self._passage(asker, await states.recall(self.ledger, key, Opening), shared_by=name)

    async def _passage(self, asker: Asker, opening: Opening, step: int = 0, *, shared_by: str = "") -> Card:
        inquiry, spot = opening.inquiry, opening.spot
        opened = await asking.open_passage(
            self.library, asker.scope, inquiry.text, spot.stretch, step=step, creator=inquiry.creator
        )
        key = await states.keep(self.ledger, Opening(inquiry, Spot(opened.stretch, spot.second)))
        return cards_reading.passage_card(inquiry.text, opened, asker.owner(key), shared_by=shared_by)

    async def vote(self, asker: Asker, key: str, verdict: Verdict) -> None:
        """Keep a person's verdict on a passage."""
        await self.ledger.vote(asker.user_id, await self._vote(asker, key, verdict))

    async def withdraw(self, asker: Asker, key: str) -> None:
        """Take back a person's verdict on a passage, whichever it was."""
        await self.ledger.withdraw(asker.user_id, await self._vote(asker, key, Verdict.HELPFUL))

    async def _vote(self, asker: Asker, key: str, verdict: Verdict) -> Vote:
        opening = await states.recall(self.ledger, key, Opening)
        video_id = opening.spot.stretch.video_id
        library = (await self.catalogue.find(asker.scope, video_id)).library
        return Vote(library, opening.inquiry.text, video_id, opening.spot.second, verdict)

    async def videos(self, asker: Asker, page: int, search: str = "") -> Card:
        """One page of what can be asked about, or of those videos that are called so."""
        search = search.strip()
        found = await asyncio.to_thread(called, search, await self.catalogue.videos(asker.scope))
        key = await states.keep(self.ledger, Listing(search)) if search else NO_KEY
        return cards_videos.videos_card(found, asker.owner(key), page, search=search)

    async def videos_on(self, asker: Asker, key: str, page: int) -> Card:
        """Another page of a list of videos."""
        search = "" if key == NO_KEY else (await states.recall(self.ledger, key, Listing)).search
        return await self.videos(asker, page, search)

    async def video(self, asker: Asker, name: str) -> Card:
        """One video: its size, and the words that tell it from the others."""
        found = await self.catalogue.find(asker.scope, name)
        scope = await self.library.in_reach(asker.scope)
        terms = await self.library.telling_terms(scope, found.video.video_id, TELLING_TERMS)
        return cards_videos.video_card(found, terms, asker.owner())

    async def transcript(self, asker: Asker, name: str, moment: float) -> Card:
        """The words around a moment of a video."""
        found = await self.catalogue.find(asker.scope, name)
        return await self._reading(asker, Reading(found.video.video_id, moment))

    async def read_on(self, asker: Asker, key: str, step: int) -> Card:
        """The words before those that are shown (`step` -1), or after them (+1)."""
        return await self._reading(asker, await states.recall(self.ledger, key, Reading), step)

    async def _reading(self, asker: Asker, reading: Reading, step: int = 0) -> Card:
        found = await self.catalogue.find(asker.scope, reading.video_id)
        scope = await self.library.in_reach(asker.scope)
        segments = await self.library.segments_between(scope, reading.video_id, 0.0, found.end_second)
        if not segments:
            raise PassageGone("That video is no longer here.")
        here = bisect_right([each.start_second for each in segments], reading.moment) - 1
        first = max(0, min(max(here, 0) + step * SEGMENTS_READ, len(segments) - 1))
        end = first + SEGMENTS_READ
        key = await states.keep(self.ledger, Reading(reading.video_id, segments[first].start_second))
        return cards_reading.transcript_card(
            found.video, segments[first:end], asker.owner(key), earlier=first > 0, later=end < len(segments)
        )

    async def about(self, asker: Asker) -> Card:
        """What the bot is."""
        scope = await self.library.in_reach(asker.scope)
        statistics = await self.library.statistics(scope)
        age = await self.library.index_age_second(scope)
        return cards_house.about_card(
            statistics, asker.owner(), samples=scope == access.samples(), index_age_second=age
        )
