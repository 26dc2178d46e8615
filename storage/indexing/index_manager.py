"""The ranking indexes of the libraries in use, kept in step with the database, also when another process writes."""

from __future__ import annotations

import asyncio
import functools
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
"""Libraries whose index is kept in memory; the least recently used makes room."""
MAX_SEARCHERS = 64
"""Scopes whose searcher is kept in memory."""
MAX_FOREGROUND_UPDATES = 100
"""Changed videos that a question waits for. More are indexed while the old index still answers questions."""
SUBPROCESS_FROM_VIDEOS = 250
"""Changed videos from which a separate process indexes them: starting one takes about as long as indexing this many."""
MERGE_INLINE_MAX_SEGMENTS = 50_000
"""Segments up to which the index of a library that is being opened is merged at once."""
MIN_CACHED_SEGMENTS = 500
"""Segments from which an index is cached on disk: a smaller one is built in less time than it takes to read."""
ERASING_TIMEOUT_SECONDS = 2.0
"""How long a change waits until its deleted words are out of the index file; that of a large library takes longer."""
CLOSING_TIMEOUT_SECONDS = 20.0
"""How long closing waits for that; then the file is deleted."""


@dataclass(frozen=True, slots=True)
class ReadyIndex:
    """The index of a library, the state of the library that it represents, and when it was put in use."""

    indexed_state: tuple[str, str, int]
    library_index: LibraryIndex
    built_at: float


class IndexManager:
    """Brings an index up to date when its library has changed, off the event loop, once for all who wait."""

    def __init__(self, repository: Repository, database: Path, folder: Path, *, keeps_files: bool = True) -> None:
        """With `keeps_files` False the files are read, and none is written or deleted."""
        self._repository = repository
        self._database, self._folder, self._keeps_files = database, folder, keeps_files
        self._cache = IndexCache(folder)
        # No LRUCache: looking at all of them, as for the metrics, must not count as use.
        self._ready: OrderedDict[str, ReadyIndex] = OrderedDict()
        self._searchers: LRUCache[tuple[str, ...], tuple[object, Searcher]] = LRUCache(MAX_SEARCHERS)
        self._updating: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._background: dict[str, asyncio.Task[None]] = {}
        self._erasing: dict[str, asyncio.Task[None]] = {}

    async def close(self) -> None:
        """Finish erasing, stop the background updates, and release every index."""
        if self._erasing:
            await asyncio.wait(self._erasing.values(), timeout=CLOSING_TIMEOUT_SECONDS)
        for key, task in self._erasing.copy().items():
            task.cancel()
            await asyncio.to_thread(self._cache.delete, key)
        for task in self._background.values():
            task.cancel()
        await asyncio.gather(*self._background.values(), return_exceptions=True)
        self._ready.clear()
        self._searchers.clear()

    async def get_searcher(
        self, scope: Scope, states: Sequence[LibraryState] | None = None
    ) -> tuple[Searcher, tuple[str, ...]]:
        """Return what ranks a scope as the database has it now, and for every index part the key of its library.

        `states` are those of the scope's libraries, if the caller has just read them.
        """
        if states is None:
            states = await self._repository.states(scope)
        for key in set(scope.libraries).intersection(self._ready) - {state.key for state in states}:
            # Another process has purged the library; this one may have written the file since.
            await self.forget_library(key)
        indexes = [(await self._current_index(state)).library_index for state in states]
        parts = [part for index in indexes for part in index.parts]
        keys = tuple(state.key for state, index in zip(states, indexes, strict=True) for _ in index.parts)
        # A searcher is reused as long as the parts are the same objects; their ids are not reused while it holds them.
        basis = [id(part) for part in parts], [(state.key, state.glossary_revision) for state in states]
        known = self._searchers.get(scope.libraries)
        if known is None or known[0] != basis:
            glossary = await self._repository.glossary(scope)
            known = basis, await asyncio.to_thread(Searcher, parts, _language_of(parts), glossary)
            self._searchers[scope.libraries] = known
        return known[1], keys

    async def prepare(self, scope: Scope, keys: Collection[str]) -> bool:
        """Bring the indexes of a scope up to date where one of `keys` is not in memory; return whether that was so.

        It takes seconds to minutes to build the index of a large library, as after an update of Cuepoint.
        """
        if self._ready.keys() >= set(keys):
            return False
        for state in await self._repository.states(scope):
            await self._current_index(state)
        return True

    async def find_current(self, scope: Scope) -> Searcher | None:
        """Return what ranks a scope as the database has it now; None while changes to it are read in the background."""
        states = await self._repository.states(scope)
        searcher, _ = await self.get_searcher(scope, states)
        ready = [self._ready.get(state.key) for state in states]
        is_current = all(
            index is not None and index.indexed_state == state.index_state
            for index, state in zip(ready, states, strict=True)
        )
        return searcher if is_current else None

    async def index_age_seconds(self, scope: Scope) -> float:
        """Return the age in seconds of the oldest index of a scope, after bringing its indexes up to date."""
        ready = [await self._current_index(state) for state in await self._repository.states(scope)]
        now = time.monotonic()
        return max((now - index.built_at for index in ready), default=0.0)

    def open_indexes(self) -> OpenIndexes:
        """Report the indexes in memory as they are, without reading the database."""
        now, ready = time.monotonic(), self._ready.values()
        oldest = max((now - index.built_at for index in ready), default=0.0)
        return OpenIndexes(len(ready), sum(index.library_index.size for index in ready), oldest)

    def clear(self) -> None:
        """Discard every index, so that it is built from the database alone when it is next needed."""
        self._cache.delete_all()
        self._ready.clear()
        self._searchers.clear()

    async def find_damaged(self, languages: Mapping[str, str]) -> list[str]:
        """Return the keys of the libraries, given with their languages, whose index file is not sound."""
        return await asyncio.to_thread(self._cache.find_damaged, languages)

    async def find_strays(self, keys: Collection[str]) -> list[Path]:
        """Return the index files that belong to none of the existing libraries."""
        return await asyncio.to_thread(self._cache.find_strays, keys)

    async def erase_deleted(self, scope: Scope) -> None:
        """Rewrite the index files of a scope that hold videos as they are no longer stored.

        What takes long goes on in the background.
        """
        for state in await self._repository.states(scope):
            earlier = self._erasing.get(state.key)
            task = asyncio.create_task(self._erase_file(state, earlier), name=f"erase what {state.key} no longer has")
            self._erasing[state.key] = task
            task.add_done_callback(functools.partial(self._on_erasing_done, state.key))
            await asyncio.wait({task}, timeout=ERASING_TIMEOUT_SECONDS)

    async def _erase_file(self, state: LibraryState, earlier: asyncio.Task[None] | None) -> None:
        """Rewrite the index file of a library, after what is doing so now."""
        if under_way := {task for task in (earlier, self._background.get(state.key)) if task}:
            await asyncio.wait(under_way)
        cached = await self._load_cached(state)
        stale = await self._find_stale(state, cached)
        if cached.parts and not stale:
            return
        if cached.size > MERGE_INLINE_MAX_SEGMENTS:
            self._start_background_update(state)
            await asyncio.wait({self._background[state.key]})
            if not await self._find_stale(state, await self._load_cached(state)):
                return
        kept = await asyncio.to_thread(cached.without_videos, stale)
        async with self._library_lock(state.key):
            await asyncio.to_thread(self._cache.delete, state.key)  # also one that is of no use
            if MIN_CACHED_SEGMENTS <= kept.size <= MERGE_INLINE_MAX_SEGMENTS:
                await self._merge_index(state, kept)

    async def _find_stale(self, state: LibraryState, index: LibraryIndex) -> set[str]:
        return await asyncio.to_thread(index.find_stale, await self._repository.versions(state.key))

    def _on_erasing_done(self, key: str, task: asyncio.Task[None]) -> None:
        if self._erasing.get(key) is task:
            del self._erasing[key]
        _log_failure(task)

    async def forget_library(self, key: str) -> None:
        """Discard the index of a library that no longer exists, in memory and on disk."""
        for task in filter(None, (self._erasing.get(key), self._background.get(key))):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        async with self._library_lock(key):
            self._drop_library(key)
            if self._keeps_files:
                await asyncio.to_thread(self._cache.delete, key)

    def _drop_library(self, key: str) -> None:
        self._ready.pop(key, None)
        self._drop_searchers(key)

    async def _current_index(self, state: LibraryState) -> ReadyIndex:
        """Return the current index of a library; the previous one while many changes are indexed in the background."""
        async with self._library_lock(state.key):
            ready = self._ready.get(state.key)
            if ready is None or ready.indexed_state != state.index_state:
                ready = await self._update_index(state, ready)
            if state.key in self._ready:  # it may have been evicted while it was brought up to date
                self._ready.move_to_end(state.key)
            return ready

    def _library_lock(self, key: str) -> asyncio.Lock:
        """Return the lock of a library, which exists as long as it is held or waited for."""
        lock = self._updating.get(key)
        if lock is None:
            lock = self._updating[key] = asyncio.Lock()
        return lock

    async def _update_index(self, state: LibraryState, ready: ReadyIndex | None) -> ReadyIndex:
        versions = await self._repository.versions(state.key)
        if ready is None or not ready.library_index.parts or ready.library_index.language != state.language:
            return self._publish_index(state, await self._open_index(state, versions))
        missing = await asyncio.to_thread(ready.library_index.find_outdated, versions)
        if len(missing) <= MAX_FOREGROUND_UPDATES:
            return self._publish_index(
                state, await apply_changes(self._repository, state.key, ready.library_index, versions)
            )
        self._start_background_update(state)
        # Videos that no longer exist are not shown even in the meantime.
        live_index = await asyncio.to_thread(
            lambda: ready.library_index.without_videos(ready.library_index.find_stale(versions) - versions.keys())
        )
        if live_index is ready.library_index:
            return ready
        return self._publish_index(state, live_index, indexed=ready.indexed_state)

    async def _open_index(self, state: LibraryState, versions: dict[str, int]) -> LibraryIndex:
        """Load the cached index of a library and apply what has changed since; build it where nothing is cached."""
        library_index = await self._load_cached(state)
        missing = await asyncio.to_thread(library_index.find_outdated, versions)
        if len(missing) >= SUBPROCESS_FROM_VIDEOS and await self._make_in_subprocess(state):
            library_index, versions = await self._load_cached(state), await self._repository.versions(state.key)
        is_new = not library_index.parts
        library_index = await apply_changes(self._repository, state.key, library_index, versions)
        can_merge = library_index.parts and library_index.size <= MERGE_INLINE_MAX_SEGMENTS
        if can_merge and (is_new or library_index.needs_merge):
            library_index = await self._merge_index(state, library_index)
        return library_index

    async def _merge_index(self, state: LibraryState, library_index: LibraryIndex) -> LibraryIndex:
        """Merge an index into a single part, and cache it on disk where that is worth it."""
        merged = await asyncio.to_thread(library_index.merge_parts)
        if self._keeps_files and merged.parts and merged.size >= MIN_CACHED_SEGMENTS:
            await asyncio.to_thread(lambda: self._cache.store(state.key, merged.as_cached()))
        return merged

    async def _load_cached(self, state: LibraryState) -> LibraryIndex:
        cached = await asyncio.to_thread(self._cache.load, state.key, state.language)
        return await asyncio.to_thread(LibraryIndex.from_cached, cached) if cached else LibraryIndex(state.language)

    async def _make_in_subprocess(self, state: LibraryState) -> bool:
        return self._keeps_files and await build_in_subprocess(self._database, self._folder, state.key, state.language)

    def _start_background_update(self, state: LibraryState) -> None:
        """Update the index of a library in the background, but not twice at the same time."""
        key = state.key
        if key not in self._background:
            task = asyncio.create_task(self._update_in_background(state), name=f"bring the index of {key} up to date")
            self._background[key] = task
            task.add_done_callback(functools.partial(self._on_update_done, key))

    async def _update_in_background(self, state: LibraryState) -> None:
        """Bring an index up to date on disk in another process, or here where that fails, and publish it in place of
        the one in use. Questions wait only while the changes made in the meantime are applied."""
        built, ready = await self._make_in_subprocess(state), self._ready.get(state.key)
        index = await self._load_cached(state) if built or ready is None else ready.library_index
        index = await apply_changes(self._repository, state.key, index, await self._repository.versions(state.key))
        if index.needs_merge:
            index = await self._merge_index(state, index)
        async with self._library_lock(state.key):
            index = await apply_changes(self._repository, state.key, index, await self._repository.versions(state.key))
            self._publish_index(state, index)

    def _publish_index(
        self, state: LibraryState, library_index: LibraryIndex, *, indexed: tuple[str, str, int] | None = None
    ) -> ReadyIndex:
        """Use an index for all answers from now on. It represents the state given, or the earlier one in `indexed`."""
        ready = self._ready[state.key] = ReadyIndex(indexed or state.index_state, library_index, time.monotonic())
        if len(self._ready) > MAX_LIBRARIES:
            self._drop_searchers(self._ready.popitem(last=False)[0])
        self._drop_searchers(state.key)
        if library_index.needs_merge:
            self._start_background_update(state)
        return ready

    def _drop_searchers(self, key: str) -> None:
        """Discard the searchers of a library: they would keep its earlier index in memory."""
        for libraries in [libraries for libraries in self._searchers if key in libraries]:
            del self._searchers[libraries]

    def _on_update_done(self, key: str, task: asyncio.Task[None]) -> None:
        del self._background[key]
        _log_failure(task)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("could not %s", task.get_name(), exc_info=error)


def _language_of(indexes: Sequence[IndexPart]) -> str:
    """Return the language of the first library with segments: one with only a glossary does not know its own yet."""
    return next((index.language for index in indexes if index.size), DEFAULT_LANGUAGE)
