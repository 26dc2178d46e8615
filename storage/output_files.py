"""Files that people name to be written: whole or not at all, and never where Cuepoint keeps what is stored."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from storage.database.atomic_files import COMPANIONS, delete_file, find_abandoned, open_atomically
from storage.errors import RequestError
from storage.system_errors import explain

SETTINGS_FILE = ".env"
_SQLITE = b"SQLite format 3\0"
_STREAMS = ("/dev/", "/proc/")
"""Below these a name stands for something that is open, whatever kind of file that is."""


def require_free_place(target: Path, data_folder: Path, *, allowed: Path | None = None) -> None:
    """Raise RequestError where a file or folder of this name would be in the data folder, or would replace a database
    or the settings, however the name is spelt and whatever links lead there.

    `allowed` is a folder in the data folder in which it may be all the same.
    """
    try:
        place = Path(os.path.realpath(target))
        if _is_within(place, data_folder) and not (allowed and _is_within(place.parent, allowed)):
            raise RequestError(f"{target} is in the data folder, where Cuepoint alone writes; name another folder.")
        if place == Path(os.path.realpath(SETTINGS_FILE)):
            raise RequestError(f"{target} is the file of the settings; name another.")
        if _is_database(place) or any(map(_is_database, _databases_of(place))):
            raise RequestError(f"{target} is a database, or belongs to one; name another file.")
        if place.is_file() and place.stat().st_nlink > 1 and _is_linked_from(place, data_folder):
            raise RequestError(f"{target} is also a file of the data folder, by a second name; name another file.")
    except (OSError, ValueError) as error:
        raise _write_error(target, error) from error


def write_output(target: Path, content: bytes) -> None:
    """Write a file in place of what was there: at every moment the old or the new one is there, complete.

    What is no file, such as a pipe or /dev/stdout, is written into. Raises RequestError where that is not possible, and
    BrokenPipeError where nobody reads any more.
    """
    try:
        if _is_stdout(target):
            write_to_stdout(content)
        elif _is_stream(target):
            with open(os.open(target, os.O_WRONLY | os.O_APPEND), "wb") as stream:
                stream.write(content)
        else:
            with contextlib.suppress(FileNotFoundError):
                target.stat()  # raises where links lead in a circle, which realpath would return
            _write_whole(Path(os.path.realpath(target)), content)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise _write_error(target, error) from error


def write_to_stdout(content: bytes) -> None:
    """Write bytes to standard output, after what was printed. Raises OSError."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.flush()


def _write_whole(target: Path, content: bytes) -> None:
    """Write a file beside its target first. A link is followed: what it leads to is replaced, not the link."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    with contextlib.suppress(OSError):
        for abandoned in find_abandoned(target.parent):
            delete_file(abandoned)
    with open_atomically(target) as file:
        # Who may read the old file may read the new one, and nobody else.
        with contextlib.suppress(OSError, AttributeError):
            os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
        file.write(content)


def _is_stdout(target: Path) -> bool:
    """Return whether a name such as /dev/stdout stands for standard output, which may be a file with content."""
    if not os.path.abspath(target).startswith(_STREAMS):
        return False
    try:
        return os.path.samestat(target.stat(), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError):
        return False


def _is_stream(target: Path) -> bool:
    try:
        mode = target.stat().st_mode
    except OSError:
        return False
    is_open_file = os.path.abspath(target).startswith(_STREAMS) and target.is_symlink()
    return is_open_file or not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _is_within(place: Path, folder: Path) -> bool:
    """Return whether a place is a folder or in it, by what the file system says: it may ignore capitals."""
    whole = Path(os.path.realpath(folder))
    if place.is_relative_to(whole):
        return True
    return any(_is_same_file(each, whole) for each in (place, *place.parents))


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _databases_of(place: Path) -> Iterator[Path]:
    """Yield the database that a file of this name would belong to."""
    for ending in COMPANIONS:
        if place.name.lower().endswith(ending):
            yield place.with_name(place.name[: -len(ending)])


def _is_database(place: Path) -> bool:
    try:
        if not place.is_file():
            return False
        with place.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _is_linked_from(place: Path, data_folder: Path) -> bool:
    return any(path.is_file() and _is_same_file(path, place) for path in data_folder.rglob("*"))


def _write_error(target: Path, error: OSError | ValueError) -> RequestError:
    reason = explain(error, target.parent) if isinstance(error, OSError) else f"{error}; name another file"
    return RequestError(f"{target} cannot be written: {reason}.")
