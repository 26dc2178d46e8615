"""Text pasted from a dataset viewer, with every field of a row on its own line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from storage.formats.addresses import youtube_id
from storage.formats.document import Document
from storage.formats.rows.footers import is_header, strip_footer
from storage.formats.rows.rows import assemble_transcripts
from storage.formats.rows.table_rules import Row
from storage.models import FileContent, Rejection
from storage.sentences import sentence

_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_FITS_NONE = sentence(
    "does not belong to any row; each row is its id, text, start, end, url, title and thumbnail in turn"
)
_CUT_OFF = sentence("the last row is cut off; paste it whole")


@dataclass(frozen=True, slots=True)
class _BetweenRows:
    """What stands between one row's url and the next row: the row's last fields, and lines that belong to no row."""

    title: str = ""
    thumbnail: str = ""
    strays: tuple[int, ...] = ()


def is_field_lines(document: Document) -> bool:
    """Return whether two lines of numbers with a url below them show a row, or the text begins with this header."""
    lines = document.lines
    has_row = any(_is_anchor(lines, i) for i in range(2, len(lines) - 2))
    return has_row or document.text.lstrip().startswith("video_id\nstringlengths\n")


def read_field_lines(document: Document) -> FileContent:
    """Read the rows; a line that belongs to none is rejected."""
    return assemble_transcripts(document, _read_rows(document))


def _is_anchor(lines: Sequence[str], i: int) -> bool:
    start, end, url = (line.strip() for line in lines[i : i + 3])
    return bool(_URL.fullmatch(url) and _NUMBER.fullmatch(start) and (not end or _NUMBER.fullmatch(end)))


def _read_rows(document: Document) -> Iterator[Row | Rejection]:
    lines = [strip_footer(line).strip() for line in document.lines]
    anchors = [i for i in range(2, len(lines) - 2) if _is_anchor(lines, i)]
    ids = {lines[i - 2] for i in anchors if not _lacks_a_line(lines, i)}
    if not anchors:
        return
    yield from _reject_strays(document, _read_between(lines, 0, anchors[0] - 2, ids, in_head=True).strays, _FITS_NONE)
    for anchor, following in pairwise([*anchors, len(lines) + 2]):
        between = _read_between(lines, anchor + 3, following - 2, ids)
        yield _read_row(document, lines, anchor, between)
        is_last = following > len(lines)
        yield from _reject_strays(document, between.strays, _CUT_OFF if is_last else _FITS_NONE)


def _read_row(document: Document, lines: Sequence[str], anchor: int, after: _BetweenRows) -> Row | Rejection:
    if _lacks_a_line(lines, anchor):
        return document.reject_row(anchor, sentence("the row lacks its video_id or its text; paste it whole"))
    video_id, text, start, end, url = lines[anchor - 2 : anchor + 3]
    fields = {"video_id": video_id, "text": text, "start_second": start, "end_second": end, "url": url}
    return Row(anchor - 1, {**fields, "title": after.title, "thumbnail": after.thumbnail})


def _lacks_a_line(lines: Sequence[str], anchor: int) -> bool:
    """Return whether the id or the text is missing, so that a thumbnail or a title stands where the id should be."""
    video_id, text, _, _, url = lines[anchor - 2 : anchor + 3]
    return bool(_URL.fullmatch(video_id)) or (video_id != text and text == youtube_id(url))


def _read_between(lines: Sequence[str], start: int, stop: int, ids: set[str], in_head: bool = False) -> _BetweenRows:
    """Separate title and thumbnail from lines that belong to no row. Both may be missing or be an empty line."""
    title = thumbnail = ""
    strays: list[int] = []
    for i in range(start, stop):
        line = lines[i]
        in_head = in_head or line == "video_id"
        if not line or (in_head and is_header(line)):
            continue
        if not in_head and not thumbnail and _URL.fullmatch(line):
            thumbnail = line
        elif not in_head and not (title or thumbnail or strays) and line not in ids:
            title = line
        else:
            strays.append(i + 1)
    return _BetweenRows(title, thumbnail, tuple(strays))


def _reject_strays(document: Document, numbers: Sequence[int], reason: str) -> Iterator[Rejection]:
    """Reject the lines; consecutive ones are rejected together, at the first of them."""
    for before, number in pairwise([-1, *numbers]):
        if number != before + 1:
            yield document.reject_row(number, reason)
