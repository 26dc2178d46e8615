"""Which events have come already: Discord may hand one over twice, after a lost connection above all."""

from __future__ import annotations

from cachetools import FIFOCache

from bot.discord_app.delivery.responses import Interaction

_MAX_REMEMBERED = 5_000
"""So many of the last ones are known: more than come in the minutes for which a session can be resumed."""
_REPEATED = "repeated"


class SeenEvents:
    """The messages and interactions that came last, by id."""

    def __init__(self, kept: int = _MAX_REMEMBERED) -> None:
        self._ids: FIFOCache[int, bool] = FIFOCache(kept)

    def is_new(self, event_id: int) -> bool:
        """Whether an event comes for the first time, which it then has."""
        if event_id in self._ids:
            return False
        self._ids[event_id] = True
        return True


def is_repeated(interaction: Interaction) -> bool:
    """Whether an interaction came before. It may be asked about several times: by a button and by the client."""
    if _REPEATED not in interaction.extras:
        interaction.extras[_REPEATED] = not interaction.client.app.seen_events.is_new(interaction.id)
    repeated: bool = interaction.extras[_REPEATED]
    return repeated
