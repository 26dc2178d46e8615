"""A process that changes a library for as long as it is told to, as `cuepoint import`, `undo` and `remove` do.

Every segment of a video says which generation of it it is of. What was done is printed when it is done: an act, and
the generation that the video "steady" is of now. Each line on standard input is one more round.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from storage import access
from storage.library import Library
from storage.models import Labels, Source

SHARED = access.host_scope()
SEGMENTS = 8


def generation(video: str, number: int) -> Source:
    """A video, of which each segment says its generation."""
    lines = [
        {"video_id": video, "start_second": part * 30, "end_second": part * 30 + 30,
         "text": f"the copper lantern of generation{number} hangs {'high ' * part}above harbour gate{part}"}
        for part in range(SEGMENTS)
    ]  # fmt: skip
    return Source(f"{video}.jsonl", "\n".join(map(json.dumps, lines)).encode())


def others(count: int = 12) -> Source:
    """Videos about something else, that stay as they are."""
    lines = [
        {"video_id": f"other{n}", "start_second": part * 30, "end_second": part * 30 + 30,
         "text": f"bread dough number {n} rises beside oven {part} until the baker comes"}
        for n in range(count)
        for part in range(SEGMENTS)
    ]  # fmt: skip
    return Source("others.jsonl", "\n".join(map(json.dumps, lines)).encode())


async def change(path: Path) -> None:
    library = await Library.open(path)
    for number, _ in enumerate(sys.stdin, 1):
        await library.import_files(SHARED, [(generation("steady", number), Labels())], replace=True)
        print("replaced", number, flush=True)
        await library.import_files(SHARED, [(generation("comes", number), Labels())])
        await library.undo(SHARED)
        await library.import_files(SHARED, [(generation("goes", number), Labels())])
        await library.remove(SHARED, "goes")
    await library.close()


if __name__ == "__main__":
    asyncio.run(change(Path(sys.argv[1])))
