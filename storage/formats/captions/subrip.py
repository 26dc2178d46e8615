"""SubRip captions (.srt), read with the library `srt`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

import srt

from storage.formats.captions.cue_lines import CaptionLine, LineRole, classify_lines, find_stray_lines
from storage.formats.captions.markup import clean_subrip_line, has_word_times
from storage.formats.captions.rolling import RawCue, spoken_cues
from storage.formats.captions.transcript import build_transcript
from storage.formats.document import Document
from storage.models import FileContent

_TIMING = re.compile(r"^[^\S\n]*\d+:\d[^\n]*-->", re.MULTILINE)
_CUT_SHORT = re.compile(r"\s*\d+\n\s*\d+:\d")
# Put before every line of text, because `srt` takes "12:30:45" or "7" after a blank line for the next cue. The text
# cannot contain it already, since a file with a NUL is refused, and cleaning removes it again.
_GUARD = "\x00"


def is_subrip(document: Document) -> bool:
    """Return whether a line contains a cue's times, or the file breaks off within the first such line."""
    return bool(_TIMING.search(document.text) or _CUT_SHORT.match(document.text))


def read_subrip(document: Document) -> FileContent:
    """Read the captions of one video."""
    lines = classify_lines(document, asides=False)
    if all(line.role is not LineRole.TIMING for line in lines):
        raise document.refusal_error("there is no timing line such as 00:01:02,500 --> 00:01:05,000; export it again")
    try:
        cues = list(_parse_cues(_disambiguate(lines)))
    except srt.SRTParseError as error:
        raise document.refusal_error("the captions cannot be told apart; export them again as SubRip") from error
    return build_transcript(document, spoken_cues(cues), rejections=find_stray_lines(document, lines))


def _disambiguate(lines: Sequence[CaptionLine]) -> str:
    """Return the file's text, written so that it can be read in only one way."""
    spelled: list[str] = []
    number = 0
    for line in lines:
        if line.role is LineRole.TIMING:
            number += 1
            start, end = (srt.timedelta_to_srt_timestamp(timedelta(milliseconds=ms)) for ms in line.times_ms)
            spelled += ["", str(number), f"{start} --> {end}"]
        elif line.role is LineRole.TEXT:
            spelled.append(_GUARD + line.text)
        elif line.role is LineRole.BLANK:
            spelled.append("")
    return "\n".join(spelled)


def _parse_cues(text: str) -> Iterator[RawCue]:
    for cue in srt.parse(text):
        lines = cue.content.split("\n")
        yield RawCue(
            cue.start / timedelta(seconds=1),
            cue.end / timedelta(seconds=1),
            tuple(map(clean_subrip_line, lines)),
            any(map(has_word_times, lines)),
        )
