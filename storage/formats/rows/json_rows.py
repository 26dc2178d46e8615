"""JSON Lines, and JSON arrays: rows as objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from storage.formats.document import Document
from storage.formats.rows.columns import find_columns, names_transcript, names_video, names_words
from storage.formats.rows.rows import assemble_transcripts
from storage.formats.rows.table_rules import SAMPLE_ROWS, Row
from storage.formats.text_cleaning import quote_text
from storage.models import FileContent, Rejection
from storage.sentences import sentence

_DISTINCTIVE_COLUMNS = ("video_id", "start_second", "end_second")
_BEGINNING = 200_000
"""Characters of an array in which its first object must end."""


def is_json_lines(document: Document) -> bool:
    """Return whether the first line is, or begins like, an object with a transcript's columns."""
    line = document.first_line
    if not line.startswith("{"):
        return False
    if any(f'"{column}"' in line.lower() for column in _DISTINCTIVE_COLUMNS):
        return True
    try:
        fields = _parse_object(line)
    except RecursionError:
        return False
    return fields is not None and (bool(document.labels.columns) or names_transcript(list(fields)))


def is_json_array(document: Document) -> bool:
    """Return whether the text is an array whose first object names its video, and a text or a start."""
    beginning = document.text[:_BEGINNING].lstrip()
    if not beginning.startswith("["):
        return False
    try:
        first, _ = json.JSONDecoder().raw_decode(beginning[1:].lstrip())
    except (ValueError, RecursionError):
        return False
    if not isinstance(first, dict):
        return False
    return bool(document.labels.columns) or (names_video(list(first)) and names_words(list(first)))


def read_json_lines(document: Document) -> FileContent:
    """Read one JSON object per line."""
    return _read_objects(document, _parse_lines(document))


def read_json_array(document: Document) -> FileContent:
    """Read the objects of an array."""
    document.require_caption_size()
    try:
        items = json.loads(document.text)
    except (ValueError, RecursionError) as error:
        raise document.refusal_error(sentence("the JSON array is cut off or damaged; export it again")) from error
    return _read_objects(document, _name_items(document, items))


_Item = tuple[int, Mapping[str, object]] | Rejection


def _read_objects(document: Document, items: Iterable[_Item]) -> FileContent:
    items = iter(items)
    first = list(islice(items, SAMPLE_ROWS))
    names: dict[str, str] = {}  # as first written, by their lower case
    for item in first:
        if not isinstance(item, Rejection):
            for name in item[1]:
                names.setdefault(name.lower(), name)
    if not names:
        return assemble_transcripts(document, chain(_only_rejections(first), _make_rows(items, {})))
    columns = find_columns(document, list(names.values()))
    rows = _make_rows(chain(first, items), dict(zip(names, columns.names, strict=True)))
    return assemble_transcripts(document, rows, columns)


def _only_rejections(items: Iterable[_Item]) -> Iterator[Rejection]:
    return (item for item in items if isinstance(item, Rejection))


def _make_rows(items: Iterable[_Item], columns: Mapping[str, str]) -> Iterator[Row | Rejection]:
    for item in items:
        if isinstance(item, Rejection):
            yield item
        else:
            number, fields = item
            cells = {columns.get(name.lower(), ""): cell for name, cell in fields.items()}
            cells.pop("", None)
            yield Row(number, cells)


def _parse_lines(document: Document) -> Iterator[_Item]:
    for number, line in enumerate(document.lines, start=1):
        if not line.strip():
            continue
        try:
            fields = _parse_object(line)
        except RecursionError:
            yield document.reject_row(
                number, sentence("{line} is nested too deeply; write plain text and numbers", line=quote_text(line))
            )
            continue
        if fields is None:
            yield document.reject_row(
                number,
                sentence(
                    "{line} is not a complete JSON object; write one whole object on each line", line=quote_text(line)
                ),
            )
        else:
            yield number, fields


def _name_items(document: Document, items: Iterable[object]) -> Iterator[_Item]:
    for number, item in enumerate(items, start=1):
        if isinstance(item, dict):
            yield number, {key.strip(): cell for key, cell in item.items()}
        else:
            yield document.reject_row(
                number, sentence("{text} is no object; write every row as one", text=quote_text(str(item)))
            )


def _parse_object(line: str) -> dict[str, object] | None:
    """Return the object on a line with its keys stripped, None when there is no complete one. Raises RecursionError."""
    try:
        value = json.loads(line)
    except ValueError:  # also for a number of thousands of digits
        return None
    return {key.strip(): cell for key, cell in value.items()} if isinstance(value, dict) else None
