"""SQLite's errors about the disk, the file or another program, turned into DatabaseErrors that say what to do."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from storage.errors import DatabaseError
from storage.system_errors import NO_ROOM, NO_ROOM_CODES, explain, probe_room

ADVICE = {
    sqlite3.SQLITE_BUSY: "another program is writing to the database; try again in a moment.",
    sqlite3.SQLITE_LOCKED: "another program is writing to the database; try again in a moment.",
    sqlite3.SQLITE_PROTOCOL: "another program is writing to the database; try again in a moment.",
    sqlite3.SQLITE_READONLY: "the database cannot be written; check the permissions of the file and its folder.",
    sqlite3.SQLITE_PERM: "the database cannot be written; check the permissions of the file and its folder.",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened; check that the folder exists and may be written.",
    sqlite3.SQLITE_NOLFS: "the file system takes no file of this size; use another one.",
    sqlite3.SQLITE_FULL: f"{NO_ROOM}.",
    sqlite3.SQLITE_IOERR: "the disk could not be read or written; check the disk.",
    sqlite3.SQLITE_CORRUPT: "the database is damaged; restore a backup with `cuepoint restore FILE`.",
    sqlite3.SQLITE_NOTADB: (
        "this is not a Cuepoint database; restore a backup with `cuepoint restore FILE`, or move it away."
    ),
}
OF_THE_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
"""What SQLite reports of the disk without saying what the system said."""
_UNCHANGED = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
"""What may come in the midst of a change, which is then rolled back."""


@contextlib.contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the disk, the file or another program into a DatabaseError that says what to do.

    Only errors that a person can fix are turned: a mistake in a statement or a violated constraint is a bug of
    Cuepoint's, and must reach the log with its traceback.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = primary_code(error)
        if (advice := ADVICE.get(code)) is None:
            raise
        found = _find_cause(path) if code in OF_THE_DISK else ""
        advice = f"{found}." if found else advice
        unchanged = " Nothing was changed." if found or code in _UNCHANGED else ""
        raise DatabaseError(f"{path}: {advice}{unchanged}", advice) from error


def _find_cause(path: Path) -> str:
    log = path.with_name(f"{path.name}-wal")
    return probe_room(path) or probe_room(log)


@contextlib.contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Do as `sqlite_errors`, and the same for errors of the file system: for a body that only works on files."""
    try:
        with sqlite_errors(path):
            yield
    except OSError as error:
        if error.errno is None:
            # Not an error of the system: Python's TimeoutError, of anything that waited too long, is an OSError too.
            raise
        advice = f"{explain(error, path.parent)}."
        unchanged = " Nothing was changed." if error.errno in NO_ROOM_CODES else ""
        raise DatabaseError(f"{path}: {advice}{unchanged}", advice) from error


def primary_code(error: sqlite3.Error) -> int:
    """Return the primary code of an SQLite error; SQLITE_OK where Python's own module raised it."""
    # An extended code keeps the primary code in its low byte: SQLITE_BUSY_SNAPSHOT is a kind of SQLITE_BUSY.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
