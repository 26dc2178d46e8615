"""Who speaks in the blocks of a text, where a line of its own says it: above the time, beside it, or below it."""

from __future__ import annotations

from collections.abc import Sequence

from storage.formats.texts.blocks import Block
from storage.formats.texts.speaker_labels import are_names, is_name, read_name
from storage.formats.texts.spoken_durations import SPOKEN
from storage.formats.texts.stamps import read_stamp

import re

_NAME_WITH_DURATION = re.compile(rf"(?P<name>.{{1,80}}?)\s+(?:{SPOKEN})")
_MIN_MARKED = 2


def take_names(blocks: list[Block], lines: Sequence[str]) -> None:
    """Take the names that stand in lines of their own out of the words of the blocks."""
    if not blocks or any(block.speaker for block in blocks):
        return
    _take_above(blocks, lines) or _take_first(blocks, lines)
    _remove_repeated_names(blocks)


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
    """Return the line above a block's time that begins a paragraph, over a duration in words; None where there is none."""
    place = block.row - 2
    if place >= 0 and re.fullmatch(SPOKEN, lines[place].strip()):
        place -= 1
    if place < 0 or not lines[place].strip() or (place > 0 and lines[place - 1].strip()):
        return None
    return lines[place]


def _take_first(blocks: list[Block], lines: Sequence[str]) -> bool:
    """Take a name that stands beside the time or below it, before the words: Fathom, HappyScribe, Teams' documents."""
    first = [block.lines[0] if len(block.lines) > 1 else None for block in blocks]
    stamps = [read_stamp(lines[block.row - 1]) for block in blocks]
    is_marked = len(blocks) >= _MIN_MARKED and all(stamp is not None and stamp.is_set_off for stamp in stamps)
    if not are_names(first, is_marked):
        return False
    for block in blocks:
        if len(block.lines) > 1 and is_name(block.lines[0]):
            block.speaker = read_name(block.lines.pop(0))
    return True


def _remove_repeated_names(blocks: list[Block]) -> None:
    """Remove what Teams' page says to those who listen: the name again, with the time in words."""
    for block in blocks:
        if block.speaker and block.lines:
            said = _NAME_WITH_DURATION.fullmatch(block.lines[0])
            if said and said["name"] == block.speaker and len(block.lines) > 1:
                block.lines.pop(0)
