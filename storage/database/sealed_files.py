"""The form of a file that holds arrays to be mapped: a header with checksums, then the arrays.

The layout: 8 bytes magic, 8 bytes header length, 8 bytes checksum of the header, the header (JSON, padded), the
content. What has another magic, length or checksum was not written by Cuepoint, or is damaged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import xxhash

ALIGNED = 64
"""The header's end, and with it the content's beginning, is a multiple of this."""
UNSOUND = (OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What reading a file can raise that is not one of Cuepoint's, no matter what it holds."""
_MAGIC = b"cuepoint"
_READ_CHUNK_BYTES = 1 << 20
_MAX_HEADER_BYTES = 1 << 16


class OtherCacheVersion(ValueError):
    """Raised for a file that was sound when it was written, but by another version or for another library."""


def write_sealed(file: BinaryIO, fields: Mapping[str, object], blocks: Iterable[bytes | memoryview]) -> None:
    """Write a file of a header, which holds `fields`, and of the blocks. Every block is read once, so that no more than
    one need be in memory."""
    length = len(_make_header({**fields, "bytes": 0, "checksum": "0" * 16})) + ALIGNED
    length += -(24 + length) % ALIGNED
    file.seek(24 + length)
    checksum, size = xxhash.xxh3_64(), 0
    for block in blocks:
        checksum.update(block)
        size += len(block)
        file.write(block)
    header = _make_header({**fields, "bytes": size, "checksum": checksum.hexdigest()}).ljust(length)
    file.seek(0)
    file.write(_MAGIC + length.to_bytes(8, "little") + xxhash.xxh3_64_digest(header) + header)


def read_sealed(file: BinaryIO, meant_for: Mapping[str, object]) -> tuple[dict[str, Any], int]:
    """Check a file; return the fields of its header, and the position at which its content begins.

    Raises ValueError for a file that is not sound, OtherCacheVersion among them for one that was written for anything
    else than `meant_for`; with a header of Cuepoint's by anyone else, anything of UNSOUND.
    """
    head = file.read(24)
    if len(head) < 24 or head[:8] != _MAGIC:
        raise ValueError("it is no index")
    length = int.from_bytes(head[8:16], "little")
    header = file.read(min(length, _MAX_HEADER_BYTES))
    if len(header) != length or xxhash.xxh3_64_digest(header) != head[16:24]:
        raise ValueError("its header is damaged")
    fields = json.loads(header)
    if any(fields[name] != value for name, value in meant_for.items()):
        raise OtherCacheVersion("it was made by another version")
    if _checksum(file) != (fields["bytes"], fields["checksum"]):
        raise ValueError("it is damaged")
    return fields, 24 + length


def _make_header(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields).encode()


def _checksum(file: BinaryIO) -> tuple[int, str]:
    """Return the size and checksum of the rest of a file. Read, not mapped: a check need not keep it in memory."""
    checksum, size = xxhash.xxh3_64(), 0
    buffer = memoryview(bytearray(_READ_CHUNK_BYTES))
    while count := file.readinto(buffer):  # type: ignore[attr-defined]
        checksum.update(buffer[:count])
        size += count
    return size, checksum.hexdigest()
