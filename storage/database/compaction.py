"""What SQLite leaves of deleted rows: in its log, in free pages, and in the gaps of pages; and how that goes.

Every connection overwrites what it deletes (`secure_delete`). The log still has the pages as they were before: it is
truncated after a change that erases. Copies of rows that SQLite moved to another page stay in the gaps of the old page,
and earlier versions of Cuepoint freed pages without overwriting them: VACUUM writes the whole file without either. The
table `compaction` remembers that this is due, so that a kill in between loses nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiosqlite

from storage.database.database_errors import primary_code
from storage.errors import DatabaseError
from storage.models import DatabaseRoom

MAX_QUICK_BYTES = 128 << 20
"""Bytes in use up to which a database is compacted at once: nobody waits longer than about a second to write."""
QUIET_FACTOR = 50
"""After a compaction none follows for so many times as long as it took: however much is deleted, nobody waits long."""
PAGES_AT_ONCE = 250
"""Free pages that are given back to the disk in one transaction: a megabyte, in some milliseconds."""
ROOM_FACTOR = 3
"""A compaction needs the size of the database twice, in a temporary file and in the log."""
_PATIENCE_MS = 50
"""How long the log's truncation waits for readers: writers wait as long."""
_RETRY_SECONDS = (0.1, 60.0)
"""The first and the longest wait before what could not be done is tried again."""
_INCREMENTAL = 2
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

log = logging.getLogger("cuepoint.database")


class Compactor:
    """Does for one writing connection what deleting rows leaves to be done. `lock` is held while it writes."""

    def __init__(self, path: Path, busy_timeout_ms: int, writer: aiosqlite.Connection, lock: asyncio.Lock) -> None:
        self._path = path
        self._busy_timeout_ms = busy_timeout_ms
        self._writer = writer
        self._lock = lock
        self._quiet_until = 0.0
        self._has_erased = False
        self._retrying: asyncio.Task[None] | None = None
        self._problem = ""

    async def start(self) -> None:
        """Truncate the log that a killed process left, and have what is due done in the background."""
        log_file = self._path.with_name(self._path.name + "-wal")
        if await asyncio.to_thread(lambda: log_file.exists() and log_file.stat().st_size > 0):
            with contextlib.suppress(sqlite3.Error):
                async with self._impatient():
                    await _truncate_log(self._writer)
        if await _count_erasures(self._writer):
            self._retry_later()

    async def close(self) -> None:
        """Stop trying; where this process has erased something, or something is left to be done, once more: a command
        at the terminal ends before it would be tried again."""
        is_left = False
        if self._retrying is not None:
            is_left = self._retrying.cancel()
            await asyncio.gather(self._retrying, return_exceptions=True)
        if self._has_erased or is_left:
            self._has_erased, self._quiet_until = False, 0.0
            await self._try_to_finish()

    async def finish_erasing(self) -> None:
        """Compact the database where that is due and quick, and truncate its log. Call it after what was deleted is
        committed. What cannot be done now, as somebody reads or writes, is tried again in the background."""
        self._has_erased = True
        if not await self._try_to_finish():
            self._retry_later()

    async def compact(self) -> None:
        """Rewrite the database without what was deleted, whatever its size. Raises sqlite3.Error, and DatabaseError
        where the disk has no room for that."""
        needed, free = await self._measure_disk()
        if free < needed:
            raise DatabaseError(
                f"{self._path}: to be rewritten it needs {needed / 1e6:,.0f} MB of the disk, and "
                f"{free / 1e6:,.0f} are free; delete what is not needed, such as old backups. Nothing was changed."
            )
        async with self._lock:
            await self._compact()
            await _truncate_log(self._writer)

    async def give_back_room(self) -> None:
        """Give free pages back to the disk, in short transactions. It does nothing in a database of an earlier version
        that was never compacted: those have no list of what refers to a page. Raises sqlite3.Error."""
        if await _pragma(self._writer, "auto_vacuum") != _INCREMENTAL:
            return
        while await _pragma(self._writer, "freelist_count"):
            begun = time.monotonic()
            async with self._lock:
                # As a script: of a statement without columns, `execute` would only do the first step, one page.
                await self._writer.executescript(f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})")
            await pause_for_others(begun)
        await self.finish_erasing()

    async def measure_room(self) -> DatabaseRoom:
        """Return how much room is free in the file. Raises sqlite3.Error."""
        pages = await _pragma(self._writer, "freelist_count")
        free_bytes = pages * await _pragma(self._writer, "page_size")
        return DatabaseRoom(free_bytes, bool(await _count_erasures(self._writer)))

    async def _try_to_finish(self) -> bool:
        """Return whether nothing is left to be done, as far as it can be done here."""
        try:
            async with self._impatient():
                is_wanted = await _count_erasures(self._writer) and await self._is_quick()
                if is_wanted and time.monotonic() >= self._quiet_until:
                    await self._compact()
                    is_wanted = False
                is_done = await _truncate_log(self._writer) and not is_wanted
        except (sqlite3.Error, OSError) as error:
            self._log_problem(error)
            return False
        self._problem = ""
        return is_done

    def _log_problem(self, error: sqlite3.Error | OSError) -> None:
        """Log why it has to be tried again, once. That somebody else reads or writes meanwhile is no problem."""
        is_busy = isinstance(error, sqlite3.Error) and primary_code(error) in _BUSY
        if not is_busy and str(error) != self._problem:
            self._problem = str(error)
            log.warning("what was deleted could not be overwritten yet, and it is tried again: %s", error)

    async def _is_quick(self) -> bool:
        needed, free = await self._measure_disk()
        return needed <= ROOM_FACTOR * MAX_QUICK_BYTES and free >= needed

    async def _measure_disk(self) -> tuple[int, int]:
        """Return how many bytes a compaction needs, and how many are free. Only what is in use is copied."""
        pages = await _pragma(self._writer, "page_count") - await _pragma(self._writer, "freelist_count")
        used = pages * await _pragma(self._writer, "page_size")
        return ROOM_FACTOR * used, (await asyncio.to_thread(shutil.disk_usage, self._path.parent)).free

    async def _compact(self) -> None:
        begun = time.monotonic()
        erasures = await _count_erasures(self._writer)
        await write_with_incremental_vacuum(self._writer)
        await self._writer.execute("VACUUM")
        # Not in one transaction, as VACUUM begins its own: another process may have erased something in between.
        await self._writer.execute("UPDATE compaction SET erasures = 0 WHERE erasures = ?", (erasures,))
        now = time.monotonic()
        self._quiet_until = now + QUIET_FACTOR * (now - begun)

    def _retry_later(self) -> None:
        if self._retrying is None or self._retrying.done():
            self._retrying = asyncio.create_task(self._keep_trying(), name="overwrite what was deleted")

    async def _keep_trying(self) -> None:
        seconds, longest = _RETRY_SECONDS
        await asyncio.sleep(seconds)
        while not await self._try_to_finish():
            seconds = min(longest, 2 * seconds)
            await asyncio.sleep(seconds)

    @contextlib.asynccontextmanager
    async def _impatient(self) -> AsyncIterator[None]:
        """Hold the lock, and wait for other processes only briefly."""
        async with self._lock:
            await self._writer.execute_fetchall(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
            try:
                yield
            finally:
                await asyncio.shield(self._writer.execute_fetchall(f"PRAGMA busy_timeout = {self._busy_timeout_ms}"))


async def mark_due(connection: aiosqlite.Connection) -> None:
    """Note in a transaction that deletes stored words that the database is to be compacted."""
    await connection.execute("UPDATE compaction SET erasures = erasures + 1")


async def write_with_incremental_vacuum(connection: aiosqlite.Connection) -> None:
    """Let the next VACUUM, or a database that is created, keep what giving back free pages needs."""
    # Where that is so already, SQLite would take the writer's lock for this.
    if await _pragma(connection, "auto_vacuum") != _INCREMENTAL:
        await connection.execute("PRAGMA auto_vacuum = INCREMENTAL")


async def pause_for_others(begun: float) -> None:
    """Wait as long as it took since `begun` (monotonic seconds), so that half of the time others can write."""
    await asyncio.sleep(max(0.005, time.monotonic() - begun))


async def _count_erasures(connection: aiosqlite.Connection) -> int:
    [(erasures,)] = await connection.execute_fetchall("SELECT erasures FROM compaction")
    return int(erasures)


async def _truncate_log(connection: aiosqlite.Connection) -> bool:
    """Take over what is logged and truncate the log. Return False where a reader or a writer holds it."""
    [(is_busy, _, _)] = await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
    return not is_busy


async def _pragma(connection: aiosqlite.Connection, name: str) -> int:
    [(value,)] = await connection.execute_fetchall(f"PRAGMA {name}")
    return int(value)
