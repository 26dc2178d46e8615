"""Atomic file writes: a file is written beside its target and then replaces it at once, complete or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

SUFFIX = ".cuepoint-part"
ABANDONED_AFTER_SECONDS = 3600.0
"""Age from which a half-written file is abandoned: the process that wrote it was killed."""
COMPANIONS = ("-wal", "-shm", "-journal")
"""The name endings of the files that SQLite keeps beside a database."""


_MAX_NAME_BYTES = 255
"""Of a file name, nearly everywhere."""


def part_path(target: Path) -> Path:
    """Return where to write a file that will replace `target`: a unique name in the same folder."""
    ending = f".{secrets.token_hex(4)}{SUFFIX}"
    room = _MAX_NAME_BYTES - len(ending) - max(map(len, COMPANIONS))
    return target.with_name(os.fsencode(target.name)[:room].decode(errors="ignore") + ending)


def follow_link(path: Path) -> Path:
    """Return the file that a symbolic link leads to, whether it exists or not; any other path as it is.

    Replacing the link itself would leave its target behind, and SQLite keeps its files beside the target.
    """
    # Unlike `is_symlink`, it says no also where there can be no such file, as for a name that is too long.
    return Path(os.path.realpath(path)) if os.path.islink(path) else path


def replace_atomically(part: Path, target: Path) -> None:
    """Replace `target` with a finished file, so that it is there even after a power failure. Raises OSError."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(part, target)
    # Not every system can open a folder; there the new name reaches the disk a little later.
    with contextlib.suppress(OSError):
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def open_atomically(target: Path, part: Path | None = None) -> Iterator[BinaryIO]:
    """Open a new file that replaces `target` when the body ends without an error; else nothing is left of it.

    `part` is where it is written first, None for a name of its own. Raises OSError.
    """
    part = part or part_path(target)
    try:
        with part.open("xb") as file:
            yield file
        replace_atomically(part, target)
    finally:
        delete_file(part)


def delete_file(path: Path) -> None:
    """Delete a file, and the files that SQLite keeps beside it if it is a database; missing ones are ignored."""
    for ending in ("", *COMPANIONS):
        with contextlib.suppress(OSError):
            path.with_name(path.name + ending).unlink()


def companion_files(database: Path) -> list[Path]:
    """Return the files that SQLite keeps beside a database file now."""
    beside = (database.with_name(database.name + ending) for ending in COMPANIONS)
    return [path for path in beside if path.exists()]


def find_abandoned(folder: Path) -> list[Path]:
    """Return the half-written files in a folder whose writers were killed."""
    paths = [path for ending in ("", *COMPANIONS) for path in folder.glob(f"*{SUFFIX}{ending}")]
    return sorted(path for path in paths if _is_abandoned(path))


def _is_abandoned(path: Path) -> bool:
    """Return whether a file has not been written to for so long that its writer must be gone."""
    try:
        return time.time() - path.stat().st_mtime > ABANDONED_AFTER_SECONDS
    except OSError:
        return False  # it has just replaced its target
