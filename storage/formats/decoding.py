"""Decoding bytes to text: which encoding a file is in, and which files are not text at all."""

from __future__ import annotations

import codecs
import re

from storage.characters import EMPTY
from storage.errors import InputError, UnknownEncoding
from storage.formats.encodings import propose_encoding
from storage.formats.text_cleaning import quote_text
from storage.sentences import about_file, about_line, sentence

# The four-byte marks first: UTF-32's begins with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (0, b"\x89PNG", sentence("a PNG image")),
    (0, b"\xff\xd8\xff", sentence("a JPEG image")),
    (0, b"GIF8", sentence("a GIF image")),
    (0, b"%PDF-", sentence("a PDF document")),
    (0, b"PK\x03\x04", sentence("a ZIP archive, as Word and Excel files are too")),
    (0, b"7z\xbc\xaf\x27\x1c", sentence("a 7-Zip archive")),
    (0, b"Rar!", sentence("a RAR archive")),
    (4, b"ftyp", sentence("an MP4 video")),
    (0, b"\x1aE\xdf\xa3", sentence("a Matroska or WebM video")),
    (0, b"ID3", sentence("an MP3 recording")),
    (0, b"OggS", sentence("an Ogg recording")),
    (0, b"fLaC", sentence("a FLAC recording")),
    (0, b"RIFF", sentence("a WAV recording or AVI video")),
    (0, b"SQLite format 3\x00", sentence("an SQLite database")),
    (0, b"ARROW1", sentence("an Arrow file")),
    (0, b"\x7fELF", sentence("a program")),
)
_ZIP = b"PK\x03\x04"
_SPREADSHEETS = (b"xl/workbook.", b"vnd.oasis.opendocument.spreadsheet")
"""Names that a spreadsheet has among the files in it, or as its type."""
_PACKED = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "Zstandard"))
_BLANK = re.compile(rf"[\s{EMPTY}]*+")
_SAMPLE_BYTES = 4096


def decode(name: str, content: bytes, encoding: str = "") -> str:
    """Return the text of a file with LF line endings. `encoding`, when given, is trusted over everything else.

    Raises InputError, naming the file, for content that is empty, packed or binary, and UnknownEncoding for other text.
    """
    if not content:
        raise InputError(
            about_file(name, sentence("the file is empty; choose a caption file or a table of transcripts"))
        )
    _refuse_signatures(name, content)
    text = _decode_as(name, content, encoding) if encoding else _decode_guessing(name, content)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise InputError(
            about_file(
                name,
                sentence("is a binary file (line {line} holds a NUL byte); give Cuepoint a text file", line=str(line)),
            )
        )
    if _BLANK.fullmatch(text):
        raise InputError(about_file(name, sentence("the file holds nothing but blank lines; choose another file")))
    return text


def _refuse_signatures(name: str, content: bytes) -> None:
    if content.startswith(_ZIP) and any(mark in content for mark in _SPREADSHEETS):
        raise InputError(about_file(name, sentence("is a spreadsheet (Excel); save the sheet as CSV and import that")))
    for signature, packer in _PACKED:
        if content.startswith(signature):
            raise InputError(
                about_file(
                    name, sentence("is packed with {packer}; unpack it and import what is inside", packer=packer)
                )
            )
    for offset, signature, what in _SIGNATURES:
        if content.startswith(signature, offset):
            raise InputError(
                about_file(
                    name,
                    sentence(
                        "is a binary file (looks like {what}); give Cuepoint its captions or transcript", what=what
                    ),
                )
            )


def _decode_as(name: str, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _wrong_byte(name, content, encoding, error.start) from error
    # Besides LookupError, codecs that are not for text raise ValueError and, for escapes, a warning.
    except (LookupError, ValueError, Warning) as error:
        raise InputError(
            about_file(
                name,
                sentence(
                    "{encoding} is not an encoding that text files are saved in; name one such as utf-8, cp1252 "
                    "or shift_jis",
                    encoding=quote_text(encoding),
                ),
            )
        ) from error


def _decode_guessing(name: str, content: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode_as(name, content, encoding)
    wide = _utf16_without_mark(content)
    return _decode_as(name, content, wide or "utf-8")


def _utf16_without_mark(content: bytes) -> str | None:
    """Return which UTF-16 `content` is, None for neither, by its NULs: captions are full of ASCII digits and spaces."""
    sample = content[:_SAMPLE_BYTES]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if min(even, odd) > 0 or max(even, odd) * 10 < len(sample):
        return None
    return "utf-16-le" if odd else "utf-16-be"


def _wrong_byte(name: str, content: bytes, encoding: str, position: int) -> InputError:
    if b"\x00" in content[:_SAMPLE_BYTES] and encoding == "utf-8":
        return InputError(
            about_file(name, sentence("is a binary file (it holds NUL bytes); give Cuepoint a text file"))
        )
    line = content[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    problem = sentence(
        "byte 0x{byte} is not {encoding} text", byte=format(content[position], "02X"), encoding=encoding.upper()
    )
    proposal = propose_encoding(content)
    if proposal:
        reading = content.decode(proposal).replace("\r\n", "\n").replace("\r", "\n").split("\n")[line - 1]
        reason = sentence(
            "{problem}; in {proposal} the line reads {reading}; save it as UTF-8, or import it as {proposal}",
            problem=problem,
            proposal=proposal,
            reading=quote_text(reading),
        )
    else:
        reason = sentence("{problem}; save the file as UTF-8, or name the encoding it is in", problem=problem)
    return UnknownEncoding(about_line(name, line, reason), proposal)
