"""The ranking index on disk: one file per library, mapped into memory, and used only if its checksum is right.

The database is the truth and the cache can be rebuilt from it at any time; so a file that is stale, truncated, damaged
or of another version counts as absent. A file is written under a temporary name and then renamed atomically, so that no
process ever sees a partial file, and processes that have the earlier file mapped keep it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import mmap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from storage.analysis import ANALYSED_BY
from storage.database.atomic_files import delete_file, find_abandoned, open_atomically, part_path
from storage.database.sealed_files import ALIGNED, UNSOUND, OtherCacheVersion, read_sealed, write_sealed
from storage.ranking.index.index_part import IndexPart
from storage.ranking.index.ngrams import NgramIndex
from storage.ranking.index.postings import PostingLists
from storage.ranking.index.speaker_turns import SpeakerTurns
from storage.ranking.index.video_list import VideoList
from storage.ranking.index.vocabulary import Vocabulary

CACHE_VERSION = 6
"""Raised whenever the layout changes: the arrays of an index, or what they mean."""
_NESTED: dict[str, type[VideoList] | type[Vocabulary] | type[PostingLists] | type[NgramIndex] | type[SpeakerTurns]] = {
    "videos": VideoList, "words": Vocabulary, "terms": Vocabulary, "posting_lists": PostingLists, "ngrams": NgramIndex,
    "turns": SpeakerTurns,
}  # fmt: skip

log = logging.getLogger("cuepoint.index")


@dataclass(frozen=True, slots=True, eq=False)
class CachedIndex:
    """An index with the versions of its videos, in the order of the index."""

    index: IndexPart
    versions: NDArray[np.int64]


class IndexCache:
    """The index files of one installation. Its methods read and write whole files: call them off the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, key: str, language: str) -> CachedIndex | None:
        """Return the index cached for a library; None where there is none that can be trusted."""
        try:
            with self._path(key).open("rb") as file:
                return _read(file, {"library": key, "language": language, **_versions()})
        except FileNotFoundError:
            return None
        except OtherCacheVersion as error:
            log.info("the index of %s is built again: %s", key, error)  # as after an update: nothing is wrong
        except UNSOUND as error:
            log.warning("the index of %s is not usable and is made anew: %s", key, error)
        return None

    def part_path(self, key: str) -> Path:
        """Return a new name under which the index of a library may be written before it takes its place."""
        return part_path(self._path(key))

    def store(self, key: str, cached: CachedIndex, part: Path | None = None) -> bool:
        """Keep the index of a library. Return whether that was possible; if not, the next start builds it again.

        `part` is where it is written first: to end a process that writes is to know what it may leave behind.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for abandoned in find_abandoned(self._folder):
                delete_file(abandoned)
            with open_atomically(self._path(key), part) as file:
                _write(file, {"library": key, "language": cached.index.language, **_versions()}, cached)
        except OSError as error:
            log.warning("the index of %s cannot be kept: %s", key, error)
            return False
        return True

    def find_damaged(self, languages: Mapping[str, str]) -> list[str]:
        """Return the libraries, given with their languages, whose file is neither sound nor of another version."""
        return [key for key, language in languages.items() if not self._is_sound(key, language)]

    def _is_sound(self, key: str, language: str) -> bool:
        try:
            with self._path(key).open("rb") as file:
                _read(file, {"library": key, "language": language, **_versions()})
        except (FileNotFoundError, NotADirectoryError, OtherCacheVersion):
            pass
        except UNSOUND:
            return False
        return True

    def find_strays(self, keys: Collection[str]) -> list[Path]:
        """Return the files that belong to none of the existing libraries."""
        expected = {self._path(key) for key in keys}
        return [path for path in sorted(self._folder.glob("*.index")) if path not in expected]

    def delete(self, key: str) -> None:
        """Delete the index file of a library."""
        delete_file(self._path(key))

    def delete_all(self) -> None:
        """Delete all index files, and those that are being written."""
        for path in self._folder.glob("*.index*"):
            delete_file(path)

    def _path(self, key: str) -> Path:
        # A library's key is not a valid file name everywhere ("server:1"), and hashes all have the same length.
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.index"


def _versions() -> dict[str, object]:
    return {"cache": CACHE_VERSION, "analysis": ANALYSED_BY}


def _write(file: BinaryIO, meant_for: Mapping[str, object], cached: CachedIndex) -> None:
    """Write the arrays of an index, with where they are found in the header."""
    arrays = {"versions": cached.versions, **dict(_arrays(cached.index))}
    layout, end = {}, 0
    for name, array in arrays.items():
        layout[name] = [array.dtype.str, len(array), end]
        end += -(-array.nbytes // ALIGNED) * ALIGNED
    write_sealed(file, {**meant_for, "arrays": layout}, _write_arrays(arrays))


def _write_arrays(arrays: Mapping[str, np.ndarray[Any, Any]]) -> Iterator[bytes | memoryview]:
    for array in arrays.values():
        yield np.ascontiguousarray(array).data.cast("B") if len(array) else b""
        yield b"\0" * (-array.nbytes % ALIGNED)


def _read(file: BinaryIO, meant_for: Mapping[str, object]) -> CachedIndex:
    """Read an index. Raises ValueError for anything but a sound file that was written for `meant_for`."""
    fields, start = read_sealed(file, meant_for)
    return _map_index(file, start, fields)


def _map_index(file: BinaryIO, start: int, header: Mapping[str, Any]) -> CachedIndex:
    pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    parts: dict[str, Any] = {}
    for name, (dtype, count, offset) in header["arrays"].items():
        array = np.frombuffer(pages, np.dtype(dtype), count, start + offset) if count else np.empty(0, np.dtype(dtype))
        outer, _, inner = name.partition(".")
        if inner:
            parts.setdefault(outer, {})[inner] = array
        else:
            parts[outer] = array
    for name, kind in _NESTED.items():
        parts[name] = kind(**parts[name])
    versions = parts.pop("versions")
    return CachedIndex(IndexPart(language=header["language"], **parts), versions)


def _arrays(index: IndexPart) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Yield every array of an index by name; those within a nested object as "object.name"."""
    if index.deleted is not None:
        raise ValueError("an index with videos that are gone is joined before it is kept")
    for field in dataclasses.fields(index):
        value = getattr(index, field.name)
        if field.name in _NESTED:
            for inner in (nested for nested in dataclasses.fields(value) if nested.init):
                yield f"{field.name}.{inner.name}", getattr(value, inner.name)
        elif isinstance(value, np.ndarray) and field.init:
            yield field.name, value
