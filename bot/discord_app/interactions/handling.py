"""The one way of handling an interaction: once, in a served server, while the bot waits for it before it stops."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord

from bot.discord_app.delivery.deduplication import is_repeated
from bot.discord_app.delivery.error_handler import report
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.interactions.authorization import require_served
from bot.errors import NotServed


async def handle(interaction: Interaction, act: Callable[[], Awaitable[object]]) -> None:
    """Do what an interaction asks for, unless it is a repeat or comes from a server that is not served, and report what
    goes wrong: discord.py would only log it."""
    try:
        if await is_admitted(interaction):
            await act()
    except Exception as error:  # noqa: BLE001 - the one handler decides what is said
        await report(interaction, error)


async def is_admitted(interaction: Interaction) -> bool:
    """Return whether an interaction is to be handled, and let the bot's stop wait for it.

    One that came before is not. In a server that is not served nothing is done and nothing is kept; the person is told.
    """
    interaction.client.app.in_flight.join()
    if is_repeated(interaction):
        return False
    try:
        require_served(interaction)
    except NotServed as error:
        if interaction.type is discord.InteractionType.autocomplete:
            await interaction.response.autocomplete([])
        else:
            await report(interaction, error)
        return False
    return True
