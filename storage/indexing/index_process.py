"""Building the index file of a large library in a separate process.

Indexing holds Python's lock for tens of milliseconds at a time and leaves much memory behind. A separate process moves
both elsewhere, onto another core where there is one; its result is a file to be mapped.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import traceback
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from storage.database.connection import Database
from storage.database.repository import Repository
from storage.indexing.gc_pause import gc_paused
from storage.indexing.index_files import IndexCache
from storage.indexing.library_index import LibraryIndex
from storage.ranking.index.build import IndexBuilder

PROJECT = Path(__file__).resolve().parents[2]
log = logging.getLogger("cuepoint.index")

READ_BATCH_VIDEOS = 200
"""Videos that are read from the database and indexed at a time: it bounds the memory that this takes."""


async def apply_changes(
    repository: Repository, key: str, library_index: LibraryIndex, versions: Mapping[str, int]
) -> LibraryIndex:
    """Return an index brought up to date with the database, whose videos have these versions."""
    missing = await asyncio.to_thread(library_index.find_outdated, versions)
    updated = await asyncio.to_thread(lambda: library_index.without_videos(library_index.find_stale(versions)))
    builder = IndexBuilder(library_index.language)
    with gc_paused():
        for batch in _split_batches(missing):
            videos = await repository.videos_without_marks(key, batch)
            await asyncio.to_thread(builder.add, [(stored.video, stored.segments) for stored in videos])
        if not builder.is_empty:  # other processes may have removed what was missing
            updated = updated.with_part(await asyncio.to_thread(builder.build), versions)
    return updated


async def build_in_subprocess(database: Path, folder: Path, key: str, language: str) -> bool:
    """Bring the index file of a library up to date in another process. Return whether that was possible."""
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, str(database.absolute()), str(folder.absolute()), key, language,
            cwd=PROJECT, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE,
        )  # fmt: skip
    except OSError as error:
        log.warning("the index of %s could not be made by itself: %s", key, error)
        return False
    try:
        _, stderr = await child.communicate()
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        raise
    if child.returncode:
        log.warning("the index of %s could not be made by itself: %s", key, stderr.decode(errors="replace")[-2000:])
    return child.returncode == 0


async def _update_index_file(path: Path, cache: IndexCache, key: str, language: str) -> bool:
    """Do the work of the other process. Return False where the file could not be written."""
    cached = cache.load(key, language)
    library_index = LibraryIndex.from_cached(cached) if cached else LibraryIndex(language)
    database = await Database.open(path)
    try:
        repository = Repository(database)
        library_index = await apply_changes(repository, key, library_index, await repository.versions(key))
    finally:
        await database.close()
    return not library_index.parts or cache.store(key, library_index.merge_parts().as_cached())


def _split_batches(items: Sequence[str]) -> Iterator[Sequence[str]]:
    return (items[first : first + READ_BATCH_VIDEOS] for first in range(0, len(items), READ_BATCH_VIDEOS))


def _print_trace(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
    """Print where the other process failed, for the log, but not the error's text: it may hold words of a caption."""
    sys.stderr.write("".join(traceback.format_tb(trace)) + kind.__name__)


if __name__ == "__main__":
    sys.excepthook = _print_trace
    _database, _folder, _key, _language = sys.argv[1:]
    sys.exit(not asyncio.run(_update_index_file(Path(_database), IndexCache(Path(_folder)), _key, _language)))
