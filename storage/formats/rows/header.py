"""The header of a table in a text: on which line it is, and by which sign its cells are parted."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from storage.formats.document import Document
from storage.formats.rows.column_names import normalise_name
from storage.formats.rows.columns import names_transcript

DELIMITERS = (",", "\t", ";", "|")
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_RULE = re.compile(r"\s*\|?[\s:|-]+\|?\s*")
_MAX_LINES_BEFORE = 20
"""How many lines of remarks may stand above a header."""
# Column names that are not everyday words, so that a line of prose is not taken for a header.
_DISTINCTIVE_COLUMNS = ("video_id", "start_second", "end_second")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: its line, counted from 1, the sign between its cells, and what it names."""

    line: int
    delimiter: str
    names: tuple[str, ...]

    @property
    def is_markdown(self) -> bool:
        """Return whether every row begins and ends with the sign between the cells."""
        return self.delimiter == "|" and len(self.names) > 2 and not self.names[0].strip()


def find_header(document: Document) -> Header | None:
    """Return the header of a table whose columns make it a transcript, None where there is none."""
    said, is_first = "", True
    for number, line in enumerate(document.text[:100_000].split("\n")[: _MAX_LINES_BEFORE + 1], start=1):
        if match := _SEPARATOR_LINE.fullmatch(line):
            said = match[1]
        elif line.strip() and not line.lstrip().startswith("#"):
            header = _read_header(document, number, line, said, is_first=is_first)
            if header is not None:
                return header
            is_first = False
    return None


def first_header(document: Document, delimiter: str) -> Header:
    """Return the first line as a header, whatever it names, for a file that its name alone makes a table."""
    number, line = next(
        ((number, line) for number, line in enumerate(document.lines, start=1) if line.strip()), (1, "")
    )
    if delimiter == "," and "," not in line and ";" in line:
        delimiter = ";"
    return Header(number, delimiter, _split(line, delimiter))


def _read_header(document: Document, number: int, line: str, said: str, *, is_first: bool) -> Header | None:
    if line.startswith(("{", "[")):
        return None
    for delimiter in (said,) if said else DELIMITERS:
        names = _split(line, delimiter)
        if len(names) > 1 and (names_transcript(names) or (is_first and _is_meant(document, names, line))):
            return Header(number, delimiter, names)
    return None


def _is_meant(document: Document, names: tuple[str, ...], line: str) -> bool:
    """Return whether a first line has a column of the data set, or one that the person importing speaks of."""
    chosen = {normalise_name(part.partition("=")[2]) for part in document.labels.columns.split(",")} - {""}
    is_chosen = any(normalise_name(name) in chosen for name in names if name.strip())
    return is_chosen or ("|" not in line and any(name.strip().lower() in _DISTINCTIVE_COLUMNS for name in names))


def _split(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([line.removeprefix("\ufeff")], delimiter=delimiter), [])
    except csv.Error:
        cells = line.split(delimiter)
    return tuple(cells)


def is_rule(line: str) -> bool:
    """Return whether a line only rules off the header of a Markdown table."""
    return "-" in line and bool(_RULE.fullmatch(line))
