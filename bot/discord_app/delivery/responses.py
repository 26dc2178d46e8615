"""Answering an interaction in time: at once, or after a second with a sign that the answer is on its way."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias

import discord

from bot.discord_app.cards.base import Card
from bot.discord_app.cards.limits import check_limits
from bot.discord_app.delivery.retries import FIRST_RESPONSE_TIMEOUT_SECONDS, is_target_gone, send_with_retries
from bot.operations import metrics

if TYPE_CHECKING:
    from bot.discord_app.client import CuepointClient

DEFER_AFTER_SECONDS = 1.0
"""Longer than this nobody waits without a sign; Discord itself waits three seconds."""
_AWAITED = "awaited"
"""Notes with an interaction how it was told to wait: the library's own note is missing where the reply was lost."""


class Delivery(enum.Enum):
    """Where a card goes."""

    PUBLIC = enum.auto()
    PRIVATE = enum.auto()
    IN_PLACE = enum.auto()
    """Into the message whose button was pressed."""


Interaction: TypeAlias = "discord.Interaction[CuepointClient]"
"""An interaction with the bot: through its client the handlers reach what they share."""


def validated(card: Card) -> Card:
    """A card checked and ready to send. Its buttons are answered by what stands in their custom_id, whatever happens to
    the object: finished, it is not kept by the library."""
    check_limits(card.components())
    card.stop()
    return card


async def send_when_ready(interaction: Interaction, making: Coroutine[Any, Any, Card], delivery: Delivery) -> None:
    """Answer with a card as soon as it is made; say after a second that it is on its way."""
    task = asyncio.ensure_future(making)
    try:
        ready, _ = await asyncio.wait({task}, timeout=DEFER_AFTER_SECONDS)
        if not ready:
            await defer(interaction, delivery)
        card = validated(await task)
        with metrics.time_step(metrics.AnswerStep.REPLY):
            await _send_card(interaction, card, delivery, promised=not ready)
    finally:
        task.cancel()


async def _send_card(interaction: Interaction, card: Card, delivery: Delivery, *, promised: bool) -> None:
    if promised:
        await send_with_retries(lambda: interaction.edit_original_response(view=card, **_attachments_of(card)))
    elif delivery is Delivery.IN_PLACE:
        await send_with_retries(
            lambda: interaction.response.edit_message(view=card, **_attachments_of(card)),
            FIRST_RESPONSE_TIMEOUT_SECONDS,
        )
    else:
        private = delivery is Delivery.PRIVATE
        await send_with_retries(
            lambda: interaction.response.send_message(view=card, files=card.files(), ephemeral=private),
            FIRST_RESPONSE_TIMEOUT_SECONDS,
        )


def _attachments_of(card: Card) -> dict[str, Any]:
    """The files of an edit. A card without any says nothing of them."""
    files = card.files()
    return {"attachments": files} if files else {}


async def defer(interaction: Interaction, delivery: Delivery) -> None:
    """Say that a card is on its way."""
    interaction.extras[_AWAITED] = delivery
    if delivery is Delivery.IN_PLACE:
        await send_with_retries(interaction.response.defer, FIRST_RESPONSE_TIMEOUT_SECONDS)
    else:
        private = delivery is Delivery.PRIVATE
        await send_with_retries(
            lambda: interaction.response.defer(thinking=True, ephemeral=private), FIRST_RESPONSE_TIMEOUT_SECONDS
        )


async def send_private(interaction: Interaction, card: Card) -> None:
    """Say something to the asker alone, whatever has been said before, in place of an answer that is still awaited."""
    card = validated(card)
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
        # The first message after a deferred answer would fill it, in front of everybody.
        await delete_response(interaction)
    # Sent once: Discord would take every further one for another message.
    await interaction.followup.send(view=card, ephemeral=True)


async def delete_response(interaction: Interaction) -> None:
    """Delete the answer, or the card whose button was pressed, unless somebody has done so already."""
    try:
        await send_with_retries(interaction.delete_original_response)
    except discord.HTTPException as error:
        if not is_target_gone(error):
            raise
