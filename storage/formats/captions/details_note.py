"""What Cuepoint writes of a video beside its words into WebVTT: a note, which every player passes over.

A line "NOTE cuepoint {..}" holds the columns of a data set row in JSON, without what is empty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from storage.errors import InputError
from storage.formats.captions.transcript import VideoDetails
from storage.formats.rows.row_details import InvalidDetail
from storage.formats.rows.rows import complete_video
from storage.formats.text_cleaning import clean_id
from storage.models import Video
from storage.models.limits import MAX_ID_LENGTH, MAX_TEXT_LENGTH

_BEGINNING = "NOTE cuepoint "
_COLUMNS = ("title", "creator", "url", "thumbnail", "published", "is_automatic", "track_of")
_MAX_LINES = 50
"""The note stands below the header, which has as many lines at most."""


def write_details(video: Video) -> str:
    """Return the note about a video; "" where there is nothing to say but its id and language."""
    values: dict[str, object] = {name: value for name in _COLUMNS if (value := getattr(video, name))}
    if video.chapters:
        values["chapters"] = [[chapter.start_second, chapter.title] for chapter in video.chapters]
    if not values:
        return ""
    # A line that is too long would not be read again.
    notes = (_make_note(video, each) for each in (values, {**values, "chapters": []}))
    return next((note for note in notes if len(note) <= MAX_TEXT_LENGTH), "")


def _make_note(video: Video, values: Mapping[str, object]) -> str:
    text = json.dumps({"video_id": video.video_id, **values}, ensure_ascii=False)
    return _BEGINNING + text.replace(">", "\\u003e")  # no note may hold the arrow of a cue


def read_details(lines: Sequence[str]) -> VideoDetails:
    """Return what the note of a file says; nothing where there is none, or none of Cuepoint's."""
    note = next((line for line in islice(lines, _MAX_LINES) if line.startswith(_BEGINNING)), "")
    if not note:
        return VideoDetails()
    try:
        fields = json.loads(note.removeprefix(_BEGINNING))
        video_id = clean_id(fields["video_id"])
        if not 0 < len(video_id) <= MAX_ID_LENGTH:
            return VideoDetails()
        video = complete_video(Video(video_id), {**fields, "is_verbatim": True})
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, InvalidDetail, InputError):
        return VideoDetails()
    names = (*_COLUMNS, "video_id", "chapters")
    return replace(VideoDetails(), **{name: getattr(video, name) for name in names})
