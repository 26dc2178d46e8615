"""Replies that take long: deferred at once, updated with progress, and delivered even after Discord's 15 minutes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
import discord

from bot.discord_app.cards.admin.imports import late_card, long_wait_card
from bot.discord_app.cards.admin.library import Reply
from bot.discord_app.cards.parts.base import Card, notice_text, text_display
from bot.discord_app.delivery.error_handler import moment_of, user_message
from bot.discord_app.delivery.responses import Delivery, Interaction, defer, validate_card
from bot.discord_app.delivery.retries import DeliveryUnknown, is_target_gone, send_with_retries
from bot.operations.safe_traceback import describe_error

log = logging.getLogger("cuepoint.discord")
EDIT_INTERVAL_SECONDS = 2.0
"""The shortest time between two updates of the progress."""
LAST_EDIT = timedelta(minutes=14)
"""An interaction's token lives for 15 minutes; before that, the last edit says where the outcome will be shown."""


async def send_long_reply(
    interaction: Interaction, make_reply: Callable[[], Awaitable[Reply]], progress: Callable[[], Card] | None = None
) -> None:
    """Answer the asker alone with the reply; the work does not start where Discord does not accept the deferral."""
    await defer(interaction, Delivery.PRIVATE)
    task = asyncio.create_task(_make_reply(make_reply))
    try:
        if progress is not None:
            await _show_progress(interaction, task, progress)
        await _send_reply(interaction, await task)
    finally:
        task.cancel()


async def _make_reply(make_reply: Callable[[], Awaitable[Reply]]) -> Reply:
    try:
        return await make_reply()
    except Exception as error:  # noqa: BLE001 - the one handler decides what the user reads
        words = notice_text(user_message(error), moment_of(error))
        return Reply(Card(text_display(words)), public=words)


async def _show_progress(interaction: Interaction, task: asyncio.Future[Reply], progress: Callable[[], Card]) -> None:
    """Edit the reply while the work goes on, until shortly before Discord accepts no more edits."""
    last_components: object = None
    while not (await asyncio.wait({task}, timeout=EDIT_INTERVAL_SECONDS))[0]:
        last = discord.utils.utcnow() - interaction.created_at >= LAST_EDIT
        card = long_wait_card() if last else progress()
        if card.components() != last_components:
            last_components = card.components()
            # Progress that cannot be shown now is shown with the next edit, or with the final reply.
            with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):
                await interaction.edit_original_response(view=validate_card(card))
        if last:
            return


async def _send_reply(interaction: Interaction, reply: Reply) -> None:
    card = validate_card(reply.card)
    try:
        await send_with_retries(lambda: interaction.edit_original_response(view=card, attachments=card.files()))
    except discord.HTTPException as error:
        if not is_target_gone(error):
            raise
        await _post_publicly(interaction, reply)


async def _post_publicly(interaction: Interaction, reply: Reply) -> None:
    """Post the public part of a reply in the channel, where the bot may; otherwise only /library stats shows it."""
    channel, rights = interaction.channel, interaction.app_permissions
    may_send = rights.send_messages_in_threads if isinstance(channel, discord.Thread) else rights.send_messages
    if not reply.public or channel is None or isinstance(channel, discord.ForumChannel | discord.CategoryChannel):
        return
    if not (rights.view_channel and may_send):
        log.info("the report of an import came too late, and may not be posted")
        return
    card = validate_card(late_card(interaction.user.display_name, reply.public))
    try:
        await send_with_retries(lambda: channel.send(view=card, nonce=interaction.id))
    except (discord.HTTPException, DeliveryUnknown) as error:
        log.info("the report of an import came too late, and could not be posted: %s", describe_error(error))
