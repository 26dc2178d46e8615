"""Backups made while all goes on, and put back: one of the two databases is always there, and nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import backups
from storage.database.atomic_files import SUFFIX, replace_atomically
from storage.database.file_lock import FileLock
from storage.database.schema import SCHEMA_VERSION
from storage.errors import DatabaseError, NewerDatabase
from storage.library import Library
from storage.models import Labels
from tests.support import asking as asking_text
from tests.support.kills.data_folder import SERVER, SHARED, rows, smallest_kept
from tests.support.libraries import opened
from tests.support.sqlite_files import query, reading


@pytest.fixture
async def backup(path: Path, tmp_path: Path) -> Path:
    """A backup with the video "old"; the database has "new" beside it."""
    target = tmp_path / "backups" / "copy.db"
    async with opened(path) as library:
        await library.import_files(SHARED, [(rows(["old"], 1), Labels())])
        await library.maintenance.backup(target)
        await library.import_files(SHARED, [(rows(["new"], 2), Labels())])
    return target


async def videos(path: Path) -> list[str]:
    async with opened(path) as library:
        return [summary.video.video_id for summary in await library.videos(SHARED)]


# Making them.


async def test_a_backup_is_whole_while_asking_and_importing_go_on(path: Path, tmp_path: Path) -> None:
    async with opened(path) as library:
        await library.import_files(SHARED, [(rows(["asked"], 0), Labels())])
        done = asyncio.Event()

        async def import_on() -> int:
            for number in range(10_000):
                files = [(rows([f"a{number}", f"b{number}"], number), Labels())]
                await library.import_files(SHARED, files, replace=True)
                if done.is_set():
                    return number
            raise AssertionError("the backups never ended")

        async def ask_on() -> int:
            asked = 0
            while not done.is_set():
                assert (await asking_text.ask(library, SHARED, "copper lantern video:asked")).excerpts
                asked += 1
            return asked

        going_on = asyncio.gather(import_on(), ask_on())
        targets = [tmp_path / f"copy{number}.db" for number in range(5)]
        for target in targets:
            await library.maintenance.backup(target)
        done.set()
        assert min(await going_on) > 0
    for target in targets:
        assert query(target, "PRAGMA integrity_check") == [("ok",)]
        assert query(target, "SELECT count(*) FROM segment GROUP BY video HAVING count(*) != 14 AND video > 3") == []
        assert await videos(target)


async def test_nobody_waits_for_a_backup_to_be_read(
    path: Path, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied, begun, go_on = backups._copy_database, asyncio.Event(), asyncio.Event()

    async def slowly(*given: object) -> None:
        begun.set()
        await go_on.wait()
        await copied(*given)

    monkeypatch.setattr(backups, "_copy_database", slowly)
    async with opened(path) as library:
        making = asyncio.create_task(library.maintenance.backup(tmp_path / "slow.db"))
        await begun.wait()
        await library.remove(SHARED, "new")
        assert (await asking_text.ask(library, SHARED, "copper lantern")).excerpts
        go_on.set()
        await making


async def test_a_backup_that_fails_leaves_nothing(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(part: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "replace_atomically", full)
    async with opened(path) as library:
        with pytest.raises(DatabaseError, match="the disk is full"):
            await library.maintenance.backup(tmp_path / "out" / "copy.db")
    assert list((tmp_path / "out").iterdir()) == []


async def test_a_database_with_damaged_pages_gives_no_backup(path: Path, tmp_path: Path) -> None:
    async with opened(path) as library:
        await library.import_files(SHARED, [(rows(["old"], 1), Labels())])
    target = tmp_path / "out" / "copy.db"
    async with opened(path) as library:
        [(page,)] = query(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'segment'")
        with path.open("r+b") as database:
            database.seek(4096 * (int(str(page)) - 1))
            database.write(b"\xff" * 4096)
        with pytest.raises(DatabaseError, match=r"db was not written: the copy is not sound \(Page.*`cuepoint doc"):
            await library.maintenance.backup(target)
    assert list(target.parent.iterdir()) == []


async def test_what_a_killed_backup_left_goes_with_the_next(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    long_ago, just_now, other = (folder / f"{name}" for name in (f"a.db.1{SUFFIX}", f"b.db.2{SUFFIX}", "mine.part"))
    for left in (long_ago, just_now, other):
        left.write_bytes(b"half of something")
    for left in (long_ago, other):
        os.utime(left, (time.time() - 4000,) * 2)
    async with opened(path) as library:
        await library.maintenance.backup(folder / "copy.db")
    assert {each.name for each in folder.iterdir()} == {"copy.db", just_now.name, other.name}


async def test_two_backups_to_one_place_are_each_whole(path: Path, backup: Path, tmp_path: Path) -> None:
    async with opened(path) as one, opened(path) as other:
        await asyncio.gather(
            *(each.maintenance.backup(tmp_path / "copy.db") for each in (one, other)), return_exceptions=True
        )
    assert await videos(tmp_path / "copy.db") == ["new", "old"]


# Putting them back.


async def test_a_backup_takes_the_place_of_the_database_and_that_is_kept(path: Path, backup: Path) -> None:
    kept = await Library.restore(path, backup)
    assert kept is not None
    assert kept.parent == path.parent
    assert kept.name.startswith("cuepoint.before-restore-2")
    assert await videos(path) == ["old"]
    assert await videos(backup) == ["old"], "it can be used again"
    assert await Library.restore(path, kept) not in (None, kept)
    assert await videos(path) == ["new", "old"], "and what was kept can be put back like any other"
    assert not list(path.parent.glob(f"*{SUFFIX}*"))


async def test_a_backup_is_restored_where_nothing_was(tmp_path: Path, backup: Path) -> None:
    path = tmp_path / "another machine" / "cuepoint.db"
    assert await Library.restore(path, backup) is None
    assert await videos(path) == ["old"]


async def test_a_restored_database_has_a_log_again_so_that_readers_and_writers_pass(path: Path, backup: Path) -> None:
    await Library.restore(path, backup)
    async with opened(path):
        assert query(path, "PRAGMA journal_mode") == [("wal",)]


async def test_the_index_follows_the_database_that_was_restored(path: Path, backup: Path) -> None:
    with smallest_kept():
        async with opened(path) as library:
            await asking_text.ask(library, SHARED, "copper lantern")
        await Library.restore(path, backup)
        async with opened(path) as library:
            left = await asking_text.ask(library, SHARED, "copper lantern")
            assert {excerpt.video.video_id for excerpt in left.excerpts} == {"old"}
            library._indexes.clear()
            assert left == await asking_text.ask(library, SHARED, "copper lantern")


async def test_what_was_not_yet_taken_over_from_the_log_is_kept_too(path: Path, backup: Path, tmp_path: Path) -> None:
    crashed = tmp_path / "crashed" / "cuepoint.db"
    async with opened(path) as library:
        with reading(path):
            await library.import_files(SHARED, [(rows(["logged"], 3), Labels())])
            shutil.copytree(path.parent, crashed.parent)
    assert (crashed.with_name("cuepoint.db-wal")).stat().st_size
    kept = await Library.restore(crashed, backup)
    assert kept is not None
    assert await videos(crashed) == ["old"], "the log of the other one is not taken for its own"
    assert await videos(kept) == ["logged", "new", "old"]


@pytest.mark.parametrize("damage", [b"", b"no database at all " * 999, None], ids=["empty", "garbage", "torn"])
async def test_a_damaged_database_is_replaced_and_kept_as_it_is(path: Path, backup: Path, damage: bytes | None) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] if damage is None else damage)
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="cuepoint restore"):
        await Library.open(path)
    kept = await Library.restore(path, backup)
    assert kept is not None
    assert kept.read_bytes() == before
    assert await videos(path) == ["old"]


async def test_what_lay_beside_a_damaged_database_goes_with_it(path: Path, backup: Path) -> None:
    path.write_bytes(b"no database at all " * 999)
    beside = path.with_name("cuepoint.db-shm")
    beside.write_bytes(b"map of a log" * 999)
    kept = await Library.restore(path, backup)
    assert kept is not None
    assert kept.with_name(f"{kept.name}-shm").read_bytes() == b"map of a log" * 999
    assert not beside.exists()
    assert await videos(path) == ["old"]


def test_a_file_is_on_the_disk_before_it_takes_its_place_and_its_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part, target = tmp_path / "part", tmp_path / "target"
    part.write_text("new")
    seen: list[str] = []
    synced, replaced = os.fsync, os.replace

    def sync(handle: int) -> None:
        synced(handle)
        seen.append(f"{'folder' if stat.S_ISDIR(os.fstat(handle).st_mode) else 'file'} synced")

    def replace(source: Path, place: Path) -> None:
        replaced(source, place)
        seen.append("replaced")

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", replace)
    replace_atomically(part, target)
    assert seen == ["file synced", "replaced", "folder synced"]
    assert target.read_text() == "new"


async def test_a_database_of_a_later_version_can_be_replaced_by_an_earlier_backup(path: Path, backup: Path) -> None:
    query(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    kept = await Library.restore(path, backup)
    assert kept is not None
    assert query(kept, "PRAGMA user_version") == [(SCHEMA_VERSION + 1,)]
    assert await videos(path) == ["old"]


async def test_a_database_in_use_is_not_replaced(path: Path, backup: Path) -> None:
    async with opened(path) as library:
        with pytest.raises(DatabaseError, match="is in use: stop the bot"):
            await Library.restore(path, backup)
        await library.import_files(SERVER, [(rows(["later"], 4), Labels())])
    assert await videos(path) == ["new", "old"]
    await Library.restore(path, backup)


async def test_a_database_that_another_program_has_open_is_not_replaced(path: Path, backup: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("SELECT * FROM video").fetchone()
        with pytest.raises(DatabaseError, match="is in use: stop the bot"):
            await Library.restore(path, backup)
    assert await videos(path) == ["new", "old"]
    assert list(path.parent.glob("*before-restore*")) == []


async def test_whoever_opens_it_meanwhile_waits_and_finds_the_one_restored(
    path: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, reading = backups._copy_aside, asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(*given: Path) -> None:
        waiting = asyncio.run_coroutine_threadsafe(videos(path), loop)
        assert not waiting.done()
        found.append(waiting)
        loop.call_soon_threadsafe(reading.set)
        keep(*given)

    found: list[object] = []
    monkeypatch.setattr(backups, "_copy_aside", slowly)
    await Library.restore(path, backup)
    await reading.wait()
    assert await asyncio.wrap_future(found[0]) == ["old"]  # type: ignore[arg-type]


async def test_a_copy_made_by_hand_is_restored_too_with_its_log(path: Path, tmp_path: Path, backup: Path) -> None:
    by_hand = tmp_path / "by hand"
    async with opened(path) as library:
        with reading(path):
            await library.import_files(SHARED, [(rows(["logged"], 3), Labels())])
            shutil.copytree(path.parent, by_hand)
    target = tmp_path / "other" / "cuepoint.db"
    await Library.restore(target, by_hand / "cuepoint.db")
    assert await videos(target) == ["logged", "new", "old"]


def _no_library(file: Path) -> None:
    query(file, "CREATE TABLE recipe (text)")
    query(file, "PRAGMA user_version = 3")


def _torn(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def _page_lost(file: Path) -> None:
    content = bytearray(file.read_bytes())
    [(root,)] = query(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'segment'")
    content[4096 * (root - 1) : 4096 * root] = bytes(4096)  # type: ignore[operator]
    file.write_bytes(content)


def _newer(file: Path) -> None:
    query(file, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "there is no such file"),
    "folder": (lambda file: (file.unlink(), file.mkdir()), "there is no such file"),
    "empty": (lambda file: file.write_bytes(b""), "is no Cuepoint database"),
    "garbage": (lambda file: file.write_bytes(b"not at all a database " * 999), "is damaged, or no Cuepoint database"),
    "another program's": (lambda file: (file.unlink(), _no_library(file)), "is no Cuepoint database"),
    "torn": (_torn, "is damaged"),
    "a page lost": (_page_lost, "is damaged"),
    "newer": (_newer, "written by a later version of Cuepoint"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_file_changes_nothing_and_is_named(path: Path, backup: Path, wrong: str) -> None:
    spoil, said = WRONG[wrong]
    spoil(backup)
    before = {each.name: each.read_bytes() for each in path.parent.iterdir() if each.is_file()}
    with pytest.raises(DatabaseError, match=said) as refusal:
        await Library.restore(path, backup)
    assert str(backup) in str(refusal.value)
    assert "Nothing was changed." in str(refusal.value)
    assert isinstance(refusal.value, NewerDatabase) == (wrong == "newer")
    assert {each.name: each.read_bytes() for each in path.parent.iterdir() if each.is_file()} == before


async def test_the_database_is_no_backup_of_itself(path: Path, backup: Path) -> None:
    with pytest.raises(DatabaseError, match="is the database itself"):
        await Library.restore(path, path)
    assert await videos(path) == ["new", "old"]


async def test_a_restoring_that_fails_changes_nothing(
    path: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("replace_atomically", "_copy_aside"):
        with monkeypatch.context() as failing:
            failing.setattr(backups, name, full)
            with pytest.raises(DatabaseError, match="the disk is full"):
                await Library.restore(path, backup)
        assert await videos(path) == ["new", "old"]
        assert not list(path.parent.glob(f"*{SUFFIX}*"))


def test_a_hold_is_shared_or_had_alone_and_ends_with_its_release(tmp_path: Path) -> None:
    one, other, third = (FileLock(tmp_path / "cuepoint.db") for _ in range(3))
    assert (one.acquire_shared(), other.acquire_shared(), third.acquire_exclusive()) == (True, True, False)
    one.release()
    other.release()
    assert (third.acquire_exclusive(), FileLock(tmp_path / "cuepoint.db").acquire_shared()) == (True, False)
    assert third.acquire_shared()
    assert FileLock(tmp_path / "cuepoint.db").acquire_shared()


# Symbolic links.


@pytest.mark.parametrize("is_there", [True, False], ids=["leads to the database", "leads nowhere yet"])
async def test_a_database_behind_a_link_is_restored_where_it_is_and_the_link_stays(
    path: Path, backup: Path, tmp_path: Path, is_there: bool
) -> None:
    target = tmp_path / "other disk" / "library.db"
    target.parent.mkdir()
    if is_there:
        path.rename(target)
    else:
        path.unlink()
    path.symlink_to(target)
    kept = await Library.restore(path, backup)
    assert path.is_symlink()
    assert await videos(path) == await videos(target) == ["old"]
    assert not list(tmp_path.rglob(f"*{SUFFIX}*"))
    if is_there:
        assert kept is not None
        assert kept.parent == target.parent, "beside the database, on the disk that has room for it"
        assert await videos(kept) == ["new", "old"]


async def test_a_database_behind_a_link_that_is_in_use_by_its_own_name_is_not_replaced(
    path: Path, backup: Path, tmp_path: Path
) -> None:
    link = tmp_path / "elsewhere" / "cuepoint.db"
    link.parent.mkdir()
    link.symlink_to(path)
    async with opened(path):
        with pytest.raises(DatabaseError, match="is in use: stop the bot"):
            await Library.restore(link, backup)
    assert await videos(link) == ["new", "old"]


async def test_a_database_is_made_where_a_link_leads(tmp_path: Path) -> None:
    link, target = tmp_path / "data" / "cuepoint.db", tmp_path / "disk" / "library.db"
    for place in (link, target):
        place.parent.mkdir()
    link.symlink_to(target)
    async with opened(link) as library:
        await library.import_files(SHARED, [(rows(["old"], 1), Labels())])
    assert link.is_symlink()
    assert await videos(target) == ["old"]


async def test_a_link_to_a_backup_is_followed_to_its_log(path: Path, tmp_path: Path, backup: Path) -> None:
    by_hand, link = tmp_path / "by hand", tmp_path / "link.db"
    async with opened(path) as library:
        with reading(path):
            await library.import_files(SHARED, [(rows(["logged"], 3), Labels())])
            shutil.copytree(path.parent, by_hand)
    link.symlink_to(by_hand / "cuepoint.db")
    await Library.restore(path, link)
    assert await videos(path) == ["logged", "new", "old"]
