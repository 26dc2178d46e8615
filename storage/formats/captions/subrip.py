"""SubRip captions (.srt), read with the library `srt`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

import srt

from storage.formats.captions.cue_lines import Line, Role, read_lines, strays
from storage.formats.captions.markup import has_word_times, subrip_words
from storage.formats.captions.rolling import RawCue, spoken_cues
from storage.formats.captions.transcript import captioned
from storage.formats.document import Document
from storage.models import Reading

_TIMING = re.compile(r"^[^\S\n]*\d+:\d[^\n]*-->", re.MULTILINE)
_CUT_SHORT = re.compile(r"\s*\d+\n\s*\d+:\d")
# Begins every line of text, for `srt` takes one that reads "12:30:45" or "7" after a blank line for the next cue. It
# cannot be there already, since a file with a NUL is refused, and cleaning takes it out again.
_GUARD = "\x00"


def is_subrip(document: Document) -> bool:
    """Whether a line holds a cue's times, or the file breaks off within the first such line."""
    return bool(_TIMING.search(document.text) or _CUT_SHORT.match(document.text))


def read_subrip(document: Document) -> Reading:
    """Read the captions of one video."""
    lines = read_lines(document, asides=False)
    if all(line.role is not Role.TIMING for line in lines):
        raise document.refusal("there is no timing line such as 00:01:02,500 --> 00:01:05,000; export it again")
    try:
        cues = list(_cues(_without_doubts(lines)))
    except srt.SRTParseError as error:
        raise document.refusal("the captions cannot be told apart; export them again as SubRip") from error
    return captioned(document, spoken_cues(cues), rejections=strays(document, lines))


def _without_doubts(lines: Sequence[Line]) -> str:
    """Spell the file so that it can be read in one way only."""
    spelled: list[str] = []
    number = 0
    for line in lines:
        if line.role is Role.TIMING:
            number += 1
            start, end = (srt.timedelta_to_srt_timestamp(timedelta(milliseconds=ms)) for ms in line.times_ms)
            spelled += ["", str(number), f"{start} --> {end}"]
        elif line.role is Role.TEXT:
            spelled.append(_GUARD + line.text)
        elif line.role is Role.BLANK:
            spelled.append("")
    return "\n".join(spelled)


def _cues(text: str) -> Iterator[RawCue]:
    for cue in srt.parse(text):
        lines = cue.content.split("\n")
        yield RawCue(
            cue.start / timedelta(seconds=1),
            cue.end / timedelta(seconds=1),
            tuple(map(subrip_words, lines)),
            any(map(has_word_times, lines)),
        )
