"""Keeps changes of a server's library apart from an import into it, or from its deletion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import LibraryBusy
from bot.localization import gettext as _


class LibraryLocks:
    """One lock for the library of every server. Make one for all of Discord."""

    def __init__(self) -> None:
        self._busy_servers: set[int] = set()

    @contextmanager
    def exclusive(self, server_id: int) -> Iterator[None]:
        """Hold the library of a server. Raises LibraryBusy where it is held already."""
        self.require_idle(server_id)
        self._busy_servers.add(server_id)
        try:
            yield
        finally:
            self._busy_servers.discard(server_id)

    def require_idle(self, server_id: int) -> None:
        """Raise LibraryBusy while the library of a server is held."""
        if server_id in self._busy_servers:
            raise LibraryBusy(_("An import into this library is still running. Please try again when it is done."))
