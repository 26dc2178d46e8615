"""Questions asked in messages: any direct message, and in a server a message that mentions the bot itself."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import aiohttp
import discord

from bot.answering.intents import IntentKind
from bot.answering.intents.phrases import LANGUAGES as PHRASE_LANGUAGES
from bot.discord_app.app_context import AppContext
from bot.discord_app.cards.conversation import sent_file_card, sent_files_here_card
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.delivery.error_handler import error_card
from bot.discord_app.delivery.responses import DEFER_AFTER_SECONDS, validate_card
from bot.discord_app.delivery.retries import DeliveryUnknown, is_forbidden, is_target_gone, send_with_retries
from bot.discord_app.interactions.admin.permits import ModeratorPermit, SentFiles, store_permit_for
from bot.discord_app.interactions.authorization import require_served_server
from bot.discord_app.interactions.context import prepare_texts, server_of_message, writer_context, writer_resolver
from bot.discord_app.interactions.turns import open_turn
from bot.discord_app.message_reading import ReadMessage, read_message
from bot.discord_app.services.admin.attachments import file_name
from bot.discord_app.services.admission import TOO_MANY
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.questions.button_state import Inquiry
from bot.discord_app.services.questions.conversation import Said, SentFile, Utterance
from bot.errors import TooManyAsking
from bot.localization import SOURCE_LANGUAGE, choose_language, set_language
from bot.operations import metrics
from bot.operations.safe_traceback import describe_error
from storage.analysis import guess_language
from storage.errors import StorageError

log = logging.getLogger("cuepoint.discord")
MAX_PATIENCE_SECONDS = 5.0
"""As for interactions, but longer: no button can keep the question of a message that is refused."""
THANKS_REACTION = "❤️"


async def answer_message(app: AppContext, message: discord.Message, own_id: int) -> None:
    """Answer a message that says something to the bot, in a channel where it may write."""
    read = read_message(message, own_id)
    if read is None or not _may_write(message):
        return
    prepare_texts(app, _locale_of(app, message))
    with app.message_limits.count_answer(message.channel.id) as has_room:
        card = await _answer_or_error(app, message, read, has_room=has_room)
        if card is not None:
            await _deliver_answer(app, message, card)


def _locale_of(app: AppContext, message: discord.Message) -> discord.Locale | str:
    """Return the language of who wrote a message, as far as it is known, else that of the server."""
    there = message.guild.preferred_locale if message.guild else discord.Locale.american_english
    return app.known_locales.find(message.author.id) or there


async def _deliver_answer(app: AppContext, message: discord.Message, card: Card) -> None:
    try:
        with metrics.time_step(metrics.AnswerStep.REPLY):
            sent = await _send_answer(message, card)
    except DeliveryUnknown as error:
        log.warning("nobody knows whether an answer to a message arrived: %s", error)
    except discord.HTTPException as error:
        # The rights may have changed since the check, and the channel may be gone, or closed to the bot.
        if not (is_forbidden(error) or is_target_gone(error)):
            raise
        log.info("a message could not be answered: %s", describe_error(error))
    else:
        if sent is not None and card.delete_after is not None:
            app.delayed_deletions.delete_later(sent, card.delete_after)
        await app.askers.record_sighting(writer_context(message))


async def _answer_or_error(
    app: AppContext, message: discord.Message, read: ReadMessage, *, has_room: bool
) -> Card | None:
    """Return the card that answers a message, or the error's; None where nothing is said.

    That is so for an error of which its author was told just now, and for small talk that needs no words. Discord shows
    the bot as typing while an answer takes long. `has_room` is whether the channel takes another answer.
    """
    try:
        server_id = server_of_message(message)
        if server_id is not None:
            require_served_server(server_id, app.is_served)
        if not has_room:
            raise TooManyAsking(TOO_MANY)
        utterance = await _understand(app, message, read)
        if not (utterance.is_question or app.message_limits.may_chat(message.author.id, message.channel.id)):
            return None
        if not utterance.is_about_videos:
            return await _answer_briefly(app, message, utterance)
        who, resolve = writer_context(message), writer_resolver(app.askers, utterance.picked_server)
        async with open_turn(app.admission, app.askers, who, resolve) as opened:
            utterance = await app.conversation.settle(opened.asker, utterance)
            make_card = partial(_make_card, app, message, utterance)
            return await _await_with_typing(message, opened.start(make_card, MAX_PATIENCE_SECONDS))
    except Exception as error:  # noqa: BLE001 - the one handler decides what the user reads
        card = error_card(error)
        return card if app.message_limits.may_tell(message.author.id, message.channel.id, error) else None


async def _understand(app: AppContext, message: discord.Message, read: ReadMessage) -> Utterance:
    """Return what a message means, beside what it replies to, or else beside the last answer of its author there."""
    author, there = message.author.id, message.channel.id
    last = read.answer or app.last_answers.find(author, there, private=False)
    utterance = await app.conversation.understand(Said(Inquiry(read.text), last, read.quoted, read.file), author)
    language = utterance.language or _guess_language(app, message, read.text)
    if language not in ("", SOURCE_LANGUAGE):
        # Greetings in English are said by everybody.
        set_language(choose_language(language))
    return utterance


def _guess_language(app: AppContext, message: discord.Message, text: str) -> str:
    """Return the language that a direct message is written in, where nothing else tells that of its author; or ""."""
    is_known = server_of_message(message) is not None or app.known_locales.find(message.author.id) is not None
    return "" if is_known else guess_language(text, PHRASE_LANGUAGES)


async def _answer_briefly(app: AppContext, message: discord.Message, utterance: Utterance) -> Card | None:
    """Return the card that answers small talk; None where it is answered by a reaction, or in public not at all."""
    if utterance.kind is IntentKind.THANKS and await _react(message, THANKS_REACTION):
        return None
    if utterance.kind in (IntentKind.THANKS, IntentKind.REMARK) and server_of_message(message) is not None:
        return None
    if utterance.kind is SentFile.OTHER:
        return await _answer_file(app, message)
    asker = await writer_resolver(app.askers)(writer_context(message))
    return await app.conversation.make_card(asker, utterance)


async def _answer_file(app: AppContext, message: discord.Message) -> Card:
    """Say where a file goes; who may manage the server that they are in gets a button that imports it."""
    metrics.count_small_talk(SentFile.OTHER.value)
    server_id = server_of_message(message)
    if server_id is None:
        return sent_file_card()
    author, names = message.author, [file_name(attachment) for attachment in message.attachments]
    if not (isinstance(author, discord.Member) and author.guild_permissions.manage_guild):
        return sent_files_here_card(names, None)
    sent = SentFiles(ModeratorPermit(server_id, let_in=False), message.channel.id, message.id)
    try:
        return sent_files_here_card(names, await store_permit_for(app.ledger, author.id, sent))
    except StorageError as error:
        log.error("the button that imports a file could not be stored: %s", describe_error(error))
        return sent_files_here_card(names, None)


async def _react(message: discord.Message, emoji: str) -> bool:
    """React to a message where the bot may; return whether Discord took it."""
    rights = _permissions_at(message)
    if rights is not None and not (rights.add_reactions and rights.read_message_history):
        return False
    try:
        await send_with_retries(lambda: message.add_reaction(emoji))
    except (DeliveryUnknown, discord.HTTPException) as error:
        log.info("a reaction could not be added: %s", describe_error(error))
        return False
    return True


def _make_card(
    app: AppContext, message: discord.Message, utterance: Utterance, asker: ResolvedAsker
) -> Coroutine[Any, Any, Card]:
    """Return what makes a card about videos. An answer is remembered as the last one of its asker there."""
    if utterance.is_question:
        make = _make_answer(app, message, utterance, asker)
    else:
        make = partial(app.conversation.make_card, asker, utterance)
    if not (utterance.is_question or utterance.has_more):
        return make()
    return app.last_answers.make_and_note(message.author.id, message.channel.id, make, private=False)


def _make_answer(
    app: AppContext, message: discord.Message, utterance: Utterance, asker: ResolvedAsker
) -> Callable[[], Coroutine[Any, Any, Card]]:
    source = metrics.QuestionSource.DIRECT if server_of_message(message) is None else metrics.QuestionSource.MENTION
    inquiry, question = utterance.inquiry, app.questions.accept(asker, utterance.inquiry)
    # Discord shows what was written, where what is searched need not stand.
    is_quoted = _may_reference(message) and utterance.is_verbatim
    return partial(app.questions.answer_question, asker, inquiry, question, source, is_quoted=is_quoted)


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


async def _send_answer(message: discord.Message, card: Card) -> discord.Message | None:
    """Send a card as the answer to a message, and return the answer's own, None where Discord's reply was lost."""
    card = validate_card(card)
    # With the same nonce, a retry after a broken connection is the same message for Discord.
    nonce = message.id
    if _may_reference(message):
        # The question may be deleted by now; the answer is still sent.
        reference = message.to_reference(fail_if_not_exists=False)
        return await send_with_retries(
            lambda: message.channel.send(view=card, reference=reference, mention_author=False, nonce=nonce)
        )
    return await send_with_retries(lambda: message.channel.send(view=card, nonce=nonce))
