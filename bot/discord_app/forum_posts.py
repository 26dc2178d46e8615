"""New posts in forums that a server has chosen: answered once, in their thread, where the answer is confident."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import discord

from bot.discord_app.cards.parts.base import Card
from bot.discord_app.delivery.responses import validate_card
from bot.discord_app.delivery.retries import DeliveryUnknown, is_forbidden, is_target_gone, send_with_retries
from bot.discord_app.interactions.context import post_context, prepare_texts, writer_resolver
from bot.discord_app.interactions.turns import OpenTurn
from bot.discord_app.post_reading import read_post
from bot.discord_app.services.forums.forum_service import MAX_POST_AGE_SECONDS
from bot.errors import BotError
from bot.operations.safe_traceback import describe_error
from storage.errors import StorageError

if TYPE_CHECKING:
    from bot.discord_app.app_context import AppContext
    from bot.discord_app.client import CuepointClient

log = logging.getLogger("cuepoint.discord")


async def answer_post(client: CuepointClient, message: discord.Message) -> None:
    """Answer the first message of a forum post, or say nothing: nobody has asked the bot."""
    app, server = client.app, message.guild
    if server is None or message.author.bot or message.webhook_id is not None or not app.is_served(server.id):
        return
    if time.time() - message.created_at.timestamp() > MAX_POST_AGE_SECONDS:
        return
    try:
        thread = await _find_post(client, message)
        if thread is None or not await app.forums.is_chosen(server.id, thread.parent_id):
            return
        with app.forums.limits.count_post(server.id, message.author.id) as has_room:
            if has_room and _may_write(thread):
                await _answer_once(app, message, thread)
    except (BotError, StorageError) as error:
        log.info("a forum post was passed over: %s", describe_error(error))


async def _find_post(client: CuepointClient, message: discord.Message) -> discord.Thread | None:
    """Return the post that a message begins, or None where it is in no forum."""
    channel: object = message.channel
    if isinstance(channel, discord.PartialMessageable):
        # The message may arrive before Discord has announced its thread.
        try:
            channel = await client.fetch_channel(channel.id)
        except discord.HTTPException:
            return None
    is_post = isinstance(channel, discord.Thread) and isinstance(channel.parent, discord.ForumChannel)
    return channel if is_post and isinstance(channel, discord.Thread) else None


def _may_write(thread: discord.Thread) -> bool:
    rights = thread.permissions_for(thread.guild.me)
    return rights.view_channel and rights.send_messages_in_threads


async def _answer_once(app: AppContext, message: discord.Message, thread: discord.Thread) -> None:
    """Answer a post that nobody has looked up yet. Raises BotError and StorageError."""
    inquiries = read_post(thread.name, message.content)
    if not inquiries or not await app.forums.claim(message.id):
        return
    # Everybody in the forum reads the answer.
    prepare_texts(app, thread.guild.preferred_locale)
    who, resolve = post_context(message.author, thread), writer_resolver(app.askers)
    # Its author can ask something else meanwhile: in the queue the post stands for itself.
    with app.admission.enter(message.id, thread.guild.id) as turn:
        opened = OpenTurn(app.admission, app.askers, turn, who, resolve, await resolve(who))
        card = await opened.run(app.forums.answer_post(opened.asker, inquiries))
    if card is not None:
        await _send(thread, message.id, card)


async def _send(thread: discord.Thread, nonce: int, card: Card) -> None:
    card = validate_card(card)
    try:
        # With the same nonce, a retry after a broken connection is the same message for Discord.
        await send_with_retries(lambda: thread.send(view=card, nonce=nonce))
    except DeliveryUnknown as error:
        log.warning("nobody knows whether the answer to a forum post arrived: %s", error)
    except discord.HTTPException as error:
        if not (is_forbidden(error) or is_target_gone(error)):
            raise
        log.info("a forum post could not be answered: %s", describe_error(error))
