"""Who uses a database: all who have it open hold a lock file beside it together; who replaces it, alone.

SQLite's own locks are on the file itself, and whoever opened it before it was replaced would go on writing to the old
one, with a log beside the new one. So the lock is taken before the file is opened.

No package does this: on Linux fasteners locks for the process, not for one hold of several in it, and portalocker
shares a lock on Windows with pywin32 alone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl

SUFFIX = ".lock"


class FileLock:
    """One hold on a database. It ends with the process at the latest, however that ends."""

    def __init__(self, database: Path) -> None:
        """Raises OSError where the lock file cannot be opened."""
        lock = database.with_name(database.name + SUFFIX)
        self._handle = os.open(lock, os.O_RDONLY | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)

    def acquire_shared(self) -> bool:
        """Hold it together with others, from now on; False while somebody holds it alone."""
        return self._acquire(alone=False)

    def acquire_exclusive(self) -> bool:
        """Hold it alone, from now on; False while anybody else holds it."""
        return self._acquire(alone=True)

    def release(self) -> None:
        """Hold it no more."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _acquire(self, *, alone: bool) -> bool:
        if sys.platform == "win32":
            return True  # There a file that anybody has open cannot be replaced.
        try:
            fcntl.flock(self._handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
