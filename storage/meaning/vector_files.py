"""The vectors on disk: one file per library beside its index, mapped into memory, and used only if it is sound.

A file is written whole under a temporary name and then takes its place, so that two processes may do so at once. What
it lacks, or what was lost because another process wrote later, is encoded again.
"""

from __future__ import annotations

import hashlib
import logging
import mmap
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from storage.database.atomic_files import delete_file, open_atomically
from storage.database.sealed_files import UNSOUND, OtherCacheVersion, read_sealed, write_sealed
from storage.meaning.vector_table import Keys, VectorPart, VectorTable

VECTORS_VERSION = 1
"""Raised whenever the layout changes, or how a text is turned into a vector."""

log = logging.getLogger("cuepoint.meaning")


class VectorFiles:
    """The vector files of one installation. Its methods read and write whole files: call them off the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, key: str, model: str | None = None) -> VectorTable | None:
        """Return the vectors of a library, made by `model` (its fingerprint) or by any if that is None.

        None where there are none that can be trusted.
        """
        try:
            return self._read(key, model)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except UNSOUND as error:
            log.warning("the vectors of %s are not usable and are made anew: %s", key, error)
            return None

    def store(self, key: str, table: VectorTable, keys: Keys, contents: str) -> bool:
        """Keep the vectors of a table that belong to `keys`, which rise, and no others.

        Return whether that was possible; if not, they are made again.
        """
        fields = {
            **_meant_for(key, table.model), "dimensions": table.dimensions, "count": len(keys), "contents": contents
        }  # fmt: skip
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with open_atomically(self._path(key)) as file:
                write_sealed(file, fields, _blocks(table, keys))
        except OSError as error:
            log.warning("the vectors of %s cannot be kept: %s", key, error)
            return False
        return True

    def find_damaged(self, keys: Collection[str]) -> list[str]:
        """Return the libraries whose file is neither sound nor of another version."""
        return [key for key in keys if not self._is_sound(key)]

    def find_strays(self, keys: Collection[str]) -> list[Path]:
        """Return the files that belong to none of the existing libraries."""
        expected = {self._path(key) for key in keys}
        return [path for path in sorted(self._folder.glob("*.vectors")) if path not in expected]

    def delete(self, key: str) -> None:
        """Delete the file of a library, if there is one."""
        delete_file(self._path(key))

    def _is_sound(self, key: str) -> bool:
        try:
            self._read(key, None)
        except (FileNotFoundError, NotADirectoryError, OtherCacheVersion):
            pass
        except UNSOUND:
            return False
        return True

    def _read(self, key: str, model: str | None) -> VectorTable:
        with self._path(key).open("rb") as file:
            return _map_table(file, key, model)

    def _path(self, key: str) -> Path:
        # As the files of indexes: a library's key is not a valid file name everywhere.
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.vectors"


def _meant_for(key: str, model: str | None) -> dict[str, object]:
    fields: dict[str, object] = {"library": key, "vectors": VECTORS_VERSION}
    return fields if model is None else {**fields, "model": model}


def _blocks(table: VectorTable, keys: Keys) -> Iterator[bytes]:
    yield keys.tobytes()
    for rows in table.rows_of(keys):
        yield rows.tobytes()


def _map_table(file: BinaryIO, key: str, model: str | None) -> VectorTable:
    fields, start = read_sealed(file, _meant_for(key, model))
    count, dimensions = fields["count"], fields["dimensions"]
    if fields["bytes"] != count * (8 + 2 * dimensions):
        raise ValueError("its size is not that of its vectors")
    if not count:
        return VectorTable.empty(fields["model"], dimensions)
    pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    keys = np.frombuffer(pages, np.uint64, count, start)
    vectors = np.frombuffer(pages, np.float16, count * dimensions, start + keys.nbytes).reshape(count, dimensions)
    none = VectorTable.empty(fields["model"], dimensions).added
    return VectorTable(fields["model"], VectorPart(keys, vectors), none, fields["contents"])
