"""How a message that nobody waits for reaches a person or a channel: once, whatever is interrupted.

The buttons of its card carry the key of its batch: by that it is found again where it is not known whether it arrived.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from typing import Any

import discord

from bot.discord_app.cards.parts.base import Card
from bot.discord_app.delivery.responses import validate_card
from bot.discord_app.delivery.retries import send_with_retries

Target = discord.DMChannel | discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel
"""Where a notice can be sent."""
MAX_READ_MESSAGES = 1_000
"""How many messages are looked through for one, the latest first: hardly ever are there more after it."""
_BATCH_BYTES = 9
"""Twelve characters of a custom_id."""


def make_batch() -> str:
    """Return the key of a new message."""
    return secrets.token_urlsafe(_BATCH_BYTES)


async def open_target(client: discord.Client, person_id: int, channel_id: int) -> Target | None:
    """Return where a notice is sent: to a person, or into a channel, None where the bot sees no such channel.

    None also where the bot could not look there for what it had sent. Raises HTTPException, such as where Discord knows
    the person no more.
    """
    if not channel_id:
        return await client.create_dm(discord.Object(person_id))
    channel = client.get_channel(channel_id)
    if not isinstance(channel, discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel):
        return None
    rights = channel.permissions_for(channel.guild.me)
    may_write = rights.send_messages_in_threads if isinstance(channel, discord.Thread) else rights.send_messages
    return channel if rights.view_channel and rights.read_message_history and may_write else None


def parent_channel_id(client: discord.Client, channel_id: int) -> int:
    """Return the channel by whose rules a channel goes: that of a thread, or itself."""
    channel = client.get_channel(channel_id)
    return channel.parent_id if isinstance(channel, discord.Thread) else channel_id


async def was_sent(target: Target, batch: str, own_id: int) -> bool:
    """Return whether the message of a batch has arrived. Raises HTTPException."""
    mark = f":{batch}:"
    async for message in target.history(limit=MAX_READ_MESSAGES):
        if message.author.id == own_id and any(mark in custom_id for custom_id in _custom_ids(message.components)):
            return True
    return False


async def send_notice(target: Target, card: Card, batch: str) -> None:
    """Send the message of a batch. Raises DeliveryUnknown, and HTTPException where Discord refuses."""
    card = validate_card(card)
    # For some minutes Discord takes a message with the same nonce for the same one.
    nonce = int.from_bytes(hashlib.sha256(batch.encode()).digest()[:7])
    await send_with_retries(lambda: target.send(view=card, nonce=nonce))


def _custom_ids(components: Any) -> Iterator[str]:
    for component in components:
        if custom_id := getattr(component, "custom_id", None):
            yield custom_id
        yield from _custom_ids(getattr(component, "children", None) or ())
        yield from _custom_ids(getattr(component, "components", None) or ())
