"""Exports of servers' libraries: one at a time, with a pause for each server, and each into a file of bounded size."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.discord_app.cards.parts.discord_times import relative_time
from bot.discord_app.services.cooldown import Waits
from bot.errors import BotError, ExportTooLarge, LibraryBusy
from bot.localization import gettext as _
from bot.operations import metrics
from bot.operations.metrics import ExportOutcome
from storage.errors import DatabaseError, StorageError

EXPORT_COOLDOWNS = 10
"""How many times as long as a person between two questions a server waits between two exports."""


class Exports:
    """Lets one export run at a time in this process. Make one for all of Discord.

    `cooldown_seconds` is the time between the end of one and the next of the same server.
    """

    def __init__(self, cooldown_seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._cooldown_seconds = cooldown_seconds
        self._lock = asyncio.Lock()
        self._busy_servers: set[int] = set()
        self._waits = Waits[int](now)

    @asynccontextmanager
    async def admit(self, server_id: int) -> AsyncIterator[None]:
        """Wait until no other export runs, and count the one that is made until the context ends.

        Raises LibraryBusy while this server has another one, and shortly after it.
        """
        try:
            self._require_idle(server_id)
        except LibraryBusy:
            metrics.count_export(ExportOutcome.REFUSED)
            raise
        self._busy_servers.add(server_id)
        try:
            async with self._lock:
                yield
            self._finish(server_id, ExportOutcome.MADE)
        except ExportTooLarge:
            self._finish(server_id, ExportOutcome.TOO_LARGE)
            raise
        except Exception as error:
            is_expected = isinstance(error, BotError | StorageError) and not isinstance(error, DatabaseError)
            metrics.count_export(ExportOutcome.REFUSED if is_expected else ExportOutcome.FAILED)
            raise
        finally:
            self._busy_servers.discard(server_id)

    def _require_idle(self, server_id: int) -> None:
        if server_id in self._busy_servers:
            raise LibraryBusy(_("I am still making an export for this server. Please try again when it is done."))
        if left := self._waits.seconds_left(server_id):
            again_at = time.time() + left
            words = _("This server had an export just now. Please try again {when}.")
            raise LibraryBusy(words.format(when=relative_time(again_at)), again_at)

    def _finish(self, server_id: int, outcome: ExportOutcome) -> None:
        self._waits.begin(server_id, self._cooldown_seconds)
        metrics.count_export(outcome)


class BoundedFile(io.BufferedIOBase):
    """Writes into another file, which stays open, until it holds so many bytes. Raises ExportTooLarge then."""

    def __init__(self, file: io.BufferedIOBase, most_bytes: int) -> None:
        super().__init__()
        self._file = file
        self._most_bytes = most_bytes
        self.size = 0

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any, /) -> int:
        """Write all of the data."""
        count = memoryview(data).nbytes
        self.size += count
        if self.size > self._most_bytes:
            raise ExportTooLarge(_("That is larger than what Discord takes here."))
        self._file.write(data)
        return count
