"""Parquet files with the dataset's columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import count
from typing import Any

from storage.formats.document import Document
from storage.formats.rows.column_names import REQUIRED_COLUMNS
from storage.formats.rows.columns import Columns, find_columns
from storage.formats.rows.parquet_pages import DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY, read_pages
from storage.formats.rows.rows import assemble_transcripts
from storage.formats.rows.table_rules import Row
from storage.formats.text_cleaning import quote_text
from storage.models import FileContent
from storage.sentences import sentence

_MARK = b"PAR1"
_TIMES = ("start_second", "end_second", "duration")
_TEXTS = ("video_id", "text", "url", "title", "thumbnail", "creator")
"""The columns that are refused where they hold anything else; others are then not read."""
_FOOTER_SHARE = 50
"""A footer may take the allowed file size divided by this: in memory it takes about a hundred times its size."""


_PAGE_BYTES = 1000
"""What a page costs in memory, even an empty one."""
_BATCH_VALUES = 500
"""The number of values that pyarrow converts in less than a millisecond."""


def is_parquet(document: Document) -> bool:
    """Return whether the file begins with Parquet's signature."""
    return document.content.startswith(_MARK)


def read_parquet(document: Document) -> FileContent:
    """Read the rows, counted from 1."""
    import pyarrow as pa  # half a second to import, and only needed here

    if not document.content.endswith(_MARK) or len(document.content) <= 2 * len(_MARK):
        raise document.refusal_error(
            sentence("the Parquet file is cut off before its end; download or export it again")
        )
    footer_bytes = int.from_bytes(document.content[-8:-4], "little")
    if document.limits.file_bytes // _FOOTER_SHARE < footer_bytes < len(document.content):
        raise document.refusal_error(
            sentence(
                "its pieces take {footer_bytes} bytes to list; export it with larger row groups",
                footer_bytes=footer_bytes,
            )
        )
    try:
        return _read_file(document)
    # Besides Arrow's own errors, a damaged file raises OSError, or ValueError for text that is not UTF-8.
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise document.refusal_error(sentence("the Parquet file is damaged; download or export it again")) from error


def _read_file(document: Document) -> FileContent:
    import pyarrow as pa
    import pyarrow.parquet

    content = pa.BufferReader(document.content)
    file = pyarrow.parquet.ParquetFile(content)
    columns = find_columns(document, file.schema_arrow.names)
    kinds = {name: file.schema_arrow.field(place).type for place, name in enumerate(columns.names) if name}
    for name, kind in kinds.items():
        if not _is_read(document, columns, name, kind):
            columns = columns.without(name)
    return assemble_transcripts(document, _read_rows(document, content, file, columns), columns)


def _read_rows(document: Document, content: Any, file: Any, read: Columns) -> Iterator[Row]:
    import pyarrow.parquet

    schema, metadata = file.schema_arrow, file.metadata
    columns = {name: schema.names[place] for place, name in enumerate(read.names) if name}
    texts = {spelled for spelled in columns.values() if _is_text(schema.field(spelled).type)}
    chunks = [
        list(_column_chunks(metadata.row_group(number), columns.values())) for number in range(metadata.num_row_groups)
    ]
    _require_bounds(document, metadata.num_rows, [chunk for group in chunks for chunk in group], texts)
    numbers = count(1)
    size = 0
    for number, group in enumerate(chunks):
        # A text that a thousand rows share is in the file only once, and with this in memory only once too.
        shared = [
            chunk.path_in_schema for chunk in group if chunk.has_dictionary_page and chunk.path_in_schema in texts
        ]
        file = pyarrow.parquet.ParquetFile(content, metadata=metadata, read_dictionary=shared)
        for batch in file.iter_batches(row_groups=[number], columns=list(columns.values())):
            cells = [_read_cells(batch.column(spelled)) for spelled in columns.values()]
            for values in zip(*cells, strict=True):
                size += sum(len(value) for value in values if isinstance(value, str))
                if size > document.limits.file_bytes:
                    raise document.too_large_error(sentence("what it unfolds to"))
                yield Row(next(numbers), dict(zip(columns, values, strict=True)))


def _column_chunks(group: Any, columns: Collection[str]) -> Iterator[Any]:
    """Return pyarrow's descriptions of the chunks of a row group that belong to `columns`."""
    chunks = (group.column(number) for number in range(group.num_columns))
    return (chunk for chunk in chunks if chunk.path_in_schema in columns)


def _require_bounds(document: Document, rows: int, chunks: Sequence[Any], texts: Collection[str]) -> None:
    """Raise InputError where the decompressed columns would be larger than allowed, or their size cannot be known."""
    if rows > document.limits.rows:
        raise document.too_many_rows_error()
    size, declared_size = 0, sum(chunk.total_uncompressed_size for chunk in chunks)
    if declared_size > document.limits.file_bytes:
        raise document.too_large_error(sentence("what it unfolds to"))
    for chunk in chunks:
        for page in read_pages(document.content, chunk):
            size += page.unfolded_bytes + _PAGE_BYTES
            if size > document.limits.file_bytes:
                raise document.too_large_error(sentence("what it unfolds to"))
            # Beside a dictionary, pyarrow reads DELTA_LENGTH_BYTE_ARRAY only by copying a text as often as it occurs.
            unsized = {DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY} if chunk.has_dictionary_page else {DELTA_BYTE_ARRAY}
            if chunk.path_in_schema in texts and not unsized.isdisjoint(page.encodings):
                raise document.refusal_error(
                    sentence(
                        "the column {path_in_schema} is written in a way that does not tell how large it will be "
                        "(DELTA_BYTE_ARRAY); export the file with the encoding PLAIN",
                        path_in_schema=quote_text(chunk.path_in_schema),
                    )
                )


def _read_cells(column: Any) -> list[Any]:
    """Return the cells of a column; with a dictionary, equal cells share one text."""
    if not hasattr(column, "dictionary"):
        return _to_values(column)
    known = _to_values(column.dictionary)
    return [None if place is None else known[place] for place in _to_values(column.indices)]


def _to_values(column: Any) -> list[Any]:
    """Return the values of a column as Python objects, converted a few at a time: pyarrow holds the GIL meanwhile."""
    return [
        cell
        for start in range(0, len(column), _BATCH_VALUES)
        for cell in column.slice(start, _BATCH_VALUES).to_pylist()
    ]


def _is_read(document: Document, columns: Columns, name: str, kind: Any) -> bool:
    """Return whether a column has a type that it is read in; an optional one may be empty throughout.

    Raises InputError for another type, where the column is one of those that make a data set.
    """
    from pyarrow import types

    value = kind.value_type if types.is_dictionary(kind) else kind
    is_number = types.is_integer(value) or types.is_floating(value) or types.is_decimal(value)
    if types.is_null(value) and name not in REQUIRED_COLUMNS:
        return True
    if name in _TIMES:
        wanted, fits = sentence("numbers"), is_number or _is_text(value)
    elif name in _TEXTS:
        wanted = sentence("text")
        fits = _is_text(value) or (name == "video_id" and types.is_integer(value) and columns.spelled[name] != name)
    else:
        return bool(_is_text(value) or is_number or types.is_boolean(value) or types.is_date(value))
    if not fits:
        raise document.refusal_error(
            sentence(
                "the column {column} holds {kind}, not {wanted}; convert it and export the file again",
                column=columns.spelled[name],
                kind=kind,
                wanted=wanted,
            )
        )
    return True


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    value = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_string(value) or types.is_large_string(value) or types.is_string_view(value))
