"""Dataset rows from a file of any format: checked one by one, then assembled into transcripts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from storage.formats.addresses import clean_url, complete_addresses
from storage.formats.document import Document
from storage.formats.text_cleaning import clean_id, clean_text, quote_text
from storage.models import FileContent, Rejection, Segment, Transcript, Video
from storage.models.limits import MAX_ID_LENGTH, MAX_SECOND, MAX_TEXT_LENGTH

REQUIRED_COLUMNS = ("video_id", "text", "start_second")
DATA_SET_COLUMNS = (*REQUIRED_COLUMNS, "end_second", "url", "title", "thumbnail")
"""The columns of the data set, in its order; what is exported has the same."""
COLUMNS = (*DATA_SET_COLUMNS, "creator")
"""The columns that are read; `creator` is Cuepoint's own addition."""

SPOKEN_CHARACTERS_PER_SECOND = 13.8
"""The speaking rate: the characters of the 300 rows in the three sample pages divided by the seconds they last."""

_SLOWEST, _PAUSE_SECONDS = 3, 10.0
"""How many times longer than usual the slowest speaker takes, and a pause after it."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One row as a file has it. `number` is what people count: the line of a text file, otherwise the row from 1."""

    number: int
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _ValidRow:
    """A row that passed the checks. `end_second` is None where the file does not give it."""

    number: int
    video_id: str
    text: str
    start_second: float
    end_second: float | None


@dataclass(slots=True)
class _VideoRows:
    """The rows of one video, by their start, and what they say about the video."""

    video: Video
    rows: dict[float, _ValidRow] = field(default_factory=dict)


def match_column_names(document: Document, header: Sequence[str], line: int | None = None) -> list[str]:
    """Return the header's names as `COLUMNS` spells them, or raise InputError for one that is missing or duplicated."""
    names = [clean_text(name).removeprefix("\ufeff").strip().lower() for name in header]
    name_list = ", ".join(filter(None, names)) or "none"
    for column in COLUMNS:
        if names.count(column) > 1:
            raise document.refusal_error(f"there are {names.count(column)} columns named {column}; leave one", line)
    missing = [column for column in REQUIRED_COLUMNS if column not in names]
    if missing:
        columns, are = ("column", "is") if len(missing) == 1 else ("columns", "are")
        named = " and ".join(filter(None, (", ".join(missing[:-1]), missing[-1])))
        raise document.refusal_error(
            f"the {columns} {named} {are} missing "
            f"(found: {name_list[:200]}); name the columns video_id, text and start_second",
            line,
        )
    return names


def assemble_transcripts(document: Document, rows: Iterable[Row | Rejection]) -> FileContent:
    """Check and group `rows`. Rejections among them are passed on; raises InputError when there are no rows at all."""
    rows_by_video: dict[str, _VideoRows] = {}
    rejections: list[Rejection] = []
    for count, row in enumerate(rows, start=1):
        if count > document.limits.rows:
            raise document.too_many_error("rows")
        rejection = row if isinstance(row, Rejection) else _add_row(document, rows_by_video, row)
        if rejection is not None:
            rejections.append(rejection)
    if not rows_by_video and not rejections:
        raise document.refusal_error("there is not a single row in it; export or paste it again")
    videos = _apply_labels(document, [video_rows.video for video_rows in rows_by_video.values()])
    # Popped video by video: freeing hundreds of thousands of rows at once would block every thread meanwhile.
    transcripts = [
        Transcript(complete_addresses(video), segments=_make_segments(rows_by_video.pop(video_id).rows))
        for video, video_id in zip(videos, list(rows_by_video), strict=True)
    ]
    return FileContent(tuple(transcripts), tuple(rejections))


def _add_row(document: Document, rows_by_video: dict[str, _VideoRows], row: Row) -> Rejection | None:
    checked = _check_row(row)
    if isinstance(checked, str):
        return document.reject_row(row.number, checked)
    video_rows = rows_by_video.setdefault(checked.video_id, _VideoRows(Video(checked.video_id)))
    earlier = video_rows.rows.setdefault(checked.start_second, checked)
    if earlier.text != checked.text:
        return document.reject_row(
            row.number,
            f"row {row.number} repeats second {checked.start_second:.12g} of video {checked.video_id} "
            f"with other words than row {earlier.number}; keep one of the two",
        )
    video_rows.video = _complete_video(video_rows.video, row.fields)
    return None


def _check_row(row: Row) -> _ValidRow | str:
    """Return the row's contents, or the sentence that says what is wrong with them."""
    for column, raw in row.fields.items():
        max_length = MAX_ID_LENGTH if column == "video_id" else MAX_TEXT_LENGTH
        if isinstance(raw, str) and len(raw) > max_length:
            return f"{column} has {len(raw):,} characters, and {max_length:,} are the most; shorten it"
    raw_id, raw_text = row.fields.get("video_id"), row.fields.get("text")
    video_id = clean_id(raw_id) if isinstance(raw_id, str) else ""
    text = clean_text(raw_text) if isinstance(raw_text, str) else ""
    for column, raw, value in (("video_id", raw_id, video_id), ("text", raw_text, text)):
        if not value:
            wrong = "empty" if raw is None or isinstance(raw, str) else f"{quote_text(str(raw))}, which is no text"
            return f"{column} is {wrong}; fill it in or leave the row out"
    start, end = row.fields.get("start_second"), row.fields.get("end_second")
    start_second, end_second = _parse_seconds(start), None if _is_missing(end) else _parse_seconds(end)
    if start_second is None:
        return f"start_second {_show_value(start)}; give the seconds from the beginning, such as 1086 or 12.5"
    if end_second is None and not _is_missing(end):
        return f"end_second {_show_value(end)}; give the seconds from the beginning, or leave it empty"
    if max(start_second, end_second or 0.0) > MAX_SECOND:
        return "lies over 100 hours into the video; times are in seconds, so divide milliseconds by 1000"
    if end_second is not None and end_second < start_second:
        return f"ends at {end_second:.12g}, before it starts at {start_second:.12g}; correct the two times"
    return _ValidRow(row.number, video_id, text, start_second, end_second)


def _is_missing(value: object) -> bool:
    """Return whether a cell is empty; data frames write a missing number as not-a-number."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _show_value(value: object) -> str:
    if _is_missing(value):
        return "is empty"
    return f"is {quote_text(str(value)) if isinstance(value, str | int | float | Decimal) else 'no number'}"


def _parse_seconds(value: object) -> float | None:
    """Return a cell in seconds; None when it is not a finite number of at least 0."""
    try:
        if isinstance(value, str):
            number = value.strip()
            second = float(number.replace(",", "")) if _NUMBER.fullmatch(number) else math.nan
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            second = float(value)
        else:
            return None
    except (OverflowError, ValueError):  # an integer beyond any float, or a Decimal that signals
        return None
    return abs(second) if math.isfinite(second) and second >= 0 else None


def _complete_video(video: Video, fields: Mapping[str, object]) -> Video:
    """Return `video` with the fields filled in that it still lacks."""
    details: dict[str, Any] = {}
    for name, known in (("title", video.title), ("creator", video.creator), ("thumbnail", video.thumbnail)):
        value = fields.get(name)
        if not known and isinstance(value, str) and value.strip():
            details[name] = clean_text(value)
    url = fields.get("url")
    if not video.url and isinstance(url, str) and (address := clean_url(url)):
        details["url"] = address
    return replace(video, **details) if details else video


def _apply_labels(document: Document, videos: Sequence[Video]) -> list[Video]:
    labels = document.labels
    single_video_labels = {"video_id": labels.video_id, "title": labels.title, "url": labels.url}
    names = [name for name, value in single_video_labels.items() if value]
    if names and len(videos) > 1:
        raise document.refusal_error(
            f"holds {len(videos)} videos, so one {names[0]} cannot be given for all of them; leave it out"
        )
    if videos and labels.video_id not in {"", videos[0].video_id}:
        raise document.refusal_error(
            f"its rows say that the video is {quote_text(videos[0].video_id)}, not {quote_text(labels.video_id)}; "
            "leave the video id out"
        )
    named = ("title", "url", "creator", "language", "published", "chapters")
    details: dict[str, Any] = {name: value for name in named if (value := getattr(labels, name))}
    if labels.is_automatic is not None:
        details["is_automatic"] = labels.is_automatic
    return [replace(video, **details) for video in videos]


def _make_segments(rows: Mapping[float, _ValidRow]) -> tuple[Segment, ...]:
    """Return the rows as segments by their start. One without an end lasts until the next, or as long as it takes to
    say."""
    ordered = [rows[start] for start in sorted(rows)]
    segments = []
    for row, after in zip(ordered, [*ordered[1:], None], strict=False):
        end_second = row.end_second
        if end_second is None:
            spoken_time = round(len(row.text) / SPOKEN_CHARACTERS_PER_SECOND, 3)
            end_second = row.start_second + spoken_time
            # A start much later than anyone takes for these words is no continuation: a page is missing in between.
            if after is not None and after.start_second <= row.start_second + _SLOWEST * spoken_time + _PAUSE_SECONDS:
                end_second = after.start_second
        segments.append(Segment(row.start_second, end_second, row.text))
    return tuple(segments)
