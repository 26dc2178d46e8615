"""The status of the bot on Discord, as far as it can be asked without being connected."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiscordStatus:
    """The bot's name, the privileged intents that are on and not needed, and by how much this machine's clock is ahead.

    `clock_ahead_seconds` is negative where it is behind, and None where Discord did not say. `lacks_message_content` is
    whether the Message Content intent is off though the settings ask for it.
    """

    name: str
    needless_intents: tuple[str, ...] = ()
    clock_ahead_seconds: float | None = None
    lacks_message_content: bool = False
