"""What a dataset viewer shows around its rows, and what is therefore copied with them."""

from __future__ import annotations

import re

# Below the table; sometimes appended to the last row.
_FOOTER = ("Subsets and Splits", "No community queries yet")
_LAST_FOOTER = "The top public SQL queries"
_MAX_HEADER_LENGTH = 200
_HEADER = re.compile(
    r"[\s|-]*(?:"
    r"video_id|text|start_second|end_second|url|title|thumbnail|creator"
    r"|(?:stringlengths|stringclasses|classes|string|large_string|int\d+|uint\d+|float\d+|null)(?:\s+[\d.,]+[kMB]?)?"
    r"|[\d.,]+[kMB]?(?:\s+(?:values|classes))?"
    r")?[\s|-]*",
    re.ASCII,
)


def strip_footer(line: str) -> str:
    """Return a line without the viewer's text below the table, as long as nothing else follows that text."""
    starts = [line.find(words) for words in (*_FOOTER, _LAST_FOOTER) if words in line]
    if not starts:
        return line
    below, _, ending = line[min(starts) :].partition(_LAST_FOOTER)
    for words in _FOOTER:
        below = below.replace(words, "")
    is_footer = not below.strip() and "|" not in ending
    return line[: min(starts)].rstrip() if is_footer else line


def is_header(line: str) -> bool:
    """Return whether a line can belong to the table's header: a column's name, its type, its statistics, or a rule."""
    return len(line) < _MAX_HEADER_LENGTH and all(_HEADER.fullmatch(cell) for cell in line.split(" | "))
