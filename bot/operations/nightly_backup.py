"""Makes a backup every night, in the folder `backups` of the data folder, and keeps the newest of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time as system_time
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, time
from pathlib import Path

from storage.errors import StorageError
from storage.library import Library

log = logging.getLogger("cuepoint.backup")
CHECK_INTERVAL_SECONDS = 60.0
"""Checking the clock often copes with changed clocks, summer time and machines that sleep."""
RETRY_SECONDS = 3600.0
"""How much later a backup that failed is tried again."""
MAX_DRIFT_SECONDS = 2 * 3600.0
"""A clock that has moved by more than this beside the time that went by has jumped; summer time is an hour."""
DAY_SECONDS = 24 * 3600.0
_NAME = re.compile(r"cuepoint-(\d{4}-\d{2}-\d{2})\.db")


def seconds_since_boot() -> float:
    """Return a time that nobody sets, in seconds, and that goes on while the machine sleeps."""
    clock = getattr(system_time, "CLOCK_BOOTTIME", getattr(system_time, "CLOCK_MONOTONIC", None))
    return system_time.monotonic() if clock is None else system_time.clock_gettime(clock)


class NightlyBackup:
    """Makes the backup of a day once its time has come, or later where the bot did not run at that time.

    The day is the clock's (`now`, in local time), as long as it agrees with the time that goes by (`elapsed`, in
    seconds). Where it has jumped since the last backup, the next is made a day after that.
    """

    def __init__(
        self,
        library: Library,
        folder: Path,
        at: time,
        kept: int,
        *,
        now: Callable[[], datetime] = datetime.now,
        elapsed: Callable[[], float] = seconds_since_boot,
    ) -> None:
        self._library = library
        self._folder = folder
        self._at = at
        self._max_kept = kept
        self._now, self._elapsed = now, elapsed
        self._not_before = 0.0
        self._last_made: tuple[datetime, float] | None = None
        self._misdated: set[Path] = set()

    @contextlib.asynccontextmanager
    async def run_in_background(self) -> AsyncIterator[None]:
        """Make backups until the context ends."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self.run_if_due()
            await asyncio.sleep(CHECK_INTERVAL_SECONDS)

    async def run_if_due(self) -> None:
        """Make today's backup if it is time for it. What goes wrong is logged, and tried again in an hour."""
        now = self._now()
        # When their day comes, they are of another one all the same.
        self._misdated.update(list_future_backups(self._folder, now.date()))
        if now.time() < self._at or self._elapsed() < self._not_before or self._was_made_within_a_day(now):
            return
        target = self._folder / f"cuepoint-{now:%Y-%m-%d}.db"
        try:
            if target in self._misdated or not target.exists():
                await self._make_backup(target, now)
        except (StorageError, OSError) as error:
            self._not_before = self._elapsed() + RETRY_SECONDS
            log.error("tonight's backup failed, and is tried again in an hour: %s", error)
        except Exception as error:
            self._not_before = self._elapsed() + RETRY_SECONDS
            log.error("unexpected error in tonight's backup, which is tried again in an hour", exc_info=error)

    def _was_made_within_a_day(self, now: datetime) -> bool:
        """Return whether the clock has jumped since the last backup, and that is less than a day ago."""
        if self._last_made is None:
            return False
        made_at, made_second = self._last_made
        passed = self._elapsed() - made_second
        has_jumped = abs((now - made_at).total_seconds() - passed) > MAX_DRIFT_SECONDS
        return has_jumped and passed < DAY_SECONDS

    async def _make_backup(self, target: Path, now: datetime) -> None:
        await self._library.maintenance.backup(target, overwrite=target in self._misdated)
        self._misdated.discard(target)
        self._last_made = now, self._elapsed()
        log.info("backed up to %s", target)
        for old in list_backups(self._folder, now.date())[: -self._max_kept]:
            old.unlink()
        if later := list_future_backups(self._folder, now.date()):
            log.warning(
                "%d backups are dated in the future, %s the last: they stay until their day and do not count; see to"
                " the clock, and delete them or give them other names",
                len(later),
                later[-1].name,
            )


def list_backups(folder: Path, today: date) -> list[Path]:
    """Return the nightly backups up to a day, the oldest first. Those that are dated later were made by a wrong clock:
    it is not known how old they are."""
    return [path for day, path in _dated_backups(folder) if day <= today]


def list_future_backups(folder: Path, today: date) -> list[Path]:
    """Return the nightly backups that are dated after a day."""
    return [path for day, path in _dated_backups(folder) if day > today]


def last_backup_second(folder: Path, now: datetime) -> float | None:
    """Return when the last nightly backup was made, in seconds since the epoch; None where there is none."""
    made = [path.stat().st_mtime for path in list_backups(folder, now.date())]
    present = now.timestamp()
    return max((min(second, present) for second in made if second <= present + DAY_SECONDS), default=None)


def _dated_backups(folder: Path) -> list[tuple[date, Path]]:
    """Return the nightly backups with the days in their names, the oldest first."""
    dated = []
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if match := _NAME.fullmatch(path.name):
                with contextlib.suppress(ValueError):  # no day of the calendar
                    dated.append((date.fromisoformat(match[1]), path))
    return sorted(dated)
