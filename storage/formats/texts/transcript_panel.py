"""Text copied from YouTube's "Show transcript" panel, in the form in which each time stands beside its words in words.

A browser copies the two run together, `1:031 minute, 3 secondsSo let's begin`, or each on a line of its own. With a
whole page there is much before and after the panel. The older panel is a text like others (`stamped_text`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storage.formats.captions.transcript import VideoDetails, build_transcript
from storage.formats.document import Document
from storage.formats.texts.blocks import Block, make_cues
from storage.formats.texts.clock import parse_clock
from storage.formats.texts.page_lines import find_chapter, is_automatic_note, is_page_note
from storage.formats.texts.spoken_durations import SPOKEN, says_time
from storage.models import Chapter, FileContent

# In a line of its own, or after another where line breaks were lost on the way.
_RUN_TOGETHER = re.compile(rf"(?<![\d:])((?:\d{{1,2}}:)?\d{{1,2}}:\d{{2}})\s*({SPOKEN})", re.ASCII)
_FIRST = re.compile(r"\s*(0:00)(?=[^\s\d:.,])(.*)")
_RECOGNISED_WITHIN = 200_000
_MIN_LINES = 2
_MAX_LINE = 1_000_000


@dataclass(frozen=True, slots=True)
class _PanelLine:
    place: int
    second: float
    words: str


def is_transcript_panel(document: Document) -> bool:
    """Return whether lines begin with a time and the same in words, without a space before what is said."""
    found = _find_lines(document.text[:_RECOGNISED_WITHIN].split("\n"))
    return len(found) >= _MIN_LINES


def read_transcript_panel(document: Document) -> FileContent:
    """Read the transcript of one video, with the chapters that the panel names."""
    document.require_caption_size()
    found = _find_lines(document.lines)
    chapters: list[Chapter] = []
    blocks: list[Block] = []
    notes: list[str] = []
    for line, after in zip(found, [*found[1:], None], strict=False):
        title = find_chapter(document.lines[line.place - 1]) if line.place else ""
        if title:
            chapters.append(Chapter(line.second, title))
        following = _read_following(document.lines[line.place + 1 : after.place if after else None], is_last=not after)
        notes += [text for text in following if is_page_note(text)]
        said = [text for text in following if not is_page_note(text) and not (after and find_chapter(text))]
        if line.words or said:
            blocks.append(Block(line.second, line.place + 1, lines=[line.words, *said]))
    details = VideoDetails(chapters=tuple(chapters), is_automatic=any(map(is_automatic_note, notes)))
    return build_transcript(document, make_cues(document, blocks), details)


def _read_following(lines: Sequence[str], is_last: bool) -> list[str]:
    """Return the lines that go on with a caption. After the last one the panel ends, at a blank line."""
    texts: list[str] = []
    for line in lines:
        if line.strip():
            texts.append(line.strip())
        elif is_last:
            break
    return texts


def _find_lines(lines: Sequence[str]) -> list[_PanelLine]:
    found: list[_PanelLine] = []
    for place, line in enumerate(lines):
        times = [(match, parse_clock(match[1])) for match in _RUN_TOGETHER.finditer(line[:_MAX_LINE])]
        valid = [(match, second) for match, second in times if second is not None and says_time(match[2], second)]
        first = _FIRST.fullmatch(line) if not found and not valid else None
        if first is not None:
            found.append(_PanelLine(place, 0.0, first[2]))
        for (match, second), after in zip(valid, [*valid[1:], None], strict=False):
            words = line[match.end() : after[0].start() if after else len(line)].strip()
            found.append(_PanelLine(place, second, words))
    return found
