"""How much may be read, so that no file takes the memory or the time of all other users."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class LimitNames:
    """What the limits are called where they are set, for the sentences that refuse; "" where they cannot be."""

    file_bytes: str = ""
    rows: str = ""
    videos: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be imported at once, as set by the host.

    `file_bytes` is the size of one file, and of a compressed one when decompressed; `rows` are the cues or rows of one
    file; `videos` are those of one import.
    """

    file_bytes: int = 200 * MEGABYTE
    rows: int = 200_000
    videos: int = 20_000
    names: LimitNames = field(default=LimitNames(), compare=False)


UNLIMITED = Limits(sys.maxsize, sys.maxsize, sys.maxsize)
"""For files that the host made."""

CAPTIONS_SIZE_SHARE = 4
"""Captions may have the size of a file divided by this: reading them takes four times the memory of a table, and hours
of speech are a megabyte at most."""

MAX_SECOND = 100 * 3600.0
"""No recording is longer; a later time is a mistake, mostly milliseconds taken for seconds."""

MAX_TEXT_LENGTH = 100_000
"""Characters of one caption, or of one cell: two hours of speech. More is a file without line ends, or an open
quotation mark."""

MAX_ROW_LENGTH = 1_000_000
"""Characters of one line, or of one row of a table: cells that are not read may be long, such as lists of numbers."""

MAX_ID_LENGTH = 200
"""Characters of a video's id. YouTube's have 11; an address used as an id has more."""

MAX_LINES_PER_ROW = 10
"""Lines that a row may take up: a row pasted with one field per line has seven and a blank one; a cue with its number,
its times and a blank line has room for seven lines of text."""

MAX_OBJECTS_PER_ROW = 20
"""JSON objects that a cue may take up: YouTube writes one for every word."""


def in_brackets(name: str) -> str:
    """Return the name of a limit as it ends a sentence: in brackets, or nothing where the limit has no name."""
    return f" ({name})" if name else ""


MIN_COMPILED_SEGMENTS = 20_000
"""Segments from which the bot ranks by a compiled loop, where the extra `fast` is installed: it takes 110 MB of memory
and seconds of a start, and in a smaller library saves less than a tenth of a millisecond a question."""
