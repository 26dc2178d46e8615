"""What a forum post asks: its title, and the beginning of its text. Neither is meant for the bot."""

from __future__ import annotations

import re

import discord

from bot.answering.intents import IntentKind, recognize_intent
from bot.discord_app.message_reading import read_quoted
from bot.discord_app.services.questions.button_state import Inquiry

MAX_BEGINNING_LENGTH = 300
"""Characters of a post's text that are searched for beside its title: what follows tells what was tried."""
_CODE_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_MASKED_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(\S{1,500}?\)")
_ADDRESS = re.compile(r"<?\b[a-z][a-z0-9+.-]{1,20}://\S+", re.IGNORECASE)
_MARKUP = re.compile(r"^\s*(?:>{1,3}|#{1,3}|-#|[*-])\s+|[`*_~|]+", re.MULTILINE)


def is_first_message(message: discord.Message) -> bool:
    """Return whether a message is the first one of a forum post: it has the id of the thread that it begins.

    That of a thread in another channel stands in that channel.
    """
    return message.id == message.channel.id and message.type is discord.MessageType.default


def read_post(title: str, content: str) -> tuple[Inquiry, ...]:
    """Return the questions that a post asks, to be tried in this order; none where it asks nothing.

    A title that says what is asked comes first: the beginning of the text only decides among what says its words. Where
    the title does not say it, both are asked together.
    """
    heading, beginning = _read_words(title), _cut_beginning(_read_words(content))
    whole = " ".join(filter(None, (heading, beginning)))
    asked = [Inquiry(heading, context=beginning), *([Inquiry(whole)] if beginning else [])]
    return tuple(inquiry for inquiry in asked if inquiry.text and _is_question(inquiry.text))


def _read_words(text: str) -> str:
    """Return the words of a text without code blocks, addresses and Discord's markup. Nobody meant operators."""
    for pattern, kept in ((_CODE_BLOCK, " "), (_MASKED_LINK, r"\1 "), (_ADDRESS, " "), (_MARKUP, " ")):
        text = pattern.sub(kept, text)
    return " ".join(read_quoted(text).split())


def _cut_beginning(text: str) -> str:
    """Return the beginning of a text, cut between words where there is a space to cut at."""
    if len(text) <= MAX_BEGINNING_LENGTH:
        return text
    beginning = text[:MAX_BEGINNING_LENGTH]
    return beginning.rpartition(" ")[0] or beginning


def _is_question(text: str) -> bool:
    return recognize_intent(text).kind is IntentKind.QUESTION
