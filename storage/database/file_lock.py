"""The lock file beside a database: processes that have it open share the lock; one that replaces it holds it alone.

SQLite's own locks are on the database file itself, and a process that opened it before it was replaced would go on
writing to the old one, with a log beside the new one. So this lock is taken before the file is opened.

No package does this: on Linux fasteners locks for the process, not for one of several holders in it, and portalocker
shares a lock on Windows with pywin32 alone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl

SUFFIX = ".lock"
_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510
"""The bytes of a database file that SQLite locks: those who read it share them. From SQLite's os_unix.c."""


class FileLock:
    """One lock on a database. It ends with the process at the latest, even after a crash."""

    def __init__(self, database: Path) -> None:
        """Open the lock file. Raises OSError where it cannot be opened."""
        lock = database.with_name(database.name + SUFFIX)
        self._handle = os.open(lock, os.O_RDONLY | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)

    def acquire_shared(self) -> bool:
        """Take the lock together with others; return False while another process holds it alone."""
        return self._acquire(alone=False)

    def acquire_exclusive(self) -> bool:
        """Take the lock alone; return False while any other process holds it."""
        return self._acquire(alone=True)

    def release(self) -> None:
        """Release the lock."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _acquire(self, *, alone: bool) -> bool:
        if sys.platform == "win32":
            return True  # There a file that is open cannot be replaced.
        try:
            fcntl.flock(self._handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_held_alone(database: Path) -> bool:
    """Return whether another program has a database to itself, by SQLite's own lock on it. Raises OSError.

    Not for a database that this process has open: closing the file lets go of all locks of the process on it.
    """
    if sys.platform == "win32":
        return False  # There SQLite's lock keeps others from reading the file.
    with database.open("rb") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        except (BlockingIOError, PermissionError):
            return True
    return False
