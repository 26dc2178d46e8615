"""The service for questions: from what a user asked, or which button they pressed, to the card that answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

from bot.answer_processes.pool import AnswerPool
from bot.answering.answer import FULL_QUOTES
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import Answer, AnswerLevel
from bot.asking import DEFAULT_QUOTES
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards import timeline as timeline_cards
from bot.discord_app.cards.moments import arrange_answer
from bot.discord_app.cards.parts.base import Card, notice_card
from bot.discord_app.cards.parts.command_buttons import ask_again_row
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.delivery.error_handler import user_message
from bot.discord_app.services.asker_resolver import AskerResolver
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.cooldown import Cooldown
from bot.discord_app.services.optional_writes import OptionalWrites
from bot.discord_app.services.questions.button_state import (
    AnswerState,
    ButtonStates,
    Inquiry,
    QuestionState,
    place_excerpts,
)
from bot.discord_app.services.questions.follow_ups import describe_follow_up, parse_inquiry
from bot.discord_app.services.questions.paging import EARLIER_PAGE_SIZE, MAX_PAGE, Paging
from bot.discord_app.services.questions.question_tally import tally_question
from bot.discord_app.services.questions.sharing import TO_NOBODY, Sharing, Showing
from bot.errors import CooldownActive, PassageGone
from bot.images.timeline_image import draw_timeline
from bot.localization import gettext as _
from bot.operations import metrics
from bot.operations.metrics import QuestionSource
from storage.ledger import Ledger
from storage.models import Question, Scope

_DRAWING = ThreadPoolExecutor(1, "drawing")
"""One picture at a time, outside of the event loop: several threads that run Python code only slow one another down."""


class AskedTooSoon(CooldownActive):
    """A question within the cooldown, with who asked it and what it takes to ask it again."""

    def __init__(self, cooldown: CooldownActive, asker: ResolvedAsker, question: QuestionState) -> None:
        super().__init__(str(cooldown), cooldown.seconds_left, cooldown.again_at)
        self.asker = asker
        self.question = question


class QuestionService:
    """Answers questions with cards. Make one for all of Discord."""

    def __init__(
        self,
        answers: AnswerPool,
        askers: AskerResolver,
        ledger: Ledger,
        states: ButtonStates,
        cooldown: Cooldown,
        thresholds: SurenessThresholds,
        writes: OptionalWrites,
        sharing: Sharing,
    ) -> None:
        self._writes = writes
        self._sharing = sharing
        self._answers = answers
        self._askers = askers
        self._ledger = ledger
        self._states = states
        self._cooldown = cooldown
        self._thresholds = thresholds

    def accept(self, asker: ResolvedAsker, inquiry: Inquiry, *, as_timeline: bool = False) -> Question:
        """Parse a question, and refuse what can be refused at once, before others see that something was asked.

        Raises InvalidQuestion and AskedTooSoon.
        """
        question = parse_inquiry(inquiry)
        try:
            self.check_cooldown(asker)
        except CooldownActive as error:
            raise AskedTooSoon(error, asker, QuestionState(inquiry, asker.private, as_timeline)) from error
        return question

    def prepare_answer(
        self, asker: ResolvedAsker, inquiry: Inquiry, *, as_timeline: bool
    ) -> Callable[[], Coroutine[Any, Any, Card]]:
        """Accept a question, and return what makes the card that answers it: with quotes, or with a timeline.

        Raises what `accept` does.
        """
        question = self.accept(asker, inquiry, as_timeline=as_timeline)
        if as_timeline:
            return partial(self.show_timeline, asker, inquiry, question)
        return partial(self.answer_question, asker, inquiry, question, QuestionSource.SLASH)

    async def keep_question(self, refusal: AskedTooSoon) -> Card:
        """Return the card that says that a question came too soon, with a button that asks it once it may be asked."""
        key = await self._states.save(refusal.asker.scope, refusal.question)
        row = ask_again_row(refusal.asker.owner(key))
        return notice_card(user_message(refusal), *row, moment=refusal.again_at)

    async def offer_question(self, asker: ResolvedAsker, text: str) -> Owner:
        """Return the owner of a card with a button that asks a question; its answer is for the one who presses."""
        return asker.owner(await self._states.save(asker.scope, QuestionState(Inquiry(text), private=True)))

    def check_cooldown(self, asker: ResolvedAsker) -> None:
        """Raise CooldownActive where the last question of a user was too short a time ago.

        This one counts once it is computed: one that is refused because many are asking costs nothing.
        """
        self._cooldown.check(asker.user_id)

    async def answer_question(
        self,
        asker: ResolvedAsker,
        inquiry: Inquiry,
        question: Question,
        source: QuestionSource,
        *,
        is_quoted: bool = False,
        showing: Showing = TO_NOBODY,
    ) -> Card:
        """Answer an accepted question. One without a clear answer is noted for the library's moderators, and all are
        counted.

        `is_quoted` says that Discord shows the question above the answer, so that the card need not.
        """
        self.count_question(asker)
        inquiry = replace(inquiry, public_in=asker.public_in)
        with metrics.count_question(source) as count:
            answer, card = await self._answer_page(
                asker, inquiry, question, Paging.of(asker), is_quoted=is_quoted, showing=showing
            )
            count(answer.level.value)
        tally_question(self._writes, self._ledger, asker, answer.level)
        await self._record_miss(asker, inquiry, answer)
        return card

    async def find_answer(self, scope: Scope, question: Question) -> Answer:
        """Return the answer to a question from one library alone, which nobody is shown. No miss is noted."""
        return await self._answers.ask(
            scope, question, limit=DEFAULT_QUOTES, thresholds=self._thresholds, lengths=FULL_QUOTES
        )

    def count_question(self, asker: ResolvedAsker) -> None:
        """Begin the cooldown of a user, as a question that is answered does."""
        self._cooldown.count(asker.user_id, asker.cooldown_seconds)

    async def _record_miss(self, asker: ResolvedAsker, inquiry: Inquiry, answer: Answer) -> None:
        if asker.misses_to and answer.level is not AnswerLevel.CONFIDENT and not asker.is_trying_example:
            record = partial(self._ledger.record_miss, asker.misses_to, inquiry.wording, asker.user_id)
            await self._writes.attempt("noting a question without a clear answer", record)

    async def _answer_page(
        self,
        asker: ResolvedAsker,
        inquiry: Inquiry,
        question: Question,
        paging: Paging,
        *,
        index: int = 0,
        is_quoted: bool,
        showing: Showing = TO_NOBODY,
    ) -> tuple[Answer, Card]:
        whole = await self._answers.ask(
            asker.scope,
            question,
            limit=paging.count_to_ask_for(index),
            thresholds=self._thresholds,
            lengths=answer_cards.quote_lengths(paging.size),
        )
        shown, page = paging.take_page(whole, index)
        if index and not shown:
            raise PassageGone(_("There are no more passages for this question; ask again."))
        answer = arrange_answer(replace(whole, excerpts=tuple(shown), near_misses=whole.near_misses[: paging.size]))
        state = AnswerState(inquiry, place_excerpts(answer), is_quoted, paging.size, bool(showing.sharer))
        key = await self._states.save(asker.scope, state)
        introduction = self._sharing.introduce(asker, showing, is_answered=bool(answer.excerpts))
        follow_up = describe_follow_up(inquiry, answer)
        return answer, answer_cards.answer_card(
            answer,
            replace(asker.owner(key), addressee=showing.addressee),
            page,
            remarks=[*introduction.lines, *follow_up, *self._choose_remarks(asker, answer)],
            is_quoted=is_quoted,
            notified=introduction.notified,
            only_samples=asker.knows_nothing_imported,
            may_follow=asker.may_follow,
        )

    async def show_timeline(self, asker: ResolvedAsker, inquiry: Inquiry, question: Question) -> Card:
        """Show where in the videos an accepted question is spoken of, as a picture and as text. Misses are noted."""
        self.count_question(asker)
        inquiry = replace(inquiry, public_in=asker.public_in)
        with metrics.count_question(QuestionSource.SLASH) as count:
            timeline = await self._answers.timeline(asker.scope, question, thresholds=self._thresholds)
            count(timeline.answer.level.value)
        # The numbers in the picture are those of the card.
        timeline = replace(timeline, answer=arrange_answer(timeline.answer))
        key = await self._states.save(asker.scope, AnswerState(inquiry, place_excerpts(timeline.answer)))
        tally_question(self._writes, self._ledger, asker, timeline.answer.level)
        await self._record_miss(asker, inquiry, timeline.answer)
        remarks = self._choose_remarks(asker, timeline.answer)
        if not timeline.strips:
            return answer_cards.answer_card(
                timeline.answer,
                asker.owner(key),
                remarks=remarks,
                only_samples=asker.knows_nothing_imported,
                may_follow=asker.may_follow,
            )
        picture = await asyncio.get_running_loop().run_in_executor(_DRAWING, draw_timeline, timeline)
        return timeline_cards.timeline_card(timeline, picture, asker.owner(key), remarks)

    def _choose_remarks(self, asker: ResolvedAsker, answer: Answer) -> list[str]:
        return self._askers.choose_remarks(asker, has_found=answer.level is not AnswerLevel.NOTHING)

    async def turn_page(
        self, asker: ResolvedAsker, state: AnswerState, page: int, *, in_place: bool, showing: Showing = TO_NOBODY
    ) -> Card:
        """Show another page of an answer: `in_place` of the last, or as a copy that stands by itself."""
        _answer, card = await self._answer_page(
            asker,
            state.inquiry,
            parse_inquiry(state.inquiry),
            Paging.of(asker, state.page_size or asker.quotes or EARLIER_PAGE_SIZE),
            index=min(page, MAX_PAGE),
            is_quoted=state.is_quoted and in_place,
            showing=showing,
        )
        return card

    async def share_answer(self, asker: ResolvedAsker, state: AnswerState, showing: Showing) -> Card:
        """Show everyone in the channel the first page of an answer that only one person has seen.

        It counts as a question of theirs, and is not noted once more. Raises PassageGone where there is nothing to
        show.
        """
        self.count_question(asker)
        answer, card = await self._answer_page(
            asker, state.inquiry, parse_inquiry(state.inquiry), Paging.of(asker), is_quoted=False, showing=showing
        )
        if not answer.excerpts:
            raise PassageGone(_("There is nothing in it that everyone here may see."))
        return card
