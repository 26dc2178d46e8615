"""Blocks of a text with times: each a time, who speaks, and the lines that follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from storage.formats.captions.rolling import sort_spoken
from storage.formats.document import Document
from storage.formats.texts.line_names import Turn, split_turns
from storage.formats.texts.open_cues import OpenCue, close_cues
from storage.formats.texts.plain_words import join_lines, plain_words
from storage.models import Cue

_UNKNOWN = frozenset({"unknown", "unknown speaker"})


@dataclass(slots=True)
class Block:
    """What is said from a time on; `row` is the line of that time, counted from 1."""

    second: float
    row: int
    speaker: str = ""
    end_second: float | None = None
    lines: list[str] = field(default_factory=list)


def make_cues(document: Document, blocks: Sequence[Block], labels: frozenset[str] = frozenset()) -> tuple[Cue, ...]:
    """Return what is said in the blocks as cues; a line that begins with one of `labels` is said by whom it names.

    Raises InputError for more cues than a file may have.
    """
    if len(blocks) > document.limits.rows:
        raise document.too_many_cues_error(blocks[document.limits.rows].row)
    turns = [split_turns([plain_words(line) for line in block.lines], block.speaker, labels) for block in blocks]
    texts = [join_lines([turn.text for turn in said]) for said in turns]
    whole = [
        OpenCue(block.second, text, end_second=block.end_second) for block, text in zip(blocks, texts, strict=True)
    ]
    order = sorted(range(len(blocks)), key=lambda place: blocks[place].second)
    closed = close_cues(whole)
    cues = [cue for cue, place in zip(closed, order, strict=True) for cue in _spread(cue, turns[place])]
    return sort_spoken(cues)


def _spread(whole: Cue, turns: Sequence[Turn]) -> Iterator[Cue]:
    """Yield a cue for each turn, as if every character of the block took the same time."""
    length = sum(len(turn.text) for turn in turns) or 1
    seconds, offset = whole.end_second - whole.start_second, 0
    for turn in turns:
        start_second = round(whole.start_second + seconds * offset / length, 3)
        offset += len(turn.text)
        end_second = round(whole.start_second + seconds * offset / length, 3)
        yield Cue(start_second, end_second, turn.text, "" if turn.speaker.lower() in _UNKNOWN else turn.speaker)
