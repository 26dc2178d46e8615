"""Questions that a library did not answer are put to it again, after an import."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.answering.question import parse_question
from bot.answering.values import Answer, AnswerLevel
from bot.errors import InvalidQuestion
from storage.errors import UnknownFilter
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Miss, MissOutcome, Question, Scope

MAX_ASKED = 2_000
"""How many open questions are asked again after an import, those that were asked most: some twenty seconds' work."""

AskAgain = Callable[[Scope, Question], Awaitable[Answer]]
"""Puts a question to the libraries of a scope."""


@dataclass(frozen=True, slots=True)
class CheckedMisses:
    """How many questions of a library were open, and how many of these are answered now."""

    open_count: int = 0
    answered_count: int = 0


async def check_misses(library: Library, ledger: Ledger, scope: Scope, ask: AskAgain) -> CheckedMisses:
    """Ask the open questions of a scope's one library again, and close those that have a clear answer now."""
    [key] = scope.libraries
    misses = await ledger.open_misses(key)
    answered = 0
    for miss in misses[:MAX_ASKED]:
        if await is_answered(library, scope, miss, ask):
            await ledger.review_miss(key, miss.question, MissOutcome.ANSWERED)
            answered += 1
    return CheckedMisses(len(misses), answered)


async def is_answered(library: Library, scope: Scope, miss: Miss, ask: AskAgain) -> bool:
    """Return whether a scope has a clear answer to a question that it missed."""
    try:
        answer = await ask(scope, parse_question(miss.wording or miss.question))
    except (InvalidQuestion, UnknownFilter):
        # Such as one with a filter for a video that was removed.
        return False
    # The sample talks answer in place of an empty library.
    return answer.level is AnswerLevel.CONFIDENT and bool((await library.non_empty(scope)).libraries)
