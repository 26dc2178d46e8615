"""The names that columns of transcripts go by, all in one place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

REQUIRED_COLUMNS = ("video_id", "text", "start_second")
DATA_SET_COLUMNS = (*REQUIRED_COLUMNS, "end_second", "url", "title", "thumbnail")
"""The columns of the data set, in its order; what is exported begins with them."""
EXTRA_COLUMNS = (
    "creator", "language", "published", "is_automatic", "track_of", "chapters", "turns", "marks", "is_verbatim",
)  # fmt: skip
"""Cuepoint's own additions, in the order in which they are exported. `is_verbatim` says that a row's texts and times
are to be read as they stand."""
COLUMNS = (*DATA_SET_COLUMNS, *EXTRA_COLUMNS, "duration", "speaker")
"""The columns that are read."""

MILLISECOND = 0.001

# As `normalise_name` writes them. A name after "|" is a weaker one: it counts only where no other is found.
_SYNONYMS: Mapping[str, str] = {
    "video_id": "videoid video vid youtubeid ytid youtubevideoid episodeid episode recordingid recording talkid talk "
    "lectureid lecture sessionid mediaid videokey | id",
    "text": "text content transcript transcription caption captions subtitle subtitles sentence utterance words speech "
    "segmenttext spokentext subtitletext captiontext | line lines body message value",
    "start_second": "start begin starttime begintime startat startsat startoffset segmentstart starttimestamp timein "
    "tcin timestart timebegin startpos cuestart | time timestamp timecode offset from in position",
    "end_second": "end endtime stop stoptime finish endat endsat endoffset segmentend endtimestamp timeout tcout "
    "timeend cueend finishtime until | to out",
    "duration": "duration dur length segmentduration durationtime | len",
    "url": "url link videourl videolink webpageurl weburl address href episodeurl youtubeurl",
    "title": "title videotitle episodetitle talktitle lecturetitle",
    "thumbnail": "thumbnail thumbnailurl thumb",
    "creator": "creator channel channelname channeltitle author uploader publisher podcast",
    "speaker": "speaker speakername spokenby speakerlabel speakerid | name who person voice",
    "language": "language lang languagecode",
    "published": "published publishedat publisheddate publishdate publicationdate uploaddate uploaded uploadedat "
    "releasedate pubdate | date",
    "chapters": "chapters",
    "is_automatic": "isautomatic",
    "track_of": "trackof",
    "turns": "turns",
    "marks": "marks",
    "is_verbatim": "isverbatim",
}
_NAMES = {
    name: (column, rank)
    for column, names in _SYNONYMS.items()
    for rank, part in enumerate(names.split("|"))
    for name in part.split()
}
_UNITS = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0,
    "ms": MILLISECOND, "msec": MILLISECOND, "msecs": MILLISECOND, "millis": MILLISECOND, "millisecond": MILLISECOND,
    "milliseconds": MILLISECOND,
}  # fmt: skip
_WITH_UNIT = ("start_second", "end_second", "duration")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class ColumnName:
    """What the name of a column says: which of `COLUMNS` it is, "" for none; `rank` is higher for a weaker name, and
    `unit` is what one of its numbers is in seconds, None where the name does not say that."""

    column: str = ""
    rank: int = 0
    unit: float | None = None


_NONE = ColumnName()


def read_column_name(name: str) -> ColumnName:
    """Return what a column is by its name, in any case, with spaces, underscores or a unit."""
    words = _words(name)
    joined = "_".join(words)
    if joined in COLUMNS:
        return ColumnName(joined, -1, 1.0 if joined in _WITH_UNIT[:2] else None)
    known = _NAMES.get("".join(words))
    if known is not None:
        return ColumnName(*known)
    unit = _UNITS.get(words[-1]) if len(words) > 1 else None
    if unit is None:
        return _NONE
    column, rank = _NAMES.get("".join(words[: -2 if words[-2] == "in" else -1]), ("", 0))
    return ColumnName(column, rank, unit) if column in _WITH_UNIT else _NONE


def normalise_name(name: str) -> str:
    """Return a name without what differs between two ways of writing it: case, spaces, underscores, other signs."""
    return "".join(_words(name)) or name.strip().casefold()


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(_CAMEL.sub(" ", name.removeprefix("\ufeff")))]
