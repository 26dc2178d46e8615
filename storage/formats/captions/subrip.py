"""SubRip captions (.srt)."""

from __future__ import annotations

import re

from storage.formats.captions.cue_lines import read_cue_lines
from storage.formats.captions.cue_texts import make_raw_cues, refuse_pictures
from storage.formats.captions.markup import remove_subrip_tags
from storage.formats.captions.rolling import spoken_cues
from storage.formats.captions.transcript import build_transcript
from storage.formats.document import Document
from storage.models import FileContent
from storage.sentences import sentence

_TIMING = re.compile(r"^[^\S\n]*\d+:\d[^\n]*-->", re.MULTILINE)
_CUT_SHORT = re.compile(r"\s*\d+\n\s*\d+:\d")


def is_subrip(document: Document) -> bool:
    """Return whether a line contains a cue's times, or the file breaks off within the first such line."""
    return bool(_TIMING.search(document.text) or _CUT_SHORT.match(document.text))


def read_subrip(document: Document) -> FileContent:
    """Read the captions of one video."""
    cues, rejections = read_cue_lines(document, asides=False)
    if not cues:
        raise document.refusal_error(
            sentence("there is no timing line such as 00:01:02,500 --> 00:01:05,000; export it again")
        )
    refuse_pictures(document, cues)
    return build_transcript(document, spoken_cues(list(make_raw_cues(cues, remove_subrip_tags))), rejections=rejections)
