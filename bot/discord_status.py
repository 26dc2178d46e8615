"""How the bot stands with Discord, as far as it can be asked without being connected."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiscordStatus:
    """The bot's name, the privileged intents that are on and not needed, and by how much our clock is ahead, in
    seconds; negative where it is behind, None where Discord did not say."""

    name: str
    needless_intents: tuple[str, ...] = ()
    clock_ahead_seconds: float | None = None
