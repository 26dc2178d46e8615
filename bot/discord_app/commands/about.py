"""The commands about the bot itself."""

from __future__ import annotations

from discord import app_commands

from bot.discord_app.cards import about as about_cards
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.delivery.responses import Interaction, send_when_ready
from bot.discord_app.interactions.context import delivery_of, resolve_asker


@app_commands.command(name="help")
async def help_(interaction: Interaction) -> None:
    """Show how to ask."""
    asker = await resolve_asker(interaction, private=True)
    await send_when_ready(interaction, _as_awaitable(about_cards.help_card()), delivery_of(asker))


@app_commands.command()
async def about(interaction: Interaction) -> None:
    """Show what this bot is, what it can search, and what it keeps."""
    asker = await resolve_asker(interaction, private=True)
    await send_when_ready(interaction, interaction.client.app.videos.show_about(asker), delivery_of(asker))


async def _as_awaitable(card: Card) -> Card:
    return card
