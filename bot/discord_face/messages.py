"""Questions asked by writing: any direct message, and in a server what mentions the bot by name."""

from __future__ import annotations

import asyncio
import logging
import re

import discord

from bot.discord_face.admission import Serves, require_served_server
from bot.discord_face.cards import Card
from bot.discord_face.desk import Desk
from bot.discord_face.pace import READY_SECOND, insist, sealed
from bot.discord_face.places import whereabouts_of_writer, writer_of
from bot.discord_face.spoken import error_card
from bot.discord_face.states import Inquiry

log = logging.getLogger("cuepoint.discord")
_OTHERS = re.compile(r"<(?:@[!&]?|#|a?:\w+:|/[^:>]+:|t:)-?\d+(?::\w)?>")
_WRITTEN = {discord.MessageType.default, discord.MessageType.reply}


def question_in(message: discord.Message, own_id: int) -> str | None:
    """What a message asks the bot, or None where it asks nothing.

    In a server the bot's own mention must stand in the text: a reply with a ping, @everyone and roles it has also land
    in `message.mentions`, and ask nothing.
    """
    if message.author.bot or message.webhook_id is not None or message.type not in _WRITTEN:
        return None
    mention = re.compile(rf"<@!?{own_id}>")
    if message.guild is not None and not mention.search(message.content):
        return None
    return " ".join(_OTHERS.sub(" ", mention.sub(" ", message.content)).split())


async def answer_message(desk: Desk, message: discord.Message, own_id: int, serves: Serves) -> None:
    """Answer a message that asks something, in a channel where the bot may write."""
    text = question_in(message, own_id)
    if text is None or not _may_write(message):
        return
    try:
        await _send(message, await _answered(desk, message, Inquiry(text), serves))
        await desk.askers.note(whereabouts_of_writer(message))
    except discord.Forbidden:
        # Rights may have changed since we looked, and asking again would only be counted against the bot.
        log.info("a message could not be answered: not allowed to")


async def _answered(desk: Desk, message: discord.Message, inquiry: Inquiry, serves: Serves) -> Card:
    """The answer, or the error in words. What takes long is shown as typing."""
    try:
        if message.guild is not None:
            require_served_server(message.guild.id, serves)
        asker = await writer_of(desk, message)
        desk.admit(asker, inquiry)
        making = asyncio.ensure_future(desk.answer(asker, inquiry))
        await asyncio.wait({making}, timeout=READY_SECOND)
        if making.done():
            return await making
        async with message.channel.typing():
            return await making
    except discord.Forbidden:
        raise
    except Exception as error:  # noqa: BLE001 - the one handler decides what is said
        return error_card(error)


def _may_write(message: discord.Message) -> bool:
    if message.guild is None:
        return True
    allowed = message.channel.permissions_for(message.guild.me)
    thread = isinstance(message.channel, discord.Thread)
    return allowed.view_channel and (allowed.send_messages_in_threads if thread else allowed.send_messages)


async def _send(message: discord.Message, card: Card) -> None:
    card = sealed(card)
    # Sent again after a broken connection, the same nonce makes it the same message.
    nonce = message.id
    if message.guild is None or message.channel.permissions_for(message.guild.me).read_message_history:
        # The question may be gone by now; the answer still helps whoever asked.
        reference = message.to_reference(fail_if_not_exists=False)
        await insist(lambda: message.channel.send(view=card, reference=reference, mention_author=False, nonce=nonce))
    else:
        await insist(lambda: message.channel.send(view=card, nonce=nonce))
