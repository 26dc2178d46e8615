"""MicroDVD: lines that begin with two numbers of frames in braces, `{25}{75}Hello`.

Read here: pysubs2 reads it well, but without line numbers, and this is all there is of it.
"""

from __future__ import annotations

import re

from storage.formats.captions.rolling import sort_spoken
from storage.formats.captions.transcript import build_transcript
from storage.formats.document import Document
from storage.formats.text_cleaning import clean_text, quote_text
from storage.formats.texts.plain_words import join_lines
from storage.models import Cue, FileContent, Rejection
from storage.models.limits import MAX_SECOND
from storage.sentences import sentence

_LINE = re.compile(r"\s*\{(\d{1,9})\}\{(\d{0,9})\}(.*)", re.ASCII)
_RATE = re.compile(r"\s*(\d{1,3}(?:[.,]\d{1,6})?)\s*(?:fps)?\s*", re.ASCII | re.IGNORECASE)
_CODES = re.compile(r"\{[A-Za-z]:[^{}]*\}")


def is_microdvd(document: Document) -> bool:
    """Return whether the file begins with such a line."""
    return bool(_LINE.match(document.first_line))


def read_microdvd(document: Document) -> FileContent:
    """Read the captions of one video. Raises InputError where the file does not say how long a frame is."""
    document.require_caption_size()
    rate: float | None = None
    cues: list[Cue] = []
    rejections: list[Rejection] = []
    for number, line in enumerate(document.lines, start=1):
        match = _LINE.match(line)
        if match is None:
            if line.strip() and not line.lstrip().startswith("{DEFAULT}"):
                reason = sentence(
                    "{line} begins with no frames such as {{25}}{{75}} and was left out", line=quote_text(line)
                )
                rejections.append(document.reject_row(number, reason))
            continue
        if rate is None:
            rate = _read_rate(document, match, number)
            continue
        if len(cues) == document.limits.rows:
            raise document.too_many_cues_error(number)
        start, end = (int(frames or match[1]) / rate for frames in match.groups()[:2])
        if max(start, end) > MAX_SECOND:
            rejections.append(
                document.reject_row(
                    number, sentence("{line} lies over 100 hours into the video", line=quote_text(line))
                )
            )
            continue
        words = join_lines([clean_text(part.removeprefix("/")) for part in _CODES.sub("", match[3]).split("|")])
        cues.append(Cue(round(start, 3), round(end, 3), words))
    return build_transcript(document, sort_spoken(cues), rejections=rejections)


def _read_rate(document: Document, match: re.Match[str], line: int) -> float:
    rate = _RATE.fullmatch(match[3]) if match[1] in ("0", "1") and match[2] in ("0", "1") else None
    value = float(rate[1].replace(",", ".")) if rate else 0.0
    if not 1 <= value <= 300:
        raise document.refusal_error(
            sentence(
                "is a MicroDVD subtitle file, which counts in frames, and it does not say how many a second has; "
                "put that before this line in a line of its own, as in {{1}}{{1}}25"
            ),
            line,
        )
    return value
