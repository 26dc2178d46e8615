"""WebVTT captions (.vtt), read with the library `webvtt-py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from storage.analysis import base_language
from storage.formats.captions.cue_lines import Line, Role, read_lines, strays
from storage.formats.captions.markup import has_word_times, webvtt_words
from storage.formats.captions.rolling import RawCue, spoken_cues
from storage.formats.captions.transcript import captioned
from storage.formats.document import Document
from storage.models import Reading


def is_web_vtt(document: Document) -> bool:
    """Whether the file begins with WebVTT's own word."""
    return document.first_line.startswith("WEBVTT")


def read_web_vtt(document: Document) -> Reading:
    """Read the captions of one video; a header line "Language: en" gives the language."""
    lines = read_lines(document, asides=True)
    try:
        captions = webvtt.from_string(_without_doubts(lines))
    except (MalformedFileError, MalformedCaptionError) as error:
        raise document.refusal("it is not WebVTT, whose first line is WEBVTT; export it again") from error
    cues = spoken_cues(list(_cues(captions.captions)))
    return captioned(document, cues, _language(captions.metadata), strays(document, lines))


def _without_doubts(lines: Sequence[Line]) -> str:
    """Spell the file so that no line is passed over: an empty line within a cue would end it, an arrow begin one."""
    spelled: list[str] = []
    has_more = False  # whether text of the same cue follows; so the lines are gone through from the last
    for line in reversed(lines):
        if line.role is Role.TIMING:
            start, end = map(_timestamp, line.times_ms)
            spelled += [f"{start} --> {end}", ""]
        elif line.role is Role.TEXT:
            spelled.append(line.text.replace("-->", "--&gt;"))
        elif line.role is Role.ASIDE:
            spelled.append(line.text)
        else:
            spelled.append(" " if has_more and line.role is Role.BLANK else "")
        has_more = line.role is Role.TEXT or (has_more and line.role is Role.BLANK)
    return "\n".join(reversed(spelled)).lstrip()


def _timestamp(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def _cues(captions: Iterable[webvtt.Caption]) -> Iterator[RawCue]:
    for caption in captions:
        lines = caption.raw_text.split("\n")
        yield RawCue(
            caption.start_time.in_milliseconds() / 1000,
            caption.end_time.in_milliseconds() / 1000,
            tuple(map(webvtt_words, lines)),
            any(map(has_word_times, lines)),
        )


def _language(header: Iterable[str]) -> str:
    for line in header:
        name, _, value = line.partition(":")
        if name.strip().lower() == "language":
            return base_language(value)
    return ""
