"""Messages of the bot that are deleted again after a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiohttp
import discord

from bot.discord_app.delivery.retries import DeliveryUnknown, send_with_retries
from bot.operations.safe_traceback import describe_error

MAX_PENDING = 1_000
"""Messages that wait to be deleted; one beyond that stays."""
log = logging.getLogger("cuepoint.discord")


class DelayedDeletions:
    """Deletes messages later. Nothing waits for that: what is pending when the bot stops stays."""

    def __init__(self, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._tasks: set[asyncio.Task[None]] = set()

    def delete_later(self, message: discord.Message, seconds: float) -> None:
        """Delete a message of the bot after so many seconds."""
        if len(self._tasks) < MAX_PENDING:
            task = asyncio.create_task(self._delete(message, seconds))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        """Forget what is pending."""
        for task in self._tasks:
            task.cancel()

    async def _delete(self, message: discord.Message, seconds: float) -> None:
        await self._sleep(seconds)
        try:
            await send_with_retries(message.delete)
        except (discord.HTTPException, aiohttp.ClientError, OSError, DeliveryUnknown) as error:
            log.info("a notice could not be deleted: %s", describe_error(error))
