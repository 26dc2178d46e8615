"""Deletes a library with all that people did with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import access

if TYPE_CHECKING:
    from storage.ledger import Ledger
    from storage.library import Library


async def purge_server(library: Library, ledger: Ledger, server_id: int) -> None:
    """Delete everything of a server: videos, settings, feedback, misses and sightings. Only a backup brings it back.

    The videos go first: after an interruption the server is still known as one to be purged.
    """
    await library.purge(access.own_scope(server_id))
    await ledger.purge_server(server_id)


async def purge_shared(library: Library, ledger: Ledger) -> None:
    """Delete the shared library with its votes and misses; the settings outside of servers stay."""
    await library.purge(access.host_scope())
    await ledger.purge_feedback(access.SHARED)
