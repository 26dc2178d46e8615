"""Puts questions to a collection, the way people do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from bot import asking
from bot.answering.question import parse_question
from bot.answering.values import AnswerLevel
from bot.errors import InvalidQuestion
from bot.evaluation.collection import Collection
from bot.evaluation.measures import DEPTH
from bot.evaluation.refusal import Trial
from bot.evaluation.values import Query
from storage.errors import RequestError
from storage.models import ALL_FEATURES, Baseline, RankingFeature

ProgressBar = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


class EvaluationRunner:
    """Asks questions through `bot.asking`, as Discord and the terminal do.

    A question that cannot be asked finds nothing, and is kept in `unaskable`.
    """

    def __init__(self, collection: Collection, progress: ProgressBar) -> None:
        self._collection = collection
        self._progress = progress
        self.unaskable: set[Query] = set()

    async def rank(
        self, queries: Sequence[Query], what: str, features: frozenset[RankingFeature] = ALL_FEATURES
    ) -> dict[str, list[str]]:
        """Return by query id the entries found, best first; `features` are those that the ranking has."""
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

    async def rank_baseline(self, queries: Sequence[Query], what: str, peer: Baseline) -> dict[str, list[str]]:
        """Return the same from rank-bm25 as it is shipped."""
        results = await self._collection.library.search_baseline(
            self._collection.scope,
            [query.text for query in queries],
            peer,
            DEPTH,
            progress=partial(self._progress, what),
        )
        return {query.query_id: self._collection.entries_of(hits) for query, hits in zip(queries, results, strict=True)}

    async def answer_all(self, queries: Sequence[Query], what: str) -> list[Trial]:
        """Return how the questions are answered."""
        return [await self._answer_query(query) for query in self._count_progress(queries, what)]

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
                    trials.append(await self._answer_query(query))
            finally:
                await library.undo(scope)
        return trials

    async def _answer_query(self, query: Query) -> Trial:
        try:
            collection = self._collection
            answer = await asking.ask(collection.library, collection.scope, parse_question(query.text))
        except (InvalidQuestion, RequestError):
            self.unaskable.add(query)
            return Trial(AnswerLevel.NOTHING, 0.0)
        return Trial(answer.level, answer.sureness)

    def _count_progress(self, queries: Sequence[Query], what: str) -> Iterator[Query]:
        for count, query in enumerate(queries):
            self._progress(what, count, len(queries))
            yield query
        self._progress(what, len(queries), len(queries))


def group_by_video(queries: Iterable[Query], names: Mapping[str, str]) -> dict[str, list[Query]]:
    """Group the questions by the video they were asked about, where it is one of `names`.

    `names` maps the videos of the corpus to their names in the library.
    """
    groups: dict[str, list[Query]] = {}
    for query in queries:
        if query.video in names:
            groups.setdefault(names[query.video], []).append(query)
    return groups
