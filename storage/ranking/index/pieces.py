"""Texts as the numbers of their pieces: what stands between spaces, and between signs that are no part of a word."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import numpy as np

from storage.analysis import ASCII_BETWEEN_WORDS
from storage.ranking.index.index_part import Ints, Longs

PAIR_SIGN = "\0"
"""A sign that is no part of a word, but stays where it is in a piece."""

_is_arrow_used = False
_BETWEEN = ASCII_BETWEEN_WORDS.replace(PAIR_SIGN, "").encode()
_SPACED = bytes.maketrans(_BETWEEN, b" " * len(_BETWEEN))


def use_arrow() -> None:
    """Number pieces by Arrow in this process from now on, which takes a quarter of the time.

    Loading it takes a tenth of a second and holds Python's lock: a process that answers questions does without.
    """
    global _is_arrow_used
    import pyarrow.compute  # noqa: F401

    _is_arrow_used = True


def number_pieces(texts: Sequence[str]) -> tuple[list[str], Ints, Longs]:
    """Return the different pieces of texts in the order they first occur, the numbers of the pieces of all texts one
    after the other, and where in that every text begins and the last ends. An empty piece may be among them."""
    # A comma before a space is none between digits. By text, not all at once: that would hold Python's lock for long.
    spelt = [text.encode("utf-8", "surrogatepass").translate(_SPACED).replace(b", ", b"  ") for text in texts]
    pieces, sequence, ends = _number_by_arrow(spelt) if _is_arrow_used else _number_by_dict(spelt)
    return [str(piece, "utf-8", "surrogatepass") for piece in pieces], sequence, ends


class _Numbering(dict[bytes, int]):
    """Gives a new key the next number."""

    def __missing__(self, key: bytes) -> int:
        number = self[key] = len(self)
        return number


def _number_by_dict(texts: Sequence[bytes]) -> tuple[Iterable[bytes], Ints, Longs]:
    numbers, sequence, ends = _Numbering(), array("i"), array("q", [0])
    for text in texts:
        sequence.extend(map(numbers.__getitem__, text.split()))
        ends.append(len(sequence))
    return numbers, np.array(sequence, np.int32), np.array(ends, np.int64)


def _number_by_arrow(texts: Sequence[bytes]) -> tuple[Iterable[bytes], Ints, Longs]:
    import pyarrow as pa
    import pyarrow.compute as pc

    # As texts without looking whether they are: they may hold lone surrogates.
    split = pc.ascii_split_whitespace(pa.array(texts, pa.large_binary()).view(pa.large_string()))
    pieces = split.values.dictionary_encode()
    ends = split.offsets.to_numpy().astype(np.int64)
    return pieces.dictionary.view(pa.large_binary()).to_pylist(), pieces.indices.to_numpy(), ends
