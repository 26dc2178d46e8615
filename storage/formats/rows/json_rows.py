"""Rows of a data set as one JSON array of objects, of which each names its video."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from storage.formats.document import Document
from storage.formats.json_transcripts.any_objects import names_video
from storage.formats.json_transcripts.json_format import outermost_objects, strip_roots
from storage.formats.json_transcripts.loading import load_json
from storage.formats.rows.rows import COLUMNS, Row, assemble_transcripts, match_column_names
from storage.models import FileContent, Rejection

NAME = "a JSON array of rows"
_TIME_COLUMNS = ("start_second", "end_second")


def is_json_rows(document: Document) -> bool:
    """Return whether the text is an array of objects with the columns of a data set."""
    if not document.first_line.startswith("["):
        return False
    keys = {path.lower(): value for path, value in strip_roots(document.json_shape).items() if "." not in path}
    return names_video(keys) and any(column in keys for column in ("text", *_TIME_COLUMNS))


def read_json_rows(document: Document) -> FileContent:
    """Read one row an object. Raises InputError for a file that is cut off or damaged."""
    return assemble_transcripts(document, _read_rows(document))


def _read_rows(document: Document) -> Iterator[Row | Rejection]:
    values, rejections = load_json(document, NAME)
    yield from rejections
    columns: dict[str, None] = {}
    for number, value in enumerate(outermost_objects(values), start=1):
        fields = _clean_keys(value)
        columns.update(dict.fromkeys(fields))
        yield Row(number, {name: fields[name] for name in COLUMNS if name in fields})
    match_column_names(document, list(columns))


def _clean_keys(value: Mapping[str, object]) -> dict[str, object]:
    return {key.strip().lower(): cell for key, cell in value.items()}
