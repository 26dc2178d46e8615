"""Answers new posts in the forums that a server has chosen: once, and only where the answer is confident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bot.answer_processes.pool import AnswerPool
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import Answer, AnswerLevel
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards import forum as forum_cards
from bot.discord_app.cards.moments import arrange_answer
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.forums.post_limits import PostLimits
from bot.discord_app.services.optional_writes import OptionalWrites
from bot.discord_app.services.questions.button_state import AnswerState, ButtonStates, Inquiry, place_excerpts
from bot.discord_app.services.questions.follow_ups import parse_inquiry
from bot.discord_app.services.questions.paging import Paging
from bot.discord_app.services.questions.question_tally import tally_question
from bot.errors import InvalidQuestion
from bot.localization import gettext as _
from bot.operations import metrics
from bot.operations.metrics import QuestionSource
from storage.ledger import Ledger

CLAIM_SECONDS = 24 * 3600.0
"""How long it is kept that a post was looked up. Older ones are not looked at: `MAX_POST_AGE_SECONDS`."""
MAX_POST_AGE_SECONDS = 3600.0
"""Posts that Discord sends later than this, as it may after an outage, are old: people have answered by then."""
CARD_CLAIM_SECONDS = 10.0
_CLAIM, _CARD = "a forum post", "a card in a forum"


class ForumService:
    """Looks up forum posts. Make one for all of Discord.

    `reads_content` is whether the bot gets the content of messages that do not mention it: else no post can be read.
    """

    def __init__(
        self,
        answers: AnswerPool,
        ledger: Ledger,
        states: ButtonStates,
        thresholds: SurenessThresholds,
        writes: OptionalWrites,
        *,
        reads_content: bool,
    ) -> None:
        self._answers = answers
        self._ledger = ledger
        self._states = states
        self._thresholds = thresholds
        self._writes = writes
        self.reads_content = reads_content
        self.limits = PostLimits()

    async def is_chosen(self, server_id: int, forum_id: int) -> bool:
        """Return whether a server wants the posts of a forum answered."""
        return forum_id in (await self._ledger.settings(server_id)).forums

    async def claim(self, post_id: int) -> bool:
        """Keep that a post is looked up; return False where it was, also before a restart or by another process."""
        return await self._ledger.record_once(_CLAIM, by=str(post_id), lifetime_seconds=CLAIM_SECONDS)

    async def claim_card(self, forum_id: int) -> bool:
        """Keep for seconds that a card is put into a forum; return False where one was just now: Discord has not
        announced that yet."""
        return await self._ledger.record_once(_CARD, by=str(forum_id), lifetime_seconds=CARD_CLAIM_SECONDS)

    async def answer_post(self, asker: ResolvedAsker, inquiries: Sequence[Inquiry]) -> Card | None:
        """Return the card that answers a post, or None where no answer to any of its questions is confident.

        A post without one is noted for the library's moderators, by the first of its questions.
        """
        if not asker.searchable:
            return None
        for inquiry in inquiries:
            with metrics.count_question(QuestionSource.FORUM) as count:
                answer = await self._find_answer(asker, inquiry)
                count(answer.level.value if answer else AnswerLevel.NOTHING.value)
            if answer is not None and answer.level is AnswerLevel.CONFIDENT:
                tally_question(self._writes, self._ledger, asker, answer.level)
                return await self._make_card(asker, replace(inquiry, public_in=asker.public_in), answer)
        await self.record_miss(asker, inquiries[0])
        return None

    async def _find_answer(self, asker: ResolvedAsker, inquiry: Inquiry) -> Answer | None:
        """Return the answer to a question of a post; None for a question that cannot be searched for."""
        try:
            question = parse_inquiry(inquiry)
        except InvalidQuestion:
            return None
        size = Paging.of(asker).size
        return await self._answers.ask(
            asker.scope,
            question,
            limit=size,
            thresholds=self._thresholds,
            lengths=answer_cards.quote_lengths(size),
        )

    async def _make_card(self, asker: ResolvedAsker, inquiry: Inquiry, found: Answer) -> Card:
        # Of a text that was written for people, what nobody says in the videos is no matter.
        answer = arrange_answer(replace(found, searched_for=None, unmatched=(), unknown_terms=()))
        # The post stands above: its words are not repeated.
        state = AnswerState(inquiry, place_excerpts(answer), is_quoted=True, page_size=len(answer.excerpts))
        key = await self._states.save(asker.scope, state)
        # Nobody asked the bot: what it did not search is no matter here.
        remarks = [_("I looked this up in the videos."), *([asker.searched] if asker.searched else [])]
        return forum_cards.post_answer_card(answer, asker.owner(key), remarks)

    async def record_miss(self, asker: ResolvedAsker, inquiry: Inquiry) -> None:
        """Note a post that was not answered, or whose answer was not it, where the server wants that.

        Of the text of a post as little is kept as its title leaves open.
        """
        if asker.misses_to:
            record = partial(self._ledger.record_miss, asker.misses_to, inquiry.text, asker.user_id)
            await self._writes.attempt("noting a question without a clear answer", record)
