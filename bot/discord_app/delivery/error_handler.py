"""The one error handler: what people read when something goes wrong."""

from __future__ import annotations

import logging
import secrets

import aiohttp
import discord
from discord import app_commands

from bot.discord_app.cards.parts.base import Card, notice_card
from bot.discord_app.cards.parts.command_buttons import leading_row
from bot.discord_app.delivery.responses import Interaction, send_private
from bot.discord_app.delivery.retries import DeliveryUnknown, is_target_gone
from bot.errors import (
    AccessChanged,
    BotError,
    CooldownActive,
    InvalidQuestion,
    LibraryBusy,
    PassageGone,
    QuestionUnderway,
    TooManyAsking,
)
from bot.localization import gettext as _
from bot.localization import gettext_noop, translate
from bot.operations import metrics
from bot.operations.metrics import Refusal
from bot.operations.safe_traceback import describe_error
from storage.errors import DatabaseError, StorageError, UnknownFilter, UnknownVideo

log = logging.getLogger("cuepoint.discord")


_REFUSALS = {
    TooManyAsking: Refusal.BUSY,
    QuestionUnderway: Refusal.UNDERWAY,
    CooldownActive: Refusal.COOLDOWN,
    AccessChanged: Refusal.CHANGED,
}
_LEADING = (InvalidQuestion, PassageGone, UnknownVideo, UnknownFilter)
"""Errors that the lists of videos, or how to ask, help with."""
MAX_NOTICE_SECONDS = 60.0
"""How long a public notice that a question came too soon stands at most; it goes when the cooldown is over."""
_CANNOT_STORE = gettext_noop("Nothing can be stored or read just now; please try again later.")
"""The same for a full disk, a busy database and a damaged one: what it is, and where, is for the host."""


def user_message(error: BaseException) -> str:
    """Return the text of an error for the asker. An unexpected error is logged, and its text is only a reference."""
    while isinstance(error, app_commands.CommandInvokeError | app_commands.TransformerError) and error.__cause__:
        error = error.__cause__
    for kind, refusal in _REFUSALS.items():
        if isinstance(error, kind):
            metrics.count_refusal(refusal)
    # The text of a DatabaseError names the host's files.
    if isinstance(error, BotError | StorageError) and not isinstance(error, DatabaseError):
        return translate(str(error))
    reference = secrets.token_hex(4)
    metrics.count_error()
    log.error("unexpected error", exc_info=error, extra={"reference": reference})
    told = _(_CANNOT_STORE) if isinstance(error, DatabaseError) else _("Something went wrong here.")
    words = _("{problem} Whoever runs this bot can look it up by this reference: {reference}")
    return words.format(problem=told, reference=reference)


def moment_of(error: BaseException) -> float | None:
    """Return the moment that the text of an error tells, in seconds since the epoch; None where it tells none."""
    return error.again_at if isinstance(error, CooldownActive | LibraryBusy) else None


def error_card(error: BaseException) -> Card:
    """Return an error as a card, which leads on where the error does not say what to do."""
    rows = leading_row() if isinstance(error, _LEADING) else []
    card = notice_card(user_message(error), *rows, moment=moment_of(error))
    if isinstance(error, CooldownActive):
        card.delete_after = min(error.seconds_left, MAX_NOTICE_SECONDS)
    return card


async def report_error(interaction: Interaction, error: BaseException) -> None:
    """Show an error to the asker alone."""
    if is_target_gone(error):
        log.info("an interaction was over before it could be answered")
        return
    if isinstance(error, DeliveryUnknown):
        # The asker may have the answer: another message could be a second one.
        log.warning("nobody knows whether an answer arrived: %s", error)
        return
    try:
        await send_private(interaction, error_card(error))
    except (discord.HTTPException, aiohttp.ClientError, OSError, DeliveryUnknown) as failure:
        if not is_target_gone(failure):
            log.warning("the asker could not be told of an error: %s", describe_error(failure))


async def on_command_error(interaction: Interaction, error: app_commands.AppCommandError) -> None:
    """Handle an error of the command tree."""
    cause = error.__cause__
    if interaction.type is discord.InteractionType.autocomplete:
        # Autocomplete cannot show a text; the user goes on typing.
        if not isinstance(cause, BotError):
            log.error("unexpected error while suggesting", exc_info=error)
        return
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        words = _("I have just been updated. Please try that again in a minute.")
        await send_private(interaction, notice_card(words))
    else:
        await report_error(
            interaction, cause if isinstance(error, app_commands.CommandInvokeError) and cause else error
        )
