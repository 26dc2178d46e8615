"""The vectors of one library, by what its segments say. Immutable."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.meaning.onnx_model import Numbers

GATHERED_ROWS = 4096
"""Vectors that are read at a time when all are: 3 MB of a model with 384 dimensions."""

Keys = NDArray[np.uint64]
Halves = NDArray[np.float16]


def make_key(text: str) -> int:
    """Return what the vector of a text is found by: 64 bits of a digest, so that no text is kept a second time."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def make_keys(texts: Iterable[str]) -> Keys:
    """Return the keys of texts, in their order."""
    return np.fromiter(map(make_key, texts), np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class VectorPart:
    """Vectors with their keys, which rise."""

    keys: Keys
    vectors: Halves

    @classmethod
    def of(cls, keys: Keys, vectors: Numbers | Halves) -> VectorPart:
        """Return a part of keys, which differ, and their vectors in any order."""
        order = np.argsort(keys)
        return cls(keys[order], vectors[order].astype(np.float16))

    def places_of(self, keys: Keys) -> NDArray[np.int64]:
        """Return the rows of keys, -1 for those that are not here."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[rows] == keys, rows, -1)


@dataclass(frozen=True, slots=True, eq=False)
class VectorTable:
    """The vectors of a library that one model made.

    `base` is what is on the disk, `added` what is not yet. `contents` tells for which state of the library the file is
    complete; "" where that is not known.
    """

    model: str
    base: VectorPart
    added: VectorPart
    contents: str = ""

    @classmethod
    def empty(cls, model: str, dimensions: int) -> VectorTable:
        """Return the table of a library without vectors."""
        none = VectorPart(np.empty(0, np.uint64), np.empty((0, dimensions), np.float16))
        return cls(model, none, none)

    @property
    def dimensions(self) -> int:
        """Return how many numbers a vector has."""
        return int(self.base.vectors.shape[1])

    def with_vectors(self, keys: Keys, vectors: Numbers) -> VectorTable:
        """Return the table with more vectors, which are not in it yet."""
        joined = np.concatenate([self.added.keys, keys]), np.concatenate([self.added.vectors, vectors])
        return VectorTable(self.model, self.base, VectorPart.of(*joined), self.contents)

    def is_known(self, keys: Keys) -> NDArray[np.bool_]:
        """Return for every key whether its vector is here."""
        return (self.base.places_of(keys) >= 0) | (self.added.places_of(keys) >= 0)

    def vectors_of(self, keys: Keys) -> Numbers | None:
        """Return the vectors of keys, one a row; None where any of them is missing."""
        if not self.is_known(keys).all():
            return None
        vectors = np.empty((len(keys), self.dimensions), np.float32)
        for part in (self.base, self.added):
            places = part.places_of(keys)
            vectors[places >= 0] = part.vectors[places[places >= 0]]
        return vectors

    def rows_of(self, keys: Keys) -> Iterator[Halves]:
        """Yield the vectors of keys that are here, in their order, some thousand at a time."""
        for first in range(0, len(keys), GATHERED_ROWS):
            vectors = self.vectors_of(keys[first : first + GATHERED_ROWS])
            assert vectors is not None  # for the caller's keys
            yield vectors.astype(np.float16)
