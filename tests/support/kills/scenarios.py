"""What is killed: each act as the program does it, on the data folder it is given."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, redirect_stdout, suppress
from pathlib import Path

from storage.database.connection import Database
from storage.errors import RequestError
from storage.indexing.index_files import IndexCache
from storage.indexing.index_process import _update_index_file
from storage.library import INDEX_FOLDER, Library
from storage.models import Labels
from tests.support.kills.data_folder import (
    BACKUP,
    EARLIER,
    NAME,
    SERVER,
    SHARED,
    captions,
    rows,
    smallest_kept,
)

Act = Callable[[Path], Awaitable[None]]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Library]:
    library = await Library.open(folder / NAME)
    try:
        yield library
    finally:
        await library.close()


async def import_(folder: Path) -> None:
    async with opened(folder) as library:
        files = [(rows(("n1", "n2", "n3", "n4"), 11), Labels()), (captions(12), Labels(video_id="n5"))]
        await library.import_files(SHARED, files)


async def merge(folder: Path) -> None:
    async with opened(folder) as library:
        await library.import_files(SHARED, [(rows(("v0", "v1", "v4", "talk"), 13, segments=9), Labels())])


async def replace(folder: Path) -> None:
    async with opened(folder) as library:
        await library.import_files(SHARED, [(rows(("v0", "v2", "v5", "talk"), 14), Labels())], replace=True)


async def undo(folder: Path) -> None:
    async with opened(folder) as library:
        await library.undo(SHARED)


async def remove(folder: Path) -> None:
    async with opened(folder) as library:
        await library.remove(SHARED, "v2")


async def purge(folder: Path) -> None:
    async with opened(folder) as library:
        await library.purge(SERVER)


async def compaction(folder: Path) -> None:
    """Join what the index files have with what came later, and keep that."""
    with smallest_kept():
        async with opened(folder) as library:
            for scope in (SHARED, SERVER):
                await library.index_age_seconds(scope)
            await asyncio.gather(*library._indexes._background.values())


async def index_making(folder: Path) -> None:
    """What the process does that makes an index elsewhere."""
    for key in ("shared", "server:42"):
        cache = IndexCache(folder / INDEX_FOLDER)
        # It tells its parent how far it is; here that is the test's own line.
        with redirect_stdout(io.StringIO()):
            await _update_index_file(folder / NAME, cache, cache.part_path(key), key, "en")


async def migration(folder: Path) -> None:
    await (await Database.open(folder / NAME)).close()


async def backup(folder: Path) -> None:
    async with opened(folder) as library:
        await library.maintenance.backup(folder / BACKUP)


async def restore(folder: Path) -> None:
    await Library.restore(folder / NAME, folder / EARLIER)


ACTS: dict[str, Act] = {
    "import": import_,
    "merge": merge,
    "replace": replace,
    "undo": undo,
    "remove": remove,
    "purge": purge,
    "compaction": compaction,
    "index making": index_making,
    "migration": migration,
    "backup": backup,
    "restore": restore,
}
AT_ONCE = {"undo", "remove", "purge", "migration", "restore"}
"""Acts that one transaction decides, or one file that takes another's place: all videos are old, or all are new."""

OF_FEW_EVENTS = {"migration", "backup", "restore", "compaction", "index making"}
"""Acts that can be killed at every single event in their course."""
UNDONE = {"import", "merge", "replace"}
"""Acts that `undo` takes back, also when they were not done to their end."""


async def go_on(name: str, folder: Path) -> None:
    """Do an act again that was killed: what it had done already it may refuse to do twice."""
    (folder / BACKUP).unlink(missing_ok=True)
    with suppress(RequestError):
        await ACTS[name](folder)
