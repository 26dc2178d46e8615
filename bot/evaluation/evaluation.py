"""Runs one evaluation, from the folder to the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.errors import QuestionSetError
from bot.evaluation.collection import Collection, open_collection
from bot.evaluation.measures import measure_ranking
from bot.evaluation.question_set import read_queries, read_question_set
from bot.evaluation.refusal import Trial, count_answers, make_curve
from bot.evaluation.report import Ablation, Comparison, MeasuredRanking, Refusal, Report
from bot.evaluation.runner import EvaluationRunner, ProgressBar, group_by_video
from bot.evaluation.typos import add_typo
from bot.evaluation.values import Query, QuestionSet
from storage.models import Baseline, MeaningOptions, RankingFeature

OUR_RANKING = "Cuepoint"
BASELINES = {Baseline.TERMS: "rank-bm25, our terms", Baseline.SPLIT: "rank-bm25, lower().split()"}
AS_ASKED = "as asked"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """What to measure. `limit` is about how many questions of a set are asked, evenly picked; None for all.

    `typo` is the seed of the typos, None for none; `foreign` is the folder of another set, whose questions cannot be
    answered here. `meaning` names the models that read meaning, None for none.
    """

    folder: Path
    language: str = "en"
    typo: int | None = None
    foreign: Path | None = None
    removed: bool = False
    ablate: bool = False
    limit: int | None = None
    meaning: MeaningOptions | None = None


async def evaluate(options: EvaluationOptions, progress: ProgressBar) -> Report:
    """Measure the ranking on a question set. Raises QuestionSetError."""
    question_set = read_question_set(options.folder)
    foreign = read_queries(options.foreign) if options.foreign else ()
    judged = [query for query in question_set.queries if any(question_set.judgements.get(query.query_id, {}).values())]
    if not judged:
        raise QuestionSetError(f"{options.folder}: no question has a text that is judged relevant; nothing can be said")
    asked = _pick_evenly(judged, options.limit)
    storing = partial(progress, "storing")
    meaning = options.meaning
    async with open_collection(question_set.entries, options.language, storing, meaning) as collection:
        run = _Evaluation(options, question_set, asked, collection, EvaluationRunner(collection, progress))
        comparisons, ablations = await run.compare_rankings()
        refusals = await run.count_refusals(_pick_evenly(foreign, options.limit))
        statistics = await collection.library.statistics(collection.scope)
        return Report(
            folder=str(options.folder),
            segments=statistics.segments,
            videos=statistics.videos,
            questions=len(asked),
            judged=len(judged),
            comparisons=comparisons,
            ablations=ablations,
            refusals=refusals,
            notes=(
                *question_set.notes,
                *_count_left_out(question_set, len(judged), statistics.segments),
                *run.collect_notes(),
            ),
        )


class _Evaluation:
    """Puts the questions of one evaluation to its collection, in every way that its options name."""

    def __init__(
        self,
        options: EvaluationOptions,
        question_set: QuestionSet,
        asked: Sequence[Query],
        collection: Collection,
        runner: EvaluationRunner,
    ) -> None:
        self._options, self._judgements, self._asked = options, question_set.judgements, asked
        self._collection, self._runner = collection, runner
        self._notes: list[str] = []

    def collect_notes(self) -> list[str]:
        """Return what the reader of the report should know."""
        unaskable = len(self._runner.unaskable)
        if not unaskable:
            return self._notes
        return [
            *self._notes,
            "Questions that cannot be asked as they are written (no word to look for, or a filter that names nothing) "
            f"and so find nothing: {unaskable:,}.",
        ]

    async def compare_rankings(self) -> tuple[tuple[Comparison, ...], tuple[Ablation, ...]]:
        """Return the rankings, and their ablations where the options name them: as asked, and with typos."""
        askings = {AS_ASKED: self._asked}
        if self._options.typo is not None:
            askings[f"with a slip in one word (seed {self._options.typo})"] = self._damage_queries(self._options.typo)
        compared = [await self._compare(asked, queries) for asked, queries in askings.items()]
        ablated = [await self._ablate(asked, queries) for asked, queries in askings.items() if self._options.ablate]
        return tuple(compared), tuple(ablated)

    async def count_refusals(self, foreign: Sequence[Query]) -> tuple[Refusal, ...]:
        """Return how many questions are refused that cannot be answered, and how many that can."""
        if not foreign and not self._options.removed:
            return ()
        answerable = dict(zip(self._asked, await self._runner.answer_all(self._asked, "answering"), strict=True))
        refusals: list[Refusal] = []
        if foreign:
            trials = await self._runner.answer_all(foreign, "answering foreign questions")
            refusals.append(_make_refusal(f"questions of {self._options.foreign}", list(answerable.values()), trials))
        if self._options.removed:
            refusals += await self._count_removed(answerable)
        return tuple(refusals)

    def _damage_queries(self, seed: int) -> list[Query]:
        language = self._options.language
        queries = [replace(query, text=add_typo(query.text, seed, query.query_id, language)) for query in self._asked]
        whole = sum(before.text == after.text for before, after in zip(self._asked, queries, strict=True))
        if whole:
            self._notes.append(f"Questions without a word of four letters, asked without a slip: {whole:,}.")
        return queries

    async def _compare(self, asked: str, queries: Sequence[Query]) -> Comparison:
        rankings = [self._measure(OUR_RANKING, await self._runner.rank(queries, f"asking {asked}"))]
        for peer, name in BASELINES.items():
            results = await self._runner.rank_baseline(queries, f"{name}, {asked}", peer)
            rankings.append(self._measure(name, results))
        return Comparison(asked, tuple(rankings))

    async def _ablate(self, asked: str, queries: Sequence[Query]) -> Ablation:
        async def measure_with(name: str, features: frozenset[RankingFeature]) -> MeasuredRanking:
            return self._measure(name, await self._runner.rank(queries, f"{name}, {asked}", features))

        all_features = tuple(RankingFeature)
        added = [await measure_with("plain BM25", frozenset())]
        added += [
            await measure_with(f"+ {feature}", frozenset(all_features[: place + 1]))
            for place, feature in enumerate(all_features)
        ]
        without = [
            await measure_with(f"all but {feature}", frozenset(all_features) - {feature}) for feature in all_features
        ]
        return Ablation(asked, tuple(added), tuple(without))

    async def _count_removed(self, answerable: Mapping[Query, Trial]) -> list[Refusal]:
        groups = group_by_video(answerable, self._collection.video_names)
        asked = [query for queries in groups.values() for query in queries]
        if not asked:
            self._notes.append("No question names a video of the corpus: there is none to take out.")
            return []
        if len({video_id for video_id, _ in self._collection.entry_at}) == 1:
            self._notes.append("The corpus is a single video: with it taken out there is nothing left to ask.")
            return []
        if len(asked) < len(answerable):
            left = len(answerable) - len(asked)
            self._notes.append(f"Questions that name no video of the corpus, not asked with it taken out: {left:,}.")
        trials = await self._runner.answer_without_videos(groups, "answering without the video")
        return [
            _make_refusal("the same questions, their video taken out", [answerable[query] for query in asked], trials)
        ]

    def _measure(self, ranking: str, results: Mapping[str, Sequence[str]]) -> MeasuredRanking:
        return MeasuredRanking(ranking, measure_ranking(self._judgements, results))


def _make_refusal(unanswerable_are: str, answerable: Sequence[Trial], unanswerable: Sequence[Trial]) -> Refusal:
    return Refusal(
        unanswerable_are, count_answers(answerable), count_answers(unanswerable), make_curve(answerable, unanswerable)
    )


def _count_left_out(question_set: QuestionSet, judged: int, stored: int) -> list[str]:
    notes = []
    if unjudged := len(question_set.queries) - judged:
        notes.append(f"Questions without a text that is judged relevant, not counted: {unjudged:,}.")
    if empty := len(question_set.entries) - stored:
        notes.append(f"Texts without a word, not stored but judged: {empty:,}.")
    return notes


def _pick_evenly(items: Sequence[Item], limit: int | None) -> list[Item]:
    """Return about `limit` of the items, evenly spread; all where there is no limit."""
    if limit is None or len(items) <= limit:
        return list(items)
    return [items[place * len(items) // limit] for place in range(limit)]
