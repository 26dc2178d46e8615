"""The service for questions: from what a user asked, or which button they pressed, to the card that answers."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from bot.answer_processes.pool import AnswerPool
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import Answer, AnswerLevel
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards import timeline as timeline_cards
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.services.asker_resolver import ResolvedAsker
from bot.discord_app.services.cooldown import Cooldown
from bot.discord_app.services.optional_writes import OptionalWrites
from bot.discord_app.services.questions.button_state import (
    AnswerState,
    ButtonStates,
    Inquiry,
    answer_state,
)
from bot.discord_app.services.questions.follow_ups import describe_follow_up, parse_inquiry
from bot.errors import PassageGone
from bot.images.timeline_image import draw_timeline
from bot.operations import metrics
from bot.operations.metrics import QuestionSource
from storage.ledger import Ledger
from storage.models import Question

MAX_PAGE = 9
"""The last page, counted from 0: no user needs more, and a page costs as much as all pages before it."""
_DRAWING = ThreadPoolExecutor(1, "drawing")
"""One picture at a time, outside of the event loop: several threads that run Python code only slow one another down."""


class QuestionService:
    """Answers questions with cards. Make one for all of Discord."""

    def __init__(
        self,
        answers: AnswerPool,
        ledger: Ledger,
        states: ButtonStates,
        cooldown: Cooldown,
        thresholds: SurenessThresholds,
        writes: OptionalWrites,
    ) -> None:
        self._writes = writes
        self._answers = answers
        self._ledger = ledger
        self._states = states
        self._cooldown = cooldown
        self._thresholds = thresholds

    def accept(self, asker: ResolvedAsker, inquiry: Inquiry) -> Question:
        """Parse a question, and refuse what can be refused at once, before others see that something was asked.

        Raises InvalidQuestion and CooldownActive.
        """
        question = parse_inquiry(inquiry)
        self.check_cooldown(asker)
        return question

    def check_cooldown(self, asker: ResolvedAsker) -> None:
        """Raise CooldownActive where the last question of a user was too short a time ago.

        This one counts once it is computed: one that is refused because many are asking costs nothing.
        """
        self._cooldown.check(asker.user_id)

    def _count_question(self, asker: ResolvedAsker) -> None:
        self._cooldown.count(asker.user_id, asker.cooldown_seconds)

    async def answer_question(
        self, asker: ResolvedAsker, inquiry: Inquiry, question: Question, source: QuestionSource
    ) -> Card:
        """Answer an accepted question. A question without a clear answer is noted for the library's moderators."""
        self._count_question(asker)
        with metrics.count_question(source) as count:
            answer, card = await self._answer_page(asker, inquiry, question, 0)
            count(answer.level.value)
        await self._record_miss(asker, inquiry, answer)
        return card

    async def _record_miss(self, asker: ResolvedAsker, inquiry: Inquiry, answer: Answer) -> None:
        if asker.misses_to and answer.level is not AnswerLevel.CONFIDENT:
            record = partial(self._ledger.record_miss, asker.misses_to, inquiry.text, asker.user_id)
            await self._writes.attempt("noting a question without a clear answer", record)

    async def _answer_page(
        self, asker: ResolvedAsker, inquiry: Inquiry, question: Question, page: int
    ) -> tuple[Answer, Card]:
        first, end = page * asker.quotes, (page + 1) * asker.quotes
        # One more than the page shows, to know whether there is a next page.
        whole = await self._answers.ask(
            asker.scope,
            question,
            limit=end + 1,
            thresholds=self._thresholds,
            lengths=answer_cards.CARD_QUOTES,
        )
        answer = replace(whole, excerpts=whole.excerpts[first:end], near_misses=whole.near_misses[: asker.quotes])
        if page and not answer.excerpts:
            raise PassageGone("There are no more passages for this question; ask again.")
        key = await self._states.save(asker.scope, answer_state(inquiry, answer))
        more = len(whole.excerpts) > end and page < MAX_PAGE
        remarks = [*describe_follow_up(inquiry, answer), *asker.remarks]
        return answer, answer_cards.answer_card(answer, asker.owner(key), page=page, more=more, remarks=remarks)

    async def show_timeline(self, asker: ResolvedAsker, inquiry: Inquiry, question: Question) -> Card:
        """Show where in the videos an accepted question is spoken of, as a picture and as text. Misses are noted."""
        self._count_question(asker)
        with metrics.count_question(QuestionSource.SLASH) as count:
            timeline = await self._answers.timeline(asker.scope, question, thresholds=self._thresholds)
            count(timeline.answer.level.value)
        key = await self._states.save(asker.scope, answer_state(inquiry, timeline.answer))
        await self._record_miss(asker, inquiry, timeline.answer)
        if not timeline.strips:
            return answer_cards.answer_card(timeline.answer, asker.owner(key), remarks=asker.remarks)
        picture = await asyncio.get_running_loop().run_in_executor(_DRAWING, draw_timeline, timeline)
        return timeline_cards.timeline_card(timeline, picture, asker.owner(key), asker.remarks)

    async def turn_page(self, asker: ResolvedAsker, state: AnswerState, page: int) -> Card:
        """Show another page of an answer."""
        return (await self._answer_page(asker, state.inquiry, parse_inquiry(state.inquiry), min(page, MAX_PAGE)))[1]
