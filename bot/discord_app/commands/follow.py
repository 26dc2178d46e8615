"""`/follow` and `/unfollow`: questions whose askers are told when an import answers them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Range

from bot.answering.intents import IntentKind, recognize_intent
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.commands.suggestions import suggest_creators, suggest_servers, suggest_speakers, suggest_videos
from bot.discord_app.delivery.responses import Interaction, send_when_ready
from bot.discord_app.interactions.authorization import is_moderator, require_server_id
from bot.discord_app.interactions.context import delivery_of, interaction_context, resolve_asker, resolver
from bot.discord_app.interactions.turns import answer_in_turn
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.follows.follow_service import FollowWish
from bot.discord_app.services.follows.follow_target import require_public, require_target
from bot.discord_app.services.questions.button_state import Inquiry
from bot.discord_app.services.questions.follow_ups import parse_inquiry
from bot.errors import CannotFollow, NotAllowed
from bot.localization import gettext as _

_SMALL_TALK = frozenset({
    IntentKind.GREETING,
    IntentKind.THANKS,
    IntentKind.REMARK,
    IntentKind.HELP,
    IntentKind.IDENTITY,
    IntentKind.MORE,
})  # fmt: skip


@app_commands.command()
@app_commands.describe(
    question="What to watch for, as with /ask",
    closest="Also when an answer is only close",
    channel="Post it there instead of telling you; for those who manage the server",
    video="Only in this video",
    creator="Only in this creator’s videos",
    speaker="Only what this person says",
    server="Only in this server’s own videos",
)
@app_commands.autocomplete(
    video=suggest_videos, creator=suggest_creators, speaker=suggest_speakers, server=suggest_servers
)
async def follow(
    interaction: Interaction,
    question: Range[str, 1, 2000],
    closest: bool = False,
    channel: discord.TextChannel | None = None,
    video: Range[str, 1, 200] = "",
    creator: Range[str, 1, 200] = "",
    speaker: Range[str, 1, 200] = "",
    server: Range[str, 1, 100] = "",
) -> None:
    """Be told when an import answers a question."""
    app, who = interaction.client.app, interaction_context(interaction)
    await _require_question(question)
    inquiry = Inquiry(question, video, creator, speaker=speaker)
    told_in = await _require_channel(interaction, channel, server) if channel is not None else ""

    def keep(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
        library, parsed = told_in or require_target(asker.follow_target), parse_inquiry(inquiry)
        app.questions.check_cooldown(asker)
        wish = FollowWish(inquiry, library, _locale(interaction, channel), channel.id if channel else 0, closest)

        async def count_and_keep() -> Card:
            app.questions.count_question(asker)
            return await app.follows.follow(asker, who, wish, parsed)

        return count_and_keep()

    await answer_in_turn(interaction, resolver(interaction, private=True, picked=server), keep)


async def _require_question(text: str) -> None:
    """Raise CannotFollow for small talk: an import that says "hi" answers nobody."""
    intent = await asyncio.to_thread(recognize_intent, text)
    if intent.kind in _SMALL_TALK:
        raise CannotFollow(_("That asks nothing of the videos. Follow a question such as: what is a transformer?"))


def _locale(interaction: Interaction, channel: discord.TextChannel | None) -> str:
    """Return the language to tell it in: a channel's is its server's."""
    return str((interaction.guild_locale if channel else None) or interaction.locale)


async def _require_channel(interaction: Interaction, channel: discord.TextChannel, server: str) -> str:
    """Return the key of the library that may be told of in a channel, at the wish of somebody who manages its server.

    Raises NotAllowed and CannotFollow.
    """
    server_id, who = require_server_id(interaction), interaction_context(interaction)
    if not is_moderator(interaction) or who.here is None:
        words = _(
            "Only those who may manage this server can have a channel told. Leave “channel” empty to be told yourself."
        )
        raise NotAllowed(words)
    if server:
        raise CannotFollow(_("A channel is told of its own server’s videos alone. Leave “server” empty."))
    rights = channel.permissions_for(channel.guild.me)
    if not (rights.view_channel and rights.send_messages):
        raise CannotFollow(_("I may not write in that channel. Choose another one, or let me write there."))
    return require_public(who.here, channel.id, await interaction.client.app.ledger.settings(server_id))


@app_commands.command()
async def unfollow(interaction: Interaction) -> None:
    """List the questions that you follow, and end some."""
    asker, who = await resolve_asker(interaction, private=True), interaction_context(interaction)
    await send_when_ready(
        interaction, interaction.client.app.follows.list_follows(who, asker.owner()), delivery_of(asker)
    )
