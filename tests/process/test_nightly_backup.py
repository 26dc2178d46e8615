"""The backup of every night: when it is made, what is kept, and what happens when it fails."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
from datetime import datetime, time, timedelta
from pathlib import Path

import aiosqlite
import pytest

from bot.errors import SetupError
from bot.operations.nightly_backup import NightlyBackup, last_backup_second, list_backups
from bot.settings import Settings
from storage import access
from storage.database import backups
from storage.library import Library
from storage.models import Labels, Source
from tests.support.local_discord import BotProcess, LocalDiscord
from tests.support.project import PROJECT

ROW = b'{"video_id": "v", "text": "the copper lantern", "start_second": 0}'


class Clock:
    """A clock that a test sets."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 1, 3, 29))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "backups"


def names(folder: Path) -> list[str]:
    return [path.name for path in list_backups(folder)]


async def test_a_folder_that_cannot_be_looked_at_is_logged_and_tried_again(
    library: Library, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    clock.moment += timedelta(minutes=1)
    nightly = NightlyBackup(library, tmp_path / ("x" * 300), time(3, 30), 7, now=clock)
    for _ in range(2):
        await nightly.run_if_due()
    assert caplog.text.count("tried again in an hour") == 1


async def test_one_is_made_a_day_when_its_time_has_come_or_later(library: Library, folder: Path, clock: Clock) -> None:
    await library.import_files(access.host_scope(), [(Source("r.jsonl", ROW), Labels())])
    nightly = NightlyBackup(library, folder, time(3, 30), 7, now=clock)
    await nightly.run_if_due()
    assert names(folder) == []
    for moved in (timedelta(minutes=1), timedelta(minutes=1), timedelta(hours=12)):
        clock.moment += moved
        await nightly.run_if_due()
    assert names(folder) == ["cuepoint-2026-03-01.db"]
    # The machine slept through the night.
    clock.moment = datetime(2026, 3, 3, 11)
    await NightlyBackup(library, folder, time(3, 30), 7, now=clock).run_if_due()
    assert names(folder) == ["cuepoint-2026-03-01.db", "cuepoint-2026-03-03.db"]
    copy = await Library.open(list_backups(folder)[-1])
    assert (await copy.statistics(access.host_scope())).videos == 1
    await copy.close()


async def test_so_many_are_kept_and_nothing_else_is_touched(library: Library, folder: Path, clock: Clock) -> None:
    folder.mkdir(parents=True)
    mine = folder / "before-the-move.db"
    mine.write_bytes(b"mine")
    nightly = NightlyBackup(library, folder, time(3, 29), 2, now=clock)
    for _ in range(4):
        clock.moment += timedelta(days=1)
        await nightly.run_if_due()
    assert names(folder) == ["cuepoint-2026-03-04.db", "cuepoint-2026-03-05.db"]
    assert mine.read_bytes() == b"mine"


async def test_a_failure_is_logged_and_tried_again_in_an_hour(
    library: Library, folder: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "cuepoint.backup")
    folder.write_text("a file where the folder should be")
    nightly = NightlyBackup(library, folder, time(3, 30), 7, now=clock)
    clock.moment = datetime(2026, 3, 1, 3, 30)
    await nightly.run_if_due()
    assert "tonight's backup failed" in caplog.text
    assert str(folder) in caplog.text
    folder.unlink()
    caplog.clear()
    clock.moment += timedelta(minutes=59)
    await nightly.run_if_due()
    assert names(folder) == []
    clock.moment += timedelta(minutes=1)
    await nightly.run_if_due()
    assert names(folder) == ["cuepoint-2026-03-01.db"]
    assert [record.levelname for record in caplog.records] == ["INFO"]


async def test_a_mistake_of_ours_is_logged_with_its_trace_and_tried_again(
    library: Library, folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def mistaken(_target: Path) -> None:
        raise sqlite3.OperationalError("no such column: nope")

    nightly = NightlyBackup(library, folder, time(3, 30), 7, now=clock)
    clock.moment = datetime(2026, 3, 1, 3, 30)
    with monkeypatch.context() as broken:
        broken.setattr(library, "backup", mistaken)
        await nightly.run_if_due()
    (record,) = caplog.records
    assert record.message == "unexpected error in tonight's backup, which is tried again in an hour"
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], sqlite3.OperationalError)
    clock.moment += timedelta(hours=1)
    await nightly.run_if_due()
    assert names(folder) == ["cuepoint-2026-03-01.db"]


async def test_an_unsound_copy_takes_no_sound_ones_place(
    library: Library,
    folder: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    nightly = NightlyBackup(library, folder, time(3, 29), 1, now=clock)
    clock.moment += timedelta(days=1)
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
    clock.moment += timedelta(days=1)
    await nightly.run_if_due()
    assert names(folder) == before
    assert "the copy is not sound" in caplog.text


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
    assert last_backup_second(tmp_path / "backups") is not None


async def until_backed_up(bot: BotProcess) -> None:
    async with asyncio.timeout(20):
        while True:
            if "backed up to" in bot.stderr:
                return
            await asyncio.sleep(0.02)
