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
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from storage.database.atomic_files import delete_file
from storage.database.connection import Database
from storage.database.repository import Repository
from storage.indexing.gc_pause import gc_paused
from storage.indexing.index_files import IndexCache
from storage.indexing.library_index import LibraryIndex
from storage.ranking.index.build import IndexBuilder
from storage.ranking.index.pieces import use_arrow

PROJECT = Path(__file__).resolve().parents[2]
log = logging.getLogger("cuepoint.index")

READ_BATCH_VIDEOS = 200
"""Videos that are read from the database and indexed at a time: it bounds the memory that this takes."""
MAX_SILENT_SECONDS, MAX_SILENT_SECONDS_PER_SEGMENT = 120.0, 0.0005
"""How long the other process may be silent before it is ended. Its longest steps are joining all segments and writing
them: on a quiet machine some five microseconds a segment, a hundredth of what they may take."""


async def apply_changes(
    repository: Repository,
    key: str,
    library_index: LibraryIndex,
    versions: Mapping[str, int],
    report_size: Callable[[int], None] = lambda size: None,
) -> LibraryIndex:
    """Return an index brought up to date with the database, whose videos have these versions.

    `report_size` is called again and again as the work goes on, with how many segments there are so far.
    """
    missing = await asyncio.to_thread(library_index.find_outdated, versions)
    updated = await asyncio.to_thread(lambda: library_index.without_videos(library_index.find_stale(versions)))
    builder = IndexBuilder(library_index.language)
    with gc_paused():
        for batch in _split_batches(missing):
            report_size(updated.size + builder.size)
            videos = await repository.videos_without_marks(key, batch)
            await asyncio.to_thread(builder.add, [(stored.video, stored.segments) for stored in videos])
        if builder.size:  # another process may have removed all that was missing
            report_size(updated.size + builder.size)
            updated = await asyncio.to_thread(lambda earlier: earlier.with_part(builder.build(), versions), updated)
    return updated


async def build_in_subprocess(database: Path, folder: Path, key: str, language: str) -> bool:
    """Bring the index file of a library up to date in another process. Return whether that was possible.

    A process that shows no sign of going on is ended. However it ends, it leaves nothing half-written behind.
    """
    part = IndexCache(folder).part_path(key)
    given = (database, folder, part)
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, *(str(path.absolute()) for path in given), key, language,
            cwd=PROJECT, stdin=DEVNULL, stdout=PIPE, stderr=PIPE,
        )  # fmt: skip
    except OSError as error:
        log.warning("the index of %s could not be made by itself: %s", key, error)
        return False
    try:
        trouble = await _follow_process(child)
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        await asyncio.to_thread(delete_file, part)
    if trouble is not None:
        log.warning("the index of %s could not be made by itself: %s", key, trouble)
    return trouble is None


async def _follow_process(child: Process) -> str | None:
    """Wait until a process has ended. Return what went wrong; None where nothing did.

    It tells how many segments it has, one line after the other. How long it may be silent grows with them, not how
    long it may work: a slow machine is no hung process.
    """
    assert child.stdout
    assert child.stderr
    told = asyncio.create_task(child.stderr.read())
    seconds = MAX_SILENT_SECONDS
    try:
        while line := await asyncio.wait_for(child.stdout.readline(), seconds):
            seconds = MAX_SILENT_SECONDS + MAX_SILENT_SECONDS_PER_SEGMENT * int(line)
        code = await asyncio.wait_for(child.wait(), seconds)
        return (await told).decode(errors="replace")[-2000:] if code else None
    except TimeoutError:
        return f"it showed no sign of going on for {seconds:.0f} seconds, and was ended"
    finally:
        told.cancel()


async def _update_index_file(path: Path, cache: IndexCache, part: Path, key: str, language: str) -> bool:
    """Do the work of the other process. Return False where the file could not be written."""
    cached = cache.load(key, language)
    library_index = LibraryIndex.from_cached(cached) if cached else LibraryIndex(language)
    database = await Database.open_beside(path)
    try:
        repository = Repository(database)
        versions = await repository.versions(key)
        library_index = await apply_changes(repository, key, library_index, versions, _tell_size)
    finally:
        await database.close()
    if not library_index.parts:
        return True
    merged = library_index.merge_parts()
    _tell_size(merged.size)
    return cache.store(key, merged.as_cached(), part)


def _tell_size(size: int) -> None:
    print(size, flush=True)


def _split_batches(items: Sequence[str]) -> Iterator[Sequence[str]]:
    return (items[first : first + READ_BATCH_VIDEOS] for first in range(0, len(items), READ_BATCH_VIDEOS))


def _print_trace(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
    """Print where the other process failed, for the log, but not the error's text: it may hold words of a caption."""
    sys.stderr.write("".join(traceback.format_tb(trace)) + kind.__name__)


if __name__ == "__main__":
    sys.excepthook = _print_trace
    use_arrow()
    _database, _folder, _part, _key, _language = sys.argv[1:]
    _cache = IndexCache(Path(_folder))
    sys.exit(not asyncio.run(_update_index_file(Path(_database), _cache, Path(_part), _key, _language)))
