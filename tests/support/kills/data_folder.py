"""The data folders that acts are killed on."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import storage.indexing.index_manager
import storage.indexing.library_index
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import GlossaryEntry, Labels, Source, Verdict, Vote
from tests.support import schema_history

SHARED, SERVER = access.host_scope(), access.host_scope("42")
_SAID = (
    "copper lantern harbour keeper bell fog bronze violin spruce varnish maple workshop bread dough oven salt river "
    "stone bridge paper letter engine valve piston garden tulip window morning winter thunder meadow compass sailor"
)
WORDS = _SAID.split()
NAME = "cuepoint.db"
BACKUP, EARLIER = "copy.db", "earlier.db"


def rows(videos: Iterable[str], seed: int, segments: int = 14) -> Source:
    """A data set file with some videos, the words drawn."""
    drawn = random.Random(seed)
    lines = [
        {"video_id": video, "title": f"About {video}", "start_second": part * 30, "end_second": part * 30 + 30,
         "text": " ".join(drawn.choices(WORDS, k=45))}
        for video in videos
        for part in range(segments)
    ]  # fmt: skip
    return Source(f"rows{seed}.jsonl", "\n".join(map(json.dumps, lines)).encode())


def captions(seed: int, cues: int = 60) -> Source:
    """A caption file, the words drawn."""
    drawn = random.Random(seed)
    texts = (" ".join(drawn.choices(WORDS, k=6)) for _ in range(cues))
    stamps = (f"00:{n // 20:02}:{n % 20 * 3:02},000" for n in range(cues + 1))
    starts = list(stamps)
    return Source(
        "talk.srt",
        "".join(f"{n + 1}\n{starts[n]} --> {starts[n + 1]}\n{text}\n\n" for n, text in enumerate(texts)).encode(),
    )


@contextmanager
def smallest_kept() -> Iterator[None]:
    """Keep the smallest index on disk, and tidy up at once and in this process: an index of a few videos is small."""

    async def refused(*given: object) -> bool:
        return False

    with (
        patch.object(storage.indexing.index_manager, "MIN_CACHED_SEGMENTS", 1),
        patch.object(storage.indexing.index_manager, "build_in_subprocess", refused),
        patch.object(storage.indexing.library_index, "MAX_QUICK_MERGE_SEGMENTS", 0),
        patch.object(storage.indexing.library_index, "LATER_AT_LEAST", 0),
    ):
        yield


async def prepare(folder: Path) -> None:
    """A folder with two libraries, things in the ledger, an act to undo, index files behind the times, and a backup."""
    path = folder / NAME
    library, ledger = await Library.open(path), await Ledger.open(path, now=lambda: 1.7e9)
    await library.import_files(SHARED, [(rows((f"v{n}" for n in range(6)), 1), Labels())])
    await library.import_files(SHARED, [(captions(2), Labels(video_id="talk", title="Talk"))])
    await library.import_files(SERVER, [(rows(("s1", "s2"), 3), Labels())])
    await library.glossary.add(SHARED, GlossaryEntry("bronce", "bronze"))
    await ledger.save_vote(7, Vote("shared", "what is it?", "v1", 30.0, Verdict.HELPFUL))
    await ledger.record_miss("shared", "where is it?", 7)
    await library.maintenance.backup(folder / EARLIER)
    with smallest_kept():
        for scope in (SHARED, SERVER):
            await library.index_age_seconds(scope)
    await library.import_files(SHARED, [(rows(("v1", "v2", "v3"), 4, segments=18), Labels())])
    await ledger.close()
    await library.close()


def prepare_older(folder: Path, version: int) -> None:
    """A folder as an earlier version left it."""
    schema_history.make(folder / NAME, version)


def copy(ground: Path, folder: Path) -> Path:
    """A folder just like a prepared one."""
    shutil.copytree(ground, folder)
    return folder
