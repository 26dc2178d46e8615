"""Libraries, scopes and indexes as several tests make them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from storage import access
from storage.library import Library
from storage.models import Scope, Segment, ServerSettings, Video
from storage.ranking.index.build import build_index
from storage.ranking.index.index_part import IndexPart


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Library]:
    """The library in a database, until the context ends."""
    library = await Library.open(path)
    try:
        yield library
    finally:
        await library.close()


def in_server(server_id: int) -> Scope:
    """What anybody sees in a server that limits nothing: its own library, then the shared one."""
    asker = access.Asker(access.Place.SERVER, access.Membership(server_id))
    return access.resolve_reach(asker, {server_id: ServerSettings()}).scope


def index_of(*videos: Sequence[str], titles: Sequence[str] = (), first: int = 0) -> IndexPart:
    """An index of videos v0, v1, ..., each a list of texts of 30 seconds."""
    entries = []
    for number, segments in enumerate(videos):
        title = titles[number] if titles else ""
        rows = [Segment(30.0 * place, 30.0 * place + 30, text) for place, text in enumerate(segments)]
        entries.append((Video(f"v{number + first}", title), rows))
    return build_index(entries, "en")
