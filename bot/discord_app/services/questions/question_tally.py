"""How many questions are asked in a server, and how many of them answered clearly: numbers, for its weekly summary."""

from __future__ import annotations

from functools import partial

from bot.answering.values import AnswerLevel
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.optional_writes import OptionalWrites
from storage.ledger import EVERYWHERE_ELSE, Ledger


def tally_question(writes: OptionalWrites, ledger: Ledger, asker: ResolvedAsker, level: AnswerLevel) -> None:
    """Have a question count among those of the server in which it was asked, in the background; outside of servers none
    is counted.

    The sample talks answer no question of anybody's.
    """
    if asker.server_id != EVERYWHERE_ELSE and not asker.is_trying_example:
        is_answered = level is AnswerLevel.CONFIDENT and bool(asker.searchable)
        writes.begin("counting questions", partial(ledger.count_question, asker.server_id, is_answered=is_answered))
