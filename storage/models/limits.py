"""How much may be read: no file takes the memory, or the time, of everybody else."""

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
    """How much may be imported at once. Whoever hosts Cuepoint sets these.

    `file_bytes` is the size of one file, and of what a packed one unfolds to; `rows` are the cues or rows of one file;
    `videos` are those of one import.
    """

    file_bytes: int = 200 * MEGABYTE
    rows: int = 200_000
    videos: int = 20_000
    names: LimitNames = field(default=LimitNames(), compare=False)


UNLIMITED = Limits(sys.maxsize, sys.maxsize, sys.maxsize)
"""For what the host makes by himself."""

CAPTIONS_SIZE_SHARE = 4
"""The part of a file's size that captions may have: reading them takes four times the memory of a table, and hours of
speech are a megabyte at most."""

MAX_SECOND = 100 * 3600.0
"""No recording is longer; a later time is a mistake, most often milliseconds taken for seconds."""

MAX_TEXT_LENGTH = 100_000
"""Characters of one caption, or of one cell: two hours of speech. More is a file without line ends, or an open
quotation mark."""

MAX_ROW_LENGTH = 1_000_000
"""Characters of one line, or of one row of a table: cells that are not read may be long, such as lists of numbers."""

MAX_ID_LENGTH = 200
"""Characters of a video's id. YouTube's have 11; an address used as an id has more."""

MAX_LINES_PER_ROW = 10
"""Lines that a row may take up: a row pasted with a field a line has seven and a blank one, a cue with its number, its
times and a blank line leaves room for as many of text."""

MAX_OBJECTS_PER_ROW = 20
"""JSON objects that a cue may take up: YouTube writes one for each of its words."""


def in_brackets(name: str) -> str:
    """The name of a limit at the end of a sentence, if it has one."""
    return f" ({name})" if name else ""
