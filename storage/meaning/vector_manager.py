"""The vectors of the libraries: kept in memory and on disk, and in step with the database.

Encoding a segment takes some 20 milliseconds of one core, so it is done in the background, sixteen at a time: a stop is
prompt, and libraries take turns. Until a library's vectors are there it is ranked by its words alone.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from cachetools import LRUCache

from storage.database.atomic_files import delete_file
from storage.database.repository import LibraryState, Repository
from storage.errors import ModelUnusable
from storage.meaning.loaded_models import LoadedModels, reads_language
from storage.meaning.onnx_model import Numbers
from storage.meaning.vector_files import VectorFiles
from storage.meaning.vector_table import VectorTable, make_keys
from storage.meaning.vector_update import VectorUpdate, read_keys
from storage.models import VectorCoverage

MAX_LIBRARIES = 64
"""Libraries whose vectors are kept mapped; the least recently used makes room."""
MAX_READING = 2
"""Libraries that are compared with their vectors at the same time."""

log = logging.getLogger("cuepoint.meaning")


class VectorManager:
    """Makes the vectors that are missing, and deletes those of what is no longer stored."""

    def __init__(self, repository: Repository, models: LoadedModels, folder: Path) -> None:
        self._repository, self._models = repository, models
        self._files = VectorFiles(folder)
        self._tables: LRUCache[str, VectorTable] = LRUCache(MAX_LIBRARIES)
        self._updated: dict[str, tuple[str, str, int]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._changed: dict[str, LibraryState] = {}
        self._reading = asyncio.Semaphore(MAX_READING)
        self._stop = threading.Event()
        self._is_background = False

    async def close(self) -> None:
        """Stop the background work, keeping what it has made, and release every file."""
        self._stop.set()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tables.clear()

    async def start_background(self, keys: Collection[str]) -> None:
        """From now on, bring the vectors of every library that is noted up to date in the background.

        Files of libraries that are not among the existing `keys` are deleted.
        """
        for path in await self.find_strays(keys):
            await asyncio.to_thread(delete_file, path)
        self._is_background = True

    def note(self, states: Sequence[LibraryState]) -> None:
        """Note the states of libraries as the database has them now: what changed is brought up to date."""
        if not self._is_background:
            return
        for state in states:
            if self._updated.get(state.key) != state.index_state:
                self._updated[state.key] = state.index_state
                self._changed[state.key] = state
                if state.key not in self._tasks:
                    self._start_task(state.key)

    async def update(self, state: LibraryState, progress: Callable[[int, int], None]) -> None:
        """Bring the vectors of a library up to date now. Raises ModelUnusable.

        Without a model, only the vectors of what is no longer stored are deleted. If this is cancelled, what has been
        made is kept.
        """
        await self._update(state, lambda: self._stop.is_set(), progress)

    async def find_vectors(self, key: str, texts: Sequence[str]) -> Numbers | None:
        """Return the vectors of texts of a library, one a row; None where any of them is not made yet."""
        encoder = await self._models.encoder()
        table = self._tables.get(key)
        if table is None and encoder is not None:
            table = await asyncio.to_thread(self._files.load, key, encoder.fingerprint)
            if table is not None:
                table = self._tables.setdefault(key, table)
        # Reading a mapped file may wait for the disk.
        return None if table is None else await asyncio.to_thread(lambda: table.vectors_of(make_keys(texts)))

    async def coverage(self, states: Sequence[LibraryState]) -> list[VectorCoverage]:
        """Return how many of the segments of libraries have a vector. Raises ModelUnusable."""
        encoder = await self._models.encoder()
        coverages = []
        for state in states:
            keys = await read_keys(self._repository, state.key, await self._repository.versions(state.key))
            table = await asyncio.to_thread(self._files.load, state.key, encoder.fingerprint if encoder else None)
            known = int((await asyncio.to_thread(table.is_known, keys.every)).sum()) if table else 0
            is_read = reads_language(encoder, state.language)
            coverages.append(VectorCoverage(state.key, state.language, len(keys.every), known, is_read))
        return coverages

    async def find_damaged(self, keys: Collection[str]) -> list[str]:
        """Return the libraries whose file of vectors is not sound."""
        return await asyncio.to_thread(self._files.find_damaged, keys)

    async def find_strays(self, keys: Collection[str]) -> list[Path]:
        """Return the files of vectors that belong to none of the existing libraries."""
        return await asyncio.to_thread(self._files.find_strays, keys)

    async def delete_damaged(self, keys: Collection[str]) -> None:
        """Delete the files of vectors that are not sound. Those that are take long to make, and stay."""
        for key in await self.find_damaged(keys):
            self._tables.pop(key, None)
            await asyncio.to_thread(self._files.delete, key)

    async def forget_library(self, key: str) -> None:
        """Discard the vectors of a library that no longer exists, in memory and on disk."""
        self._changed.pop(key, None)
        if (task := self._tasks.get(key)) is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._tables.pop(key, None)
        self._updated.pop(key, None)
        await asyncio.to_thread(self._files.delete, key)

    def _start_task(self, key: str) -> None:
        task = asyncio.create_task(self._update_in_background(key), name=f"bring the vectors of {key} up to date")
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    async def _update_in_background(self, key: str) -> None:
        while (state := self._changed.pop(key, None)) is not None:
            try:
                await self._update(state, lambda: key in self._changed or self._stop.is_set())
            except ModelUnusable as error:
                log.error("the vectors of %s cannot be made: %s", key, error)
            except Exception as error:
                log.error("could not bring the vectors of %s up to date", key, exc_info=error)

    async def _update(
        self, state: LibraryState, is_obsolete: Callable[[], bool], progress: Callable[[int, int], None] | None = None
    ) -> None:
        encoder = await self._models.encoder()
        if encoder is not None and not reads_language(encoder, state.language):
            self._tables.pop(state.key, None)
            await asyncio.to_thread(self._files.delete, state.key)
            return

        def publish(table: VectorTable) -> None:
            self._tables[state.key] = table

        update = VectorUpdate(self._repository, self._files, encoder, state.key, publish, self._stop)
        async with self._reading:
            await update.prune()
        if encoder is not None:
            await update.encode_missing(is_obsolete, progress)
