"""The commands about the bot itself."""

from __future__ import annotations

from discord import app_commands

from bot.discord_app.delivery.responses import Interaction, send_when_ready
from bot.discord_app.interactions.authorization import manages_server
from bot.discord_app.interactions.context import delivery_of, resolve_asker


@app_commands.command(name="help")
async def help_(interaction: Interaction) -> None:
    """Show how to ask."""
    asker = await resolve_asker(interaction, private=True)
    coroutine = interaction.client.app.conversation.show_help(asker, manages=manages_server(interaction))
    await send_when_ready(interaction, coroutine, delivery_of(asker))


@app_commands.command()
async def about(interaction: Interaction) -> None:
    """Show what this bot is, what it can search, and what it keeps."""
    asker = await resolve_asker(interaction, private=True)
    await send_when_ready(interaction, interaction.client.app.videos.show_about(asker), delivery_of(asker))
