"""What moderators do about the questions that their server's library did not answer. Every method takes the server's
id, and does not check who asks: `permits` does."""

from __future__ import annotations

import asyncio

from bot.answering.question import parse_question
from bot.answering.values import Answer, AnswerLevel
from bot.discord_app.cards.admin import misses as cards
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.services.admin.library_admin import LibraryAdmin
from bot.discord_app.services.questions.question_service import QuestionService
from bot.errors import InvalidQuestion, PassageGone
from bot.localization import gettext as _
from storage import access
from storage.errors import UnknownFilter
from storage.ledger import Ledger
from storage.library import Library
from storage.models import GlossaryEntry, Miss, MissOutcome, ReviewedMiss

FORM_TIMEOUT_SECONDS = 1.0
"""How long a form waits for what it is filled in with: Discord expects it within three seconds."""


class MissReviews:
    """Lists the open questions of servers, and closes them. Make one for all of Discord."""

    def __init__(
        self, library: Library, ledger: Ledger, questions: QuestionService, library_admin: LibraryAdmin
    ) -> None:
        self._library = library
        self._ledger = ledger
        self._questions = questions
        self._library_admin = library_admin

    async def list_open(self, server_id: int, owner: Owner, page: int = 0) -> Card:
        """Return one page of the open questions, with how many were answered since."""
        key = access.library_key(server_id)
        recorded = (await self._ledger.settings(server_id)).record_misses
        misses, answered = await self._ledger.open_misses(key), await self._list_answered(key)
        return cards.misses_card(misses, owner, page, answered=answered, recorded=recorded)

    async def list_answered(self, server_id: int, owner: Owner, page: int = 0) -> Card:
        """Return one page of the questions that imports have answered."""
        return cards.answered_misses_card(await self._list_answered(access.library_key(server_id)), owner, page)

    async def _list_answered(self, key: str) -> list[ReviewedMiss]:
        return [each for each in await self._ledger.reviewed_misses(key) if each.outcome is MissOutcome.ANSWERED]

    async def show(self, server_id: int, owner: Owner, number: int) -> Card:
        """Return the open question of a number with what can be done about it. Raises PassageGone."""
        miss = await self._find(server_id, number)
        answer = await self._ask(server_id, miss)
        return cards.miss_card(miss, owner, unknown=_unknown_words(answer), is_answered=_is_clear(answer))

    async def find_words(self, server_id: int, number: int) -> tuple[Miss, tuple[str, ...]]:
        """Return the open question of a number, and words of it that nobody says, as far as they are known in time."""
        miss = await self._find(server_id, number)
        try:
            answer = await asyncio.wait_for(self._ask(server_id, miss), FORM_TIMEOUT_SECONDS)
        except TimeoutError:
            return miss, ()
        return miss, _unknown_words(answer)

    async def add_word(self, server_id: int, owner: Owner, number: int, entry: GlossaryEntry) -> Card:
        """Put an entry into the glossary, and close the question of a number where that answers it.

        Raises RequestError for an entry that cannot serve.
        """
        words = await self._library_admin.note_word(server_id, entry)
        miss = await self._look_up(server_id, number)
        is_answered = miss is not None and _is_clear(await self._ask(server_id, miss))
        if miss is not None and is_answered:
            await self._ledger.review_miss(miss.library, miss.question, MissOutcome.ANSWERED)
        return cards.word_added_card(words, owner, is_answered=is_answered)

    async def dismiss(self, server_id: int, owner: Owner, number: int) -> Card:
        """Close the question of a number, which is not listed any more. Raises PassageGone."""
        miss = await self._find(server_id, number)
        await self._ledger.review_miss(miss.library, miss.question, MissOutcome.DISMISSED)
        return cards.dismissed_card(miss, owner)

    async def reopen(self, server_id: int, owner: Owner, number: int) -> Card:
        """List the question of a number again, and show it. Raises PassageGone."""
        reviewed = await self._ledger.reviewed_misses(access.library_key(server_id))
        for each in reviewed:
            if cards.miss_number(each.miss) == number:
                await self._ledger.reopen_miss(each.miss.library, each.miss.question)
        return await self.show(server_id, owner, number)

    async def _find(self, server_id: int, number: int) -> Miss:
        miss = await self._look_up(server_id, number)
        if miss is None:
            raise PassageGone(_("That question is not open any more: it was answered, dismissed or deleted."))
        return miss

    async def _look_up(self, server_id: int, number: int) -> Miss | None:
        misses = await self._ledger.open_misses(access.library_key(server_id))
        return next((miss for miss in misses if cards.miss_number(miss) == number), None)

    async def _ask(self, server_id: int, miss: Miss) -> Answer | None:
        """Return the answer that the server's own library has now; None where the question cannot be asked."""
        own = access.own_scope(server_id)
        if not (await self._library.non_empty(own)).libraries:
            return None
        try:
            return await self._questions.find_answer(own, parse_question(miss.wording or miss.question))
        except (InvalidQuestion, UnknownFilter):
            # Such as one with a filter for a video that was removed.
            return None


def _unknown_words(answer: Answer | None) -> tuple[str, ...]:
    return answer.unknown_terms if answer is not None else ()


def _is_clear(answer: Answer | None) -> bool:
    return answer is not None and answer.level is AnswerLevel.CONFIDENT
