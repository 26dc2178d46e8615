"""SBV, YouTube's plain captions, and SubViewer, which they come from: `0:00:01.000,0:00:02.500` above the words."""

from __future__ import annotations

import re

from storage.formats.captions.rolling import RawCue, spoken_cues
from storage.formats.captions.transcript import build_transcript
from storage.formats.document import Document
from storage.formats.text_cleaning import quote_text
from storage.formats.texts.clock import parse_clock
from storage.formats.texts.plain_words import plain_words
from storage.models import FileContent, Rejection
from storage.sentences import sentence

_TIME = r"\d{1,3}:\d{1,2}:\d{1,2}[.,]\d{1,3}"
_TIMING = re.compile(rf"\s*(?:\d{{1,6}}[.)]?\s+)?({_TIME})\s*[,;]\s*({_TIME})\s*", re.ASCII)
_CLAIM = re.compile(r"\s*\d{1,3}:\d{1,2}:\d{1,2}[.,]\d{1,3}\s*[,;]\s*\S*\s*\Z", re.ASCII)
_RECOGNISED_WITHIN = 10_000
_BREAK = re.compile(r"\[br\]", re.IGNORECASE)


def is_sbv(document: Document) -> bool:
    """Return whether the file begins with a line of two times and a comma, or with SubViewer's header before one."""
    if document.first_line.strip().upper() == "[INFORMATION]":
        return any(_TIMING.fullmatch(line) for line in document.text[:_RECOGNISED_WITHIN].split("\n"))
    return bool(_TIMING.fullmatch(document.first_line))


def read_sbv(document: Document) -> FileContent:
    """Read the captions of one video."""
    document.require_caption_size()
    cues: list[tuple[float, float, list[str]]] = []
    rejections: list[Rejection] = []
    lines: list[str] = []  # of the cue that is read; before the first, and after bad times, of none
    for number, line in enumerate(document.lines, start=1):
        timing = _TIMING.fullmatch(line)
        times = [parse_clock(timing[1]), parse_clock(timing[2])] if timing else []
        if timing is None and not _CLAIM.match(line):
            lines.append(line)
            continue
        lines = []
        if timing is None or None in times:
            reason = sentence(
                "{line} is no line of times such as 0:00:01.000,0:00:02.500; its words were left out",
                line=quote_text(line),
            )
            rejections.append(document.reject_row(number, reason))
            continue
        if len(cues) == document.limits.rows:
            raise document.too_many_cues_error(number)
        cues.append((times[0] or 0.0, times[1] or 0.0, lines))
    raw = [RawCue(start, end, _clean(lines)) for start, end, lines in cues]
    return build_transcript(document, spoken_cues(raw), rejections=rejections)


def _clean(lines: list[str]) -> tuple[str, ...]:
    return tuple(plain_words(part) for line in lines for part in _BREAK.split(line))
