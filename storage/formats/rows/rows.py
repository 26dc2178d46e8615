"""Dataset rows, from whatever file they came: checked one by one, then put together into transcripts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

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
"""How fast people talk: the characters of the 300 rows in the three sample pages over the seconds they last."""

_SLOWEST, _PAUSE_SECOND = 3, 10.0
"""How many times longer than usual the slowest speaker takes, and a pause after it."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One row as a file has it. `number` is what people count: a line of a text file, else the row from 1."""

    number: int
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _ValidRow:
    """A row that passed. `end_second` is None where the file does not say."""

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
    """Return the header's names as `COLUMNS` spells them, or raise InputError for one that is missing or doubled."""
    names = [clean_text(name).removeprefix("\ufeff").strip().lower() for name in header]
    found = ", ".join(filter(None, names)) or "none"
    for column in COLUMNS:
        if names.count(column) > 1:
            raise document.refusal_error(f"there are {names.count(column)} columns named {column}; leave one", line)
    missing = [column for column in REQUIRED_COLUMNS if column not in names]
    if missing:
        columns, are = ("column", "is") if len(missing) == 1 else ("columns", "are")
        named = " and ".join(filter(None, (", ".join(missing[:-1]), missing[-1])))
        raise document.refusal_error(
            f"the {columns} {named} {are} missing "
            f"(found: {found[:200]}); name the columns video_id, text and start_second",
            line,
        )
    return names


def assemble_transcripts(document: Document, rows: Iterable[Row | Rejection]) -> FileContent:
    """Check and group `rows`. Rejections among them are passed on; raises InputError when there are no rows at all."""
    pages: dict[str, _VideoRows] = {}
    rejections: list[Rejection] = []
    for count, row in enumerate(rows, start=1):
        if count > document.limits.rows:
            raise document.too_many_error("rows")
        refused = row if isinstance(row, Rejection) else _add_row(document, pages, row)
        if refused is not None:
            rejections.append(refused)
    if not pages and not rejections:
        raise document.refusal_error("there is not a single row in it; export or paste it again")
    videos = _apply_labels(document, [page.video for page in pages.values()])
    # Page by page: to let go of all at once would stop every thread while hundreds of thousands of rows are freed.
    transcripts = [
        Transcript(complete_addresses(video), segments=_make_segments(pages.pop(video_id).rows))
        for video, video_id in zip(videos, list(pages), strict=True)
    ]
    return FileContent(tuple(transcripts), tuple(rejections))


def _add_row(document: Document, pages: dict[str, _VideoRows], row: Row) -> Rejection | None:
    spoken = _check_row(row)
    if isinstance(spoken, str):
        return document.reject_row(row.number, spoken)
    page = pages.setdefault(spoken.video_id, _VideoRows(Video(spoken.video_id)))
    earlier = page.rows.setdefault(spoken.start_second, spoken)
    if earlier.text != spoken.text:
        return document.reject_row(
            row.number,
            f"row {row.number} repeats second {spoken.start_second:.12g} of video {spoken.video_id} "
            f"with other words than row {earlier.number}; keep one of the two",
        )
    page.video = _complete_video(page.video, row.fields)
    return None


def _check_row(row: Row) -> _ValidRow | str:
    """Return the row's contents, or the sentence that says what is wrong with them."""
    for column, raw in row.fields.items():
        longest = MAX_ID_LENGTH if column == "video_id" else MAX_TEXT_LENGTH
        if isinstance(raw, str) and len(raw) > longest:
            return f"{column} has {len(raw):,} characters, and {longest:,} are the most; shorten it"
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
    """Whether a cell says nothing; data frames write a missing number as not-a-number."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _show_value(value: object) -> str:
    if _is_missing(value):
        return "is empty"
    return f"is {quote_text(str(value)) if isinstance(value, str | int | float | Decimal) else 'no number'}"


def _parse_seconds(value: object) -> float | None:
    """Return a cell as seconds; None when it is not a finite number from 0 up."""
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
    """Return `video` with those fields filled in that it still lacks."""
    found: dict[str, str] = {}
    for name, known in (("title", video.title), ("creator", video.creator), ("thumbnail", video.thumbnail)):
        value = fields.get(name)
        if not known and isinstance(value, str) and value.strip():
            found[name] = clean_text(value)
    url = fields.get("url")
    if not video.url and isinstance(url, str) and (address := clean_url(url)):
        found["url"] = address
    return replace(video, **found) if found else video


def _apply_labels(document: Document, videos: Sequence[Video]) -> list[Video]:
    labels = document.labels
    alone = {"video_id": labels.video_id, "title": labels.title, "url": labels.url}
    given = [name for name, value in alone.items() if value]
    if given and len(videos) > 1:
        raise document.refusal_error(
            f"holds {len(videos)} videos, so one {given[0]} cannot be given for all of them; leave it out"
        )
    if videos and labels.video_id not in {"", videos[0].video_id}:
        raise document.refusal_error(
            f"its rows say that the video is {quote_text(videos[0].video_id)}, not {quote_text(labels.video_id)}; "
            "leave the video id out"
        )
    said = {"title": labels.title, "url": labels.url, "creator": labels.creator, "language": labels.language}
    said = {name: value for name, value in said.items() if value}
    return [replace(video, **said) for video in videos]


def _make_segments(rows: Mapping[float, _ValidRow]) -> tuple[Segment, ...]:
    """Return the rows by their start. One without an end lasts until the next, or as long as it takes to say."""
    ordered = [rows[start] for start in sorted(rows)]
    segments = []
    for row, after in zip(ordered, [*ordered[1:], None], strict=False):
        end_second = row.end_second
        if end_second is None:
            spoken_second = round(len(row.text) / SPOKEN_CHARACTERS_PER_SECOND, 3)
            end_second = row.start_second + spoken_second
            # A start much later than anybody takes for these words is no continuation: a page is missing in between.
            if after is not None and after.start_second <= row.start_second + _SLOWEST * spoken_second + _PAUSE_SECOND:
                end_second = after.start_second
        segments.append(Segment(row.start_second, end_second, row.text))
    return tuple(segments)
