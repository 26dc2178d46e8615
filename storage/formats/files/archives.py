"""Opening gzip files and ZIP archives, within bounds: in memory, one level deep, and never written anywhere."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from storage.errors import InputError
from storage.formats.files.passing_over import may_hold_transcript
from storage.models import Limits, Rejection, Source
from storage.models.limits import MEGABYTE, in_brackets
from storage.sentences import about_file, sentence

_GZIP, _ZIP, _EMPTY_ZIP, _TAR = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06", b"ustar"
_TAR_OFFSET = 257
_LISTED = b"PK\x01\x02"
"""What every entry begins with in the list at the end of a ZIP archive."""
_MAX_OFFICE_ENTRIES = 10_000
_OFFICE_ENTRY = "[Content_Types].xml"
"""Every document of Word, Excel and PowerPoint has it: these are ZIP archives too, and no archives to people."""
_MAX_ENTRIES_PER_VIDEO = 20
"""Entries of an archive for each video that an import may bring: yt-dlp writes ten files for one with its pictures."""
_MAX_RATIO, _RATIO_FROM_BYTES = 200, 2 * MEGABYTE
"""How many times its size an archive may have unpacked, from a size on. Captions pack to a fifth or a tenth."""
_CHUNK_BYTES = 1 << 16
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Unpacker:
    """Opens the archives of one import, which have the room of a single file together."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._room = limits.file_bytes

    def unpack_gzip(self, source: Source) -> Source:
        """Return what is packed in a gzip file. Raises InputError."""
        name = source.name[:-3] if source.name.lower().endswith(".gz") else source.name
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(source.content)) as stream:
                content = self._read(source, stream, len(source.content))
        except _BROKEN as error:
            raise _damaged(source, sentence("gzip file")) from error
        if content[_TAR_OFFSET:].startswith(_TAR):
            raise InputError(about_file(source.name, sentence("is a TAR archive; unpack it, or pack its files as ZIP")))
        return Source(name, content, source.folder, source.is_found)

    def unpack_zip(self, source: Source) -> Iterator[Source | Rejection]:
        """Yield the files in a ZIP archive, and for those that cannot be unpacked why. Raises InputError."""
        # Counted before the list is read: every entry takes ten times the memory of its line there.
        self._require_few(source, source.content.count(_LISTED))
        try:
            with zipfile.ZipFile(io.BytesIO(source.content)) as archive:
                for entry in archive.infolist():
                    if not entry.is_dir():
                        yield self._unpack_entry(source, archive, entry)
        except _BROKEN as error:
            raise _damaged(source, sentence("ZIP archive")) from error

    def _unpack_entry(self, source: Source, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Source | Rejection:
        inside, _, base = entry.filename.replace("\\", "/").strip("/").rpartition("/")
        folder = "/".join(filter(None, (source.folder, source.name.rpartition("/")[2], inside)))
        found = Source(f"{source.name}/{'/'.join(filter(None, (inside, base)))}", b"", folder, is_found=True)
        if not may_hold_transcript(found.name):
            return found
        if entry.flag_bits & 1:
            return Rejection(found.name, sentence("is locked with a password; unpack it and import what is inside"))
        try:
            with archive.open(entry) as stream:
                content = self._read(found, stream, min(entry.compress_size, len(source.content)))
        except _BROKEN:
            return Rejection(
                found.name, sentence("cannot be unpacked; pack the archive again, with the usual settings")
            )
        if is_gzip(content) or is_zip(content):
            return Rejection(
                found.name, sentence("is an archive inside an archive; unpack it and import what is inside")
            )
        return Source(found.name, content, folder, is_found=True)

    def _require_few(self, source: Source, count: int) -> None:
        most = self._limits.videos * _MAX_ENTRIES_PER_VIDEO
        if count > most:
            setting = in_brackets(self._limits.names.videos)
            raise InputError(
                about_file(
                    source.name,
                    sentence(
                        "there are {count} files in it, and {most} are allowed; split it{setting}",
                        count=count,
                        most=most,
                        setting=setting,
                    ),
                )
            )

    def _read(self, source: Source, stream: IO[bytes] | gzip.GzipFile, packed_bytes: int) -> bytes:
        content = bytearray()
        while chunk := stream.read(_CHUNK_BYTES):
            content += chunk
            if len(content) > self._room:
                most, setting = self._limits.file_bytes / MEGABYTE, in_brackets(self._limits.names.file_bytes)
                raise InputError(
                    about_file(
                        source.name,
                        sentence(
                            "is larger than the {most} MB that archives may have unpacked; import fewer at a "
                            "time{setting}",
                            most=format(most, ",.0f"),
                            setting=setting,
                        ),
                    )
                )
            if len(content) > max(_RATIO_FROM_BYTES, _MAX_RATIO * packed_bytes):
                raise InputError(
                    about_file(
                        source.name,
                        sentence(
                            "is more than {most} times as large unpacked, as no transcript is; unpack it and "
                            "import what is inside",
                            most=_MAX_RATIO,
                        ),
                    )
                )
        self._room -= len(content)
        return bytes(content)


def is_gzip(content: bytes) -> bool:
    """Return whether content is packed with gzip."""
    return content.startswith(_GZIP)


def is_zip(content: bytes) -> bool:
    """Return whether content is a ZIP archive, and no document of an office program."""
    if not content.startswith((_ZIP, _EMPTY_ZIP)):
        return False
    if content.count(_LISTED) > _MAX_OFFICE_ENTRIES:
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _OFFICE_ENTRY not in archive.namelist()
    except _BROKEN:
        return True


def _damaged(source: Source, kind: str) -> InputError:
    return InputError(
        about_file(source.name, sentence("the {kind} is cut off or damaged; download or pack it again", kind=kind))
    )
