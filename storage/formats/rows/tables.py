"""CSV and TSV: tables of rows in text files, their cells parted by commas, tabs, semicolons or pipes."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator

from storage.formats.document import Document
from storage.formats.rows.columns import Columns, find_columns
from storage.formats.rows.header import Header, find_header, first_header, is_rule
from storage.formats.rows.rows import assemble_transcripts
from storage.formats.rows.table_rules import Row
from storage.models import FileContent, Rejection
from storage.models.limits import MAX_ROW_LENGTH, MAX_TEXT_LENGTH
from storage.sentences import plural_sentence, sentence

_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def is_csv(document: Document) -> bool:
    """Return whether the text begins with a header that names a transcript's columns, between any signs but tabs."""
    header = find_header(document)
    return header is not None and header.delimiter != "\t"


def is_tsv(document: Document) -> bool:
    """Return whether the text begins with a header that names a transcript's columns between tabs."""
    header = find_header(document)
    return header is not None and header.delimiter == "\t"


def read_csv(document: Document) -> FileContent:
    """Read rows separated by commas, semicolons or pipes."""
    return _read_table(document, find_header(document) or first_header(document, ","))


def read_tsv(document: Document) -> FileContent:
    """Read rows separated by tabs."""
    return _read_table(document, find_header(document) or first_header(document, "\t"))


def _read_table(document: Document, header: Header) -> FileContent:
    columns = find_columns(document, header.names, header.line)
    rows = _read_separated(document, header, columns)
    return assemble_transcripts(document, rows, columns, semicolons=header.delimiter == ";")


def _read_separated(document: Document, header: Header, columns: Columns) -> Iterator[Row | Rejection]:
    names = columns.names
    last = len(names) - 1 if header.is_markdown and not names[-1] else len(names)
    for line, cells in _read_records(document, header):
        if len(cells) < last or any(cells[len(names) :]):
            yield document.reject_row(
                line,
                plural_sentence(
                    "has {count} cell where the header has {expected}; complete the row, or put quotation marks "
                    "around a cell that holds the separator",
                    "has {count} cells where the header has {expected}; complete the row, or put quotation marks "
                    "around a cell that holds the separator",
                    count=len(cells),
                    expected=len(names),
                ),
            )
        else:
            yield Row(line, {name: cell for name, cell in zip(names, cells, strict=False) if name})


def _read_records(document: Document, header: Header) -> Iterator[tuple[int, list[str]]]:
    """Yield every record below the header with the line it starts on, without blank lines."""
    start = header.line + 1
    lines = _lines_of_record(document, header.line, lambda: start)
    reader = csv.reader(lines, delimiter=header.delimiter, strict=True)
    if _is_unquoted(document, header):
        reader = csv.reader(lines, delimiter=header.delimiter, strict=True, quoting=csv.QUOTE_NONE)
    while True:
        start = header.line + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise document.refusal_error(_describe_csv_problem(str(error)), start) from error
        if cells is None:
            return
        is_ruled = header.delimiter == "|" and start == header.line + 1 and is_rule("|".join(cells))
        if any(cell.strip() for cell in cells) and not is_ruled:
            yield start, cells


def _is_unquoted(document: Document, header: Header) -> bool:
    """Return whether quotation marks in a table are text: the cells are parted by tabs, as many in every line, and one
    begins with a quotation mark that does not enclose the cell. Whisper writes so."""
    if header.delimiter != "\t":
        return False
    is_text = False
    for line in document.lines[header.line :]:
        if line.strip() and line.count("\t") != len(header.names) - 1:
            return False
        if '"' in line and not is_text:
            cells = (cell for cell in line.split("\t") if cell.startswith('"'))
            is_text = any(not _QUOTED.fullmatch(cell) for cell in cells)
    return is_text


def _lines_of_record(document: Document, above: int, start: Callable[[], int]) -> Iterator[str]:
    """Yield the lines below the first `above` ones, with their line endings.

    Raises InputError where the record that began on `start` is too long.
    """
    first, length = 0, 0
    for number, line in enumerate(document.lines[above:], start=above + 1):
        if start() != first:
            first, length = start(), 0
        length += len(line) + 1
        if length > MAX_ROW_LENGTH + 1:
            raise document.too_long_error(sentence("the row that begins here"), length, MAX_ROW_LENGTH, first)
        yield line + "\n" if number < len(document.lines) else line


def _describe_csv_problem(problem: str) -> str:
    # An open quotation mark takes in the rest of the file, up to its end or to the csv module's limit for one cell,
    # which is a little above MAX_TEXT_LENGTH.
    if "field limit" in problem:
        return sentence(
            "a cell of this row has more than {most} characters; shorten it, or close the quotation mark that it "
            "begins with",
            most=MAX_TEXT_LENGTH,
        )
    if "unexpected end" in problem:
        return sentence(
            "a quotation mark opened in this row is never closed; close it, or write one that is text twice"
        )
    return sentence(
        "the quotation marks do not fit ({problem}); write a quotation mark inside a cell twice", problem=problem
    )
