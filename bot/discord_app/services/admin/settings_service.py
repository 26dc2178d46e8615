"""Changes to a server's settings, one moderator at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.server_settings import hash_settings, save_settings
from storage.ledger import Ledger
from storage.library import Library
from storage.models import ServerSettings


@dataclass(frozen=True, slots=True)
class ChangedSettings:
    """The settings of a server after a change, and whether it changed anything."""

    settings: ServerSettings
    has_changed: bool


class SettingsService:
    """Changes the settings of servers. Make one for all of Discord."""

    def __init__(self, library: Library, ledger: Ledger) -> None:
        self._library = library
        self._ledger = ledger
        # Settings are saved as a whole: of two concurrent changes, the second would undo the first.
        self._lock = asyncio.Lock()

    async def change(self, server_id: int, change: Callable[[ServerSettings], ServerSettings]) -> ChangedSettings:
        """Change the settings of a server. Raises what `change` raises, with nothing changed."""
        async with self._lock:
            before = await self._ledger.settings(server_id)
            after = change(before)
            await save_settings(self._library, self._ledger, server_id, before, after)
        return ChangedSettings(after, after != before)

    async def reset(self, server_id: int, *, shown: str) -> ServerSettings | None:
        """Set all settings of a server back to the defaults, and return those; None where nothing was changed.

        That is so where they are no longer those whose `hash_settings` was shown to the one who wants it.
        """
        async with self._lock:
            before = await self._ledger.settings(server_id)
            if hash_settings(before) != shown:
                return None
            await save_settings(self._library, self._ledger, server_id, before, ServerSettings())
        return ServerSettings()
