"""Replies that take their time: on their way at once, with progress, and delivered when Discord's quarter of an hour is
over."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
import discord

from bot.discord_app.cards import markdown
from bot.discord_app.cards.base import Card, notice_card
from bot.discord_app.cards.library import Reply, late_card, long_wait_card
from bot.discord_app.delivery.error_handler import user_message
from bot.discord_app.delivery.responses import Delivery, Interaction, defer, validated
from bot.discord_app.delivery.retries import DeliveryUnknown, is_target_gone, send_with_retries
from bot.operations.safe_traceback import describe_error

log = logging.getLogger("cuepoint.discord")
EDIT_INTERVAL_SECONDS = 2.0
"""Progress is shown no more often than this."""
LAST_EDIT = timedelta(minutes=14)
"""An interaction's token lives for fifteen minutes; until then whoever waits is told where to look."""


async def send_long_reply(
    interaction: Interaction, making: Callable[[], Awaitable[Reply]], progress: Callable[[], Card] | None = None
) -> None:
    """Answer the asker alone with what is made; nothing is begun where Discord does not take the first sign of it."""
    await defer(interaction, Delivery.PRIVATE)
    task = asyncio.ensure_future(_make_reply(making))
    try:
        if progress is not None:
            await _show_progress(interaction, task, progress)
        await _send_reply(interaction, await task)
    finally:
        task.cancel()


async def _make_reply(making: Callable[[], Awaitable[Reply]]) -> Reply:
    try:
        return await making()
    except Exception as error:  # noqa: BLE001 - the one handler decides what is said
        words = user_message(error)
        return Reply(notice_card(words), public=markdown.escape_to_fit(words, 1500))


async def _show_progress(interaction: Interaction, task: asyncio.Future[Reply], progress: Callable[[], Card]) -> None:
    """Change the reply while the work goes on, until Discord would take no more changes."""
    shown: object = None
    while not (await asyncio.wait({task}, timeout=EDIT_INTERVAL_SECONDS))[0]:
        last = discord.utils.utcnow() - interaction.created_at >= LAST_EDIT
        card = long_wait_card() if last else progress()
        if card.components() != shown:
            shown = card.components()
            # What cannot be shown now is shown the next time, or in the end.
            with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):
                await interaction.edit_original_response(view=validated(card))
        if last:
            return


async def _send_reply(interaction: Interaction, reply: Reply) -> None:
    card = validated(reply.card)
    try:
        await send_with_retries(lambda: interaction.edit_original_response(view=card, attachments=card.files()))
    except discord.HTTPException as error:
        if not is_target_gone(error):
            raise
        await _post_publicly(interaction, reply)


async def _post_publicly(interaction: Interaction, reply: Reply) -> None:
    """Say as the bot, in front of everybody, what may be said there; otherwise /library stats has to do."""
    channel, may = interaction.channel, interaction.app_permissions
    speaks = may.send_messages_in_threads if isinstance(channel, discord.Thread) else may.send_messages
    if not reply.public or channel is None or isinstance(channel, discord.ForumChannel | discord.CategoryChannel):
        return
    if not (may.view_channel and speaks):
        log.info("the report of an import came too late, and may not be posted")
        return
    card = validated(late_card(interaction.user.display_name, reply.public))
    try:
        await send_with_retries(lambda: channel.send(view=card, nonce=interaction.id))
    except (discord.HTTPException, DeliveryUnknown) as error:
        log.info("the report of an import came too late, and could not be posted: %s", describe_error(error))
