"""Deleting a library for good: at once for everybody who asks, and its rows a few at a time.

A large library takes seconds to overwrite, and all who write wait for a transaction to end. So its key is changed
first, which takes it out of every scope; from then on only the functions here see it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import aiosqlite

from storage.database.compaction import mark_due, pause_for_others
from storage.database.connection import Database
from storage.database.schema import DETACHED

BATCH_SEGMENTS = 2000
"""Segments deleted in one transaction: some ten milliseconds."""
_BATCH_HISTORY = 20
"""Videos of the import history deleted in one transaction: each is one long row."""


@dataclass(frozen=True, slots=True)
class DetachedLibrary:
    """A library that is out of every scope and whose rows are still to be deleted."""

    id: int
    former_key: str


async def detach_library(database: Database, key: str) -> bool:
    """Take a library out of every scope, to be deleted by `delete_detached`. Return False if there is none."""
    async with database.transaction() as connection:
        statement = f"UPDATE library SET key = '{DETACHED}' || id || ':' || key WHERE key = ?"
        is_there = bool((await connection.execute(statement, (key,))).rowcount)
        if is_there:
            await mark_due(connection)
    return is_there


async def find_detached(database: Database) -> list[DetachedLibrary]:
    """Return the libraries that are still to be deleted, also those of a process that was killed meanwhile."""
    rows = await database.fetch_rows(f"SELECT id, key FROM library WHERE key LIKE '{DETACHED}%' ORDER BY id")
    return [DetachedLibrary(number, key.split(":", 2)[2]) for number, key in rows]


async def delete_detached(database: Database, library: DetachedLibrary) -> None:
    """Delete the rows of a library that was detached, overwrite them everywhere and give back their room."""
    is_left = True
    while is_left:
        begun = time.monotonic()
        async with database.transaction() as connection:
            is_left = await _delete_some(connection, library.id)
        await pause_for_others(begun)
    await database.finish_erasing()
    await database.give_back_room()


async def _delete_some(connection: aiosqlite.Connection, library: int) -> bool:
    """Delete some rows of a library, at last its own. Return whether any are left."""
    budget = BATCH_SEGMENTS
    while budget > 0:
        videos = list(
            await connection.execute_fetchall("SELECT id FROM video WHERE library_id = ? LIMIT 1", (library,))
        )
        if not videos:
            return await _delete_history(connection, library)
        [(video,)] = videos
        deleted = await connection.execute(
            "DELETE FROM segment WHERE video = ?1 AND start_second IN"
            " (SELECT start_second FROM segment WHERE video = ?1 LIMIT ?2)",
            (video, budget),
        )
        budget -= max(deleted.rowcount, 1)
        if budget > 0:
            await connection.execute("DELETE FROM video WHERE id = ?", (video,))
    return True


async def _delete_history(connection: aiosqlite.Connection, library: int) -> bool:
    acts = await connection.execute_fetchall("SELECT id FROM import WHERE library_id = ?", (library,))
    for (act,) in acts:
        deleted = await connection.execute(
            "DELETE FROM replaced WHERE import_id = ?1 AND video_id IN"
            " (SELECT video_id FROM replaced WHERE import_id = ?1 LIMIT ?2)",
            (act, _BATCH_HISTORY),
        )
        if deleted.rowcount:
            return True
    await connection.execute("DELETE FROM library WHERE id = ?", (library,))
    return False
