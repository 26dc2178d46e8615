"""Which lines of a SubRip or WebVTT file are the numbers and ids of cues, which are not spoken.

Ids are where a file puts them: directly above the times, mostly below an empty line. Files differ in both, and a
spoken line may stand there too, so a file is judged as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

NUMBER = re.compile(r"\s*\d{1,9}\s*", re.ASCII)
"""A line that holds nothing but a cue's number."""


def find_numbers(lines: Sequence[str], timings: Collection[int]) -> dict[int, int]:
    """Return the lines that are SubRip's cue numbers, by the timing lines below them.

    Blank lines may stand between the number and the times. Where no cue has a number the file may be WebVTT that lost
    its header: then the ids are returned, if every one of several cues has one.
    """
    numbers: dict[int, int] = {}
    last = 0
    for i in timings:
        above = i - 1
        if above >= 0 and lines[above].isdecimal() and lines[above].isascii() and len(lines[above]) < 10:
            numbers[i] = above  # as in nearly every file
            last = int(lines[above])
            continue
        while above >= 0 and above not in timings and not lines[above].strip():
            above -= 1
        if above < 0 or above in timings or not NUMBER.fullmatch(lines[above]):
            continue
        if above == i - 1 or int(lines[above]) == last + 1:
            numbers[i] = above
            last = int(lines[above])
    if numbers or len(timings) < 2:
        return numbers
    has_ids = all(i - 1 not in timings and _is_below_gap(lines, i - 1) for i in timings)
    return {i: i - 1 for i in timings} if has_ids else {}


def find_ids(lines: Sequence[str], timings: Collection[int]) -> dict[int, int]:
    """Return the lines that are WebVTT cue ids, by the timing lines below them: anything below an empty line.

    A line of spaces is part of the text in rolling captions, so what is below it is an id only where it is a number,
    or where the file has no empty lines. Where the first cue has a number, the other cues' numbers need no gap.
    """
    with_line = [i for i in timings if i > 1 and i - 1 not in timings and lines[i - 1].strip()]
    ids = {i: i - 1 for i in with_line if not lines[i - 2]}
    others = [i for i in with_line if i not in ids]
    if not others:
        return ids
    first = next(iter(timings))
    is_numbered = first in with_line and NUMBER.fullmatch(lines[first - 1]) is not None
    has_empty_lines = any(not lines[i - 1] or not lines[i - 2] for i in timings if i > 1)
    for i in others:
        is_number = is_numbered and NUMBER.fullmatch(lines[i - 1]) is not None
        is_below_spaces = i - 2 not in timings and i - 3 not in timings and not lines[i - 2].strip()
        if is_number or (is_below_spaces and not has_empty_lines):
            ids[i] = i - 1
    return ids


def _is_below_gap(lines: Sequence[str], i: int) -> bool:
    """Return whether a line holds something, and none or an empty line is above it."""
    return i >= 0 and bool(lines[i].strip()) and (i == 0 or not lines[i - 1].strip())
