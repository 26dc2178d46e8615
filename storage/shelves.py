"""The ranking indexes of the libraries in use, kept true to the database, also when another process writes."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Sequence

from storage.models import Scope
from storage.ranking.index import LibraryIndex, build_index
from storage.ranking.search import Searcher
from storage.repository import DEFAULT_LANGUAGE, LibraryState, Repository

SEARCHERS_KEPT = 32
"""Scopes whose searcher is kept ready; the least lately used makes room."""


class Shelves:
    """Builds an index when a library's revision is not the one indexed, off the event loop, once for all who wait."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._indexes: dict[str, tuple[tuple[str, str, int], LibraryIndex]] = {}
        self._searchers: OrderedDict[tuple[LibraryState, ...], Searcher] = OrderedDict()
        self._built_at: dict[str, float] = {}
        self._building: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def searcher(self, scope: Scope) -> tuple[Searcher, tuple[LibraryState, ...]]:
        """What ranks a scope as the database has it now, and the libraries it reads, in the scope's order."""
        states = tuple(await self._repository.states(scope))
        indexes = [await self._index(state) for state in states]
        searcher = self._searchers.get(states)
        if searcher is None:
            glossary = await self._repository.glossary(scope)
            searcher = await asyncio.to_thread(Searcher, indexes, _language(indexes), glossary)
            self._forget_earlier(states)
            self._searchers[states] = searcher
            if len(self._searchers) > SEARCHERS_KEPT:
                self._searchers.popitem(last=False)
        self._searchers.move_to_end(states)
        return searcher, states

    async def age_second(self, scope: Scope) -> float:
        """How long ago the oldest index of a scope, brought up to date, was built; in seconds."""
        _, states = await self.searcher(scope)
        now = time.monotonic()
        return max((now - self._built_at[state.key] for state in states), default=0.0)

    async def _index(self, state: LibraryState) -> LibraryIndex:
        async with self._building[state.key]:
            kept = self._indexes.get(state.key)
            if kept is None or kept[0] != state.indexed:
                stored = await self._repository.videos(state.key)
                entries = [(each.video, each.segments) for each in stored]
                kept = state.indexed, await asyncio.to_thread(build_index, entries, state.language)
                self._indexes[state.key] = kept
                self._built_at[state.key] = time.monotonic()
        return kept[1]

    def _forget_earlier(self, now: Sequence[LibraryState]) -> None:
        """Searchers of an earlier state are asked no more, and would hold its whole index in memory."""
        current = {state.key: state for state in now}
        for states in list(self._searchers):
            if any(current.get(state.key, state) != state for state in states):
                del self._searchers[states]


def _language(indexes: Sequence[LibraryIndex]) -> str:
    """The language of the first library that holds anything: one with nothing but a glossary has not found its own."""
    return next((index.language for index in indexes if index.size), DEFAULT_LANGUAGE)
