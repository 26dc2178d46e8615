"""Evaluates one question set: puts its questions to its texts, in every way that is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.evaluation.collection import Collection, open_collection
from bot.evaluation.measures import find_answering_quote, measure_question, measure_ranking
from bot.evaluation.options import EvaluationOptions
from bot.evaluation.refusal import Trial, count_answers, make_curve
from bot.evaluation.repairs import RepairCount, SlippedQuestion, count_repairs
from bot.evaluation.report import Ablation, Comparison, MeasuredRanking, QuotedAnswers, Refusal, Report
from bot.evaluation.runner import EvaluationRunner, Outcome, ProgressBar, get_trial, group_by_video
from bot.evaluation.runs.saved_run import AskingScores, QuestionScore, SetScores, escape_surrogates
from bot.evaluation.sureness_table import SetTrials
from bot.evaluation.typos import Slip, make_slip
from bot.evaluation.values import Query, QuestionSet
from storage.analysis import analyser_for
from storage.models import Baseline, RankingFeature

OUR_RANKING = "Cuepoint"
BASELINES = {Baseline.TERMS: "rank-bm25, our terms", Baseline.SPLIT: "rank-bm25, lower().split()"}
AS_ASKED = "as asked"


@dataclass(frozen=True, slots=True)
class AskedSet:
    """A question set with its name, how many of its questions are judged, and which of these are asked."""

    name: str
    folder: str
    questions: QuestionSet
    judged: int
    asked: Sequence[Query]


@dataclass(frozen=True, slots=True)
class ForeignQuestions:
    """Questions of another set."""

    name: str
    queries: Sequence[Query]


@dataclass(frozen=True, slots=True)
class EvaluatedSet:
    """What was found on one set: its report, the scores of its questions, and how it fares beside foreign ones.

    There are no scores where questions were not answered; trials are there for the table of sureness alone.
    """

    report: Report
    scores: SetScores
    trials: SetTrials | None


@dataclass(frozen=True, slots=True)
class _Asking:
    """The questions asked in one way, what each of them brought, and its slip where it has one."""

    asked: str
    queries: Sequence[Query]
    slips: Sequence[Slip | None] = ()
    outcomes: Sequence[Outcome] = ()

    def pairs(self) -> list[tuple[Query, Outcome]]:
        """Return the questions with what they brought."""
        return list(zip(self.queries, self.outcomes, strict=True))

    def trials(self) -> list[Trial]:
        """Return how the questions were answered."""
        return list(map(get_trial, self.outcomes))


class SetEvaluation:
    """Evaluates one question set."""

    def __init__(self, asked: AskedSet, options: EvaluationOptions, progress: ProgressBar) -> None:
        self._asked, self._options, self._progress = asked, options, progress
        self._judgements = asked.questions.judgements
        self._analyser = analyser_for(options.language)
        self._has_answers = options.has_answers or any(query.answers for query in asked.asked)
        self._notes: list[str] = []

    async def run(self, foreign: Sequence[ForeignQuestions]) -> EvaluatedSet:
        """Evaluate the set; `foreign` are questions that its texts cannot answer. Raises QuestionSetError."""
        entries, storing = self._asked.questions.entries, partial(self._progress, "storing")
        async with open_collection(entries, self._options.language, storing, self._options.meaning) as collection:
            runner = EvaluationRunner(collection, self._progress)
            askings = [await self._ask(asking, runner) for asking in self._make_askings()]
            report = await self._report(askings, runner, collection)
            if self._options.sureness:
                trials = await self._try_foreign(askings, foreign, runner)
            else:
                trials = None
                refusals = await self._count_refusals(askings[0], foreign, runner, collection)
                report = replace(report, refusals=refusals)
            report = replace(report, notes=tuple(self._collect_notes(report.segments, runner)))
        scores = tuple(map(self._score, askings)) if self._has_answers else ()
        return EvaluatedSet(report, SetScores(self._asked.name, scores), trials)

    def _make_askings(self) -> list[_Asking]:
        """Return the ways in which the questions are asked: as they are, and with a slip where the options say so."""
        queries, seed, language = self._asked.asked, self._options.typo, self._options.language
        askings = [_Asking(AS_ASKED, queries)]
        if seed is not None:
            slips = [make_slip(query.text, seed, query.query_id, language) for query in queries]
            slipped = [
                replace(query, text=slip.text) if slip else query for query, slip in zip(queries, slips, strict=True)
            ]
            askings.append(_Asking(f"with a slip in one word (seed {seed})", slipped, slips))
            if whole := slips.count(None):
                self._notes.append(f"Questions without a word of four letters, asked without a slip: {whole:,}.")
        return askings

    async def _ask(self, asking: _Asking, runner: EvaluationRunner) -> _Asking:
        what = f"asking {asking.asked}"
        return replace(asking, outcomes=await runner.ask_all(asking.queries, what, answering=self._has_answers))

    async def _report(self, askings: Sequence[_Asking], runner: EvaluationRunner, collection: Collection) -> Report:
        statistics = await collection.library.statistics(collection.scope)
        return Report(
            folder=self._asked.folder,
            segments=statistics.segments,
            videos=statistics.videos,
            questions=len(self._asked.asked),
            judged=self._asked.judged,
            comparisons=tuple([await self._compare(asking, runner) for asking in askings]),
            ablations=tuple([await self._ablate(asking, runner) for asking in askings if self._options.ablate]),
            repairs=tuple(self._count_repairs(asking, askings[0]) for asking in askings if self._options.repairs),
        )

    async def _compare(self, asking: _Asking, runner: EvaluationRunner) -> Comparison:
        found = {query.query_id: outcome.entries for query, outcome in asking.pairs()}
        rankings = [self._measure(OUR_RANKING, found)]
        for baseline, name in BASELINES.items() if self._options.has_baselines else ():
            results = await runner.rank_baseline(asking.queries, f"{name}, {asking.asked}", baseline)
            rankings.append(self._measure(name, results))
        return Comparison(asking.asked, tuple(rankings), self._measure_quotes(asking))

    def _measure(self, ranking: str, results: Mapping[str, Sequence[str]]) -> MeasuredRanking:
        return MeasuredRanking(ranking, measure_ranking(self._judgements, results))

    def _measure_quotes(self, asking: _Asking) -> QuotedAnswers | None:
        found = [self._find_answer(query, outcome) for query, outcome in asking.pairs() if query.answers]
        if not found:
            return None
        first, any_of_three = (sum(at in places for at in found) / len(found) for places in ((1,), (1, 2, 3)))
        return QuotedAnswers(len(found), first, any_of_three)

    def _find_answer(self, query: Query, outcome: Outcome) -> int:
        return find_answering_quote(outcome.quotes, query.answers, self._analyser)

    def _score(self, asking: _Asking) -> AskingScores:
        scores: dict[str, QuestionScore] = {}
        for query, outcome in asking.pairs():
            figures, trial = measure_question(self._judgements[query.query_id], outcome.entries), get_trial(outcome)
            at = self._find_answer(query, outcome) if query.answers else None
            quoted = (None, None) if at is None else (at == 1, at > 0)
            text, query_id = escape_surrogates(query.text), escape_surrogates(query.query_id)
            scores[query_id] = QuestionScore(text, figures, trial.found, trial.sureness, *quoted)
        return AskingScores(asking.asked, scores)

    async def _ablate(self, asking: _Asking, runner: EvaluationRunner) -> Ablation:
        async def measure_with(name: str, features: frozenset[RankingFeature]) -> MeasuredRanking:
            return self._measure(name, await runner.rank(asking.queries, f"{name}, {asking.asked}", features))

        all_features = tuple(RankingFeature)
        added = [await measure_with("plain BM25", frozenset())]
        added += [
            await measure_with(f"+ {feature}", frozenset(all_features[: place + 1]))
            for place, feature in enumerate(all_features)
        ]
        without = [
            await measure_with(f"all but {feature}", frozenset(all_features) - {feature}) for feature in all_features
        ]
        return Ablation(asking.asked, tuple(added), tuple(without))

    def _count_repairs(self, asking: _Asking, as_asked: _Asking) -> RepairCount:
        slipped = [
            SlippedQuestion(slip, right.terms, outcome.terms)
            for slip, right, outcome in zip(asking.slips, as_asked.outcomes, asking.outcomes, strict=False)
            if slip
        ]
        terms = [outcome.terms for outcome in asking.outcomes]
        return count_repairs(asking.asked, terms, self._options.language, slipped if asking.slips else None)

    async def _try_foreign(
        self, askings: Sequence[_Asking], foreign: Sequence[ForeignQuestions], runner: EvaluationRunner
    ) -> SetTrials:
        own, *slipped = (asking.trials() for asking in askings)
        queries = [query for some in foreign for query in some.queries]
        return SetTrials(
            self._asked.name, own, await runner.answer_all(queries, "answering foreign questions"), *slipped
        )

    async def _count_refusals(
        self, asking: _Asking, foreign: Sequence[ForeignQuestions], runner: EvaluationRunner, collection: Collection
    ) -> tuple[Refusal, ...]:
        """Return how many questions are refused that cannot be answered, and how many that can."""
        refusals: list[Refusal] = []
        for some in foreign:
            trials = await runner.answer_all(some.queries, "answering foreign questions")
            refusals.append(_make_refusal(f"questions of {some.name}", asking.trials(), trials))
        if self._options.removed:
            answerable = {query: get_trial(outcome) for query, outcome in asking.pairs()}
            refusals += await self._count_removed(answerable, runner, collection)
        return tuple(refusals)

    async def _count_removed(
        self, answerable: Mapping[Query, Trial], runner: EvaluationRunner, collection: Collection
    ) -> list[Refusal]:
        groups = group_by_video(answerable, collection.video_names)
        asked = [query for queries in groups.values() for query in queries]
        if not asked:
            self._notes.append("No question names a video of the corpus: there is none to take out.")
            return []
        if len({video_id for video_id, _ in collection.entry_at}) == 1:
            self._notes.append("The corpus is a single video: with it taken out there is nothing left to ask.")
            return []
        if len(asked) < len(answerable):
            left = len(answerable) - len(asked)
            self._notes.append(f"Questions that name no video of the corpus, not asked with it taken out: {left:,}.")
        trials = await runner.answer_without_videos(groups, "answering without the video")
        return [
            _make_refusal("the same questions, their video taken out", [answerable[query] for query in asked], trials)
        ]

    def _collect_notes(self, stored: int, runner: EvaluationRunner) -> list[str]:
        """Return what the reader of the report should know; `stored` texts are in the library."""
        notes = [*self._asked.questions.notes]
        if unjudged := len(self._asked.questions.queries) - self._asked.judged:
            notes.append(f"Questions without a text that is judged relevant, not counted: {unjudged:,}.")
        if empty := len(self._asked.questions.entries) - stored:
            notes.append(f"Texts without a word, not stored but judged: {empty:,}.")
        notes += self._notes
        if unaskable := len(runner.unaskable):
            notes.append(
                "Questions that cannot be asked as they are written (no word to look for, or a filter that names "
                f"nothing) and so find nothing: {unaskable:,}."
            )
        return notes


def _make_refusal(unanswerable_are: str, answerable: Sequence[Trial], unanswerable: Sequence[Trial]) -> Refusal:
    return Refusal(
        unanswerable_are, count_answers(answerable), count_answers(unanswerable), make_curve(answerable, unanswerable)
    )
