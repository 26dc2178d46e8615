"""Keeping Discord's time: an answer within three seconds, and not too many questions of one person."""

from __future__ import annotations

import asyncio
import enum
import time
from collections.abc import Callable, Coroutine
from typing import Any

import discord
from cachetools import TLRUCache

from bot.discord_app.cards.base import Card
from bot.discord_app.cards.limits import check_limits
from bot.discord_app.delivery.retries import FIRST_RESPONSE_TIMEOUT_SECONDS, is_target_gone, send_with_retries
from bot.errors import CooldownActive
from bot.operations import metrics

DEFER_AFTER_SECONDS = 1.0
"""Longer than this nobody waits without a sign; Discord itself waits three seconds."""
_AWAITED = "awaited"
"""Notes with an interaction how it was told to wait: the library's own note is missing where the reply was lost."""
_MAX_REMEMBERED = 10_000


class Delivery(enum.Enum):
    """Where a card goes."""

    PUBLIC = enum.auto()
    PRIVATE = enum.auto()
    IN_PLACE = enum.auto()
    """Into the message whose button was pressed."""


Interaction = discord.Interaction[Any]


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


class Cooldown:
    """How soon a person may ask again."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._now = now
        self._free_at: TLRUCache[int, float] = TLRUCache(_MAX_REMEMBERED, lambda _user, free_at, _now: free_at, now)

    def check(self, user_id: int, seconds: float | None = None) -> None:
        """Count a question; the next one waits for `seconds`, if that is longer than is usual.

        Raises AskedTooSoon, which counts as none.
        """
        now = self._now()
        left = self._free_at.get(user_id, now) - now
        if left > 0:
            unit = "second" if left <= 1 else "seconds"
            raise CooldownActive(f"One moment, please: you can ask again in {int(-(-left // 1))} {unit}.")
        self._free_at[user_id] = now + max(self.seconds, seconds or 0.0)
