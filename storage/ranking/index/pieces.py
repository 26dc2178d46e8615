"""Texts as the numbers of their pieces: what stands between spaces, and between signs that are no part of a word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise

import numpy as np

from storage.analysis import ASCII_BETWEEN_WORDS
from storage.ranking.index.index_part import Ints, Longs
from storage.ranking.index.ranges import prefix_sums

PAIR_SIGN = "\0"
"""A sign that is no part of a word, but stays where it is in a piece."""
MIN_ARROW_BYTES = 2_000_000
"""Length of the texts from which Arrow numbers their pieces: it takes a quarter of the time, but is loaded first, in
the time that so much takes without it."""

_BETWEEN = ASCII_BETWEEN_WORDS.replace(PAIR_SIGN, "").encode()
_SPACED = bytes.maketrans(_BETWEEN, b" " * len(_BETWEEN))


def number_pieces(texts: Sequence[str]) -> tuple[list[str], Ints, Longs]:
    """Return the different pieces of texts in the order they first occur, the numbers of the pieces of all texts one
    after the other, and where in that every text begins and the last ends. An empty piece may be among them."""
    spelt = [text.encode("utf-8", "surrogatepass") for text in texts]
    bounds = prefix_sums(np.fromiter(map(len, spelt), np.int64, len(spelt)))
    # A comma before a space is none between digits.
    block = b"".join(spelt).translate(_SPACED).replace(b", ", b"  ")
    number = _number_by_arrow if len(block) >= MIN_ARROW_BYTES else _number_by_dict
    pieces, sequence, ends = number(block, bounds)
    return [str(piece, "utf-8", "surrogatepass") for piece in pieces], sequence, ends


def _number_by_dict(block: bytes, bounds: Longs) -> tuple[list[bytes], Ints, Longs]:
    split = [block[start:end].split() for start, end in pairwise(bounds.tolist())]
    numbers: dict[bytes, int] = dict.fromkeys(chain.from_iterable(split), 0)
    for number, piece in enumerate(numbers):
        numbers[piece] = number
    ends = prefix_sums(np.fromiter(map(len, split), np.int64, len(split)))
    sequence = np.fromiter(map(numbers.__getitem__, chain.from_iterable(split)), np.int32, int(ends[-1]))
    return list(numbers), sequence, ends


def _number_by_arrow(block: bytes, bounds: Longs) -> tuple[list[bytes], Ints, Longs]:
    import pyarrow as pa  # a tenth of a second to import, and not needed for a few texts
    import pyarrow.compute as pc

    # As Arrow's texts without looking at them: they may hold lone surrogates.
    texts = pa.Array.from_buffers(pa.large_string(), len(bounds) - 1, [None, pa.py_buffer(bounds), pa.py_buffer(block)])
    split = pc.ascii_split_whitespace(texts)
    pieces = split.values.dictionary_encode()
    ends = split.offsets.to_numpy().astype(np.int64)
    return pieces.dictionary.view(pa.large_binary()).to_pylist(), pieces.indices.to_numpy(), ends
