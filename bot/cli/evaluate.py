"""`cuepoint evaluate`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.session import Session

if TYPE_CHECKING:
    from bot.evaluation.evaluation import Evaluation
    from bot.evaluation.options import EvaluationOptions


def evaluate(
    context: typer.Context,
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER", help="Question sets: corpus.jsonl, queries.jsonl, qrels.jsonl.", show_default=False
        ),
    ],
    typo: Annotated[
        int | None,
        typer.Option("--typo", metavar="SEED", help="Ask again with a slip in one word of each question."),
    ] = None,
    foreign: Annotated[
        list[Path] | None,
        typer.Option(
            "--foreign",
            metavar="FOLDER",
            help="Ask another set's questions too: how many are refused? Can be given several times.",
            show_default=False,
        ),
    ] = None,
    removed: Annotated[
        bool, typer.Option("--removed", help="Ask again with the asked-about video taken out: how many are refused?")
    ] = False,
    ablate: Annotated[bool, typer.Option("--ablate", help="Show what each step of the ranking adds.")] = False,
    repairs: Annotated[
        bool, typer.Option("--repairs", help="Show which words of the questions the spelling correction changes.")
    ] = False,
    sureness: Annotated[
        bool,
        typer.Option(
            "--sureness", help="Ask every set the questions of the others too: what the two cuts of sureness do."
        ),
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="FILE", help="Write how each question fared, to compare a later run with."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="FILE", help="Show the differences from a saved run, with 95 % intervals."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Ask about so many questions of a set only, evenly picked.")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="The language of the texts, such as en.")] = "en",
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object with all figures.")] = False,
) -> None:
    """Measure the ranking on questions with judged answers, beside rank-bm25 as it is shipped.

    Your own videos are left alone: each set gets a library of its own, which is deleted at the end.
    """
    from bot.cli.evaluation.tables import show_evaluation
    from bot.evaluation.options import EvaluationOptions

    session: Session = context.obj
    if save is not None:
        session.refuse_own_place(save)
    with session.reporting_errors():
        options = EvaluationOptions(
            tuple(folders),
            language=language,
            typo=typo,
            foreign=tuple(foreign or ()),
            removed=removed,
            ablate=ablate,
            repairs=repairs,
            sureness=sureness,
            limit=limit,
            save=save,
            against=against,
            meaning=session.settings.meaning,
        )
        evaluation = _run_evaluation(session, options)
        if json_:
            session.screen.print_data(json.dumps(_make_object(evaluation)) + "\n")
        else:
            show_evaluation(session.screen, evaluation)


def _run_evaluation(session: Session, options: EvaluationOptions) -> Evaluation:
    from bot.evaluation.evaluation import evaluate as run_evaluation

    with session.screen.show_progress("{task.description}") as bar:
        task = bar.add_task("reading", total=None)
        return session.wait_for(
            run_evaluation(
                options, lambda what, count, total: bar.update(task, description=what, completed=count, total=total)
            )
        )


def _make_object(evaluation: Evaluation) -> dict[str, object]:
    """Return all figures: those of one set by themselves, those of several under `sets` with their `mean`."""
    whole = asdict(evaluation)
    sets, mean = whole.pop("reports"), whole.pop("mean")
    extras = {name: value for name, value in whole.items() if value is not None}
    return {**(sets[0] if len(sets) == 1 else {"sets": sets, "mean": mean}), **extras}
