"""Deduplication of events: Discord may deliver one twice, especially after a lost connection."""

from __future__ import annotations

from cachetools import FIFOCache

from bot.discord_app.delivery.responses import Interaction

_MAX_REMEMBERED = 5_000
"""How many of the latest events are remembered: more than arrive in the minutes in which a session can be resumed."""
_REPEATED = "repeated"


class SeenEvents:
    """The ids of the latest messages and interactions."""

    def __init__(self, kept: int = _MAX_REMEMBERED) -> None:
        self._ids: FIFOCache[int, bool] = FIFOCache(kept)

    def is_new(self, event_id: int) -> bool:
        """Return whether an event arrives for the first time, and remember it."""
        if event_id in self._ids:
            return False
        self._ids[event_id] = True
        return True


def is_repeated(interaction: Interaction) -> bool:
    """Return whether an interaction arrived before. A button and the client may both ask this about one interaction."""
    if _REPEATED not in interaction.extras:
        interaction.extras[_REPEATED] = not interaction.client.app.seen_events.is_new(interaction.id)
    repeated: bool = interaction.extras[_REPEATED]
    return repeated
