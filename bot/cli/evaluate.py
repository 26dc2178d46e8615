"""`cuepoint evaluate`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.session import Session

if TYPE_CHECKING:
    from bot.evaluation.evaluation import EvaluationOptions
    from bot.evaluation.report import Report


def evaluate(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="A question set: corpus.jsonl, queries.jsonl, qrels.jsonl.", show_default=False
        ),
    ],
    typo: Annotated[
        int | None,
        typer.Option("--typo", metavar="SEED", help="Ask again with a slip in one word of each question."),
    ] = None,
    foreign: Annotated[
        Path | None,
        typer.Option("--foreign", metavar="FOLDER", help="Ask another set's questions too: how many are refused?"),
    ] = None,
    removed: Annotated[
        bool, typer.Option("--removed", help="Ask again with the asked-about video taken out: how many are refused?")
    ] = False,
    ablate: Annotated[bool, typer.Option("--ablate", help="Show what each step of the ranking adds.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Ask about so many questions only, evenly picked.")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="The language of the texts, such as en.")] = "en",
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object with all figures.")] = False,
) -> None:
    """Measure the ranking on a set of questions with judged answers, beside rank-bm25 as it is shipped.

    Your own videos are left alone: the set gets a library of its own, which is deleted at the end.
    """
    from bot.cli import evaluation_tables
    from bot.evaluation.evaluation import EvaluationOptions

    session: Session = context.obj
    with session.reporting_errors():
        meaning = session.settings.meaning
        options = EvaluationOptions(folder, language, typo, foreign, removed, ablate, limit, meaning)
        report = _run_evaluation(session, options)
        if json_:
            session.screen.print_data(json.dumps(asdict(report)) + "\n")
        else:
            evaluation_tables.show_report(session.screen, report)


def _run_evaluation(session: Session, options: EvaluationOptions) -> Report:
    from bot.evaluation.evaluation import evaluate as run_evaluation

    with session.screen.show_progress("{task.description}") as bar:
        task = bar.add_task("reading", total=None)
        return session.wait_for(
            run_evaluation(
                options, lambda what, count, total: bar.update(task, description=what, completed=count, total=total)
            )
        )
