"""Makes a backup every night, in the folder `backups` of the data folder, and keeps the newest of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime, time, timedelta
from pathlib import Path

from storage.errors import StorageError
from storage.library import Library

log = logging.getLogger("cuepoint.backup")
CHECK_INTERVAL_SECONDS = 60.0
"""Checking the clock often copes with changed clocks, summer time and machines that sleep."""
RETRY_AFTER = timedelta(hours=1)
"""How much later a backup that failed is tried again."""
_NAME = re.compile(r"cuepoint-\d{4}-\d{2}-\d{2}\.db")


class NightlyBackup:
    """Makes the backup of a day once its time has come, or later where the bot did not run at that time."""

    def __init__(
        self, library: Library, folder: Path, at: time, kept: int, *, now: Callable[[], datetime] = datetime.now
    ) -> None:
        self._library = library
        self._folder = folder
        self._at = at
        self._max_kept = kept
        self._now = now
        self._not_before = datetime.min

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
        target = self._folder / f"cuepoint-{now:%Y-%m-%d}.db"
        if now.time() < self._at or now < self._not_before:
            return
        try:
            if not target.exists():
                await self._make_backup(target)
        except (StorageError, OSError) as error:
            self._not_before = now + RETRY_AFTER
            log.error("tonight's backup failed, and is tried again in an hour: %s", error)
        except Exception as error:
            self._not_before = now + RETRY_AFTER
            log.error("unexpected error in tonight's backup, which is tried again in an hour", exc_info=error)

    async def _make_backup(self, target: Path) -> None:
        await self._library.backup(target)
        log.info("backed up to %s", target)
        for old in list_backups(self._folder)[: -self._max_kept]:
            old.unlink()


def list_backups(folder: Path) -> list[Path]:
    """Return the nightly backups that there are, the oldest first."""
    try:
        return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    except OSError:
        return []


def last_backup_second(folder: Path) -> float | None:
    """Return when the last nightly backup was made, in seconds since the epoch; None where there is none."""
    backups = list_backups(folder)
    return backups[-1].stat().st_mtime if backups else None
