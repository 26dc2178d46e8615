"""Where somebody is on Discord, and so what they may see and who sees the answer."""

from __future__ import annotations

import discord

from bot.discord_face.desk import Asker, Desk
from bot.discord_face.librarian import Librarian
from bot.discord_face.pace import Delivery, Interaction
from storage import access


def desk_of(interaction: Interaction) -> Desk:
    """The desk of the client that an interaction came to."""
    desk: Desk = interaction.client.desk
    return desk


def librarian_of(interaction: Interaction) -> Librarian:
    """Who looks after the servers' libraries for the client that an interaction came to."""
    librarian: Librarian = interaction.client.librarian
    return librarian


def asker_of(interaction: Interaction, *, private: bool) -> Asker:
    """Who pressed or typed. A server's library is in play only where the app is installed in that server: the presence
    of `interaction.guild` alone says nothing."""
    installed = interaction.guild_id is not None and interaction.is_guild_integration()
    scope = access.in_server(interaction.guild_id) if installed and interaction.guild_id else access.elsewhere()
    alone = is_alone(interaction)
    return Asker(interaction.user.id, scope, private=private and not alone, shareable=not alone)


def writer_of(message: discord.Message) -> Asker:
    """Who wrote to the bot, in a server it has joined or in a direct message."""
    scope = access.in_server(message.guild.id) if message.guild else access.elsewhere()
    return Asker(message.author.id, scope, shareable=message.guild is not None)


def is_alone(interaction: Interaction) -> bool:
    """Whether nobody but the asker is there, so that nothing need be hidden."""
    return interaction.context.dm_channel


def delivery_of(asker: Asker) -> Delivery:
    """How a new card reaches its asker."""
    return Delivery.PRIVATE if asker.private else Delivery.PUBLIC
