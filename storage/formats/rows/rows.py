"""Rows of a table from a file of any format: checked one by one, then assembled into transcripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, pairwise
from typing import Any

from storage.analysis import base_language
from storage.dates import read_date
from storage.formats.addresses import clean_url, complete_addresses
from storage.formats.captions.rolling import sort_spoken
from storage.formats.captions.transcript import VideoDetails, build_transcript
from storage.formats.document import Document
from storage.formats.html_text import decode_text
from storage.formats.rows.columns import DATA_SET, Columns
from storage.formats.rows.row_checks import ValidRow, check_row
from storage.formats.rows.row_details import InvalidDetail, read_chapters, read_flag
from storage.formats.rows.table_rules import SAMPLE_ROWS, Row, TableRules, decide_rules
from storage.formats.text_cleaning import clean_id, clean_text, quote_text
from storage.models import Cue, FileContent, Rejection, Segment, Transcript, Video
from storage.sentences import sentence

_SLOWEST, _PAUSE_SECONDS = 3, 10.0
"""How many times longer than usual the slowest speaker takes, and a pause after it."""
_FACTS = frozenset({"language", "published", "chapters", "is_automatic", "track_of"})
_STEP_SECONDS = 0.001
"""How far apart rows of the same second are stored, so that each has a start of its own."""


@dataclass(slots=True)
class _VideoRows:
    """The rows of one video, each with other words or another start, and what they say about the video."""

    video: Video
    rows: dict[tuple[float, str], ValidRow] = field(default_factory=dict)


def assemble_transcripts(
    document: Document, rows: Iterable[Row | Rejection], columns: Columns = DATA_SET, *, semicolons: bool = False
) -> FileContent:
    """Check and group `rows`. Rejections among them are passed on.

    `semicolons` says that they part the cells. Raises InputError when there are no rows at all.
    """
    rows = iter(rows)
    first = list(islice(rows, SAMPLE_ROWS))
    rules = decide_rules(document, columns, [row for row in first if isinstance(row, Row)], semicolons=semicolons)
    by_video: dict[str, _VideoRows] = {}
    rejections: list[Rejection] = []
    for count, row in enumerate(chain(first, rows), start=1):
        if count > document.limits.rows:
            raise document.too_many_rows_error()
        rejection = row if isinstance(row, Rejection) else _add_row(document, rules, by_video, row)
        if rejection is not None:
            rejections.append(rejection)
    if not by_video and not rejections:
        raise document.refusal_error(sentence("there is not a single row in it; export or paste it again"))
    if "" in by_video:
        only = by_video[""]
        return _read_one_video(document, only.video, [*only.rows.values()], rejections, rules)
    videos = _apply_labels(document, [video_rows.video for video_rows in by_video.values()])
    # Popped video by video: freeing hundreds of thousands of rows at once would block every thread meanwhile.
    transcripts = [
        Transcript(complete_addresses(video), segments=_make_segments([*by_video.pop(video_id).rows.values()]))
        for video, video_id in zip(videos, list(by_video), strict=True)
    ]
    return FileContent(tuple(transcripts), tuple(rejections), rules.notes)


def _add_row(document: Document, rules: TableRules, by_video: dict[str, _VideoRows], row: Row) -> Rejection | None:
    checked = check_row(row, rules)
    if isinstance(checked, str):
        return document.reject_row(row.number, checked)
    video_rows = by_video.get(checked.video_id) or _VideoRows(Video(checked.video_id))
    try:
        video = complete_video(video_rows.video, row.fields)
    except InvalidDetail as error:
        return document.reject_row(
            row.number, sentence("{error}; correct the cell or leave it empty", error=str(error))
        )
    by_video[checked.video_id] = video_rows
    video_rows.video = video
    video_rows.rows.setdefault((checked.start_second, checked.text), checked)
    return None


def complete_video(video: Video, fields: Mapping[str, object]) -> Video:
    """Return `video` with the fields filled in that it still lacks. Raises InvalidDetail."""
    details: dict[str, Any] = {}
    is_verbatim = read_flag(fields.get("is_verbatim"))
    for name, known in (("title", video.title), ("creator", video.creator), ("thumbnail", video.thumbnail)):
        value = fields.get(name)
        if not known and isinstance(value, str) and value.strip():
            details[name] = clean_text(value) if is_verbatim or name == "thumbnail" else decode_text(value)
    url = fields.get("url")
    if not video.url and isinstance(url, str) and (address := clean_url(url)):
        details["url"] = address
    if not _FACTS.isdisjoint(fields):
        details |= _read_facts(video, fields)
    return replace(video, **details) if details else video


def _read_facts(video: Video, fields: Mapping[str, object]) -> dict[str, Any]:
    """Return what a row says of its video that few tables have. Raises InvalidDetail."""
    facts: dict[str, Any] = {}
    if not video.language and isinstance(language := fields.get("language"), str):
        facts["language"] = base_language(language)
    if not video.published and (published := fields.get("published")):
        facts["published"] = read_date(published)
    if not video.chapters and (chapters := fields.get("chapters")):
        facts["chapters"] = read_chapters(chapters)
    if not video.is_automatic and (is_automatic := fields.get("is_automatic")):
        facts["is_automatic"] = read_flag(is_automatic)
    if not video.track_of and isinstance(track_of := fields.get("track_of"), str) and track_of.strip():
        facts["track_of"] = clean_id(track_of)
        if not video.video_id.startswith(f"{facts['track_of']}."):
            raise InvalidDetail(
                sentence(
                    "track_of is {value}, and the id of the video does not begin with it and a point",
                    value=quote_text(track_of),
                )
            )
    return {name: value for name, value in facts.items() if value}


def _apply_labels(document: Document, videos: Sequence[Video]) -> list[Video]:
    labels = document.labels
    single_video_labels = {"video_id": labels.video_id, "title": labels.title, "url": labels.url}
    names = [name for name, value in single_video_labels.items() if value]
    if names and len(videos) > 1:
        raise document.refusal_error(
            sentence(
                "holds {count} videos, so one {label} cannot be given for all of them; leave it out",
                count=len(videos),
                label=names[0],
            )
        )
    if videos and labels.video_id not in {"", videos[0].video_id}:
        raise document.refusal_error(
            sentence(
                "its rows say that the video is {video_id}, not {other_id}; leave the video id out",
                video_id=quote_text(videos[0].video_id),
                other_id=quote_text(labels.video_id),
            )
        )
    named = ("title", "url", "creator", "language", "published", "chapters")
    details: dict[str, Any] = {name: value for name in named if (value := getattr(labels, name))}
    if labels.is_automatic is not None:
        details["is_automatic"] = labels.is_automatic
    return [replace(video, **details) for video in videos]


def _make_segments(rows: Iterable[ValidRow]) -> tuple[Segment, ...]:
    """Return the rows as segments by their start, those of the same second in the file's order. One without an end
    lasts until the next, or as long as it takes to say."""
    ordered = sorted(rows, key=lambda row: row.start_second)
    starts = sorted({row.start_second for row in ordered})
    following = dict(pairwise(starts))
    segments: list[Segment] = []
    last = -1.0
    for row in ordered:
        start = row.start_second if row.start_second > last else round(last + _STEP_SECONDS, 6)
        last = start
        end_second = row.end_second
        if end_second is None:
            end_second = _estimate_end(row, following.get(row.start_second))
        segments.append(Segment(start, max(start, end_second), row.text, row.marks, row.turns))
    return tuple(segments)


def _estimate_end(row: ValidRow, next_second: float | None) -> float:
    # A start much later than anyone takes for these words is no continuation: a page is missing in between.
    latest = row.start_second + _SLOWEST * row.spoken_seconds + _PAUSE_SECONDS
    if next_second is not None and next_second <= latest:
        return next_second
    return row.start_second + row.spoken_seconds


def _read_one_video(
    document: Document,
    video: Video,
    rows: Sequence[ValidRow],
    rejections: Sequence[Rejection],
    rules: TableRules,
) -> FileContent:
    """Return the transcript of a table without a column of videos: that of one, as of the cues of a caption file.

    Raises MissingVideoId where neither the labels nor the file's name or address say which video it is.
    """
    ordered = sorted(rows, key=lambda row: row.start_second)
    cues = [
        _make_cue(row, after.start_second if after else None)
        for row, after in zip(ordered, [*ordered[1:], None], strict=False)
    ]
    details = VideoDetails(
        title=video.title,
        creator=video.creator,
        url=video.url,
        language=video.language,
        published=video.published,
        chapters=video.chapters,
        is_automatic=video.is_automatic,
    )
    content = build_transcript(document, sort_spoken(cues), details, rejections)
    return FileContent(content.transcripts, content.rejections, (*content.notes, *rules.notes))


def _make_cue(row: ValidRow, next_second: float | None) -> Cue:
    end = row.end_second
    if end is None:
        end = round(row.start_second + row.spoken_seconds, 3)
        end = end if next_second is None else max(row.start_second, min(end, next_second))
    return Cue(row.start_second, end, row.text, row.turns[0].speaker if row.turns else "")
