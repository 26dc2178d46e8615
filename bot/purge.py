"""Deletes a library with all that people did with it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from storage import access
from storage.errors import PurgeIncomplete

if TYPE_CHECKING:
    from storage.ledger import Ledger
    from storage.library import Library
    from storage.models import Scope


async def purge_server(library: Library, ledger: Ledger, server_id: int) -> None:
    """Delete everything of a server: videos, settings, feedback, misses and sightings. Only a backup brings it back.

    The videos go first: after an interruption the server is still known as one to be purged. Raises PurgeIncomplete.
    """
    async with _purged(library, access.own_scope(server_id)):
        await ledger.purge_server(server_id)


async def purge_shared(library: Library, ledger: Ledger) -> None:
    """Delete the shared library with its votes and misses; the settings outside of servers stay. Raises
    PurgeIncomplete."""
    async with _purged(library, access.host_scope()):
        await ledger.purge_feedback(access.SHARED)


@contextlib.asynccontextmanager
async def _purged(library: Library, scope: Scope) -> AsyncIterator[None]:
    """Delete the videos of a library, and then what the body does, even if not all of them can be overwritten."""
    incomplete = None
    try:
        await library.purge(scope)
    except PurgeIncomplete as error:
        incomplete = error
    yield
    if incomplete is not None:
        raise incomplete
