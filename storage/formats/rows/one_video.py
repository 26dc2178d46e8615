"""A table without a column of videos: the transcript of one video, named as that of a caption file is."""

from __future__ import annotations

from collections.abc import Sequence

from storage.formats.captions.rolling import sort_spoken
from storage.formats.captions.transcript import VideoDetails, build_transcript
from storage.formats.document import Document
from storage.formats.rows.row_checks import ValidRow
from storage.formats.rows.table_rules import TableRules
from storage.models import Cue, FileContent, Rejection, Video


def read_one_video(
    document: Document,
    video: Video,
    rows: Sequence[ValidRow],
    rejections: Sequence[Rejection],
    rules: TableRules,
) -> FileContent:
    """Return the transcript of the rows, as of the cues of a caption file.

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
