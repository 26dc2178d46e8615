"""Keeping Discord's time: an answer within three seconds, and not too many questions of one person."""

from __future__ import annotations

import asyncio
import enum
import time
from collections.abc import Callable, Coroutine
from typing import Any

import discord

from bot.discord_app.cards.base import Card
from bot.discord_app.cards.limits import require_fit
from bot.discord_app.delivery.retries import SIGN_SECOND, insist, is_over
from bot.errors import AskedTooSoon
from bot.operations import metrics

READY_SECOND = 1.0
"""Longer than this nobody waits without a sign; Discord itself waits three seconds."""
_AWAITED = "awaited"
"""Notes with an interaction how it was told to wait: the library's own note is missing where the reply was lost."""
_PEOPLE_REMEMBERED = 10_000


class Delivery(enum.Enum):
    """Where a card goes."""

    PUBLIC = enum.auto()
    PRIVATE = enum.auto()
    IN_PLACE = enum.auto()
    """Into the message whose button was pressed."""


Interaction = discord.Interaction[Any]


def sealed(card: Card) -> Card:
    """A card checked and ready to send. Its buttons are answered by what stands in their custom_id, whatever happens to
    the object: finished, it is not kept by the library."""
    require_fit(card.components())
    card.stop()
    return card


async def deliver(interaction: Interaction, making: Coroutine[Any, Any, Card], delivery: Delivery) -> None:
    """Answer with a card as soon as it is made; say after a second that it is on its way."""
    task = asyncio.ensure_future(making)
    try:
        ready, _ = await asyncio.wait({task}, timeout=READY_SECOND)
        if not ready:
            await promise(interaction, delivery)
        card = sealed(await task)
        with metrics.timing(metrics.Step.REPLY):
            await _hand_over(interaction, card, delivery, promised=not ready)
    finally:
        task.cancel()


async def _hand_over(interaction: Interaction, card: Card, delivery: Delivery, *, promised: bool) -> None:
    if promised:
        await insist(lambda: interaction.edit_original_response(view=card, **_attached(card)))
    elif delivery is Delivery.IN_PLACE:
        await insist(lambda: interaction.response.edit_message(view=card, **_attached(card)), SIGN_SECOND)
    else:
        private = delivery is Delivery.PRIVATE
        await insist(
            lambda: interaction.response.send_message(view=card, files=card.files(), ephemeral=private), SIGN_SECOND
        )


def _attached(card: Card) -> dict[str, Any]:
    """The files of an edit. A card without any says nothing of them."""
    files = card.files()
    return {"attachments": files} if files else {}


async def promise(interaction: Interaction, delivery: Delivery) -> None:
    """Say that a card is on its way."""
    interaction.extras[_AWAITED] = delivery
    if delivery is Delivery.IN_PLACE:
        await insist(interaction.response.defer, SIGN_SECOND)
    else:
        private = delivery is Delivery.PRIVATE
        await insist(lambda: interaction.response.defer(thinking=True, ephemeral=private), SIGN_SECOND)


async def refuse(interaction: Interaction, card: Card) -> None:
    """Say something to the asker alone, whatever has been said before, in place of an answer that is still awaited."""
    card = sealed(card)
    awaited = interaction.extras.get(_AWAITED)
    if awaited is Delivery.PRIVATE:
        await insist(lambda: interaction.edit_original_response(view=card))
        return
    if awaited is None and not interaction.response.is_done():
        await insist(lambda: interaction.response.send_message(view=card, ephemeral=True), SIGN_SECOND)
        return
    if awaited is Delivery.PUBLIC:
        # The first message after a deferred answer would fill it, in front of everybody.
        await take_away(interaction)
    # Sent once: Discord would take every further one for another message.
    await interaction.followup.send(view=card, ephemeral=True)


async def take_away(interaction: Interaction) -> None:
    """Delete the answer, or the card whose button was pressed, unless somebody has done so already."""
    try:
        await insist(interaction.delete_original_response)
    except discord.HTTPException as error:
        if not is_over(error):
            raise


class Cooldown:
    """How soon a person may ask again."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._now = now
        self._free_at: dict[int, float] = {}

    def take(self, user_id: int, seconds: float | None = None) -> None:
        """Count a question; the next one waits for `seconds`, if that is longer than is usual.

        Raises AskedTooSoon, which counts as none.
        """
        now = self._now()
        left = self._free_at.get(user_id, now) - now
        if left > 0:
            unit = "second" if left <= 1 else "seconds"
            raise AskedTooSoon(f"One moment, please: you can ask again in {int(-(-left // 1))} {unit}.")
        if len(self._free_at) >= _PEOPLE_REMEMBERED:
            self._free_at = {user: free for user, free in self._free_at.items() if free > now}
        self._free_at[user_id] = now + max(self.seconds, seconds or 0.0)
