"""The service for passages: those that an answer's buttons open, and what people say of them."""

from __future__ import annotations

from bot.answer_processes.pool import AnswerPool
from bot.answering.question import parse_question
from bot.discord_app.cards import passages as passage_cards
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.services.asker_resolver import ResolvedAsker
from bot.discord_app.services.cooldown import Cooldown
from bot.discord_app.services.questions.button_state import (
    EXPIRED,
    AnswerState,
    ButtonStates,
    PassagePlace,
    PassageState,
)
from bot.discord_app.services.questions.catalogue import Catalogue
from bot.errors import PassageGone
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
            raise PassageGone(EXPIRED)
        return await self.show_passage(asker, PassageState(state.inquiry, state.spots[number - 1]))

    async def show_passage(
        self, asker: ResolvedAsker, state: PassageState, *, step: int = 0, shared_by: str = ""
    ) -> Card:
        """Show a passage; `step` widens it, -1 to what is said before it and +1 to what is said after it.

        `shared_by` is the name of the user who shares it with everyone in the channel, which counts as a question.
        """
        if shared_by:
            self._cooldown.count(asker.user_id, asker.cooldown_seconds)
        inquiry, spot = state.inquiry, state.spot
        question = parse_question(
            inquiry.text, video=spot.stretch.video_id, creator=inquiry.creator, speaker=inquiry.speaker
        )
        opened = await self._answers.open_passage(asker.scope, question, spot.stretch, step=step)
        opened_state = PassageState(inquiry, PassagePlace(opened.range, spot.second))
        key = await self._states.save(asker.scope, opened_state)
        return passage_cards.passage_card(inquiry.text, opened, asker.owner(key), shared_by=shared_by)

    async def save_vote(self, asker: ResolvedAsker, state: PassageState, verdict: Verdict) -> None:
        """Store a user's verdict on a passage."""
        await self._ledger.save_vote(asker.user_id, await self._make_vote(asker, state, verdict))

    async def withdraw_vote(self, asker: ResolvedAsker, state: PassageState) -> None:
        """Take back a user's verdict on a passage, helpful or not."""
        await self._ledger.withdraw_vote(asker.user_id, await self._make_vote(asker, state, Verdict.HELPFUL))

    async def _make_vote(self, asker: ResolvedAsker, state: PassageState, verdict: Verdict) -> Vote:
        video_id = state.spot.stretch.video_id
        library = (await self._catalogue.get_video(asker.scope, video_id)).library
        return Vote(library, state.inquiry.text, video_id, state.spot.second, verdict, state.inquiry.public_in)
