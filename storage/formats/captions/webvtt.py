"""WebVTT captions (.vtt)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import dropwhile, takewhile

from storage.analysis import base_language
from storage.formats.captions.cue_lines import read_cue_lines
from storage.formats.captions.cue_texts import make_raw_cues, refuse_pictures
from storage.formats.captions.details_note import read_details
from storage.formats.captions.markup import remove_webvtt_tags
from storage.formats.captions.rolling import spoken_cues
from storage.formats.captions.transcript import build_transcript
from storage.formats.document import Document
from storage.models import FileContent
from storage.sentences import sentence

_SIGNATURE = re.compile(r"WEBVTT(?:\s|\Z)")


def is_webvtt(document: Document) -> bool:
    """Return whether the file begins with WebVTT's signature."""
    return document.first_line.startswith("WEBVTT")


def read_webvtt(document: Document) -> FileContent:
    """Read the captions of one video; a header line "Language: en" gives the language, and
    the note of an export of Cuepoint's the rest."""
    if not _SIGNATURE.match(document.first_line):
        raise document.refusal_error(sentence("it is not WebVTT, whose first line is WEBVTT; export it again"))
    cues, rejections = read_cue_lines(document, asides=True)
    refuse_pictures(document, cues)
    raw = list(make_raw_cues(cues, remove_webvtt_tags))
    # Only speech recognition knows the moment of every word.
    is_automatic = any(cue.is_timed for cue in raw)
    details = read_details(document.lines)
    language = _header_language(document.lines)
    details = replace(details, language=language, is_automatic=is_automatic or details.is_automatic)
    return build_transcript(document, spoken_cues(raw), details, rejections)


def _header_language(lines: Iterable[str]) -> str:
    """Return the language in the header, which ends at the first blank line."""
    for line in takewhile(str.strip, dropwhile(lambda line: not line.strip(), lines)):
        name, _, value = line.partition(":")
        if name.strip().lower() == "language":
            return base_language(value)
    return ""
