"""Stored videos as files: dataset rows (JSON Lines, CSV, TSV, Parquet) or SubRip captions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

import srt

from storage.errors import RequestError
from storage.formats.captions.markup import escape_subrip
from storage.formats.rows.rows import DATA_SET_COLUMNS
from storage.models import ExportFormat, Segment, StoredVideo


def export_videos(videos: Sequence[StoredVideo], form: ExportFormat) -> bytes:
    """The videos as a file. Raises RequestError where there are none, and for several in SubRip, which holds one."""
    if not videos:
        raise RequestError("There is nothing to export: this library is empty.")
    if form is ExportFormat.SRT and len(videos) > 1:
        raise RequestError(f"SubRip holds one video and this library has {len(videos)}: name one.")
    return _FORMS[form](videos)


def _make_rows(videos: Iterable[StoredVideo]) -> Iterator[tuple[str | float, ...]]:
    for stored in videos:
        video = stored.video
        for segment in stored.segments:
            start, end = _format_second(segment.start_second), _format_second(segment.end_second)
            yield video.video_id, segment.text, start, end, video.url, video.title, video.thumbnail


def _format_second(second: float) -> float:
    """Whole seconds without a decimal point, as datasets write them."""
    return int(second) if second.is_integer() else second


def _write_jsonl(videos: Sequence[StoredVideo]) -> bytes:
    rows = (dict(zip(DATA_SET_COLUMNS, row, strict=True)) for row in _make_rows(videos))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _write_separated(videos: Sequence[StoredVideo], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(DATA_SET_COLUMNS)
    writer.writerows(_make_rows(videos))
    return text.getvalue().encode()


def _write_parquet(videos: Sequence[StoredVideo]) -> bytes:
    import pyarrow as pa  # half a second to import, and only needed here
    import pyarrow.parquet as pq

    columns = list(zip(*_make_rows(videos), strict=True))
    seconds = pa.float64()
    schema = pa.schema([(name, seconds if name.endswith("_second") else pa.string()) for name in DATA_SET_COLUMNS])
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    target = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), target)
    return target.getvalue()


def _write_subrip(videos: Sequence[StoredVideo]) -> bytes:
    cues = [cue for stored in videos for segment in stored.segments for cue in _cues_of(segment)]
    # Two speakers may begin in the same moment: `srt` would drop a cue that lasts no time at all.
    text: str = srt.compose(
        srt.Subtitle(None, timedelta(seconds=start), timedelta(seconds=max(end, start + 0.001)), escape_subrip(text))
        for start, end, text in cues
    )
    return text.encode()


def _cues_of(segment: Segment) -> Iterator[tuple[float, float, str]]:
    """The cues a segment was made from, or the segment itself where it had none."""
    if not segment.marks:
        yield segment.start_second, segment.end_second, segment.text
        return
    ends = [*(mark.offset for mark in segment.marks[1:]), len(segment.text)]
    stops = [*(mark.start_second for mark in segment.marks[1:]), segment.end_second]
    for mark, end, stop in zip(segment.marks, ends, stops, strict=True):
        yield mark.start_second, stop, segment.text[mark.offset : end].strip()


_FORMS: dict[ExportFormat, Callable[[Sequence[StoredVideo]], bytes]] = {
    ExportFormat.JSONL: _write_jsonl,
    ExportFormat.CSV: lambda videos: _write_separated(videos, ","),
    ExportFormat.TSV: lambda videos: _write_separated(videos, "\t"),
    ExportFormat.PARQUET: _write_parquet,
    ExportFormat.SRT: _write_subrip,
}
