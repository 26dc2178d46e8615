"""Videos and segments as they are stored: the columns of their rows, and the values that these become.

A library can be large: functions that go through all of it are run in another thread, off the event loop.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from typing import Any

from storage.models import Chapter, CueMark, Segment, SpeakerTurn, StoredVideo, Video, chapters_from_json

VIDEO_COLUMNS = ", ".join(
    f"video.{column}"
    for column in (
        *("video_id", "title", "creator", "url", "thumbnail", "language", "published", "chapters"),
        *("is_automatic", "track_of"),
    )
)
VIDEO_WIDTH = VIDEO_COLUMNS.count(",") + 1


def group_videos(rows: Iterable[tuple[Any, ...]]) -> list[StoredVideo]:
    """Return videos with their segments, of rows of VIDEO_COLUMNS and the columns of a segment, in their order."""
    grouped: dict[tuple[Any, ...], list[Segment]] = {}
    for row in rows:
        grouped.setdefault(row[:VIDEO_WIDTH], []).append(make_segment(*row[VIDEO_WIDTH:]))
    return [StoredVideo(make_video(values), tuple(segments)) for values, segments in grouped.items()]


def make_video(values: Sequence[Any]) -> Video:
    """Return the video of a row of VIDEO_COLUMNS."""
    video_id, title, creator, url, thumbnail, language, published, chapters, is_automatic, track_of = values
    return Video(
        *(video_id, title, creator, url, thumbnail, language, published),
        chapters_from_json(chapters),
        bool(is_automatic),
        track_of,
    )


def parse_previous(rows: Iterable[tuple[str, str | None]]) -> dict[str, StoredVideo | None]:
    """Return videos as they were before a change, by id; None for one that was not there."""
    return {video_id: None if before is None else _parse_stored_video(before) for video_id, before in rows}


def make_segment(start: float, end: float, text: str, marks: str | None, turns: str | None) -> Segment:
    """Return the segment of a row."""
    return Segment(
        start,
        end,
        text,
        tuple(itertools.starmap(CueMark, json.loads(marks))) if marks else (),
        tuple(itertools.starmap(SpeakerTurn, json.loads(turns))) if turns else (),
    )


def _parse_stored_video(before: str) -> StoredVideo:
    value = json.loads(before)
    # What an earlier version of Cuepoint kept has neither chapters nor turns.
    video = {**value["video"], "chapters": tuple(Chapter(**each) for each in value["video"].get("chapters", ()))}
    segments = (
        Segment(
            **{
                **segment,
                "marks": tuple(CueMark(**mark) for mark in segment["marks"]),
                "turns": tuple(SpeakerTurn(**turn) for turn in segment.get("turns", ())),
            }
        )
        for segment in value["segments"]
    )
    return StoredVideo(Video(**video), tuple(segments))
