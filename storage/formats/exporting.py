"""Stored videos as files: rows of a data set (JSON Lines, CSV, TSV, Parquet), or one video as captions."""

from __future__ import annotations

import csv
import io
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

_ONE_VIDEO = {ExportFormat.SRT: "SubRip", ExportFormat.VTT: "WebVTT"}
_Row = dict[str, Any]


def export_videos(videos: Sequence[StoredVideo], form: ExportFormat) -> bytes:
    """Return the videos as a file. Raises RequestError where there are none, and for several as captions."""
    if not videos:
        raise RequestError("There is nothing to export: this library is empty.")
    if form in _ONE_VIDEO and len(videos) > 1:
        raise RequestError(f"{_ONE_VIDEO[form]} holds one video and this library has {len(videos)}: name one.")
    return _FORMS[form](videos)


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


def _choose_columns(videos: Sequence[StoredVideo]) -> tuple[str, ...]:
    """Return the columns to write: those of the data set, and of the others those that hold anything."""
    kept = {column for stored in videos for column, value in _video_values(stored.video).items() if value}
    kept |= {"chapters" for stored in videos if stored.video.chapters}
    segments = [segment for stored in videos for segment in stored.segments]
    kept |= {"turns" for segment in segments if segment.turns} | {"marks" for segment in segments if segment.marks}
    if _is_misread(videos):
        kept.add("is_verbatim")
    return (*DATA_SET_COLUMNS, *(column for column in EXTRA_COLUMNS if column in kept))


def _is_misread(videos: Sequence[StoredVideo]) -> bool:
    """Return whether rows would be read otherwise than they are: words as HTML, or seconds as milliseconds."""
    texts = (text for stored in videos for text in (stored.video.title, stored.video.creator))
    segments = [(stored.video.video_id, segment) for stored in videos for segment in stored.segments]
    spoken = (segment.text for _, segment in segments)
    if any(decode_text(text) != text for text in texts):
        return True
    if any(decode_text(text) != text or split_voice(text)[0] for text in spoken):
        return True
    timed = [TimedText(key, s.start_second, s.end_second, len(s.text)) for key, s in segments[:SAMPLE_ROWS]]
    return find_unit(timed, 1.0) is not Unit.AS_NAMED


def _format_second(second: float) -> float:
    """Return whole seconds without a decimal point, as datasets write them."""
    return int(second) if second.is_integer() else second


def _write_jsonl(videos: Sequence[StoredVideo]) -> bytes:
    rows = _make_rows(videos, _choose_columns(videos))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _write_separated(videos: Sequence[StoredVideo], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    columns = _choose_columns(videos)
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(_cells(row) for row in _make_rows(videos, columns))
    return text.getvalue().encode()


def _cells(row: _Row) -> list[str | float]:
    """Return the values of a row as a cell can hold them: lists as JSON, and yes as "true"."""
    return [
        json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value and isinstance(value, list)
        else ("true" if value else "") if isinstance(value, bool | list)
        else value
        for value in row.values()
    ]  # fmt: skip


def _write_parquet(videos: Sequence[StoredVideo]) -> bytes:
    import pyarrow as pa  # half a second to import, and only needed here
    import pyarrow.parquet as pq

    names = _choose_columns(videos)
    columns = list(zip(*(_cells(row) for row in _make_rows(videos, names)), strict=True))
    seconds = pa.float64()
    schema = pa.schema([(name, seconds if name.endswith("_second") else pa.string()) for name in names])
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    target = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), target)
    return target.getvalue()


_FORMS: dict[ExportFormat, Callable[[Sequence[StoredVideo]], bytes]] = {
    ExportFormat.JSONL: _write_jsonl,
    ExportFormat.CSV: lambda videos: _write_separated(videos, ","),
    ExportFormat.TSV: lambda videos: _write_separated(videos, "\t"),
    ExportFormat.PARQUET: _write_parquet,
    ExportFormat.SRT: lambda videos: write_subrip(videos[0]),
    ExportFormat.VTT: lambda videos: write_webvtt(videos[0]),
}
