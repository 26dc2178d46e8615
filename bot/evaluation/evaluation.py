"""Runs one evaluation, from the folders of question sets to the reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.errors import QuestionSetError
from bot.evaluation.options import EvaluationOptions
from bot.evaluation.question_set import read_queries, read_question_set
from bot.evaluation.report import Comparison, Report, average_comparisons
from bot.evaluation.runner import ProgressBar
from bot.evaluation.runs.resampling import RunDifference, compare_runs
from bot.evaluation.runs.saved_run import SavedRun, read_run, require_writable, write_run
from bot.evaluation.set_evaluation import AskedSet, EvaluatedSet, ForeignQuestions, SetEvaluation
from bot.evaluation.sureness_table import SurenessReport, report_sureness

MAX_FOREIGN = 400
"""How many questions of every other set are asked for the table of sureness where no limit is given."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that one evaluation found: on every question set, in the mean over them where there are several, and what
    else was asked for."""

    reports: tuple[Report, ...]
    mean: tuple[Comparison, ...] = ()
    sureness: SurenessReport | None = None
    difference: RunDifference | None = None


async def evaluate(options: EvaluationOptions, progress: ProgressBar) -> Evaluation:
    """Measure the ranking on question sets. Raises QuestionSetError; for what the files show, before any question."""
    earlier = read_run(options.against) if options.against else None
    if options.save:
        require_writable(options.save)
    sets = _read_sets(options)
    foreign = [ForeignQuestions(str(folder), read_queries(folder)) for folder in options.foreign]
    if options.sureness and len(sets) + len(foreign) < 2:
        raise QuestionSetError(
            "--sureness needs questions that the texts cannot answer: name a second question set, or --foreign FOLDER"
        )
    evaluated = [await _evaluate_set(options, asked, sets, foreign, progress) for asked in sets]
    run = SavedRun(tuple(evaluated_set.scores for evaluated_set in evaluated))
    if options.save:
        write_run(options.save, run)
    if earlier:
        progress("comparing", 0, 1)
    reports = tuple(evaluated_set.report for evaluated_set in evaluated)
    trials = [evaluated_set.trials for evaluated_set in evaluated if evaluated_set.trials]
    return Evaluation(
        reports,
        average_comparisons(reports) if len(reports) > 1 else (),
        report_sureness(trials) if trials else None,
        compare_runs(run, earlier, str(options.against)) if earlier else None,
    )


def _read_sets(options: EvaluationOptions) -> list[AskedSet]:
    sets = []
    for name, folder in zip(_name_folders(options.folders), options.folders, strict=True):
        questions = read_question_set(folder)
        judged = [query for query in questions.queries if any(questions.judgements.get(query.query_id, {}).values())]
        if not judged:
            raise QuestionSetError(f"{folder}: no question has a text that is judged relevant; nothing can be said")
        sets.append(AskedSet(name, str(folder), questions, len(judged), _pick_evenly(judged, options.limit)))
    return sets


def _name_folders(folders: Sequence[Path]) -> list[str]:
    """Return the names of the folders without where they are, or with it where two are called alike."""
    whole = [folder.resolve() for folder in folders]
    for folder, times in Counter(whole).items():
        if times > 1:
            raise QuestionSetError(f"{folder} is named {times} times; name every question set once")
    alike = Counter(folder.name for folder in whole)
    return [folder.name if alike[folder.name] == 1 else str(folder) for folder in whole]


async def _evaluate_set(
    options: EvaluationOptions,
    asked: AskedSet,
    sets: Sequence[AskedSet],
    foreign: Sequence[ForeignQuestions],
    progress: ProgressBar,
) -> EvaluatedSet:
    def tell(what: str, done: int, total: int) -> None:
        progress(f"{asked.name}: {what}" if len(sets) > 1 else what, done, total)

    limit = options.limit or (MAX_FOREIGN if options.sureness else None)
    others = [ForeignQuestions(other.name, other.questions.queries) for other in sets if other is not asked]
    unanswerable = [
        ForeignQuestions(some.name, _pick_evenly(some.queries, limit))
        for some in ([*others, *foreign] if options.sureness else foreign)
    ]
    return await SetEvaluation(asked, options, tell).run(unanswerable)


def _pick_evenly(items: Sequence[Item], limit: int | None) -> list[Item]:
    """Return about `limit` of the items, evenly spread; all where there is no limit."""
    if limit is None or len(items) <= limit:
        return list(items)
    return [items[place * len(items) // limit] for place in range(limit)]
