"""The ranking index on disk: one file a library, mapped into memory, and never trusted further than its checksum.

The database is the truth and the cache can be rebuilt from it at any time; so whatever is stale, cut short, damaged or
of another version is as good as absent. A file is written beside its place and then takes it at once, so that no
process ever sees half of one, and those who have the earlier file mapped keep it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import mmap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import xxhash
from numpy.typing import NDArray

from storage.analysis import ANALYSED_BY
from storage.database.atomic_files import delete_file, find_abandoned, part_path, replace_atomically
from storage.ranking.index.index_part import IndexPart
from storage.ranking.index.ngrams import NgramIndex
from storage.ranking.index.video_list import VideoList
from storage.ranking.index.vocabulary import Vocabulary

CACHE_VERSION = 3
"""Raised whenever the layout changes: the arrays of an index, or what they mean."""
_MAGIC = b"cuepoint"
_ALIGNED = 64
_READ_CHUNK_BYTES = 1 << 20
_MAX_HEADER_BYTES = 1 << 16
_UNSOUND = (OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What reading a file can raise that is no index of ours, whatever is in it."""
_NESTED: dict[str, type[VideoList] | type[Vocabulary] | type[NgramIndex]] = {
    "videos": VideoList, "words": Vocabulary, "terms": Vocabulary, "ngrams": NgramIndex,
}  # fmt: skip

log = logging.getLogger("cuepoint.index")


class OtherCacheVersion(ValueError):
    """A file that was whole when it was written, but not for this."""


@dataclass(frozen=True, slots=True, eq=False)
class CachedIndex:
    """An index with the version of each of its videos, in the order of the index."""

    index: IndexPart
    versions: NDArray[np.int64]


class IndexCache:
    """The index files of one installation. Its methods read and write whole files: call them off the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, key: str, language: str) -> CachedIndex | None:
        """The index kept for a library; None where there is none that can be trusted."""
        try:
            with self._path(key).open("rb") as file:
                return _read(file, {"library": key, "language": language, **_versions()})
        except FileNotFoundError:
            return None
        except _UNSOUND as error:
            log.warning("the index of %s is not usable and is made anew: %s", key, error)
            return None

    def store(self, key: str, cached: CachedIndex) -> bool:
        """Keep the index of a library. Returns whether that could be done; if not, the next start makes it anew."""
        part = part_path(self._path(key))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for left in find_abandoned(self._folder):
                delete_file(left)
            with part.open("wb") as file:
                _write(file, {"library": key, "language": cached.index.language, **_versions()}, cached)
            replace_atomically(part, self._path(key))
        except OSError as error:
            log.warning("the index of %s cannot be kept: %s", key, error)
            return False
        finally:
            delete_file(part)
        return True

    def find_damaged(self, languages: Mapping[str, str]) -> list[str]:
        """Of some libraries, given with their languages, those whose file is neither sound nor another version's."""
        return [key for key, language in languages.items() if not self._is_sound(key, language)]

    def _is_sound(self, key: str, language: str) -> bool:
        try:
            with self._path(key).open("rb") as file:
                _read(file, {"library": key, "language": language, **_versions()})
        except (FileNotFoundError, NotADirectoryError, OtherCacheVersion):
            pass
        except _UNSOUND:
            return False
        return True

    def find_strays(self, keys: Collection[str]) -> list[Path]:
        """The files that belong to none of the libraries there are."""
        own = {self._path(key) for key in keys}
        return [path for path in sorted(self._folder.glob("*.index")) if path not in own]

    def delete(self, key: str) -> None:
        """Delete what is kept of a library."""
        delete_file(self._path(key))

    def delete_all(self) -> None:
        """Delete all that is kept, and what is just being written."""
        for path in self._folder.glob("*.index*"):
            delete_file(path)

    def _path(self, key: str) -> Path:
        # A library's key is no file name everywhere ("server:1"), and a hash has the same length for all.
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.index"


def _versions() -> dict[str, object]:
    return {"cache": CACHE_VERSION, "analysis": ANALYSED_BY}


def _write(file: BinaryIO, meant_for: Mapping[str, object], cached: CachedIndex) -> None:
    """The layout: 8 bytes magic, 8 bytes length of the header, 8 bytes its checksum, the header (JSON), the arrays."""
    arrays = {"versions": cached.versions, **dict(_arrays(cached.index))}
    layout, end = {}, 0
    for name, array in arrays.items():
        layout[name] = [array.dtype.str, len(array), end]
        end += -(-array.nbytes // _ALIGNED) * _ALIGNED
    checksum = xxhash.xxh3_64()
    for part in _write_arrays(arrays):
        checksum.update(part)
    header = json.dumps(
        {
            **meant_for,
            "arrays": layout,
            "bytes": end,
            "checksum": checksum.hexdigest(),
        }
    ).encode()
    header += b" " * (-(24 + len(header)) % _ALIGNED)
    file.write(_MAGIC + len(header).to_bytes(8, "little") + xxhash.xxh3_64_digest(header) + header)
    for part in _write_arrays(arrays):
        file.write(part)


def _write_arrays(arrays: Mapping[str, np.ndarray[Any, Any]]) -> Iterator[bytes | memoryview]:
    for array in arrays.values():
        yield np.ascontiguousarray(array).data.cast("B") if len(array) else b""
        yield b"\0" * (-array.nbytes % _ALIGNED)


def _read(file: BinaryIO, meant_for: Mapping[str, object]) -> CachedIndex:
    """Raises ValueError for anything but a sound file that was meant for this."""
    head = file.read(24)
    if len(head) < 24 or head[:8] != _MAGIC:
        raise ValueError("it is no index")
    length = int.from_bytes(head[8:16], "little")
    header = file.read(min(length, _MAX_HEADER_BYTES))
    if len(header) != length or xxhash.xxh3_64_digest(header) != head[16:24]:
        raise ValueError("its header is damaged")
    told = json.loads(header)
    if any(told[name] != value for name, value in meant_for.items()):
        raise OtherCacheVersion("it was made by another version")
    if _checksum(file) != (told["bytes"], told["checksum"]):
        raise ValueError("it is damaged")
    return _map_index(file, 24 + length, told)


def _checksum(file: BinaryIO) -> tuple[int, str]:
    """The size and checksum of the rest of a file. Read, not mapped: what is only checked need not stay in memory."""
    checksum, size = xxhash.xxh3_64(), 0
    buffer = memoryview(bytearray(_READ_CHUNK_BYTES))
    while count := file.readinto(buffer):  # type: ignore[attr-defined]
        checksum.update(buffer[:count])
        size += count
    return size, checksum.hexdigest()


def _map_index(file: BinaryIO, start: int, told: Mapping[str, Any]) -> CachedIndex:
    pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    parts: dict[str, Any] = {}
    for name, (dtype, count, offset) in told["arrays"].items():
        array = np.frombuffer(pages, np.dtype(dtype), count, start + offset) if count else np.empty(0, np.dtype(dtype))
        outer, _, inner = name.partition(".")
        if inner:
            parts.setdefault(outer, {})[inner] = array
        else:
            parts[outer] = array
    for name, kind in _NESTED.items():
        parts[name] = kind(**parts[name])
    versions = parts.pop("versions")
    return CachedIndex(IndexPart(language=told["language"], **parts), versions)


def _arrays(index: IndexPart) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Every array of an index by name; those within a part as "part.name"."""
    if index.deleted is not None:
        raise ValueError("an index with videos that are gone is joined before it is kept")
    for field in dataclasses.fields(index):
        value = getattr(index, field.name)
        if field.name in _NESTED:
            for inner in (each for each in dataclasses.fields(value) if each.init):
                yield f"{field.name}.{inner.name}", getattr(value, inner.name)
        elif isinstance(value, np.ndarray) and field.init:
            yield field.name, value
