"""Stored videos as files: rows of a data set (JSON Lines, CSV, TSV, Parquet), or one video as captions."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from storage.errors import RequestError
from storage.formats.captions.writing import write_subrip, write_webvtt
from storage.formats.html_text import decode_text, split_voice
from storage.formats.pace import TimedText, Unit, find_unit
from storage.formats.rows.column_names import DATA_SET_COLUMNS, EXTRA_COLUMNS
from storage.formats.rows.table_rules import SAMPLE_ROWS
from storage.models import ExportFormat, Segment, StoredVideo, Video
from storage.sentences import sentence

_ONE_VIDEO = {ExportFormat.SRT: "SubRip", ExportFormat.VTT: "WebVTT"}
_Row = dict[str, Any]
ReadVideos = Callable[[], Iterator[StoredVideo]]
"""Begins to read the videos from the start."""
_ROWS_PER_GROUP = 20_000
"""Rows of a Parquet file that are held in memory at once."""


def export_videos(videos: Sequence[StoredVideo], form: ExportFormat) -> bytes:
    """Return the videos as a file. Raises RequestError where there are none, and for several as captions."""
    target = io.BytesIO()
    write_videos(lambda: iter(videos), form, target)
    return target.getvalue()


def write_videos(read: ReadVideos, form: ExportFormat, target: io.BufferedIOBase) -> None:
    """Write videos to a file, one after the other; `read` is called twice. Raises as `export_videos` does."""
    if next(read(), None) is None:
        raise RequestError(sentence("There is nothing to export: this library is empty."))
    if form in _ONE_VIDEO and (count := sum(1 for _ in read())) > 1:
        raise RequestError(
            sentence(
                "{format} holds one video and this library has {count}: name one.", format=_ONE_VIDEO[form], count=count
            )
        )
    _FORMS[form](read, target)


def _make_rows(videos: Iterable[StoredVideo], columns: Sequence[str]) -> Iterator[_Row]:
    """Yield a row for each segment, with values for `columns`; chapters are in the first row of their video."""
    for stored in videos:
        chapters = [[chapter.start_second, chapter.title] for chapter in stored.video.chapters]
        for segment in stored.segments:
            row = {**_video_values(stored.video), **_segment_values(segment), "chapters": chapters}
            row["is_verbatim"] = "is_verbatim" in columns
            yield {column: row[column] for column in columns}
            chapters = []


def _video_values(video: Video) -> _Row:
    names = ("video_id", "url", "title", "thumbnail", "creator", "language", "published", "is_automatic", "track_of")
    return {name: getattr(video, name) for name in names}


def _segment_values(segment: Segment) -> _Row:
    return {
        "text": segment.text,
        "start_second": _format_second(segment.start_second),
        "end_second": _format_second(segment.end_second),
        "turns": [[turn.offset, turn.speaker] for turn in segment.turns],
        "marks": [[mark.offset, mark.start_second] for mark in segment.marks],
    }


def _choose_columns(videos: Iterable[StoredVideo]) -> tuple[str, ...]:
    """Return the columns to write: those of the data set, and of the others those that hold anything."""
    kept: set[str] = set()
    timed: list[TimedText] = []
    for stored in videos:
        kept |= {column for column, value in _video_values(stored.video).items() if value}
        kept |= {"chapters"} if stored.video.chapters else set()
        kept |= {"turns"} if any(segment.turns for segment in stored.segments) else set()
        kept |= {"marks"} if any(segment.marks for segment in stored.segments) else set()
        if "is_verbatim" not in kept and _is_misread(stored):
            kept.add("is_verbatim")
        key, room = stored.video.video_id, SAMPLE_ROWS - len(timed)
        timed += [TimedText(key, s.start_second, s.end_second, len(s.text)) for s in stored.segments[:room]]
    if find_unit(timed, 1.0) is not Unit.AS_NAMED:
        # The seconds would be read as milliseconds.
        kept.add("is_verbatim")
    return (*DATA_SET_COLUMNS, *(column for column in EXTRA_COLUMNS if column in kept))


def _is_misread(stored: StoredVideo) -> bool:
    """Return whether words of a video would be read otherwise than they are: as HTML."""
    if any(decode_text(text) != text for text in (stored.video.title, stored.video.creator)):
        return True
    return any(decode_text(s.text) != s.text or split_voice(s.text)[0] for s in stored.segments)


def _format_second(second: float) -> float:
    """Return whole seconds without a decimal point, as datasets write them."""
    return int(second) if second.is_integer() else second


def _write_jsonl(read: ReadVideos, target: io.BufferedIOBase) -> None:
    for row in _make_rows(read(), _choose_columns(read())):
        target.write((json.dumps(row, ensure_ascii=False) + "\n").encode())


def _write_separated(read: ReadVideos, target: io.BufferedIOBase, delimiter: str) -> None:
    columns = _choose_columns(read())
    writer = csv.writer(codecs.getwriter("utf-8")(target), delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(_cells(row) for row in _make_rows(read(), columns))


def _cells(row: _Row) -> list[str | float]:
    """Return the values of a row as a cell can hold them: lists as JSON, and yes as "true"."""
    return [
        json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value and isinstance(value, list)
        else ("true" if value else "") if isinstance(value, bool | list)
        else value
        for value in row.values()
    ]  # fmt: skip


def _write_parquet(read: ReadVideos, target: io.BufferedIOBase) -> None:
    import pyarrow as pa  # half a second to import, and only needed here
    import pyarrow.parquet as pq

    names = _choose_columns(read())
    schema = pa.schema([(name, pa.float64() if name.endswith("_second") else pa.string()) for name in names])
    rows = (_cells(row) for row in _make_rows(read(), names))
    with pq.ParquetWriter(target, schema) as writer:
        while part := list(itertools.islice(rows, _ROWS_PER_GROUP)):
            columns = zip(*part, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


_FORMS: dict[ExportFormat, Callable[[ReadVideos, io.BufferedIOBase], object]] = {
    ExportFormat.JSONL: _write_jsonl,
    ExportFormat.CSV: lambda read, target: _write_separated(read, target, ","),
    ExportFormat.TSV: lambda read, target: _write_separated(read, target, "\t"),
    ExportFormat.PARQUET: _write_parquet,
    ExportFormat.SRT: lambda read, target: target.write(write_subrip(next(read()))),
    ExportFormat.VTT: lambda read, target: target.write(write_webvtt(next(read()))),
}
