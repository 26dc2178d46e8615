"""Files that are written beside their place and then take it at once: each is there whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path

SUFFIX = ".cuepoint-part"
ABANDONED_AFTER_SECONDS = 3600.0
"""Age from which a half-written file belongs to nobody: who wrote it was killed."""
COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, by the ending of its name."""


def part_path(target: Path) -> Path:
    """Where to write a file that shall take the place of `target`: a name of its own, in the same folder."""
    return target.with_name(f"{target.name}.{secrets.token_hex(4)}{SUFFIX}")


def replace_atomically(part: Path, target: Path) -> None:
    """Put a file that is finished in its place, so that it is there also after the power failed. Raises OSError."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(part, target)
    # Not every system lets a folder be opened; there the name is settled a little later.
    with contextlib.suppress(OSError):
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def delete_file(path: Path) -> None:
    """Delete a file, and if it is a database what SQLite keeps beside it, as far as any of it is there."""
    for ending in ("", *COMPANIONS):
        with contextlib.suppress(OSError):
            path.with_name(path.name + ending).unlink()


def companion_files(database: Path) -> list[Path]:
    """What SQLite keeps beside a database file now."""
    beside = (database.with_name(database.name + ending) for ending in COMPANIONS)
    return [path for path in beside if path.exists()]


def find_abandoned(folder: Path) -> list[Path]:
    """What was left half-written in a folder by somebody who was killed."""
    found = [path for ending in ("", *COMPANIONS) for path in folder.glob(f"*{SUFFIX}{ending}")]
    return sorted(path for path in found if _is_abandoned(path))


def _is_abandoned(path: Path) -> bool:
    """Return whether nobody has written to a file for so long that nobody will."""
    try:
        return time.time() - path.stat().st_mtime > ABANDONED_AFTER_SECONDS
    except OSError:
        return False  # it has just taken its place
