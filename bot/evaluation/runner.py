"""Puts questions to a collection, the way people do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot import asking
from bot.answering.question import parse_question
from bot.answering.values import AnswerLevel
from bot.errors import InvalidQuestion
from bot.evaluation.collection import Collection
from bot.evaluation.measures import DEPTH, MAX_QUOTES
from bot.evaluation.refusal import Trial
from bot.evaluation.values import Query
from storage.errors import RequestError
from storage.models import Baseline, QuestionTerm, RankingFeature

ProgressBar = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What asking one question brought: the entries found, best first, and the terms that were searched for.

    Where it was answered too, `trial` says how, and `quotes` are the first of the answer's.
    """

    entries: tuple[str, ...] = ()
    terms: tuple[QuestionTerm, ...] = ()
    trial: Trial | None = None
    quotes: tuple[str, ...] = ()


class EvaluationRunner:
    """Asks questions through `bot.asking`, as Discord and the terminal do.

    A question that cannot be asked finds nothing, and is kept in `unaskable`.
    """

    def __init__(self, collection: Collection, progress: ProgressBar) -> None:
        self._collection = collection
        self._progress = progress
        self.unaskable: set[Query] = set()

    async def ask_all(self, queries: Sequence[Query], what: str, *, answering: bool) -> list[Outcome]:
        """Ask questions, and answer them where `answering` says so, which takes several times as long."""
        return [await self._ask(query, answering) for query in self._count_progress(queries, what)]

    async def rank(
        self, queries: Sequence[Query], what: str, features: frozenset[RankingFeature]
    ) -> dict[str, list[str]]:
        """Return by query id the entries found, best first, by a ranking that has these features only."""
        library, scope = self._collection.library, self._collection.scope
        entries: dict[str, list[str]] = {}
        for query in self._count_progress(queries, what):
            try:
                hits = await asking.search(library, scope, parse_question(query.text), limit=DEPTH, features=features)
            except (InvalidQuestion, RequestError):
                self.unaskable.add(query)
                hits = ()
            entries[query.query_id] = self._collection.entries_of(hits)
        return entries

    async def rank_baseline(self, queries: Sequence[Query], what: str, baseline: Baseline) -> dict[str, list[str]]:
        """Return the same from rank-bm25 as it is shipped."""
        results = await self._collection.library.baseline.search(
            self._collection.scope,
            [query.text for query in queries],
            baseline,
            DEPTH,
            progress=partial(self._progress, what),
        )
        return {query.query_id: self._collection.entries_of(hits) for query, hits in zip(queries, results, strict=True)}

    async def answer_all(self, queries: Sequence[Query], what: str) -> list[Trial]:
        """Return how the questions are answered."""
        return [get_trial(outcome) for outcome in await self.ask_all(queries, what, answering=True)]

    async def answer_without_videos(self, by_video: Mapping[str, Sequence[Query]], what: str) -> list[Trial]:
        """Return how questions, by video id, are answered while that video is removed; afterwards it is restored."""
        library, scope = self._collection.library, self._collection.scope
        trials: list[Trial] = []
        total = sum(map(len, by_video.values()))
        for video_id, queries in by_video.items():
            await library.remove(scope, video_id)
            try:
                for query in queries:
                    self._progress(what, len(trials), total)
                    trials.append(get_trial(await self._ask(query, answering=True)))
            finally:
                await library.undo(scope)
        return trials

    async def _ask(self, query: Query, answering: bool) -> Outcome:
        library, scope = self._collection.library, self._collection.scope
        try:
            question = parse_question(query.text)
            results = await asking.find_results(library, scope, question)
            answer = await asking.answer_from(library, scope, question, results) if answering else None
        except (InvalidQuestion, RequestError):
            self.unaskable.add(query)
            return Outcome(trial=Trial(AnswerLevel.NOTHING, 0.0) if answering else None)
        entries = tuple(self._collection.entries_of(asking.merge_hits(results, DEPTH)))
        terms = tuple(term for result in results for term in result.terms)
        if answer is None:
            return Outcome(entries, terms)
        quotes = tuple(excerpt.quote for excerpt in (answer.excerpts or answer.near_misses)[:MAX_QUOTES])
        return Outcome(entries, terms, Trial(answer.level, answer.sureness), quotes)

    def _count_progress(self, queries: Sequence[Query], what: str) -> Iterator[Query]:
        for count, query in enumerate(queries):
            self._progress(what, count, len(queries))
            yield query
        self._progress(what, len(queries), len(queries))


def get_trial(outcome: Outcome) -> Trial:
    """Return how a question was answered that was asked in order to be answered."""
    assert outcome.trial is not None
    return outcome.trial


def group_by_video(queries: Iterable[Query], names: Mapping[str, str]) -> dict[str, list[Query]]:
    """Group the questions by the video they were asked about, where it is one of `names`.

    `names` maps the videos of the corpus to their names in the library.
    """
    groups: dict[str, list[Query]] = {}
    for query in queries:
        if query.video in names:
            groups.setdefault(names[query.video], []).append(query)
    return groups
