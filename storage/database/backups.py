"""Copies of a database: made while it is in use, and put back in its place."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import time
from pathlib import Path
from urllib.parse import quote

import aiosqlite

from storage.database.atomic_files import companion_files, delete_file, find_abandoned, part_path, replace_atomically
from storage.database.connection import file_errors, open_connection, primary_code, schema_version
from storage.database.file_lock import FileLock
from storage.database.schema import SCHEMA_VERSION
from storage.errors import DatabaseError, NewerDatabase

_TABLES = {"library", "video", "segment"}
"""What every database of ours has, of whichever version."""


async def back_up(database: Path, target: Path) -> None:
    """Copy a database into a new file while it stays in use. Only a sound copy takes its place.

    Raises DatabaseError, also if `target` exists.
    """
    with file_errors(target):
        if target.exists():
            raise DatabaseError(f"{target} exists already: name a file that does not.")
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in await asyncio.to_thread(find_abandoned, target.parent):
            left.unlink(missing_ok=True)
        part = part_path(target)
        try:
            # A connection of its own: those who ask meanwhile do not wait for it.
            async with open_connection(database) as source:
                await _copy_database(source, part)
            if flaw := await _find_flaw(part):
                raise DatabaseError(f"{target} was not written: the copy is not sound ({flaw}). Try `cuepoint doctor`.")
            await asyncio.to_thread(replace_atomically, part, target)
        finally:
            delete_file(part)


async def restore(database: Path, backup: Path) -> Path | None:
    """Put a backup in the place of a database that nobody uses. At every moment one of the two is there, and whole.

    Returns the file in which what was there before is kept, damaged or not; None where nothing was. Raises
    DatabaseError where the database is in use or the backup is no sound database of ours, NewerDatabase where a later
    version wrote it; then nothing has changed.
    """
    with file_errors(database):
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        hold, part = FileLock(database), part_path(database)
        try:
            if not hold.acquire_exclusive():
                raise _in_use_error(database)
            await _copy_backup(backup, part, database)
            kept = await _set_aside(database)
            await asyncio.to_thread(replace_atomically, part, database)
        finally:
            delete_file(part)
            hold.release()
    return kept


async def _copy_database(source: aiosqlite.Connection, part: Path) -> None:
    async with open_connection(part) as copy:
        await source.backup(copy)
        # A backup is one file: in WAL mode it would want its companions beside it.
        await copy.execute_fetchall("PRAGMA journal_mode = DELETE")


async def _find_flaw(part: Path) -> str:
    try:
        async with open_connection(part) as copy:
            return await _find_damage(copy)
    except sqlite3.DatabaseError as error:
        return str(error)


async def _copy_backup(backup: Path, part: Path, database: Path) -> None:
    """Copy a backup beside the database, and look whether the copy is sound and ours."""
    unchanged = "Nothing was changed."
    if not backup.is_file():
        raise DatabaseError(f"{backup}: there is no such file; name a file that `cuepoint backup` made. {unchanged}")
    if database.exists() and backup.samefile(database):
        raise DatabaseError(f"{backup} is the database itself; name a backup of it. {unchanged}")
    if not os.access(backup, os.R_OK):
        raise DatabaseError(f"{backup} cannot be read; check its permissions. {unchanged}")
    # Without a log beside it nobody writes to it: then it may also lie where nothing can be written.
    way = "ro" if companion_files(backup) else "ro&immutable=1"
    try:
        async with aiosqlite.connect(f"file:{quote(str(backup))}?mode={way}", uri=True) as source:
            await _copy_database(source, part)
        async with open_connection(part) as copy:
            version, damage = await schema_version(copy), await _find_damage(copy)
            tables = {row[0] async for row in await copy.execute("SELECT name FROM sqlite_schema")}
    except sqlite3.DatabaseError as error:
        if primary_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise DatabaseError(f"{backup} is damaged, or no Cuepoint database; name another. {unchanged}") from error
        raise
    if not version or not tables >= _TABLES:
        raise DatabaseError(f"{backup} is no Cuepoint database; name a file that `cuepoint backup` made. {unchanged}")
    if version > SCHEMA_VERSION:
        raise NewerDatabase(
            f"{backup} was written by a later version of Cuepoint (schema {version}; this one knows {SCHEMA_VERSION}): "
            f"update Cuepoint first. {unchanged}"
        )
    if damage:
        raise DatabaseError(f"{backup} is damaged ({damage}); name another backup. {unchanged}")


async def _find_damage(connection: aiosqlite.Connection) -> str:
    [(said,)] = await connection.execute_fetchall("PRAGMA integrity_check(1)")
    # Before what it found stands a line that names the database.
    return "" if said == "ok" else str(said).splitlines()[-1]


async def _set_aside(database: Path) -> Path | None:
    """Copy a database that is about to be replaced, whatever state it is in, and leave nothing beside it."""
    kept = None
    if database.is_dir():
        raise DatabaseError(f"{database} is a folder; move it away. Nothing was changed.")
    if database.exists():
        kept = find_free_name(database, "before-restore")
        await _fold_log(database)
        await asyncio.to_thread(_copy_aside, database, kept)
    # They belong to what was there: beside another database they would be taken for its own.
    for path in companion_files(database):
        path.unlink()
    return kept


async def _fold_log(database: Path) -> None:
    """Make a database that can be read a single file. Raises DatabaseError where another program has it open."""
    try:
        async with aiosqlite.connect(database, isolation_level=None, timeout=0) as connection:
            await connection.execute_fetchall("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        # One that cannot be read is kept as it is, with what lies beside it.
        if primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _in_use_error(database) from error


def _copy_aside(database: Path, kept: Path) -> None:
    part = part_path(kept)
    try:
        shutil.copyfile(database, part)
        for path in companion_files(database):
            shutil.copyfile(path, kept.with_name(kept.name + path.name.removeprefix(database.name)))
        replace_atomically(part, kept)
    finally:
        delete_file(part)


def find_free_name(database: Path, why: str) -> Path:
    """Beside a database a name that says since when and why a copy of it is kept."""
    name = f"{database.stem}.{why}-{time.strftime('%Y%m%d-%H%M%S')}"
    for ending in ("", *(f"-{number}" for number in range(2, 1000))):
        path = database.with_name(f"{name}{ending}{database.suffix}")
        if not path.exists():
            break
    return path


def _in_use_error(database: Path) -> DatabaseError:
    return DatabaseError(f"{database} is in use: stop the bot and whatever else has it open, then restore again.")
