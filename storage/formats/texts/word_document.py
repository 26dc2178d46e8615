"""Word documents (.docx) of Teams, Zoom and transcription services: their paragraphs, read with python-docx.

That library needs lxml, and so it is an extra. A document is a zip of XML: both are bounded before it is opened.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from storage.formats.document import Document
from storage.formats.texts.stamped_text import has_times, read_stamped_lines
from storage.models import FileContent
from storage.models.limits import CAPTIONS_SIZE_SHARE
from storage.sentences import sentence

_ZIP = b"PK\x03\x04"
_PART = "word/document.xml"
_MAX_PARTS = 5_000
_DAMAGED = sentence(
    "the Word document is damaged or cut off; export it again, or save it as plain text and import that"
)
_MISSING = sentence(
    "is a Word document, and what reads those is not installed; install it with pip install 'cuepoint[docx]', "
    "or save the document as plain text (.txt) and import that"
)


def is_word_document(document: Document) -> bool:
    """Return whether the file is a zip with the text of a Word document in it."""
    return document.content.startswith(_ZIP) and _PART.encode() in document.content


def read_word_document(document: Document) -> FileContent:
    """Read the transcript of one video. Raises InputError without python-docx, or without times."""
    document.require_caption_size()
    _check_size(document)
    lines = list(_read_lines(document))
    if not has_times(lines):
        raise document.refusal_error(
            sentence(
                "the Word document has no times beside what is said, and links need them; export the transcript "
                "with times, or as WebVTT"
            )
        )
    return read_stamped_lines(document, lines)


def _check_size(document: Document) -> None:
    """Raise InputError for a zip that unpacks to more than captions may have. No more is read than it declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(document.content)) as archive:
            parts = archive.infolist()
            archive.getinfo(_PART)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError) as error:
        raise document.refusal_error(_DAMAGED) from error
    if len(parts) > _MAX_PARTS:
        raise document.refusal_error(
            sentence("the Word document has more than {most} parts; save it as plain text", most=_MAX_PARTS)
        )
    if sum(part.file_size for part in parts) > document.limits.file_bytes // CAPTIONS_SIZE_SHARE:
        raise document.too_large_error(sentence("what the Word document holds"), CAPTIONS_SIZE_SHARE)


def _read_lines(document: Document) -> Iterator[str]:
    """Yield the lines of the document's paragraphs, those in tables too."""
    try:
        import docx
    except ImportError as error:
        raise document.refusal_error(_MISSING) from error
    try:
        opened = docx.Document(io.BytesIO(document.content))
        texts = [_paragraph_text(paragraph) for paragraph in opened.element.body.iter(_tag("p"))]
    # lxml and python-docx raise errors of a dozen kinds for what is no Word document; all mean the same.
    except Exception as error:
        raise document.refusal_error(_DAMAGED) from error
    for text in texts:
        yield from text.split("\n")


def _tag(name: str) -> str:
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}"


def _paragraph_text(paragraph: object) -> str:
    """Return a paragraph's text, line breaks as such. Runs in links and tracked insertions count, deletions do not."""
    pieces = {_tag("t"): None, _tag("tab"): "\t", _tag("br"): "\n", _tag("cr"): "\n"}
    words = []
    for element in paragraph.iter(*pieces):  # type: ignore[attr-defined]
        if element.getparent().tag == _tag("r"):
            sign = pieces[element.tag]
            words.append((element.text or "") if sign is None else sign)
    return "".join(words)
