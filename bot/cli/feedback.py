"""`cuepoint feedback`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.ask import LibraryOption
from bot.cli.session import Session
from storage import access

if TYPE_CHECKING:
    from bot.evaluation.values import QuestionSet
    from storage.ledger import Ledger
    from storage.library import Library


def feedback(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where to write; a new or empty folder.", show_default=False)
    ],
    library: LibraryOption = access.SHARED,
) -> None:
    """Write what people voted as a question set, which `cuepoint evaluate` reads. It holds their questions."""
    from bot.evaluation.feedback import collect_feedback
    from bot.evaluation.question_set_writer import require_free, write_question_set

    session: Session = context.obj
    session.refuse_own_place(folder)

    async def run(stored: Library, ledger: Ledger) -> QuestionSet:
        require_free(folder)
        return await collect_feedback(stored, ledger, await stored.or_samples(access.host_scope(library)))

    questions = session.run_with_ledger(run)
    with session.reporting_errors():
        write_question_set(folder, questions)
    for note in questions.notes:
        session.screen.print_remark(note, "yellow")
    session.screen.print_line(
        f"Wrote {len(questions.queries):,} questions about {len(questions.entries):,} segments to {folder}."
    )
