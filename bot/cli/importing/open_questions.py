"""What an import answers of what a library had no answer to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.cli.session import Session
    from bot.open_misses import CheckedMisses
    from storage.ledger import Ledger
    from storage.library import Library
    from storage.models import Scope


def recheck_misses(session: Session, scope: Scope) -> None:
    """Put the open questions of a library to it again, and say how many of them are answered now.

    The running bot tells those who follow questions: it notices the import by itself.
    """
    from bot import asking
    from bot.open_misses import check_misses

    async def run(stored: Library, ledger: Ledger) -> CheckedMisses:
        ask = partial(asking.ask, stored, thresholds=session.settings.thresholds)
        return await check_misses(stored, ledger, scope, ask)

    checked = session.run_with_ledger(run)
    if checked.open_count:
        questions = "question is" if checked.open_count == 1 else "questions are"
        session.screen.print_line(f"{checked.answered_count} of {checked.open_count} open {questions} answered now.")
