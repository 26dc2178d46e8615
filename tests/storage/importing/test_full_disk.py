"""An import on a disk that fills up, at every point of it: all is as it was before, or it is said what is stored."""

from __future__ import annotations

import contextlib
import re
import resource
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage import access
from storage.database.reserve import DiskReserve
from storage.errors import DatabaseError, ImportIncomplete, NothingToUndo
from storage.importing import history
from storage.library import Library
from storage.models import Labels, Source, StoredVideo
from tests.support.libraries import opened

SHARED = access.host_scope()
Files = list[tuple[Source, Labels]]
OLD_VIDEOS, NEW_VIDEOS, SEGMENTS = 6, 16, 8


def srt(word: str, size: int) -> bytes:
    cues = [
        f"{n + 1}\n00:{n:02}:00,000 --> 00:{n:02}:50,000\n{f'{word} number {n} ' * size}\n" for n in range(SEGMENTS)
    ]
    return "\n".join(cues).encode()


def talks(word: str, first: int, end: int, size: int) -> Files:
    return [
        (Source(f"{n}.srt", srt(f"{word} {n}", size)), Labels(video_id=f"v{n}", title=f"{word} talk {n}"))
        for n in range(first, end)
    ]


EARLIER = talks("copper", 0, 2, 4)
OLD = talks("copper", 2, OLD_VIDEOS, 30)
NEW = talks("velvet", 3, NEW_VIDEOS, 40)
"""Some replace what is stored, the others are new."""


async def load(library: Library) -> list[StoredVideo]:
    return [
        StoredVideo(each.video, tuple(await library.segments_between(SHARED, each.video.video_id, 0, 1e9)))
        for each in await library.videos(SHARED)
    ]


@pytest.fixture
async def before(path: Path) -> tuple[list[StoredVideo], list[StoredVideo]]:
    """What is stored, and what is once the last import is undone."""
    async with opened(path) as library:
        await library.import_files(SHARED, EARLIER)
        earlier = await load(library)
        await library.import_files(SHARED, OLD)
        return earlier, await load(library)


Full = Callable[[Library, int], contextlib.AbstractAsyncContextManager[None]]


@contextlib.asynccontextmanager
async def few_pages(library: Library, more: int) -> AsyncIterator[None]:
    """A database that may grow by so many pages."""
    writer = library._database._writer
    [(pages,)] = await writer.execute_fetchall("PRAGMA page_count")
    await writer.execute_fetchall(f"PRAGMA max_page_count = {pages + more}")
    try:
        yield
    finally:
        await writer.execute_fetchall("PRAGMA max_page_count = 1000000")


@contextlib.asynccontextmanager
async def short_files(library: Library, pages: int) -> AsyncIterator[None]:
    """A disk on which no file may be larger: the log is the first to feel it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(library._database.path.stat().st_size, 150_000) + 4096 * pages
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(("full", "step"), [(few_pages, 1), (short_files, 9)], ids=["pages", "files"])
async def test_an_import_that_finds_no_room_changes_nothing_wherever_it_fails(
    path: Path, tmp_path: Path, before: tuple[list[StoredVideo], list[StoredVideo]], full: Full, step: int
) -> None:
    earlier, old = before
    failed, unchanged = 0, set()
    for more in range(0, 2000, step):
        copy = tmp_path / f"copy{more}" / "cuepoint.db"
        copy.parent.mkdir()
        shutil.copyfile(path, copy)
        async with opened(copy) as library:
            try:
                async with full(library, more):
                    report = await library.import_files(SHARED, NEW)
            except ImportIncomplete as error:
                await _check_incomplete(library, str(error), old)
            except DatabaseError as error:
                unchanged.add(str(error).removeprefix(f"{copy}: "))
                assert await load(library) == old
            else:
                assert report.videos_added + report.videos_changed == len(NEW)
                break
            failed += 1
            assert await library.maintenance.problems() == []
            # What could be undone before can be undone still.
            await library.undo(SHARED)
            assert await load(library) == earlier
            with pytest.raises(NothingToUndo):
                await library.undo(SHARED)
    assert failed > 10
    (said,) = unchanged
    assert re.match(r"the disk is full; free .*\. Nothing was changed\.|the disk, or a limit .* Nothing was", said)


async def _check_incomplete(library: Library, told: str, old: list[StoredVideo]) -> None:
    """It says how many are stored, and once there is room undo takes them back."""
    assert "the disk" in told
    count = re.search(r"(\d+) of its videos are stored", told)
    assert count is not None
    assert len([each for each in await load(library) if each not in old]) == int(count[1])
    await library.undo(SHARED)
    assert await load(library) == old


async def test_an_import_that_cannot_be_taken_back_says_what_is_stored_and_undo_takes_it_back(
    path: Path, before: tuple[list[StoredVideo], list[StoredVideo]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program takes the room that was held for this."""
    _, old = before
    async with opened(path) as library:
        restore, done = history._restore_video, 0

        async def fail(*given: object) -> None:
            nonlocal done
            done += 1
            if done > 2:
                raise DatabaseError("cuepoint.db: the disk is full. Nothing was changed.", "the disk is full.")
            await restore(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(history, "_restore_video", fail)
        async with few_pages(library, 20):
            with pytest.raises(ImportIncomplete) as told:
                await library.import_files(SHARED, NEW)
        monkeypatch.undo()
        assert str(path) not in str(told.value)
        assert "Nothing was changed" not in str(told.value)
        await _check_incomplete(library, str(told.value), old)


async def test_an_import_that_ends_leaves_one_act_to_undo(library: Library) -> None:
    await library.import_files(SHARED, OLD)
    await library.import_files(SHARED, NEW)
    assert len(await library._database.fetch_rows("SELECT 1 FROM import JOIN library ON library.id = library_id "
                                                  "WHERE key = 'shared'")) == 1  # fmt: skip
    await library.undo(SHARED)
    with pytest.raises(NothingToUndo):
        await library.undo(SHARED)


async def test_an_import_that_is_killed_is_taken_back_by_undo(
    path: Path, tmp_path: Path, before: tuple[list[StoredVideo], list[StoredVideo]]
) -> None:
    earlier, old = before
    killed = tmp_path / "killed" / "cuepoint.db"

    def copy_midway(done: int, _total: int) -> None:
        if done == len(NEW) // 2:
            shutil.copytree(path.parent, killed.parent)

    async with opened(path) as library:
        await library.import_files(SHARED, NEW, progress=copy_midway)
    async with opened(killed) as library:
        stored = len([each for each in await load(library) if each not in old])
        assert stored == len(NEW) // 2
        undone = await library.undo(SHARED)
        assert undone.videos_removed + undone.videos_restored == stored
        assert undone.description.startswith("import of 3.srt")
        assert await load(library) == old
        await library.undo(SHARED)
        assert await load(library) == earlier


async def test_an_import_that_fails_for_want_of_memory_is_taken_back(
    path: Path, before: tuple[list[StoredVideo], list[StoredVideo]]
) -> None:
    def run_out(done: int, _total: int) -> None:
        if done == 5:
            raise MemoryError

    async with opened(path) as library:
        with pytest.raises(MemoryError):
            await library.import_files(SHARED, NEW, progress=run_out)
        assert await load(library) == before[1]


async def test_an_import_does_not_begin_without_the_room_that_taking_it_back_needs(
    path: Path, before: tuple[list[StoredVideo], list[StoredVideo]]
) -> None:
    async with opened(path) as library:
        log = path.with_name("cuepoint.db-wal").stat().st_size
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
        try:
            with pytest.raises(DatabaseError, match="Nothing was changed"):
                await library.import_files(SHARED, NEW)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert path.with_name("cuepoint.db-wal").stat().st_size == log
        assert await load(library) == before[1]


@pytest.mark.parametrize("allocates", [True, False])
def test_what_is_held_is_given_back_and_has_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allocates: bool
) -> None:
    if not allocates:
        monkeypatch.delattr("os.posix_fallocate")
    with DiskReserve(tmp_path, 3_000_000) as reserve:
        status = reserve._file.seek(0, 2)
        assert status == 3_000_000
        assert list(tmp_path.iterdir()) == []
    assert reserve._file.closed
