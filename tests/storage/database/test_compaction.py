"""The database shrinks when much is deleted, others write meanwhile, and what cannot be done at once is done later."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from storage.database import compaction, purging
from storage.database.purging import detach_library
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels
from tests.support import schema_history
from tests.support.kills.data_folder import SERVER, SHARED, rows
from tests.support.libraries import opened
from tests.support.sqlite_files import query, reading


@pytest.fixture
async def library(path: Path) -> AsyncIterator[Library]:
    async with opened(path) as library:
        await library.import_files(SHARED, [(rows([f"v{number}" for number in range(80)], 1, segments=30), Labels())])
        await library.import_files(SERVER, [(rows(["s1", "s2"], 2), Labels())])
        yield library


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.01)


# The file's size.


@pytest.mark.parametrize("is_quick", [True, False], ids=["small", "large"])
async def test_a_purge_gives_the_room_of_the_library_back_to_the_disk(
    library: Library, path: Path, monkeypatch: pytest.MonkeyPatch, is_quick: bool
) -> None:
    if not is_quick:
        monkeypatch.setattr(compaction, "MAX_QUICK_BYTES", 0)
        monkeypatch.setattr(compaction, "PAGES_AT_ONCE", 20)
    steps = 0

    async def count_steps(begun: float) -> None:
        nonlocal steps
        steps += 1

    monkeypatch.setattr(compaction, "pause_for_others", count_steps)
    before = path.stat().st_size
    assert before > 900_000
    await library.purge(SHARED)
    after = path.stat().st_size
    assert after < before / 3
    assert is_quick or (before - after) / 4096 / 20 <= steps <= (before - after) / 4096 / 20 + 5
    room = await library.maintenance.measure_room()
    assert room.free_bytes == 0
    assert room.is_due is not is_quick, "only rewriting it leaves no trace"
    assert (await library.statistics(SERVER)).videos == 2
    assert await library.maintenance.problems() == []


async def test_the_database_of_an_earlier_version_is_rewritten_once(tmp_path: Path) -> None:
    path = tmp_path / "data" / "cuepoint.db"
    schema_history.make(path, schema_history.LATEST - 1)
    query(path, "DELETE FROM glossary")  # without overwriting it, as earlier versions did
    assert query(path, "PRAGMA auto_vacuum") == [(0,)]
    async with opened(path) as library:
        await until(lambda: query(path, "SELECT erasures FROM compaction") == [(0,)])
        assert not (await library.maintenance.measure_room()).is_due
    assert query(path, "PRAGMA auto_vacuum") == [(compaction._INCREMENTAL,)]


async def test_a_program_that_ends_at_once_rewrites_it_all_the_same(tmp_path: Path) -> None:
    """As the commands at the terminal do, where nobody runs the bot."""
    path = tmp_path / "cuepoint.db"
    async with opened(path):
        pass
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as earlier:
        earlier.execute("PRAGMA secure_delete = OFF")
        for statement in ("CREATE TABLE t (x)", f"INSERT INTO t VALUES ('{'zyxquark ' * 4000}')", "DROP TABLE t"):
            earlier.execute(statement)
        earlier.execute("UPDATE compaction SET erasures = 1")
    assert b"zyxquark" in path.read_bytes()
    async with opened(path):
        pass
    assert b"zyxquark" not in path.read_bytes()


async def test_a_new_database_needs_none(path: Path) -> None:
    async with opened(path) as library:
        assert not (await library.maintenance.measure_room()).is_due
    assert query(path, "PRAGMA auto_vacuum") == [(compaction._INCREMENTAL,)]


# Others meanwhile.


async def test_others_read_and_write_while_a_large_library_is_purged(
    library: Library, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, other = await Ledger.open(path), await Library.open(path)
    pauses = 0

    async def pause(begun: float) -> None:
        nonlocal pauses
        pauses += 1
        await ledger.record_miss("server:42", f"asked in pause {pauses}", 7)
        assert await other.videos(SHARED) == [], "it is gone at once, for everybody"
        assert SHARED.libraries[0] not in await other.libraries()
        assert {size.library for size in await other.sizes()} == {"samples", "server:42"}

    monkeypatch.setattr(purging, "BATCH_SEGMENTS", 100)
    monkeypatch.setattr(purging, "pause_for_others", pause)
    await library.purge(SHARED)
    assert pauses > 2400 / 100
    assert len(await ledger.misses("server:42")) == pauses
    await ledger.close()
    await other.close()


async def test_an_import_during_a_purge_makes_a_library_of_its_own(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_first = True

    async def pause(begun: float) -> None:
        nonlocal is_first
        if is_first:
            is_first = False
            await library.import_files(SHARED, [(rows(["new"], 3), Labels())])

    monkeypatch.setattr(purging, "BATCH_SEGMENTS", 100)
    monkeypatch.setattr(purging, "pause_for_others", pause)
    await library.purge(SHARED)
    assert [summary.video.video_id for summary in await library.videos(SHARED)] == ["new"]
    assert (await library.undo(SHARED)).videos_removed == 1


async def test_a_purge_that_was_killed_is_finished_at_the_next_start(library: Library, path: Path) -> None:
    await detach_library(library._database, "shared")
    assert await library.videos(SHARED) == []
    async with opened(path):
        assert query(
            path, "SELECT count(*) FROM video JOIN library ON library.id = library_id WHERE key != 'samples'"
        ) == [(2,)]
        assert query(path, "SELECT key FROM library ORDER BY key") == [("samples",), ("server:42",)]


# What others prevent.


async def _forget_me(library: Library, ledger: Ledger) -> None:
    await ledger.delete_personal_data(7)


async def _undo(library: Library, ledger: Ledger) -> None:
    await library.undo(SHARED)


@pytest.mark.parametrize("act", [_forget_me, _undo])
async def test_a_log_that_somebody_reads_is_truncated_when_they_are_done(
    library: Library, path: Path, act: Callable[[Library, Ledger], Awaitable[None]]
) -> None:
    log_file = path.with_name("cuepoint.db-wal")
    ledger = await Ledger.open(path)
    await ledger.record_miss("shared", "what about it?", 7)
    with reading(path):
        await act(library, ledger)
        assert log_file.stat().st_size > 0
    await until(lambda: log_file.stat().st_size == 0)
    await ledger.close()


async def test_whoever_deletes_again_and_again_has_the_database_rewritten_seldom(
    library: Library, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "QUIET_FACTOR", 1e9)
    await library.undo(SHARED)
    assert not (await library.maintenance.measure_room()).is_due
    await library.undo(SERVER)
    assert (await library.maintenance.measure_room()).is_due
    await library.close()
    assert query(path, "SELECT erasures FROM compaction") == [(0,)], "at the latest when it is closed"


async def test_a_disk_without_room_for_it_costs_no_deletion(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "ROOM_FACTOR", 10**9)
    await library.purge(SHARED)
    assert await library.videos(SHARED) == []
    assert (await library.maintenance.measure_room()).is_due


async def test_the_log_says_once_why_a_rewrite_failed_and_nothing_of_others_who_read_meanwhile(
    library: Library, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "cuepoint.database")
    monkeypatch.setattr(compaction, "_RETRY_SECONDS", (0.01, 0.01))
    tries, try_to_finish = [0], compaction.Compactor._try_to_finish

    async def count_try(self: compaction.Compactor) -> bool:
        tries[0] += 1
        return await try_to_finish(self)

    monkeypatch.setattr(compaction.Compactor, "_try_to_finish", count_try)
    with reading(path):
        await library.undo(SHARED)
        await until(lambda: tries[0] > 2)
    await until(lambda: query(path, "SELECT erasures FROM compaction") == [(0,)])
    assert caplog.messages == []

    failures = ["disk full", "disk full", "disk full", "disk I/O error"]

    async def compact(self: compaction.Compactor) -> None:
        if failures:
            raise sqlite3.OperationalError(failures.pop(0))
        await original(self)

    original = compaction.Compactor._compact
    monkeypatch.setattr(compaction.Compactor, "_compact", compact)
    monkeypatch.setattr(compaction, "QUIET_FACTOR", 0)
    library._database._compactor._quiet_until = 0.0
    await library.undo(SERVER)
    await until(lambda: query(path, "SELECT erasures FROM compaction") == [(0,)])
    assert [message.rsplit(": ", 1)[1] for message in caplog.messages] == ["disk full", "disk I/O error"]
