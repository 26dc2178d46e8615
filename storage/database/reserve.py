"""Room on the disk that is held while a change of many transactions runs, so that the change can be reverted when the
disk is full: SQLite needs room to delete, too."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import IO, Self

MAX_RESERVED_BYTES = 8_000_000
"""The log is copied into the database at every 4 MB, and then used again from its beginning. That needs as much room in
the database at most, and one video more in the log; the rest is to spare."""
_ZEROS = bytes(1 << 20)
_NOT_OFFERED = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)
"""What a file system says that cannot allocate."""


class DiskReserve:
    """A nameless file of so many bytes while a `with` runs. It ends with the process, even after a crash."""

    def __init__(self, folder: Path, size: int) -> None:
        """Take the room on the disk that a folder is on. Raises OSError where there is not so much."""
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - __exit__ closes it
        try:
            _allocate(self._file, min(size, MAX_RESERVED_BYTES))
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _allocate(file: IO[bytes], size: int) -> None:
    """Make a file as long as that, on the disk too."""
    try:
        os.posix_fallocate(file.fileno(), 0, size)
    except AttributeError:
        pass  # Windows and macOS do not have it
    except OSError as error:
        if error.errno not in _NOT_OFFERED:
            raise
    else:
        return
    for start in range(0, size, len(_ZEROS)):
        file.write(_ZEROS[: size - start])
