"""`/library forum-card`: puts the card from which the videos are asked into a forum, and pins it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import TypeAlias

import discord
from discord import app_commands

from bot.discord_app.cards import forum as forum_cards
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.commands.library import library as library  # which has this command from here on
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready, validate_card
from bot.discord_app.delivery.retries import DeliveryUnknown, is_forbidden, send_with_retries
from bot.discord_app.services.forums.forum_service import ForumService
from bot.errors import NotAllowed
from bot.localization import choose_language, current_language, set_language
from bot.localization import gettext as _
from bot.operations.safe_traceback import describe_error

log = logging.getLogger("cuepoint.discord")


class ForumTransformer(app_commands.Transformer):
    """Has Discord offer forums alone. discord.py would name media channels too, which its API does not describe."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Return that a channel is chosen."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Return which channels can be chosen."""
        return [discord.ChannelType.forum]

    async def transform(
        self, _interaction: discord.Interaction[discord.Client], value: app_commands.AppCommandChannel, /
    ) -> app_commands.AppCommandChannel:
        """Return what was chosen as it is."""
        return value


Forum: TypeAlias = app_commands.Transform[app_commands.AppCommandChannel, ForumTransformer]


@library.command(name="forum-card")
@app_commands.describe(channel="The forum")
async def forum_card(interaction: Interaction, channel: Forum) -> None:
    """Put a post with a button to search the videos into a forum."""
    forum = channel.resolve()
    if not isinstance(forum, discord.ForumChannel):
        raise NotAllowed(_("I can’t see that forum. Let me view it, then use this again."))
    await send_when_ready(interaction, _put_card(interaction.client.app.forums, forum), Delivery.PRIVATE)


async def _put_card(forums: ForumService, forum: discord.ForumChannel) -> Card:
    """Create the post, unless there is one, and pin it where that is allowed. Return what the manager is told."""
    me = forum.guild.me
    own = next((thread for thread in forum.threads if thread.owner_id == me.id and not thread.archived), None)
    if own is not None:
        return forum_cards.card_exists_card(own)
    rights = forum.permissions_for(me)
    if not (rights.view_channel and rights.send_messages):
        return forum_cards.cannot_post_card(forum)
    if not await forums.claim_card(forum.id):
        return forum_cards.card_underway_card()
    with _speaking(choose_language(str(forum.guild.preferred_locale))):
        card, title = validate_card(forum_cards.find_card()), _("Find in videos")
    try:
        # Sent once: Discord would take a repeated request for another post.
        post = (await forum.create_thread(name=title, view=card, applied_tags=_choose_tags(forum, rights))).thread
    except discord.HTTPException as error:
        if not is_forbidden(error):
            raise
        return forum_cards.cannot_post_card(forum)
    others = any(thread.flags.pinned for thread in forum.threads if thread.id != post.id and not thread.archived)
    is_pinned = rights.manage_threads and not others and await _pin(post)
    return forum_cards.posted_card(post, is_pinned=is_pinned, has_other_pin=others)


@contextlib.contextmanager
def _speaking(language: str) -> Iterator[None]:
    """Speak the language of those who read a card, which need not be that of who puts it up."""
    before = current_language()
    set_language(language)
    try:
        yield
    finally:
        set_language(before)


def _choose_tags(forum: discord.ForumChannel, rights: discord.Permissions) -> list[discord.ForumTag]:
    """Return the tags of the post: one that the bot may give, where the forum wants one."""
    if not forum.flags.require_tag:
        return []
    return [tag for tag in forum.available_tags if rights.manage_threads or not tag.moderated][:1]


async def _pin(post: discord.Thread) -> bool:
    """Pin a post; return whether that worked."""
    try:
        await send_with_retries(lambda: post.edit(pinned=True))
    except (DeliveryUnknown, discord.HTTPException) as error:
        log.info("a post could not be pinned: %s", describe_error(error))
        return False
    return True
