"""Answering an interaction in time: at once, or deferred after a second."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias

import aiohttp
import discord

from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.limits import check_limits
from bot.discord_app.delivery.retries import (
    FIRST_RESPONSE_TIMEOUT_SECONDS,
    DeliveryUnknown,
    is_target_gone,
    send_with_retries,
)
from bot.operations import metrics
from bot.operations.safe_traceback import describe_error

if TYPE_CHECKING:
    from bot.discord_app.client import CuepointClient

DEFER_AFTER_SECONDS = 1.0
"""No user waits longer than this without a sign; Discord itself waits three seconds."""
_AWAITED = "awaited"
"""The key in `extras` under which an interaction keeps its deferral: discord.py's own note is missing where Discord's
reply to the deferral was lost."""


class Delivery(enum.Enum):
    """Where a card goes."""

    PUBLIC = enum.auto()
    PRIVATE = enum.auto()
    IN_PLACE = enum.auto()
    """Into the message whose button was pressed."""
    BESIDE = enum.auto()
    """To everyone, in a message of its own beside the private one whose button was pressed."""


Interaction: TypeAlias = "discord.Interaction[CuepointClient]"
"""An interaction with the bot: through its client the handlers reach the services that they share."""


def validate_card(card: Card) -> Card:
    """Check a card and return it ready to send.

    Its buttons are handled by their custom_id alone, so the view is stopped: discord.py then does not keep the object.
    """
    check_limits(card.components())
    card.stop()
    return card


async def send_when_ready(
    interaction: Interaction,
    coroutine: Coroutine[Any, Any, Card],
    delivery: Delivery,
    *,
    defer_after: float = DEFER_AFTER_SECONDS,
) -> None:
    """Answer with a card as soon as the coroutine returns it; defer the answer after so many seconds."""
    task = asyncio.create_task(coroutine)
    try:
        ready, _ = await asyncio.wait({task}, timeout=defer_after)
        if not ready:
            await defer(interaction, delivery)
        card = validate_card(await task)
        with metrics.time_step(metrics.AnswerStep.REPLY):
            await _send_card(interaction, card, delivery, deferred=not ready)
    finally:
        task.cancel()


async def _send_card(interaction: Interaction, card: Card, delivery: Delivery, *, deferred: bool) -> None:
    if delivery is Delivery.BESIDE:
        if not deferred:
            await defer(interaction, delivery)
        await _send_new(interaction, card)
    elif deferred and card.notified:
        # An edit notifies nobody, and to Discord the end of a deferral is one.
        await delete_response(interaction)
        await _send_new(interaction, card)
    elif deferred:
        await send_with_retries(lambda: interaction.edit_original_response(view=card, **_attachments_of(card)))
    elif delivery is Delivery.IN_PLACE:
        await send_with_retries(
            lambda: interaction.response.edit_message(view=card, **_attachments_of(card)),
            FIRST_RESPONSE_TIMEOUT_SECONDS,
        )
    else:
        private = delivery is Delivery.PRIVATE
        await send_with_retries(
            lambda: interaction.response.send_message(
                view=card, files=card.files(), ephemeral=private, allowed_mentions=_mentions_of(card)
            ),
            FIRST_RESPONSE_TIMEOUT_SECONDS,
        )


async def _send_new(interaction: Interaction, card: Card) -> None:
    """Send a card to everyone as a message of its own, once: Discord would show a retry as another message.

    Raises DeliveryUnknown where the connection failed, and HTTPException where Discord refuses.
    """
    try:
        await interaction.followup.send(view=card, files=card.files(), allowed_mentions=_mentions_of(card))
    except (aiohttp.ClientError, OSError) as error:
        raise DeliveryUnknown(f"sent once, {describe_error(error)}") from error


def _mentions_of(card: Card) -> discord.AllowedMentions:
    """Return whom the mentions of a card notify."""
    return discord.AllowedMentions(
        everyone=False,
        roles=False,
        users=[discord.Object(user_id) for user_id in card.notified],
        replied_user=False,
    )


def _attachments_of(card: Card) -> dict[str, Any]:
    """Return the files of an edit as keyword arguments. A card without files leaves the message's files unchanged."""
    files = card.files()
    return {"attachments": files} if files else {}


async def defer(interaction: Interaction, delivery: Delivery) -> None:
    """Defer the answer: a card will follow."""
    interaction.extras[_AWAITED] = delivery
    if delivery in (Delivery.IN_PLACE, Delivery.BESIDE):
        await send_with_retries(interaction.response.defer, FIRST_RESPONSE_TIMEOUT_SECONDS)
    else:
        private = delivery is Delivery.PRIVATE
        await send_with_retries(
            lambda: interaction.response.defer(thinking=True, ephemeral=private), FIRST_RESPONSE_TIMEOUT_SECONDS
        )


async def send_private(interaction: Interaction, card: Card) -> None:
    """Send a card to the asker alone, regardless of earlier replies, in place of an answer that is still awaited."""
    card = validate_card(card)
    awaited = interaction.extras.get(_AWAITED)
    if awaited is Delivery.PRIVATE:
        await send_with_retries(lambda: interaction.edit_original_response(view=card))
        return
    if awaited is None and not interaction.response.is_done():
        await send_with_retries(
            lambda: interaction.response.send_message(view=card, ephemeral=True), FIRST_RESPONSE_TIMEOUT_SECONDS
        )
        return
    if awaited is Delivery.PUBLIC:
        # The first message after a deferred answer would replace it, and everyone would see it.
        await delete_response(interaction)
    # Sent without retries: Discord would show every further one as another message.
    await interaction.followup.send(view=card, ephemeral=True)


async def delete_response(interaction: Interaction) -> None:
    """Delete the answer, or the card whose button was pressed, unless it is deleted already."""
    try:
        await send_with_retries(interaction.delete_original_response)
    except discord.HTTPException as error:
        if not is_target_gone(error):
            raise
