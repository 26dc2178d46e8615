"""Who speaks in the blocks of a text, where a line of its own says it: above the time, beside it, or below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from storage.formats.texts.blocks import Block
from storage.formats.texts.clock import TIME
from storage.formats.texts.line_names import are_names, is_name, read_name
from storage.formats.texts.spoken_durations import SPOKEN
from storage.formats.texts.stamps import read_stamp

_PAGE_TIME = re.compile(rf"(?:{SPOKEN})?\s*(?:{TIME})?")
_MIN_MARKED = 2


def take_names(blocks: list[Block], lines: Sequence[str]) -> None:
    """Take the names that stand in lines of their own out of the words of the blocks."""
    if not blocks or any(block.speaker for block in blocks):
        return
    if not _take_above(blocks, lines):
        _take_first(blocks, lines)


def _take_above(blocks: list[Block], lines: Sequence[str]) -> bool:
    """Take a name that stands on the line before the time, below a blank line: Zoom's and Teams' pages."""
    above = [_line_above(block, lines) for block in blocks]
    if not are_names(above, is_marked=len(blocks) >= _MIN_MARKED):
        return False
    for block, before, name in zip(blocks, [None, *blocks], above, strict=False):
        if name and is_name(name):
            block.speaker = read_name(name)
            if before is not None and before.lines and before.lines[-1] == name.strip():
                before.lines.pop()
    return True


def _line_above(block: Block, lines: Sequence[str]) -> str | None:
    """Return the line above a block's time that begins a paragraph, over a duration in words; None for none."""
    place = block.row - 2
    if place >= 0 and re.fullmatch(SPOKEN, lines[place].strip()):
        place -= 1
    if place < 0 or not lines[place].strip() or (place > 0 and lines[place - 1].strip()):
        return None
    return lines[place]


def _take_first(blocks: list[Block], lines: Sequence[str]) -> None:
    """Take a name that stands beside the time or below it, before the words: Fathom, HappyScribe, Teams' documents."""
    first = [block.lines[0] if len(block.lines) > 1 else None for block in blocks]
    stamps = [read_stamp(lines[block.row - 1]) for block in blocks]
    is_marked = len(blocks) >= _MIN_MARKED and all(stamp is not None and stamp.is_set_off for stamp in stamps)
    if not are_names(first, is_marked):
        return
    for block in blocks:
        if len(block.lines) > 1 and is_name(block.lines[0]):
            block.speaker = read_name(block.lines.pop(0))


def remove_next_names(blocks: list[Block]) -> None:
    """Remove what Teams' page shows above a turn, initials, name and time, from the end of the one before."""
    for block, after in pairwise(blocks):
        while after.speaker and block.lines and _is_above(block.lines[-1].strip(), after.speaker):
            block.lines.pop()


def _is_above(line: str, speaker: str) -> bool:
    initials = "".join(word[0] for word in speaker.split())
    is_time = bool(_PAGE_TIME.fullmatch(line)) and ":" in line
    return line == speaker or is_time or (1 < len(line) <= 3 and line.isupper() and set(line) <= set(initials.upper()))
