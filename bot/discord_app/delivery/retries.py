"""Discord's weather: what goes wrong on the way to it, when something is sent again, and what cannot be helped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import discord

from bot.operations.safe_traceback import describe_error

FIRST_RESPONSE_TIMEOUT_SECONDS = 1.5
"""How long a first answer to an interaction may take before it is sent again: Discord waits three seconds for it."""
RETRY_TIMEOUT_SECONDS = 30.0
"""The same of anything else. Waiting for one's turn where Discord limits the rate counts too."""
_TRIES = 5
_PAUSE_SECONDS = 0.1
"""Before the second try; before each further one four times as long, within what the patience is."""
_ALREADY_ANSWERED = 40060
_OVER = {10003, 10008, 10015, 10062, 50027}
"""Discord's codes for a channel, a message or an interaction that is no more: nobody is there to be told."""
_UNAUTHORIZED = 401


class DeliveryUnknown(Exception):
    """Something was sent as often as makes sense, and nobody knows whether Discord has got it."""


async def send_with_retries(
    send: Callable[[], Awaitable[object]], patience_second: float = RETRY_TIMEOUT_SECONDS
) -> None:
    """Send, and again where Discord or the way to it failed: whether it has been got is then unknown.

    So only for what does no harm twice: answers to an interaction (Discord takes one), edits, deletions, and messages
    with a nonce. discord.py itself tries again after most errors of Discord's, but after none of Linux's, and waits for
    minutes for a reply that does not come.

    Raises Undelivered, and HTTPException where Discord refuses.
    """
    for tried in range(1, _TRIES + 1):
        try:
            await _send_within(patience_second, send)
            return
        except discord.HTTPException as error:
            if error.code == _ALREADY_ANSWERED:
                # It had got it, and only its reply was lost.
                return
            if not isinstance(error, discord.DiscordServerError):
                raise
            failure: Exception = error
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
            failure = error
        if tried < _TRIES:
            await asyncio.sleep(min(_PAUSE_SECONDS * 4 ** (tried - 1), patience_second))
    raise DeliveryUnknown(f"tried {_TRIES} times, at last {describe_error(failure)}") from failure


async def _send_within(second: float, send: Callable[[], Awaitable[object]]) -> None:
    """Send in a task of its own, as `GlobalPause` wants it. Raises TimeoutError."""
    task = asyncio.ensure_future(send())
    try:
        if not (await asyncio.wait({task}, timeout=second))[0]:
            raise TimeoutError(f"no reply within {second:g} seconds")
        await task
    finally:
        task.cancel()


class GlobalPause(asyncio.Event):
    """What all of discord.py's requests wait for while Discord limits the whole bot, in place of its own event.

    The request that was told so clears it, sleeps, and sets it. Cancelled in that sleep, as what is late or not wanted
    any more is, it would leave every other request waiting for good; so its task sets it in any case when it ends.
    """

    _told: asyncio.Task[object] | None = None

    def clear(self) -> None:
        """Begin a pause."""
        super().clear()
        self._told = asyncio.current_task()
        if self._told is not None:
            self._told.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[object]) -> None:
        if task is self._told:
            self.set()


def is_target_gone(error: BaseException) -> bool:
    """Whether an error says that the channel, the message or the interaction is no more."""
    return isinstance(error, discord.HTTPException) and error.code in _OVER


def is_forbidden(error: BaseException) -> bool:
    """Whether it says that the bot may not speak there, or not any more. Asking again would be counted against it."""
    return isinstance(error, discord.HTTPException) and (
        isinstance(error, discord.Forbidden) or error.status == _UNAUTHORIZED
    )
