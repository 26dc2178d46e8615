"""CSV, TSV and JSON Lines: tables of dataset rows in text files."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator

from storage.formats.document import Document
from storage.formats.rows.rows import COLUMNS, Row, assemble_transcripts, match_column_names
from storage.formats.text_cleaning import quote_text
from storage.models import FileContent, Rejection
from storage.models.limits import MAX_ROW_LENGTH, MAX_TEXT_LENGTH

# Column names that are not everyday words, so that a line of prose is not taken for a header.
_DISTINCTIVE_COLUMNS = ("video_id", "start_second", "end_second")


def is_csv(document: Document) -> bool:
    """Return whether the first line names the dataset's columns between commas."""
    return _is_header(document.first_line) and "\t" not in document.first_line


def is_tsv(document: Document) -> bool:
    """Return whether the first line names the dataset's columns between tabs."""
    return _is_header(document.first_line) and "\t" in document.first_line


def is_json_lines(document: Document) -> bool:
    """Return whether the first line is, or begins like, an object with the dataset's columns."""
    line = document.first_line
    return line.startswith("{") and any(f'"{column}"' in line.lower() for column in _DISTINCTIVE_COLUMNS)


def read_csv(document: Document) -> FileContent:
    """Read rows separated by commas."""
    return assemble_transcripts(document, _read_separated(document, ","))


def read_tsv(document: Document) -> FileContent:
    """Read rows separated by tabs."""
    return assemble_transcripts(document, _read_separated(document, "\t"))


def read_json_lines(document: Document) -> FileContent:
    """Read one JSON object per line."""
    return assemble_transcripts(document, _read_objects(document))


def _is_header(line: str) -> bool:
    # A pasted table has its column names alone or between pipes, and a row of JSON has them between braces.
    lowered = line.lower()
    return not line.startswith(("{", "[")) and "|" not in line and _names_columns(lowered)


def _names_columns(line: str) -> bool:
    cells = line.lstrip("\ufeff").replace('"', "").replace(";", ",").replace("\t", ",").split(",")
    return len(cells) > 1 and any(cell.strip() in _DISTINCTIVE_COLUMNS for cell in cells)


def _read_separated(document: Document, delimiter: str) -> Iterator[Row | Rejection]:
    records = _read_records(document, delimiter)
    line, header = next(records, (1, []))
    names = match_column_names(document, header, line)
    for line, cells in records:
        if len(cells) < len(names) or any(cells[len(names) :]):
            yield document.reject_row(
                line,
                f"has {len(cells)} {'cell' if len(cells) == 1 else 'cells'} where the header has {len(names)}; "
                "complete the row, or put quotation marks around a cell that holds the separator",
            )
        else:
            yield Row(line, {name: cell for name, cell in zip(names, cells, strict=False) if name in COLUMNS})


def _read_records(document: Document, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield every record with the line it starts on, without blank lines."""
    start = 1
    reader = csv.reader(_lines_of_record(document, lambda: start), delimiter=delimiter, strict=True)
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise document.refusal_error(_describe_csv_problem(str(error)), start) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield start, cells


def _lines_of_record(document: Document, start: Callable[[], int]) -> Iterator[str]:
    """Yield the lines with their line endings. Raises InputError where the record that began on `start` is too long."""
    first, length = 0, 0
    for number, line in enumerate(document.lines, start=1):
        if start() != first:
            first, length = start(), 0
        length += len(line) + 1
        if length > MAX_ROW_LENGTH + 1:
            raise document.too_long_error("the row that begins here", length, MAX_ROW_LENGTH, first)
        yield line + "\n" if number < len(document.lines) else line


def _describe_csv_problem(problem: str) -> str:
    # An open quotation mark takes in the rest of the file, up to its end or to the csv module's limit for one cell,
    # which is a little above MAX_TEXT_LENGTH.
    if "field limit" in problem:
        return (
            f"a cell of this row has more than {MAX_TEXT_LENGTH:,} characters; shorten it, or close the quotation mark "
            "that it begins with"
        )
    if "unexpected end" in problem:
        return "a quotation mark opened in this row is never closed; close it, or write one that is text twice"
    return f"the quotation marks do not fit ({problem}); write a quotation mark inside a cell twice"


def _read_objects(document: Document) -> Iterator[Row | Rejection]:
    columns: dict[str, None] = {}
    objects = 0
    for number, line in enumerate(document.lines, start=1):
        if not line.strip():
            continue
        try:
            fields = _parse_object(line)
        except RecursionError:
            yield document.reject_row(number, f"{quote_text(line)} is nested too deeply; write plain text and numbers")
            continue
        if fields is None:
            yield document.reject_row(
                number, f"{quote_text(line)} is not a complete JSON object; write one whole object on each line"
            )
            continue
        objects += 1
        columns.update(dict.fromkeys(fields))
        yield Row(number, {name: fields[name] for name in COLUMNS if name in fields})
    if objects:
        match_column_names(document, list(columns))  # a column that no row has is the file's fault, not a row's


def _parse_object(line: str) -> dict[str, object] | None:
    """Return the object on a line with its keys cleaned, None when there is no complete one. Raises RecursionError."""
    try:
        value = json.loads(line)
    except ValueError:  # also for a number of thousands of digits
        return None
    return {key.strip().lower(): cell for key, cell in value.items()} if isinstance(value, dict) else None
