"""The decompressed size of a Parquet file, read from its page headers before anything is decompressed.

A file of a few kilobytes may declare in its footer that it decompresses to as much, and decompress to gigabytes: the
reader allocates memory by the header before every page, not by the footer. So the page headers are read here, in
Thrift's compact protocol, of which they use a small part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY = 6, 7
"""Two encodings of texts. In the second a value gives only the length of the prefix it shares with the value before it,
and the rest: nothing gives its full size."""

_UNPACKED, _PACKED = 2, 3
_ENCODINGS = {5: 2, 7: 2, 8: 4}
"""Field numbers in a page header: its two sizes; and the headers of data pages, dictionary pages and version 2 data
pages, with the number of the field in them that gives the encoding of the values."""

_MAX_DEPTH = 4
"""How deep a header nests: the header of a data page contains statistics."""

_Fields = dict[int, Any]


@dataclass(frozen=True, slots=True)
class ColumnPage:
    """One page of a column: its decompressed size in bytes, and the encodings of its values."""

    unfolded_bytes: int
    encodings: frozenset[int]


def read_pages(content: bytes, chunk: Any) -> Iterator[ColumnPage]:
    """Yield the pages of a column chunk that pyarrow describes. Raises ValueError for anything that is not a page."""
    at = chunk.data_page_offset
    if chunk.has_dictionary_page and 0 < chunk.dictionary_page_offset < at:
        at = chunk.dictionary_page_offset
    end = at + chunk.total_compressed_size
    if not 0 <= at <= end <= len(content):
        raise ValueError("a column lies outside of the file")
    while at < end:
        fields, at = _read_struct(content, at)
        encodings = {_read_count(fields[kind], place) for kind, place in _ENCODINGS.items() if kind in fields}
        yield ColumnPage(_read_count(fields, _UNPACKED), frozenset(encodings))
        at += _read_count(fields, _PACKED)


def _read_count(fields: Any, number: int) -> int:
    """Return a field that is a count. Raises ValueError where it is anything else."""
    value = fields.get(number) if isinstance(fields, dict) else None
    if not isinstance(value, int) or value < 0:
        raise ValueError("a page's header lacks what every page has")
    return value


def _read_struct(content: bytes, at: int, depth: int = 0) -> tuple[_Fields, int]:
    if depth > _MAX_DEPTH:
        raise ValueError("a page's header without an end")
    fields: _Fields = {}
    number = 0
    while head := _read_byte(content, at):
        at += 1
        step, kind = head >> 4, head & 0x0F
        if step:
            number += step
        else:
            number, at = _read_integer(content, at)
        fields[number], at = _read_value(content, at, kind, depth)
    return fields, at + 1


def _read_value(content: bytes, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if kind in (1, 2):
        return kind == 1, at
    if kind in (4, 5, 6):
        return _read_integer(content, at)
    if kind == 8:
        length, at = _read_varint(content, at)
        return None, at + length
    if kind == 12:
        return _read_struct(content, at, depth + 1)
    if kind in (3, 7):
        return None, at + (1 if kind == 3 else 8)
    raise ValueError("a page's header holds what does not belong there")


def _read_integer(content: bytes, at: int) -> tuple[int, int]:
    number, at = _read_varint(content, at)
    return (number >> 1) ^ -(number & 1), at


def _read_varint(content: bytes, at: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, 70, 7):
        byte = _read_byte(content, at)
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
    raise ValueError("a number without an end")


def _read_byte(content: bytes, at: int) -> int:
    if at >= len(content):
        raise ValueError("the file ends inside a page's header")
    return content[at]
