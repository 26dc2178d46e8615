"""The backup of every night: when it is made, what is kept, and what happens when it fails."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

import aiosqlite
import pytest

from bot.errors import SetupError
from bot.operations.nightly_backup import NightlyBackup, last_backup_second, list_backups
from bot.settings import Settings
from storage import access
from storage.database import backups
from storage.database.atomic_files import SUFFIX
from storage.library import Library
from storage.models import Labels, Source
from tests.support.local_discord import BotProcess, LocalDiscord
from tests.support.project import PROJECT

ROW = b'{"video_id": "v", "text": "the copper lantern", "start_second": 0}'


class Clock:
    """A clock that a test sets: time goes by, or the clock alone jumps."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self.second = 0.0

    def now(self) -> datetime:
        return self.moment

    def elapsed(self) -> float:
        return self.second

    def pass_by(self, interval: timedelta) -> None:
        self.moment += interval
        self.second += interval.total_seconds()


def nightly_backup(library: Library, folder: Path, at: time, kept: int, clock: Clock) -> NightlyBackup:
    return NightlyBackup(library, folder, at, kept, now=clock.now, elapsed=clock.elapsed)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 1, 3, 29))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "backups"


def names(folder: Path) -> list[str]:
    return [path.name for path in list_backups(folder, date.max)]


async def test_a_folder_that_cannot_be_looked_at_is_logged_and_tried_again(
    library: Library, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    clock.pass_by(timedelta(minutes=1))
    nightly = nightly_backup(library, tmp_path / ("x" * 300), time(3, 30), 7, clock)
    for _ in range(2):
        await nightly.run_if_due()
    assert caplog.text.count("tried again in an hour") == 1


async def test_one_is_made_a_day_when_its_time_has_come_or_later(library: Library, folder: Path, clock: Clock) -> None:
    await library.import_files(access.host_scope(), [(Source("r.jsonl", ROW), Labels())])
    nightly = nightly_backup(library, folder, time(3, 30), 7, clock)
    await nightly.run_if_due()
    assert names(folder) == []
    for moved in (timedelta(minutes=1), timedelta(minutes=1), timedelta(hours=12)):
        clock.pass_by(moved)
        await nightly.run_if_due()
    assert names(folder) == ["cuepoint-2026-03-01.db"]
    # The machine slept through the night.
    clock.pass_by(datetime(2026, 3, 3, 11) - clock.moment)
    await nightly_backup(library, folder, time(3, 30), 7, clock).run_if_due()
    assert names(folder) == ["cuepoint-2026-03-01.db", "cuepoint-2026-03-03.db"]
    copy = await Library.open(list_backups(folder, date.max)[-1])
    assert (await copy.statistics(access.host_scope())).videos == 1
    await copy.close()


async def test_so_many_are_kept_and_nothing_else_is_touched(library: Library, folder: Path, clock: Clock) -> None:
    folder.mkdir(parents=True)
    mine = folder / "before-the-move.db"
    mine.write_bytes(b"mine")
    nightly = nightly_backup(library, folder, time(3, 29), 2, clock)
    for _ in range(4):
        clock.pass_by(timedelta(days=1))
        await nightly.run_if_due()
    assert names(folder) == ["cuepoint-2026-03-04.db", "cuepoint-2026-03-05.db"]
    assert mine.read_bytes() == b"mine"


async def test_a_failure_is_logged_and_tried_again_in_an_hour(
    library: Library, folder: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "cuepoint.backup")
    folder.write_text("a file where the folder should be")
    nightly = nightly_backup(library, folder, time(3, 30), 7, clock)
    clock.pass_by(timedelta(minutes=1))
    await nightly.run_if_due()
    assert "tonight's backup failed" in caplog.text
    assert str(folder) in caplog.text
    folder.unlink()
    caplog.clear()
    clock.pass_by(timedelta(minutes=59))
    await nightly.run_if_due()
    assert names(folder) == []
    clock.pass_by(timedelta(minutes=1))
    await nightly.run_if_due()
    assert names(folder) == ["cuepoint-2026-03-01.db"]
    assert [record.levelname for record in caplog.records] == ["INFO"]


async def test_a_mistake_of_ours_is_logged_with_its_trace_and_tried_again(
    library: Library, folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def mistaken(_target: Path, *, overwrite: bool) -> None:
        raise sqlite3.OperationalError("no such column: nope")

    nightly = nightly_backup(library, folder, time(3, 30), 7, clock)
    clock.pass_by(timedelta(minutes=1))
    with monkeypatch.context() as broken:
        broken.setattr(library.maintenance, "backup", mistaken)
        await nightly.run_if_due()
    (record,) = caplog.records
    assert record.message == "unexpected error in tonight's backup, which is tried again in an hour"
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], sqlite3.OperationalError)
    clock.pass_by(timedelta(hours=1))
    await nightly.run_if_due()
    assert names(folder) == ["cuepoint-2026-03-01.db"]


async def test_an_unsound_copy_takes_no_sound_ones_place(
    library: Library,
    folder: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    nightly = nightly_backup(library, folder, time(3, 29), 1, clock)
    clock.pass_by(timedelta(days=1))
    await nightly.run_if_due()
    before = names(folder)
    assert before == ["cuepoint-2026-03-02.db"]
    whole = backups._copy_database

    async def damaged(source: aiosqlite.Connection, part: Path) -> None:
        await whole(source, part)
        content = bytearray(part.read_bytes())
        content[4096 * 2 : 4096 * 4] = b"\xff" * 4096 * 2
        part.write_bytes(content)

    monkeypatch.setattr(backups, "_copy_database", damaged)
    clock.pass_by(timedelta(days=1))
    await nightly.run_if_due()
    assert names(folder) == before
    assert "the copy is not sound" in caplog.text


# A clock that jumps.


async def run_for(nightly: NightlyBackup, clock: Clock, days: float) -> None:
    """Let time pass, and have the clock looked at as often as it is."""
    for _ in range(int(days * 24 * 2)):
        clock.pass_by(timedelta(minutes=30))
        await nightly.run_if_due()


@pytest.mark.parametrize(
    "jumps",
    [
        [timedelta(days=1)] * 20,
        [timedelta(days=-1)] * 20,
        [timedelta(days=3650), timedelta(days=-3650)] * 10,
        [timedelta(days=2), timedelta(days=-1)] * 10,
    ],
    ids=["forward", "back", "far and back", "about"],
)
async def test_however_the_clock_jumps_there_is_one_backup_a_day(
    library: Library, folder: Path, clock: Clock, jumps: list[timedelta]
) -> None:
    nightly = nightly_backup(library, folder, time(3, 30), 30, clock)
    await run_for(nightly, clock, 1 / 24)
    assert len(names(folder)) == 1
    for jump in jumps:
        clock.moment += jump
        await run_for(nightly, clock, 1 / 24)
    assert len(names(folder)) == 1, "twenty hours later"
    await run_for(nightly, clock, 1)
    assert len(names(folder)) == 2, "and it goes on"


async def test_backups_of_a_clock_that_was_ahead_neither_count_nor_push_others_out(
    library: Library, folder: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await run_for(nightly_backup(library, folder, time(3, 30), 3, clock), clock, 3)
    before = names(folder)
    clock.moment += timedelta(days=3650)
    for _ in range(3):  # the bot is started again and again
        await run_for(nightly_backup(library, folder, time(3, 30), 6, clock), clock, 1)
    clock.moment -= timedelta(days=3650)
    ahead = [name for name in names(folder) if name.startswith("cuepoint-2036")]
    assert len(ahead) == 3
    caplog.clear()
    nightly = nightly_backup(library, folder, time(3, 30), 3, clock)
    await run_for(nightly, clock, 1)
    assert names(folder) == [*before[1:], "cuepoint-2026-03-07.db", *ahead]
    assert "3 backups are dated in the future" in caplog.text
    assert [path.name for path in list_backups(folder, clock.moment.date())][-1] == "cuepoint-2026-03-07.db"


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_what_a_clock_made_that_was_ahead_is_replaced_when_its_day_comes(
    library: Library, folder: Path, clock: Clock, is_restarted: bool
) -> None:
    nightly = nightly_backup(library, folder, time(3, 30), 30, clock)
    await run_for(nightly, clock, 5)
    clock.moment -= timedelta(days=4)
    if is_restarted:
        nightly = nightly_backup(library, folder, time(3, 30), 30, clock)
    before = {path: path.stat().st_ino for path in list_backups(folder, date.max)}
    await run_for(nightly, clock, 4)
    made = [path.name for path in list_backups(folder, date.max) if path.stat().st_ino != before.get(path)]
    assert len(made) == 3
    assert set(folder.iterdir()) == set(before), "nothing else is left there"


async def test_a_copy_that_replaces_one_has_no_name_that_a_kill_could_leave_for_ever(
    library: Library, folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    nightly = nightly_backup(library, folder, time(3, 30), 30, clock)
    await run_for(nightly, clock, 2)
    clock.moment -= timedelta(days=1)
    await run_for(nightly, clock, 0.1)
    seen: set[str] = set()
    replace_atomically = backups.replace_atomically

    def watch(part: Path, target: Path) -> None:
        seen.update(path.name for path in folder.iterdir())
        replace_atomically(part, target)
        seen.update(path.name for path in folder.iterdir())

    monkeypatch.setattr(backups, "replace_atomically", watch)
    await run_for(nightly, clock, 2)
    finished = {path.name for path in list_backups(folder, date.max)}
    assert any(name.endswith(SUFFIX) for name in seen)
    assert {name for name in seen if not name.endswith(SUFFIX)} <= finished


async def test_a_clock_that_goes_back_stops_neither_backups_nor_their_retries(
    library: Library, folder: Path, clock: Clock
) -> None:
    folder.write_text("a file where the folder should be")
    nightly = nightly_backup(library, folder, time(3, 30), 7, clock)
    await run_for(nightly, clock, 0.1)
    folder.unlink()
    clock.moment -= timedelta(days=400)
    clock.moment = clock.moment.replace(hour=4)
    await run_for(nightly, clock, 0.1)
    assert len(names(folder)) == 1


async def test_summer_time_makes_one_backup_a_day_too(library: Library, folder: Path, clock: Clock) -> None:
    nightly = nightly_backup(library, folder, time(3, 30), 30, clock)
    clock.pass_by(timedelta(hours=8))
    for shift in (timedelta(hours=1), timedelta(hours=-1)):
        await run_for(nightly, clock, 1)
        clock.moment += shift
        await run_for(nightly, clock, 2)
    assert names(folder) == [f"cuepoint-2026-03-0{day}.db" for day in range(1, 8)]


async def test_a_backup_of_the_future_is_not_the_last_one(library: Library, folder: Path, clock: Clock) -> None:
    now = datetime.now()
    await library.maintenance.backup(folder / f"cuepoint-{now:%Y-%m-%d}.db")
    await library.maintenance.backup(folder / "cuepoint-2999-01-01.db")
    (folder / "cuepoint-2026-02-31.db").write_bytes(b"of no day")
    last = last_backup_second(folder, now)
    assert last is not None
    assert abs(last - now.timestamp()) < 60
    assert last_backup_second(folder, now - timedelta(days=3)) is None


@pytest.mark.parametrize("wrong", ["soon", "25:00", "3", "3:5", "03:60", "03:30:00", "-1:00"])
def test_what_is_no_time_of_day_is_named(wrong: str) -> None:
    with pytest.raises(SetupError, match=r"CUEPOINT_BACKUP_AT.*03:30"):
        Settings.from_mapping({"CUEPOINT_BACKUP_AT": wrong})


def test_a_time_of_day_is_read() -> None:
    assert Settings.from_mapping({"CUEPOINT_BACKUP_AT": "3:05"}).backup_at == time(3, 5)
    assert Settings.from_mapping({}).backup_at is None


async def test_the_running_bot_makes_it(tmp_path: Path) -> None:
    async with LocalDiscord() as server:
        env = {"DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": str(tmp_path), "CUEPOINT_BACKUP_AT": "00:00"}
        command = [sys.executable, "-W", "error::ResourceWarning", "-m", "bot", "serve"]
        async with BotProcess(server, command, env, logs=tmp_path, cwd=PROJECT) as bot:
            await server.ready()
            await until_backed_up(bot)
            assert await bot.terminate() == 0
    assert last_backup_second(tmp_path / "backups", datetime.now()) is not None


async def until_backed_up(bot: BotProcess) -> None:
    async with asyncio.timeout(20):
        while True:
            if "backed up to" in bot.stderr:
                return
            await asyncio.sleep(0.02)
