"""The service for passages: those that an answer's buttons open, and what people say of them."""

from __future__ import annotations

from dataclasses import replace

from bot.answer_processes.pool import AnswerPool
from bot.answering.question import parse_question
from bot.answering.values import OpenedPassage
from bot.discord_app.cards import passages as passage_cards
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.cooldown import Cooldown
from bot.discord_app.services.questions.button_state import (
    EXPIRED,
    AnswerState,
    ButtonStates,
    PassageState,
)
from bot.discord_app.services.questions.catalogue import Catalogue
from bot.discord_app.services.questions.sharing import say_sharer
from bot.errors import PassageGone
from bot.localization import gettext as _
from storage.ledger import Ledger
from storage.models import Verdict, Vote


class PassageService:
    """Shows passages by themselves. Make one for all of Discord."""

    def __init__(
        self, answers: AnswerPool, ledger: Ledger, catalogue: Catalogue, states: ButtonStates, cooldown: Cooldown
    ) -> None:
        self._answers = answers
        self._ledger = ledger
        self._catalogue = catalogue
        self._states = states
        self._cooldown = cooldown

    def check_cooldown(self, asker: ResolvedAsker) -> None:
        """Raise CooldownActive where the last question of a user was too short a time ago: sharing counts as one."""
        self._cooldown.check(asker.user_id)

    async def open_passage(self, asker: ResolvedAsker, state: AnswerState, number: int) -> Card:
        """Show the passage behind one of an answer's numbers, counted from 1."""
        if not 1 <= number <= len(state.spots):
            raise PassageGone(_(EXPIRED))
        return await self.show_passage(asker, PassageState(state.inquiry, state.spots[number - 1]))

    async def show_passage(self, asker: ResolvedAsker, state: PassageState, *, step: int = 0) -> Card:
        """Show a passage; `step` reads on from it, -1 to what is said before it and +1 to what is said after it."""
        opened = await self._open(asker, state, step)
        shown = replace(state, shown=opened.range if opened.is_moved else None)
        key = await self._states.save(asker.scope, shown)
        return passage_cards.passage_card(state.inquiry.text, opened, asker.owner(key))

    async def share_quote(self, asker: ResolvedAsker, state: PassageState, sharer: str) -> Card:
        """Show everyone in the channel the quote for which a passage was opened; `sharer` is the name of who does so.

        It counts as a question. Raises PassageGone where other words stand there by now: nobody chose to share those.
        """
        self._cooldown.count(asker.user_id, asker.cooldown_seconds)
        opened = await self._open(asker, replace(state, shown=None))
        if (quoted := state.spot.quoted) is not None and opened.hit.place.checksum != quoted.checksum:
            raise PassageGone(_(EXPIRED))
        key = await self._states.save(asker.scope, AnswerState(state.inquiry, (state.spot,), is_shared=True))
        return passage_cards.shared_quote_card(state.inquiry.text, opened.hit, asker.owner(key), say_sharer(sharer))

    async def _open(self, asker: ResolvedAsker, state: PassageState, step: int = 0) -> OpenedPassage:
        inquiry, spot = state.inquiry, state.spot
        question = parse_question(
            inquiry.text,
            video=spot.stretch.video_id,
            creator=inquiry.creator,
            speaker=inquiry.speaker,
            context=inquiry.context,
        )
        return await self._answers.open_passage(
            asker.scope, question, spot.stretch, quoted=spot.quoted, shown=state.shown, step=step
        )

    async def save_vote(self, asker: ResolvedAsker, state: PassageState, verdict: Verdict) -> None:
        """Store a user's verdict on a passage."""
        await self._ledger.save_vote(asker.user_id, await self._make_vote(asker, state, verdict))

    async def withdraw_vote(self, asker: ResolvedAsker, state: PassageState) -> None:
        """Take back a user's verdict on a passage, helpful or not."""
        await self._ledger.withdraw_vote(asker.user_id, await self._make_vote(asker, state, Verdict.HELPFUL))

    async def _make_vote(self, asker: ResolvedAsker, state: PassageState, verdict: Verdict) -> Vote:
        video_id = state.spot.stretch.video_id
        library = (await self._catalogue.get_video(asker.scope, video_id)).library
        return Vote(library, state.inquiry.wording, video_id, state.spot.second, verdict, state.inquiry.public_in)
