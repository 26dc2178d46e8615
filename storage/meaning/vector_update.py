"""One update of the vectors of one library: what is no longer said goes first, then what is missing is made."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import itertools
import json
import os
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from storage.database.repository import Repository
from storage.indexing.gc_pause import gc_paused
from storage.meaning.encoders import SentenceEncoder
from storage.meaning.onnx_model import Numbers
from storage.meaning.vector_files import VectorFiles
from storage.meaning.vector_table import Keys, VectorTable, make_keys
from storage.models import StoredVideo

READ_BATCH_VIDEOS = 50
"""Videos that are read from the database at a time."""
ENCODED_AT_ONCE = 16
"""Texts that are encoded before another library has its turn."""
PUBLISHED_FROM = 256
"""New vectors from which questions may use them."""
STORED_FROM = 512
"""New vectors from which a file is written before the work is done, so that a crash does not lose all of it."""
STORED_SHARE = 0.1
"""The share of a library's vectors from which the same is done: a large file is not written again and again."""

_NO_KEYS = np.empty(0, np.uint64)

ProgressCallback = Callable[[int, int], None]
Item = TypeVar("Item")


def _lower_priority() -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)  # there, of this thread alone


_ENCODING = ThreadPoolExecutor(1, "encoding", initializer=_lower_priority)
"""One text at a time, after those who ask: a model uses one core."""


@dataclass(frozen=True, slots=True)
class LibraryKeys:
    """The keys of what a library says: of `every` segment, each `distinct` one once and rising, and by video."""

    every: Keys
    distinct: Keys
    videos: Mapping[str, Keys]

    @classmethod
    def of(cls, videos: Mapping[str, Keys]) -> LibraryKeys:
        """Return the keys of videos, given those of the segments of each."""
        every = np.concatenate([_NO_KEYS, *videos.values()])
        return cls(every, np.unique(every), videos)


class VectorUpdate:
    """Brings the vectors of a library up to date. Call `prune` first, once."""

    def __init__(
        self,
        repository: Repository,
        files: VectorFiles,
        encoder: SentenceEncoder | None,
        key: str,
        publish: Callable[[VectorTable], None],
        stop: threading.Event,
    ) -> None:
        self._repository, self._files, self._encoder, self._key = repository, files, encoder, key
        self._publish, self._stop = publish, stop
        self._table: VectorTable | None = None
        self._fresh: list[tuple[Keys, Numbers]] = []
        self._keys = LibraryKeys.of({})
        self._contents = ""

    async def prune(self) -> None:
        """Compare the file with the database, and delete from it what is no longer said."""
        fingerprint = self._encoder.fingerprint if self._encoder else None
        table = await asyncio.to_thread(self._files.load, self._key, fingerprint)
        if table is None:
            await asyncio.to_thread(self._files.delete, self._key)
            if self._encoder is None:
                return
            table = VectorTable.empty(self._encoder.fingerprint, self._encoder.dimensions)
        self._set_table(table)
        versions = await self._repository.versions(self._key)
        self._contents = await asyncio.to_thread(_digest, versions)
        if table.contents == self._contents:
            return
        self._keys = await read_keys(self._repository, self._key, versions)
        if len(await self._find_known()) < len(table.base.keys):
            await self._store("")

    async def encode_missing(self, is_obsolete: Callable[[], bool], progress: ProgressCallback | None = None) -> None:
        """Make the vectors that are missing, and keep them, also where this is cancelled.

        It ends early where `is_obsolete` says that the library has changed meanwhile.
        """
        if self._table is None or self._table.contents == self._contents:
            return
        total = len(self._keys.distinct) - len(await self._find_known())
        is_complete, done = False, 0
        try:
            async with contextlib.aclosing(self._read_missing()) as batches:
                async for texts in batches:
                    if is_obsolete():
                        return
                    await self._encode(texts)
                    done += len(texts)
                    if progress:
                        progress(done, total)
            is_complete = True
        finally:
            await self._join_fresh()
            await self._store(self._contents if is_complete and not self._stop.is_set() else "")

    async def _read_missing(self) -> AsyncGenerator[dict[int, str], None]:
        """Yield the texts without a vector by their keys, so many as are encoded at once."""
        assert self._table is not None
        table = self._table
        videos = await asyncio.to_thread(_find_incomplete, table, self._keys.videos)
        known: set[int] = set()
        for batch in _split(videos, READ_BATCH_VIDEOS):
            stored = await self._repository.videos_without_marks(self._key, batch)
            texts = await asyncio.to_thread(_find_missing, table, stored)
            missing = [(key, text) for key, text in texts.items() if key not in known]
            known.update(texts)
            for part in _split(missing, ENCODED_AT_ONCE):
                yield dict(part)

    async def _encode(self, texts: Mapping[int, str]) -> None:
        assert self._table is not None
        assert self._encoder is not None
        encode = functools.partial(self._encoder.encode_until, tuple(texts.values()), self._stop)
        vectors = await asyncio.get_running_loop().run_in_executor(_ENCODING, encode)
        self._fresh.append((np.array(list(texts), np.uint64)[: len(vectors)], vectors))
        if sum(len(keys) for keys, _ in self._fresh) >= PUBLISHED_FROM:
            await self._join_fresh()
            added, base = len(self._table.added.keys), len(self._table.base.keys)
            if added >= max(STORED_FROM, STORED_SHARE * base):
                await self._store("")

    async def _join_fresh(self) -> None:
        """Let questions use what was made since the last time."""
        if self._fresh and self._table is not None:
            fresh, self._fresh = self._fresh, []
            self._set_table(await asyncio.to_thread(_join, self._table, fresh))

    async def _find_known(self) -> Keys:
        """Return the keys that are said and have a vector, rising."""
        assert self._table is not None
        known: Keys = await asyncio.to_thread(_select_known, self._table, self._keys.distinct)
        return known

    async def _store(self, contents: str) -> None:
        """Write what is said and has a vector, and map it. Where the library is gone by now, so is its file."""
        assert self._table is not None
        keys = await self._find_known()
        if not len(keys) or not await self._repository.versions(self._key):
            await asyncio.to_thread(self._files.delete, self._key)
            self._set_table(VectorTable.empty(self._table.model, self._table.dimensions))
            return
        is_whole = len(keys) == len(self._keys.distinct)
        store = functools.partial(self._files.store, self._key, self._table, keys, contents if is_whole else "")
        if await _run_to_the_end(store):
            stored = await asyncio.to_thread(self._files.load, self._key, self._table.model)
            # Another process may have put its file there since, which need not hold all of ours.
            if stored is not None and len(await asyncio.to_thread(_select_known, stored, keys)) == len(keys):
                self._set_table(stored)

    def _set_table(self, table: VectorTable) -> None:
        self._table = table
        self._publish(table)


async def read_keys(repository: Repository, key: str, versions: Mapping[str, int]) -> LibraryKeys:
    """Read what a library says, whose videos have these versions, and return the keys of it."""
    videos: dict[str, Keys] = {}
    with gc_paused():
        for batch in _split(list(versions), READ_BATCH_VIDEOS):
            stored = await repository.videos_without_marks(key, batch)
            videos |= await asyncio.to_thread(
                lambda stored: {entry.video.video_id: make_keys(s.text for s in entry.segments) for entry in stored},
                stored,
            )
    return await asyncio.to_thread(LibraryKeys.of, videos)


async def _run_to_the_end(work: Callable[[], bool]) -> bool:
    """Run something in a thread. If this is cancelled it still waits for its end: a thread cannot be stopped, and must
    not write a file after those who cancelled have deleted it."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await running
        raise


def _join(table: VectorTable, fresh: Sequence[tuple[Keys, Numbers]]) -> VectorTable:
    keys, vectors = zip(*fresh, strict=True)
    return table.with_vectors(np.concatenate(keys), np.concatenate(vectors))


def _select_known(table: VectorTable, keys: Keys) -> Keys:
    """Return those of the keys that have a vector."""
    return keys[table.is_known(keys)]


def _find_incomplete(table: VectorTable, videos: Mapping[str, Keys]) -> list[str]:
    """Return the videos that say something without a vector."""
    return [video_id for video_id, keys in videos.items() if not table.is_known(keys).all()]


def _find_missing(table: VectorTable, stored: Sequence[StoredVideo]) -> dict[int, str]:
    """Return the texts of videos without a vector, by their keys."""
    texts = [segment.text for entry in stored for segment in entry.segments]
    keys = make_keys(texts)
    missing = ~table.is_known(keys)
    return dict(zip(keys[missing].tolist(), itertools.compress(texts, missing), strict=True))


def _digest(versions: Mapping[str, int]) -> str:
    """Return what stands for a state of a library, given the version of every video."""
    return hashlib.sha256(json.dumps(sorted(versions.items())).encode()).hexdigest()


def _split(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[first : first + size] for first in range(0, len(items), size))
