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
from bot.discord_app.cards.base import Card, notice
from bot.discord_app.cards.library import Reply, late_card, long_wait_card
from bot.discord_app.delivery.error_handler import sentence
from bot.discord_app.delivery.responses import Delivery, Interaction, promise, sealed
from bot.discord_app.delivery.retries import Undelivered, insist, is_over
from bot.operations.safe_traceback import described

log = logging.getLogger("cuepoint.discord")
EDITED_SECOND = 2.0
"""Progress is shown no more often than this."""
LAST_EDIT = timedelta(minutes=14)
"""An interaction's token lives for fifteen minutes; until then whoever waits is told where to look."""


async def reply_slowly(
    interaction: Interaction, making: Callable[[], Awaitable[Reply]], progress: Callable[[], Card] | None = None
) -> None:
    """Answer the asker alone with what is made; nothing is begun where Discord does not take the first sign of it."""
    await promise(interaction, Delivery.PRIVATE)
    task = asyncio.ensure_future(_made(making))
    try:
        if progress is not None:
            await _show_progress(interaction, task, progress)
        await _hand_over(interaction, await task)
    finally:
        task.cancel()


async def _made(making: Callable[[], Awaitable[Reply]]) -> Reply:
    try:
        return await making()
    except Exception as error:  # noqa: BLE001 - the one handler decides what is said
        words = sentence(error)
        return Reply(notice(words), public=markdown.fitted(words, 1500))


async def _show_progress(interaction: Interaction, task: asyncio.Future[Reply], progress: Callable[[], Card]) -> None:
    """Change the reply while the work goes on, until Discord would take no more changes."""
    shown: object = None
    while not (await asyncio.wait({task}, timeout=EDITED_SECOND))[0]:
        last = discord.utils.utcnow() - interaction.created_at >= LAST_EDIT
        card = long_wait_card() if last else progress()
        if card.components() != shown:
            shown = card.components()
            # What cannot be shown now is shown the next time, or in the end.
            with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):
                await interaction.edit_original_response(view=sealed(card))
        if last:
            return


async def _hand_over(interaction: Interaction, reply: Reply) -> None:
    card = sealed(reply.card)
    try:
        await insist(lambda: interaction.edit_original_response(view=card, attachments=card.files()))
    except discord.HTTPException as error:
        if not is_over(error):
            raise
        await _post(interaction, reply)


async def _post(interaction: Interaction, reply: Reply) -> None:
    """Say as the bot, in front of everybody, what may be said there; otherwise /library stats has to do."""
    channel, may = interaction.channel, interaction.app_permissions
    speaks = may.send_messages_in_threads if isinstance(channel, discord.Thread) else may.send_messages
    if not reply.public or channel is None or isinstance(channel, discord.ForumChannel | discord.CategoryChannel):
        return
    if not (may.view_channel and speaks):
        log.info("the report of an import came too late, and may not be posted")
        return
    card = sealed(late_card(interaction.user.display_name, reply.public))
    try:
        await insist(lambda: channel.send(view=card, nonce=interaction.id))
    except (discord.HTTPException, Undelivered) as error:
        log.info("the report of an import came too late, and could not be posted: %s", described(error))
