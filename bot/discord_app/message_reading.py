"""What a message says to the bot: its words, the message that it replies to, and the files that it brings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import discord

from bot.answering.question import remove_operators
from bot.discord_app.cards.parts.markdown import shorten
from bot.discord_app.interactions.context import server_of_message
from bot.discord_app.services.questions.conversation import SentFile
from bot.discord_app.services.questions.last_answers import SentAnswer, read_sent_answer

MAX_MESSAGE_LENGTH = 500
"""Characters of somebody's message that are searched for: its beginning says what it is about."""
_OTHERS = re.compile(r"<(?:@[!&]?|#|a?:\w+:|/[^:<>]{1,100}:|t:)-?\d+(?::\w)?>")
_WRITTEN = {discord.MessageType.default, discord.MessageType.reply}
_MEDIA = ("image/", "audio/", "video/")


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """What a message says to the bot. `answer` is the bot's own that it replies to; the rest is that of `Said`."""

    text: str
    answer: SentAnswer | None = None
    quoted: str | None = None
    file: SentFile | None = None


def is_addressed(message: discord.Message, own_id: int) -> bool:
    """Return whether a message is one that the bot may read: a direct message, or one that mentions it.

    Where the host lets it read forum posts, Discord sends it the content of all others too.
    """
    return server_of_message(message) is None or any(user.id == own_id for user in message.mentions)


def read_message(message: discord.Message, own_id: int) -> ReadMessage | None:
    """Return what a message says to the bot, or None where it says nothing to it.

    In a server the bot's own mention must be in the text, or the message replies to one of the bot's with a ping and
    words: @everyone, the bot's roles and pings in replies to others are in `message.mentions` too, and ask nothing.
    """
    if message.author.bot or message.webhook_id is not None or message.type not in _WRITTEN:
        return None
    mention = re.compile(rf"<@!?{own_id}>")
    replied = _find_replied(message)
    is_own = replied is not None and replied.author.id == own_id
    text = _read_words(mention.sub(" ", message.content))
    if server_of_message(message) is not None and not mention.search(message.content):
        pinged = is_own and any(user.id == own_id for user in message.mentions)
        if not (pinged and text):
            return None
    answer = _read_answer(replied) if replied and is_own else None
    quoted = read_quoted(replied.content) if replied and not is_own else None
    return ReadMessage(text, answer, quoted, _read_files(message))


def read_quoted(content: str) -> str:
    """Return the words of somebody's message as they are searched for. Its author meant no operators."""
    return remove_operators(shorten(_OTHERS.sub(" ", content), MAX_MESSAGE_LENGTH)).strip()


def _find_replied(message: discord.Message) -> discord.Message | None:
    """Return the message that another replies to, where Discord sent it along; a forwarded one is none."""
    replied = message.reference.resolved if message.reference and message.type is discord.MessageType.reply else None
    return replied if isinstance(replied, discord.Message) else None


def _read_answer(message: discord.Message) -> SentAnswer | None:
    components: list[Any] = [component.to_dict() for component in message.components]
    return read_sent_answer(components)


def _read_words(text: str) -> str:
    """Return a text without mentions and custom emoji, unless it is made of nothing else."""
    return _OTHERS.sub(" ", text).strip() or text.strip()


def _read_files(message: discord.Message) -> SentFile | None:
    if not message.attachments:
        return None
    are_media = all((attachment.content_type or "").startswith(_MEDIA) for attachment in message.attachments)
    return SentFile.MEDIA if are_media else SentFile.OTHER
