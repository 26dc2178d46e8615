"""Parquet files with the dataset's columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from storage.formats.document import Document
from storage.formats.rows import COLUMNS, REQUIRED, Row, assemble, column_names
from storage.models import Reading

_MARK = b"PAR1"
_NUMBERS = ("start_second", "end_second")


def is_parquet(document: Document) -> bool:
    """Whether the file begins with Parquet's mark."""
    return document.content.startswith(_MARK)


def read_parquet(document: Document) -> Reading:
    """Read the rows, counted from 1."""
    import pyarrow as pa  # half a second to import, and only needed here

    if not document.content.endswith(_MARK) or len(document.content) <= 2 * len(_MARK):
        raise document.refusal("the Parquet file is cut off before its end; download or export it again")
    try:
        return assemble(document, _rows(document))
    # Besides Arrow's own errors a damaged file shows itself as OSError, or as ValueError for text that is not UTF-8.
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise document.refusal("the Parquet file is damaged; download or export it again") from error


def _rows(document: Document) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(pa.BufferReader(document.content))
    schema = file.schema_arrow
    columns = {
        name: spelled
        for name, spelled in zip(column_names(document, schema.names), schema.names, strict=True)
        if name in COLUMNS
    }
    for name, spelled in columns.items():
        _check_type(document, name, schema.field(spelled).type)
    numbers = count(1)
    for batch in file.iter_batches(columns=list(columns.values())):
        cells = [batch.column(spelled).to_pylist() for spelled in columns.values()]
        for values in zip(*cells, strict=True):
            yield Row(next(numbers), dict(zip(columns, values, strict=True)))


def _check_type(document: Document, name: str, kind: Any) -> None:
    """Raise InputError unless a column holds what it should; an optional one may hold nothing at all."""
    from pyarrow import types

    value = kind.value_type if types.is_dictionary(kind) else kind
    if name in _NUMBERS:
        wanted = "numbers"
        fits = types.is_integer(value) or types.is_floating(value) or types.is_decimal(value)
    else:
        wanted = "text"
        fits = types.is_string(value) or types.is_large_string(value) or types.is_string_view(value)
    if not fits and not (types.is_null(value) and name not in REQUIRED):
        raise document.refusal(f"the column {name} holds {kind}, not {wanted}; convert it and export the file again")
