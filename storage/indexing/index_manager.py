"""The ranking indexes of the libraries in use, kept true to the database, also when another process writes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

from cachetools import LRUCache

from storage.database.library_writer import DEFAULT_LANGUAGE
from storage.database.repository import LibraryState, Repository
from storage.indexing.index_files import IndexCache
from storage.indexing.index_process import apply_changes, build_in_subprocess
from storage.indexing.library_index import LibraryIndex
from storage.models import OpenIndexes, Scope
from storage.ranking.index.index_part import IndexPart
from storage.ranking.search import Searcher

log = logging.getLogger("cuepoint.index")

MAX_LIBRARIES = 64
"""Libraries whose index is kept ready; the least lately used makes room."""
MAX_SEARCHERS = 64
"""Scopes whose searcher is kept ready."""
MAX_FOREGROUND_UPDATES = 100
"""Changed videos that a question waits for. More are indexed while questions are answered as before."""
SUBPROCESS_FROM_VIDEOS = 250
"""Changed videos from which a process of its own indexes them: starting one takes about as long as this many do."""
MERGE_INLINE_MAX_SEGMENTS = 50_000
"""Segments up to which the index of a library that is being opened is joined on the spot."""
MIN_CACHED_SEGMENTS = 500
"""Segments from which an index is kept on disk: a smaller one is made in less time than it takes to read."""


@dataclass(frozen=True, slots=True)
class _ReadyIndex:
    """The index of a library, the state of the library that it shows, and when it came to do so."""

    indexed_state: tuple[str, str, int]
    library_index: LibraryIndex
    built_at: float


class IndexManager:
    """Brings an index up to date when its library has changed, off the event loop, once for all who wait."""

    def __init__(self, repository: Repository, database: Path, folder: Path) -> None:
        self._repository = repository
        self._database, self._folder = database, folder
        self._cache = IndexCache(folder)
        # No LRUCache: looking at all of them, as for the metrics, must not count as use.
        self._ready: OrderedDict[str, _ReadyIndex] = OrderedDict()
        self._searchers: LRUCache[tuple[str, ...], tuple[object, Searcher]] = LRUCache(MAX_SEARCHERS)
        self._updating: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._background: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Stop what goes on in the background, and let go of every index."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self._ready.clear()
        self._searchers.clear()

    async def get_searcher(
        self, scope: Scope, states: Sequence[LibraryState] | None = None
    ) -> tuple[Searcher, tuple[str, ...]]:
        """Return what ranks a scope as the database has it now, and for every index the library it is (part) of.

        `states` are those of the scope's libraries, where the caller has just read them.
        """
        if states is None:
            states = await self._repository.states(scope)
        for key in set(scope.libraries).intersection(self._ready) - {state.key for state in states}:
            # Another process has purged it.
            self._drop_library(key)
        shelves = [(await self._current_index(state)).library_index for state in states]
        parts = [part for shelf in shelves for part in shelf.parts]
        keys = tuple(state.key for state, shelf in zip(states, shelves, strict=True) for _ in shelf.parts)
        # A searcher serves for as long as the very same parts do; their ids are not reused while it holds them.
        basis = [id(part) for part in parts], [(state.key, state.glossary_revision) for state in states]
        known = self._searchers.get(scope.libraries)
        if known is None or known[0] != basis:
            glossary = await self._repository.glossary(scope)
            known = basis, await asyncio.to_thread(Searcher, parts, _language_of(parts), glossary)
            self._searchers[scope.libraries] = known
        return known[1], keys

    async def index_age_seconds(self, scope: Scope) -> float:
        """How long ago the oldest index of a scope, brought up to date, was built; in seconds."""
        ready = [await self._current_index(state) for state in await self._repository.states(scope)]
        now = time.monotonic()
        return max((now - each.built_at for each in ready), default=0.0)

    def open_indexes(self) -> OpenIndexes:
        """What is kept ready, as it is, without looking at the database."""
        now, ready = time.monotonic(), self._ready.values()
        oldest = max((now - each.built_at for each in ready), default=0.0)
        return OpenIndexes(len(ready), sum(each.library_index.size for each in ready), oldest)

    def clear(self) -> None:
        """Make every index anew when it is next needed, from nothing but the database."""
        self._cache.delete_all()
        self._ready.clear()
        self._searchers.clear()

    async def find_damaged(self, languages: Mapping[str, str]) -> list[str]:
        """Of some libraries, given with their languages, those whose file is not sound."""
        return await asyncio.to_thread(self._cache.find_damaged, languages)

    async def find_strays(self, keys: Collection[str]) -> list[Path]:
        """The index files that belong to none of the libraries there are."""
        return await asyncio.to_thread(self._cache.find_strays, keys)

    async def forget_library(self, key: str) -> None:
        """Let go of a library that is no more, in memory and on disk."""
        ending = [task for task in self._background if task.get_name() == _task_name(key)]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        async with self._library_lock(key):
            self._drop_library(key)
            await asyncio.to_thread(self._cache.delete, key)

    def _drop_library(self, key: str) -> None:
        self._ready.pop(key, None)
        self._drop_searchers(key)

    async def _current_index(self, state: LibraryState) -> _ReadyIndex:
        """The index of a library as it is now; or as it was, while much has changed since and is being read."""
        async with self._library_lock(state.key):
            ready = self._ready.get(state.key)
            if ready is None or ready.indexed_state != state.index_state:
                ready = await self._update_index(state, ready)
            if state.key in self._ready:  # it may have made room for another while it was brought up to date
                self._ready.move_to_end(state.key)
            return ready

    def _library_lock(self, key: str) -> asyncio.Lock:
        """The lock of a library; there for as long as anybody holds it or waits for it."""
        lock = self._updating.get(key)
        if lock is None:
            lock = self._updating[key] = asyncio.Lock()
        return lock

    async def _update_index(self, state: LibraryState, ready: _ReadyIndex | None) -> _ReadyIndex:
        versions = await self._repository.versions(state.key)
        if ready is None or not ready.library_index.parts or ready.library_index.language != state.language:
            return self._publish_index(state, await self._open_index(state, versions))
        missing = await asyncio.to_thread(ready.library_index.find_outdated, versions)
        if len(missing) <= MAX_FOREGROUND_UPDATES:
            return self._publish_index(
                state, await apply_changes(self._repository, state.key, ready.library_index, versions)
            )
        self._start_background_update(state)
        # Of videos that are there no more, nothing is told even in the meantime.
        shelf = await asyncio.to_thread(
            lambda: ready.library_index.without_videos(ready.library_index.find_stale(versions) - versions.keys())
        )
        return ready if shelf is ready.library_index else self._publish_index(state, shelf, indexed=ready.indexed_state)

    async def _open_index(self, state: LibraryState, versions: dict[str, int]) -> LibraryIndex:
        """A library as it was kept on disk, and what has changed since; made anew where nothing was kept."""
        shelf = await self._load_cached(state)
        missing = await asyncio.to_thread(shelf.find_outdated, versions)
        if len(missing) >= SUBPROCESS_FROM_VIDEOS and await self._make_in_subprocess(state):
            shelf, versions = await self._load_cached(state), await self._repository.versions(state.key)
        anew = not shelf.parts
        shelf = await apply_changes(self._repository, state.key, shelf, versions)
        if shelf.parts and (anew or shelf.needs_merge) and shelf.size <= MERGE_INLINE_MAX_SEGMENTS:
            shelf = await self._merge_index(state, shelf)
        return shelf

    async def _merge_index(self, state: LibraryState, shelf: LibraryIndex) -> LibraryIndex:
        """A shelf in a single part, which is kept on disk where that is worth it."""
        shelf = await asyncio.to_thread(shelf.merge_parts)
        if shelf.size >= MIN_CACHED_SEGMENTS:
            await asyncio.to_thread(lambda: self._cache.store(state.key, shelf.as_cached()))
        return shelf

    async def _load_cached(self, state: LibraryState) -> LibraryIndex:
        cached = await asyncio.to_thread(self._cache.load, state.key, state.language)
        return await asyncio.to_thread(LibraryIndex.from_cached, cached) if cached else LibraryIndex(state.language)

    async def _make_in_subprocess(self, state: LibraryState) -> bool:
        return await build_in_subprocess(self._database, self._folder, state.key, state.language)

    def _start_background_update(self, state: LibraryState) -> None:
        """Catch up with a library in the background, but not twice at the same time."""
        name = _task_name(state.key)
        if not any(task.get_name() == name for task in self._background):
            task = asyncio.create_task(self._update_in_background(state), name=name)
            self._background.add(task)
            task.add_done_callback(self._on_update_done)

    async def _update_in_background(self, state: LibraryState) -> None:
        """Bring an index up to date on disk, and show it from there instead of the one in use; or, where another
        process cannot do that, here. Questions wait only while what has changed meanwhile is read."""
        made, ready = await self._make_in_subprocess(state), self._ready.get(state.key)
        shelf = await self._load_cached(state) if made or ready is None else ready.library_index
        shelf = await apply_changes(self._repository, state.key, shelf, await self._repository.versions(state.key))
        if shelf.needs_merge:
            shelf = await self._merge_index(state, shelf)
        async with self._library_lock(state.key):
            shelf = await apply_changes(self._repository, state.key, shelf, await self._repository.versions(state.key))
            self._publish_index(state, shelf)

    def _publish_index(
        self, state: LibraryState, shelf: LibraryIndex, *, indexed: tuple[str, str, int] | None = None
    ) -> _ReadyIndex:
        """Answer from a shelf from now on. It shows the library in the state given, or in the earlier one named."""
        ready = self._ready[state.key] = _ReadyIndex(indexed or state.index_state, shelf, time.monotonic())
        if len(self._ready) > MAX_LIBRARIES:
            self._drop_searchers(self._ready.popitem(last=False)[0])
        self._drop_searchers(state.key)
        if shelf.needs_merge:
            self._start_background_update(state)
        return ready

    def _drop_searchers(self, key: str) -> None:
        """Searchers of an earlier index would hold it in memory."""
        for libraries in [libraries for libraries in self._searchers if key in libraries]:
            del self._searchers[libraries]

    def _on_update_done(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("could not %s", task.get_name(), exc_info=error)


def _task_name(key: str) -> str:
    """What the task is called that brings a library's index up to date."""
    return f"bring the index of {key} up to date"


def _language_of(indexes: Sequence[IndexPart]) -> str:
    """The language of the first library that holds anything: one with nothing but a glossary has not found its own."""
    return next((index.language for index in indexes if index.size), DEFAULT_LANGUAGE)
