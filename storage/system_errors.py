"""What the operating system refuses, in words with what to do about it."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

NO_ROOM = "the disk is full; free some space"
_NO_FILES = "no more files fit on the disk, though it has room; delete files that are not needed"
_REASONS = {
    errno.ENOSPC: NO_ROOM,
    errno.EDQUOT: "the room that this user may take on the disk is used up; free some of it, or have the quota raised",
    errno.EFBIG: "the disk, or a limit of this user (ulimit -f), takes no file of this size; raise it, or use another",
    errno.EMFILE: "this program has as many files open as it may; raise that limit (ulimit -n), and start it again",
    errno.ENFILE: "the machine has as many files open as it can; end other programs, and try again",
    errno.ENOMEM: "there is not enough memory; end other programs, or give this one more",
    errno.ENAMETOOLONG: "the name is too long for this disk; choose a shorter one",
    errno.EROFS: "the disk can only be read; name a place on another one, or mount it for writing",
    errno.EACCES: "Permission denied; check the folder and its permissions",
    errno.EPERM: "Operation not permitted; check the folder and its permissions",
    errno.ENOENT: "there is no such file or folder; check the name, or make the folder",
    errno.ENOTDIR: "a part of the path is a file and no folder; name another",
    errno.EISDIR: "this is a folder; name a file",
    errno.ELOOP: "its links lead in a circle; name another",
    errno.EIO: "the disk could not be read or written; check the disk",
    errno.EPIPE: "whatever was reading it has ended; start that again",
    errno.EBADF: "it is closed; leave it open, or lead it into a file",
}
_OF_READING = {
    errno.ENOENT: "there is no such file; check its name",
    errno.EACCES: "Permission denied; check its permissions",
    errno.ENAMETOOLONG: "there can be no such file, the name is too long; check it",
}
NO_ROOM_CODES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_OF_THE_MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_TOLD_BY_A_PROBE = _OF_THE_MACHINE | {errno.EFBIG, errno.EROFS}
_FILES_OF_A_DATABASE = 8
"""As many as SQLite opens for two connections."""
_PROBE = bytes(1 << 16)


def explain(error: OSError, folder: Path | None = None) -> str:
    """Return why the system refused something, and what to do; no full stop at the end.

    `folder` is where a file was to be written, to tell a full disk from one on which no more files fit.
    """
    if error.errno == errno.ENOSPC and folder is not None and _is_out_of_inodes(folder):
        return _NO_FILES
    reason = _REASONS.get(error.errno or 0)
    return reason or f"{error.strerror or error}; check the folder and its permissions"


def explain_reading(error: OSError) -> str:
    """Return the same of a file that was to be read."""
    return _OF_READING.get(error.errno or 0) or explain(error)


def is_of_the_machine(error: OSError) -> bool:
    """Return whether an error says that the machine has no more of something, wherever it comes from."""
    return error.errno in _OF_THE_MACHINE


def probe_room(path: Path) -> str:
    """Return why nothing can be written beside a file, nor anything of its length, where that is for the want of
    something; else "".

    SQLite does not pass on what the system said: this finds out.
    """
    try:
        with tempfile.TemporaryFile(dir=path.parent, buffering=0) as file, contextlib.ExitStack() as others:
            for _ in range(_FILES_OF_A_DATABASE):
                others.callback(os.close, os.dup(file.fileno()))
            file.seek(path.stat().st_size if path.exists() else 0)
            file.write(_PROBE)
    except OSError as error:
        return explain(error, path.parent) if error.errno in _TOLD_BY_A_PROBE else ""
    return ""


def _is_out_of_inodes(folder: Path) -> bool:
    with contextlib.suppress(OSError, AttributeError):  # Windows has no statvfs
        status = os.statvfs(folder)
        return status.f_files > 0 and status.f_favail == 0 and status.f_bavail > 0
    return False
