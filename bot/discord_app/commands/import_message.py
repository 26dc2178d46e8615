"""The menu of a message that imports the files on it. The server's settings decide who may use it."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.discord_app.cards.admin.imports import no_file_card
from bot.discord_app.delivery.responses import Interaction, send_private
from bot.discord_app.interactions.admin.import_flow import import_attachments
from bot.discord_app.interactions.admin.permits import permit_of
from storage.models import Labels


@app_commands.context_menu(name="Import transcript")
@app_commands.default_permissions(manage_guild=True)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
async def import_transcript(interaction: Interaction, message: discord.Message) -> None:
    """Import the files of a message into the server's own library, under their own names."""
    permit = permit_of(interaction)
    if message.attachments:
        await import_attachments(interaction, permit, message.attachments, Labels())
    else:
        await send_private(interaction, no_file_card())
