"""LRC: a line of words with the minutes and seconds at which it is sung or said, `[00:12.00]hello`.

Read here: the libraries for it (pylrc, lrcparser) know no line numbers and none of the times within a line.
"""

from __future__ import annotations

import re

from storage.analysis import base_language
from storage.formats.captions.rolling import sort_spoken
from storage.formats.captions.transcript import VideoDetails, build_transcript
from storage.formats.document import Document
from storage.formats.text_cleaning import clean_text, quote_text
from storage.formats.texts.open_cues import OpenCue, close_cues
from storage.models import FileContent, Rejection
from storage.models.limits import MAX_SECOND
from storage.sentences import sentence

_STAMP = re.compile(r"\s*\[(\d{1,3}):(\d{1,2})(?:[.:,](\d{1,3}))?\]", re.ASCII)
_CLAIM = re.compile(r"\s*\[\d[\d:.,]*\]", re.ASCII)
_TAG = re.compile(r"\s*\[([A-Za-z#][\w ]{0,19}):([^\[\]]*)\]\s*")
_FRACTION = re.compile(r"\s*\[\d{1,3}:\d{2}\.\d{2,3}\]", re.ASCII)  # with a colon it may be [hours:minutes:seconds]
_WORD_TIME = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>", re.ASCII)
_OFFSET = re.compile(r"\s*([+-]?\d{1,9})\s*", re.ASCII)
_NAMES = frozenset({"ti", "ar", "al", "au", "by", "offset", "re", "ve", "length", "la", "lang", "tool", "id", "#"})
_RECOGNISED_LINES = 200


def is_lyrics(document: Document) -> bool:
    """Return whether the file begins with a tag of this format, or nearly all of its lines with times of its kind."""
    lines = [line for line in document.text[:50_000].split("\n")[:_RECOGNISED_LINES] if line.strip()]
    stamped = sum(bool(_STAMP.match(line)) for line in lines)
    tag = _TAG.fullmatch(lines[0]) if lines else None
    if tag and tag[1].strip().lower() in _NAMES and stamped:
        return True
    fractions = sum(bool(_FRACTION.match(line)) for line in lines)
    return fractions > 0 and fractions >= 0.8 * len(lines)


def read_lyrics(document: Document) -> FileContent:
    """Read the words of one recording. A time without words ends those before it."""
    document.require_caption_size()
    tags: dict[str, str] = {}
    cues: list[OpenCue] = []
    rejections: list[Rejection] = []
    for number, line in enumerate(document.lines, start=1):
        tag = _TAG.fullmatch(line)
        if tag:
            tags.setdefault(tag[1].strip().lower(), clean_text(tag[2]))
        elif line.strip():
            found = _read_line(line)
            if found is None:
                reason = sentence(
                    "{line} does not begin with a time such as [00:12.00] and was left out", line=quote_text(line)
                )
                rejections.append(document.reject_row(number, reason))
                continue
            cues += found
            if len(cues) > document.limits.rows:
                raise document.too_many_cues_error(number)
    moved = _move(cues, tags.get("offset", ""))
    spoken = [cue for cue in close_cues(moved) if cue.text]
    language = base_language(tags.get("la", tags.get("lang", "")))
    details = VideoDetails(title=tags.get("ti", ""), creator=tags.get("ar", ""), language=language)
    return build_transcript(document, sort_spoken(spoken), details, rejections)


def _read_line(line: str) -> list[OpenCue] | None:
    """Return the cues of a line, one for each time at its beginning; None where a time cannot be read."""
    seconds: list[float] = []
    place = 0
    while (stamp := _STAMP.match(line, place)) is not None:
        minutes, rest = int(stamp[1]), int(stamp[2])
        second = round(minutes * 60 + rest + float(f"0.{stamp[3] or 0}"), 3)
        if rest > 59 or second > MAX_SECOND:
            return None
        seconds.append(second)
        place = stamp.end()
    if not seconds or _CLAIM.match(line, place):
        return None
    words = clean_text(_WORD_TIME.sub("", line[place:]))
    return [OpenCue(second, words) for second in seconds]


def _move(cues: list[OpenCue], offset: str) -> list[OpenCue]:
    """Return the cues with the file's `offset` applied: milliseconds by which they come sooner."""
    match = _OFFSET.fullmatch(offset)
    sooner = int(match[1]) / 1000 if match else 0.0
    return [OpenCue(max(0.0, round(cue.start_second - sooner, 3)), cue.text) for cue in cues] if sooner else cues
