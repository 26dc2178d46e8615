"""Copies of a database: made while it is in use, and restored."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import time
from pathlib import Path
from urllib.parse import quote

import aiosqlite

from storage.database.atomic_files import (
    companion_files,
    delete_file,
    find_abandoned,
    follow_link,
    part_path,
    replace_atomically,
)
from storage.database.compaction import write_with_incremental_vacuum
from storage.database.connection import file_errors, open_connection, primary_code
from storage.database.file_lock import FileLock
from storage.database.migrations import schema_version
from storage.database.schema import SCHEMA_VERSION
from storage.errors import DatabaseError, NewerDatabase

_TABLES = {"library", "video", "segment"}
"""The tables that every Cuepoint database has, in all versions."""


async def back_up(database: Path, target: Path, *, overwrite: bool = False) -> None:
    """Copy a database into a file while it stays in use. The file is only kept if the copy is sound.

    Raises DatabaseError, also if `target` exists, unless it is to be overwritten.
    """
    with file_errors(target):
        if target.exists() and not overwrite:
            raise DatabaseError(f"{target} exists already: name a file that does not.")
        target.parent.mkdir(parents=True, exist_ok=True)
        for abandoned in await asyncio.to_thread(find_abandoned, target.parent):
            abandoned.unlink(missing_ok=True)
        part = part_path(target)
        try:
            if flaw := await _try_to_copy(database, part):
                raise DatabaseError(f"{target} was not written: the copy is not sound ({flaw}). Try `cuepoint doctor`.")
            await asyncio.to_thread(replace_atomically, part, target)
        finally:
            delete_file(part)


async def restore(database: Path, backup: Path) -> Path | None:
    """Replace a database that is not in use with a backup. At every moment one of the two is there, complete.

    Where either path is a symbolic link, the file that it leads to is meant: the link stays.

    Returns the file in which the previous database is kept, damaged or not; None where there was none. Raises
    DatabaseError where the database is in use or the backup is not a sound Cuepoint database, NewerDatabase where a
    later version wrote it; then nothing has changed.
    """
    with file_errors(database):
        database, backup = follow_link(database), follow_link(backup)
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock, part = FileLock(database), part_path(database)
        try:
            if not lock.acquire_exclusive():
                raise _in_use_error(database)
            await _copy_backup(backup, part, database)
            previous = await _set_aside(database)
            await asyncio.to_thread(replace_atomically, part, database)
        finally:
            delete_file(part)
            lock.release()
    return previous


async def _try_to_copy(database: Path, part: Path) -> str:
    """Copy a sound database into a new file. Return what is wrong with the database or the copy, "" for nothing."""
    try:
        # A separate connection, so that queries do not wait for the copy.
        async with open_connection(database) as source:
            # The copy is written row by row, and would be sound where pages of the database are lost.
            if damage := await _find_damage(source):
                return damage
            await _copy_database(source, part)
        async with open_connection(part) as copy:
            return await _find_damage(copy)
    except sqlite3.DatabaseError as error:
        if primary_code(error) not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        return str(error)


async def _copy_database(source: aiosqlite.Connection, part: Path) -> None:
    """Write what is stored into one new file, without free pages, gaps or a log: nothing that was deleted."""
    await write_with_incremental_vacuum(source)
    try:
        await source.execute("VACUUM INTO ?", (str(part),))
    except asyncio.CancelledError:
        await source.interrupt()  # closing the connection would wait for the end
        raise


async def _copy_pages(source: aiosqlite.Connection, part: Path) -> None:
    """Copy a backup as it is, damaged or not."""
    async with open_connection(part) as copy:
        await source.backup(copy)
        # A backup is one file: in WAL mode it would need its companions beside it.
        await copy.execute_fetchall("PRAGMA journal_mode = DELETE")


async def _copy_backup(backup: Path, part: Path, database: Path) -> None:
    """Copy a backup beside the database, and check that the copy is a sound Cuepoint database."""
    unchanged = "Nothing was changed."
    if not os.path.isfile(backup):
        raise DatabaseError(f"{backup}: there is no such file; name a file that `cuepoint backup` made. {unchanged}")
    if database.exists() and backup.samefile(database):
        raise DatabaseError(f"{backup} is the database itself; name a backup of it. {unchanged}")
    if not os.access(backup, os.R_OK):
        raise DatabaseError(f"{backup} cannot be read; check its permissions. {unchanged}")
    # Without a log beside it, nothing is writing to it: it can be opened as immutable, in a read-only folder too.
    mode = "ro" if companion_files(backup) else "ro&immutable=1"
    try:
        async with aiosqlite.connect(f"file:{quote(str(backup))}?mode={mode}", uri=True) as source:
            await _copy_pages(source, part)
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
    [(message,)] = await connection.execute_fetchall("PRAGMA integrity_check(1)")
    # The line before the finding only names the database.
    return "" if message == "ok" else str(message).splitlines()[-1]


async def _set_aside(database: Path) -> Path | None:
    """Copy a database that is about to be replaced, damaged or not, and remove SQLite's files beside it."""
    copy = None
    if database.is_dir():
        raise DatabaseError(f"{database} is a folder; move it away. Nothing was changed.")
    if database.exists():
        copy = find_free_name(database, "before-restore")
        await _fold_log(database)
        await asyncio.to_thread(_copy_aside, database, copy)
    # They belong to the replaced database: SQLite would take them for those of the new one.
    for path in companion_files(database):
        path.unlink()
    return copy


async def _fold_log(database: Path) -> None:
    """Turn a readable database into a single file. Raises DatabaseError where another program has it open."""
    try:
        async with aiosqlite.connect(database, isolation_level=None, timeout=0) as connection:
            await connection.execute_fetchall("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        # An unreadable database is copied as it is, with the files beside it.
        if primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _in_use_error(database) from error


def _copy_aside(database: Path, copy: Path) -> None:
    part = part_path(copy)
    try:
        shutil.copyfile(database, part)
        for path in companion_files(database):
            shutil.copyfile(path, copy.with_name(copy.name + path.name.removeprefix(database.name)))
        replace_atomically(part, copy)
    finally:
        delete_file(part)


def find_free_name(database: Path, why: str) -> Path:
    """Return an unused path beside a database whose name says when and why a copy of it was made."""
    name = f"{database.stem}.{why}-{time.strftime('%Y%m%d-%H%M%S')}"
    for ending in ("", *(f"-{number}" for number in range(2, 1000))):
        path = database.with_name(f"{name}{ending}{database.suffix}")
        if not path.exists():
            break
    return path


def _in_use_error(database: Path) -> DatabaseError:
    return DatabaseError(f"{database} is in use: stop the bot and whatever else has it open, then restore again.")
