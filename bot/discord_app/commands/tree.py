"""The tree of all commands, as Discord is told of them."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.discord_app.commands.about import about, help_
from bot.discord_app.commands.follow import follow, unfollow
from bot.discord_app.commands.forum_card import library
from bot.discord_app.commands.import_message import import_transcript
from bot.discord_app.commands.privacy import privacy
from bot.discord_app.commands.questions import ask, find_in_videos, timeline
from bot.discord_app.commands.settings import settings
from bot.discord_app.commands.videos import transcript, video_, videos
from bot.discord_app.delivery.error_handler import on_command_error
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.interactions.handling import is_admitted


class CuepointTree(app_commands.CommandTree[Any]):
    """All commands, everywhere: in servers, direct messages and group messages, installed to a server or a user."""

    def __init__(self, client: discord.Client) -> None:
        # Without these, Discord's defaults allow less than everywhere.
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self.add_command(ask)
        self.add_command(timeline)
        self.add_command(follow)
        self.add_command(unfollow)
        self.add_command(videos)
        self.add_command(video_)
        self.add_command(transcript)
        self.add_command(help_)
        self.add_command(about)
        self.add_command(settings)
        self.add_command(privacy)
        self.add_command(find_in_videos)
        self.add_command(import_transcript)
        self.add_command(library)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Return whether to handle a command, or an autocomplete."""
        return await is_admitted(interaction)

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Hand every error to the one handler."""
        await on_command_error(interaction, error)
