"""Quotes as block quotes, each speaker's words on a line of their own."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answering.values import Excerpt, split_by_speaker
from bot.discord_app.cards.parts import markdown
from storage.models import Segment, SpeakerTurn

MAX_SPEAKER_LENGTH = 32
MAX_SPEAKER_PARTS = 12
"""How many times the speaker may change in a quote; it is cut at its end where it would change more often."""
_MARKS = len("\n> “”")
_ELLIPSIS = "…"
_MIN_ROOM = 40
"""Characters below which no other speaker's line is begun."""


@dataclass(frozen=True, slots=True)
class WrittenQuote:
    """The lines of a quote, escaped and with its matches bold; `length` is how many characters of names and words."""

    lines: tuple[str, ...]
    is_complete: bool
    length: int


def block_quote(excerpt: Excerpt, length: int, written: WrittenQuote | None = None) -> str:
    """Return the quote as a block quote, with matches bold and ellipses outside the quotation marks.

    An ellipsis stands only where the quote begins or ends within a sentence, and without a space, so that no line of a
    narrow screen has it alone.

    Where speakers are known, each has a line that begins with their name. Names and words have at most `length`
    characters together; what does not fit is cut at the end. `written` saves the work where it is whole and fits.
    """
    if written is None or not written.is_complete or written.length > length:
        written = write_quote(excerpt, length)
    after = "" if excerpt.ends_sentence and written.is_complete else _ELLIPSIS
    return "> " + "\n> ".join(written.lines) + after if written.lines else f"> {_ELLIPSIS}"


def write_quote(excerpt: Excerpt, length: int) -> WrittenQuote:
    """Write a quote with at most `length` characters of names and words."""
    lines: list[str] = []
    used, is_complete = 0, True
    for part in split_by_speaker(excerpt):
        label = speaker_label(part.speaker)
        around = len(label) + (_MARKS if lines else 0)
        room = max(length - used - around, 0)
        is_complete = len(lines) < MAX_SPEAKER_PARTS
        words, is_whole = markdown.bold_highlights(part.words, part.highlights, room) if is_complete else ("", False)
        if words:
            before = "" if lines or excerpt.starts_sentence else _ELLIPSIS
            lines.append(f"{label}{before}“{words}”")
            used += around + len(words)
        is_complete = is_complete and is_whole
        if not is_complete:
            break
    return WrittenQuote(tuple(lines), is_complete, used)


def quote_segment(segment: Segment, length: int) -> str:
    """Return the words of a segment as a block quote without quotation marks, each speaker's on a line of their own.

    Names and words have at most `length` characters together.
    """
    turns = segment.turns or (SpeakerTurn(0, ""),)
    ends = [*(turn.offset for turn in turns[1:]), len(segment.text)]
    lines: list[str] = []
    for turn, end in zip(turns, ends, strict=True):
        label = speaker_label(turn.speaker)
        words = markdown.escape_to_fit(segment.text[turn.offset : end], length - len(label))
        if words:
            lines.append(f"> {label}{words}")
        length -= len(label) + len(words) + _MARKS
        if length <= _MIN_ROOM:
            break
    return "\n".join(lines) or "> …"


def speaker_label(speaker: str) -> str:
    """Return what stands before a speaker's words; "" where it is unknown who speaks."""
    name = markdown.escape_to_fit(speaker, MAX_SPEAKER_LENGTH)
    return f"**{name}:** " if name else ""
