"""Measures what this process holds in memory, as Linux accounts for it.

The memory of an index is what the process has of its own beyond what it had before (anonymous memory: everything
allocated), and those pages of the mapped index files that are resident after so many questions. Pages of program code
do not belong to an index, and neither do the files that the system keeps in its cache.
"""

from __future__ import annotations

import gc
import re
from pathlib import Path

SMAPS = Path("/proc/self/smaps")
_MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \S+ *(?P<path>.*)$")


def held_bytes(index_folder: Path) -> int | None:
    """Return anonymous memory and the resident pages of files in a folder; None where the system does not report it."""
    if not SMAPS.exists():
        return None
    gc.collect()
    held, mapped = 0, False
    for line in SMAPS.read_text(encoding="utf-8", errors="replace").splitlines():
        if mapping := _MAPPING.match(line):
            mapped = mapping["path"].startswith(str(index_folder.resolve()))
        elif line.startswith("Rss:" if mapped else "Anonymous:"):
            held += int(line.split()[1]) * 1024
    return held


def grown_bytes(index_folder: Path, before: int | None) -> int | None:
    """Return how much more is held than before; None where the system does not report it."""
    now = held_bytes(index_folder)
    return None if now is None or before is None else now - before


def disk_bytes(folder: Path) -> int:
    """Return the size of all files in a folder, in bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
