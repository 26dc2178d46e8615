"""Questions asked in messages: any direct message, and in a server a message that mentions the bot itself."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Coroutine
from typing import Any

import aiohttp
import discord

from bot.discord_app.app_context import AppContext
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.delivery.error_handler import error_card
from bot.discord_app.delivery.responses import DEFER_AFTER_SECONDS, validate_card
from bot.discord_app.delivery.retries import DeliveryUnknown, is_forbidden, is_target_gone, send_with_retries
from bot.discord_app.interactions.authorization import require_served_server
from bot.discord_app.interactions.context import prepare_texts, server_of_message, writer_context, writer_resolver
from bot.discord_app.interactions.turns import open_turn
from bot.discord_app.services.admission import TOO_MANY
from bot.discord_app.services.questions.button_state import Inquiry
from bot.errors import TooManyAsking
from bot.operations import metrics
from bot.operations.safe_traceback import describe_error

log = logging.getLogger("cuepoint.discord")
_OTHERS = re.compile(r"<(?:@[!&]?|#|a?:\w+:|/[^:>]+:|t:)-?\d+(?::\w)?>")
_WRITTEN = {discord.MessageType.default, discord.MessageType.reply}


def question_in(message: discord.Message, own_id: int) -> str | None:
    """Return what a message asks the bot, or None where it asks nothing.

    In a server the bot's own mention must be in the text: a reply with a ping, @everyone and the bot's roles are in
    `message.mentions` too, and ask nothing.
    """
    if message.author.bot or message.webhook_id is not None or message.type not in _WRITTEN:
        return None
    mention = re.compile(rf"<@!?{own_id}>")
    if server_of_message(message) is not None and not mention.search(message.content):
        return None
    return " ".join(_OTHERS.sub(" ", mention.sub(" ", message.content)).split())


async def answer_message(app: AppContext, message: discord.Message, own_id: int) -> None:
    """Answer a message that asks something, in a channel where the bot may write."""
    text = question_in(message, own_id)
    if text is None or not _may_write(message):
        return
    prepare_texts(app, message.guild.preferred_locale if message.guild else discord.Locale.american_english)
    with app.message_limits.count_answer(message.channel.id) as has_room:
        card = await _answer_or_error(app, message, Inquiry(text), has_room=has_room)
        if card is not None:
            await _deliver_answer(app, message, card)


async def _deliver_answer(app: AppContext, message: discord.Message, card: Card) -> None:
    try:
        with metrics.time_step(metrics.AnswerStep.REPLY):
            await _send_answer(message, card)
    except DeliveryUnknown as error:
        log.warning("nobody knows whether an answer to a message arrived: %s", error)
    except discord.HTTPException as error:
        # The rights may have changed since the check, and the channel may be gone, or closed to the bot.
        if not (is_forbidden(error) or is_target_gone(error)):
            raise
        log.info("a message could not be answered: %s", describe_error(error))
    else:
        await app.askers.record_sighting(writer_context(message))


async def _answer_or_error(
    app: AppContext, message: discord.Message, inquiry: Inquiry, *, has_room: bool
) -> Card | None:
    """Return the answer's card, or the error's; None for an error of which its author was told just now.

    Discord shows the bot as typing while that takes long. `has_room` is whether the channel takes another answer.
    """
    try:
        server_id = server_of_message(message)
        if server_id is not None:
            require_served_server(server_id, app.is_served)
        if not has_room:
            raise TooManyAsking(TOO_MANY)
        source = metrics.QuestionSource.DIRECT if server_id is None else metrics.QuestionSource.MENTION
        who, resolve = writer_context(message), writer_resolver(app.askers)
        async with open_turn(app.admission, app.askers, who, resolve) as opened:
            question = app.questions.accept(opened.asker, inquiry)
            coroutine = app.questions.answer_question(
                opened.asker, inquiry, question, source, is_quoted=_may_reference(message)
            )
            return await _await_with_typing(message, opened.run(coroutine))
    except Exception as error:  # noqa: BLE001 - the one handler decides what the user reads
        card = error_card(error)
        return card if app.message_limits.may_tell(message.author.id, message.channel.id, error) else None


async def _await_with_typing(message: discord.Message, coroutine: Coroutine[Any, Any, Card]) -> Card:
    """Return the coroutine's card; after a second, Discord shows the bot as typing until it is ready."""
    task = asyncio.create_task(coroutine)
    try:
        ready, _ = await asyncio.wait({task}, timeout=DEFER_AFTER_SECONDS)
        if ready:
            return await task
        typing = asyncio.create_task(_keep_typing(message))
        try:
            return await task
        finally:
            typing.cancel()
    finally:
        task.cancel()


async def _keep_typing(message: discord.Message) -> None:
    """Show the bot as typing until cancelled. The answer itself does not wait for that request."""
    with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):
        async with message.channel.typing():
            await asyncio.Event().wait()


def _permissions_at(message: discord.Message) -> discord.Permissions | None:
    """Return what the bot may do in the channel of a message in a server; None in direct messages.

    None also where Discord has not announced the channel yet, which may happen after a message in it.
    """
    if message.guild is None or not message.guild.me or isinstance(message.channel, discord.PartialMessageable):
        return None
    return message.channel.permissions_for(message.guild.me)


def _may_write(message: discord.Message) -> bool:
    rights = _permissions_at(message)
    if rights is None:
        # If the bot may not write, Discord refuses the answer.
        return True
    thread = isinstance(message.channel, discord.Thread)
    return rights.view_channel and (rights.send_messages_in_threads if thread else rights.send_messages)


def _may_reference(message: discord.Message) -> bool:
    """Return whether an answer may refer to its question: that requires the right to read it."""
    rights = _permissions_at(message)
    return server_of_message(message) is None if rights is None else rights.read_message_history


async def _send_answer(message: discord.Message, card: Card) -> None:
    card = validate_card(card)
    # With the same nonce, a retry after a broken connection is the same message for Discord.
    nonce = message.id
    if _may_reference(message):
        # The question may be deleted by now; the answer is still sent.
        reference = message.to_reference(fail_if_not_exists=False)
        await send_with_retries(
            lambda: message.channel.send(view=card, reference=reference, mention_author=False, nonce=nonce)
        )
    else:
        await send_with_retries(lambda: message.channel.send(view=card, nonce=nonce))
