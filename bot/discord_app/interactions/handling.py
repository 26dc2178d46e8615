"""The one way to handle an interaction: once, only in a served server, and finished before the bot stops."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord

from bot.discord_app.delivery.deduplication import is_repeated
from bot.discord_app.delivery.error_handler import report_error
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.interactions.authorization import require_served
from bot.discord_app.interactions.context import prepare_texts
from bot.errors import NotServed


async def handle_interaction(interaction: Interaction, act: Callable[[], Awaitable[object]]) -> None:
    """Do what an interaction asks for, unless it is a repeat or comes from a server that is not served.

    Errors are reported to the user: discord.py would only log them.
    """
    try:
        if await is_admitted(interaction):
            await act()
    except Exception as error:  # noqa: BLE001 - the one handler decides what the user reads
        await report_error(interaction, error)


async def is_admitted(interaction: Interaction) -> bool:
    """Return whether to handle an interaction, and make the shutdown wait for it.

    A repeat is not handled. In a server that is not served nothing is done or kept, and the user gets a notice.
    """
    interaction.client.app.in_flight.track_current_task()
    interaction.client.app.ledger.erasures.begin_event()
    prepare_texts(interaction.client.app, interaction.locale)
    if is_repeated(interaction):
        return False
    try:
        require_served(interaction)
    except NotServed as error:
        if interaction.type is discord.InteractionType.autocomplete:
            await interaction.response.autocomplete([])
        else:
            await report_error(interaction, error)
        return False
    interaction.client.app.known_locales.note(interaction.user.id, str(interaction.locale))
    return True
