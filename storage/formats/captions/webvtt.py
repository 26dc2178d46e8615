"""WebVTT captions (.vtt), read with the library `webvtt-py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from storage.analysis import base_language
from storage.formats.captions.cue_lines import CaptionLine, LineRole, classify_lines, find_stray_lines
from storage.formats.captions.markup import clean_webvtt_line, has_word_times
from storage.formats.captions.rolling import RawCue, spoken_cues
from storage.formats.captions.transcript import VideoDetails, build_transcript
from storage.formats.document import Document
from storage.models import FileContent


def is_webvtt(document: Document) -> bool:
    """Return whether the file begins with WebVTT's signature."""
    return document.first_line.startswith("WEBVTT")


def read_webvtt(document: Document) -> FileContent:
    """Read the captions of one video; a header line "Language: en" gives the language."""
    lines = classify_lines(document, asides=True)
    try:
        captions = webvtt.from_string(_disambiguate(lines))
    except (MalformedFileError, MalformedCaptionError) as error:
        raise document.refusal_error("it is not WebVTT, whose first line is WEBVTT; export it again") from error
    raw = list(_make_cues(captions.captions))
    # Only speech recognition knows the moment of every word.
    is_automatic = any(cue.is_timed for cue in raw)
    details = VideoDetails(language=_header_language(captions.metadata), is_automatic=is_automatic)
    return build_transcript(document, spoken_cues(raw), details, find_stray_lines(document, lines))


def _disambiguate(lines: Sequence[CaptionLine]) -> str:
    """Return the file's text, written so that no line is skipped: an empty line would end a cue, an arrow begin one."""
    spelled: list[str] = []
    has_more = False  # whether text of the same cue follows; to know it, the lines are read from the last to the first
    for line in reversed(lines):
        if line.role is LineRole.TIMING:
            start, end = map(_format_timestamp, line.times_ms)
            spelled += [f"{start} --> {end}", ""]
        elif line.role is LineRole.TEXT:
            spelled.append(line.text.replace("-->", "--&gt;"))
        elif line.role is LineRole.ASIDE:
            spelled.append(line.text)
        else:
            spelled.append(" " if has_more and line.role is LineRole.BLANK else "")
        has_more = line.role is LineRole.TEXT or (has_more and line.role is LineRole.BLANK)
    return "\n".join(reversed(spelled)).lstrip()


def _format_timestamp(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def _make_cues(captions: Iterable[webvtt.Caption]) -> Iterator[RawCue]:
    for caption in captions:
        lines = caption.raw_text.split("\n")
        yield RawCue(
            caption.start_time.in_milliseconds() / 1000,
            caption.end_time.in_milliseconds() / 1000,
            tuple(map(clean_webvtt_line, lines)),
            any(map(has_word_times, lines)),
        )


def _header_language(header: Iterable[str]) -> str:
    for line in header:
        name, _, value = line.partition(":")
        if name.strip().lower() == "language":
            return base_language(value)
    return ""
