"""Retries of requests to Discord: which failures are retried, and which are final."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from bot.operations.safe_traceback import describe_error

FIRST_RESPONSE_TIMEOUT_SECONDS = 1.5
"""How long a first answer to an interaction may take before it is sent again: Discord waits three seconds for it."""
RETRY_TIMEOUT_SECONDS = 30.0
"""The same for all other requests. Waiting for Discord's rate limit counts too."""
_TRIES = 5
_PAUSE_SECONDS = 0.1
"""The pause before the second try; it is four times as long before every further one, at most the request's timeout."""
_ALREADY_ANSWERED = 40060
_OVER = {10003, 10008, 10015, 10062, 50027}
"""Discord's codes for a channel, a message or an interaction that no longer exists: no one is there to read a reply."""
_UNAUTHORIZED = 401


Result = TypeVar("Result")


class DeliveryUnknown(Exception):
    """Raised where all retries failed and it is unknown whether Discord has received the request."""


async def send_with_retries(
    send: Callable[[], Awaitable[Result]], timeout_seconds: float = RETRY_TIMEOUT_SECONDS
) -> Result | None:
    """Send a request, and retry where Discord or the connection failed: it is then unknown whether Discord received it.
    Return what `send` does; None where Discord received it, and only its reply was lost.

    So use it only for requests that do no harm twice: answers to an interaction (Discord accepts one), edits,
    deletions, and messages with a nonce. discord.py itself retries after most of Discord's errors, but after no
    connection error on Linux, and waits for minutes for a reply that does not come. `timeout_seconds` is per try.

    Raises DeliveryUnknown, and HTTPException where Discord refuses.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            return await _send_within(timeout_seconds, send)
        except discord.HTTPException as error:
            if error.code == _ALREADY_ANSWERED:
                # Discord had received the request, and only its reply was lost.
                return None
            if not isinstance(error, discord.DiscordServerError):
                raise
            failure: Exception = error
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
            failure = error
        if attempt < _TRIES:
            await asyncio.sleep(min(_PAUSE_SECONDS * 4 ** (attempt - 1), timeout_seconds))
    raise DeliveryUnknown(f"tried {_TRIES} times, at last {describe_error(failure)}") from failure


async def _send_within(seconds: float, send: Callable[[], Awaitable[Result]]) -> Result:
    """Send in a task of its own, which `GlobalPause` requires. Raises TimeoutError."""
    task = asyncio.ensure_future(send())
    try:
        if not (await asyncio.wait({task}, timeout=seconds))[0]:
            raise TimeoutError(f"no reply within {seconds:g} seconds")
        return await task
    finally:
        task.cancel()


class GlobalPause(asyncio.Event):
    """The event that all of discord.py's requests wait for while Discord limits the whole bot, in place of its own.

    The request that met the limit clears the event, sleeps, and sets it. A request that is late or no longer wanted is
    cancelled; during that sleep, this would leave every other request waiting forever. So the end of its task sets the
    event in any case.
    """

    _limited_task: asyncio.Task[object] | None = None

    def clear(self) -> None:
        """Start a pause, which ends at the latest with the current task."""
        super().clear()
        self._limited_task = asyncio.current_task()
        if self._limited_task is not None:
            self._limited_task.add_done_callback(self._end_pause)

    def _end_pause(self, task: asyncio.Task[object]) -> None:
        if task is self._limited_task:
            self.set()


def is_target_gone(error: BaseException) -> bool:
    """Return whether an error says that the channel, the message or the interaction no longer exists."""
    return isinstance(error, discord.HTTPException) and error.code in _OVER


def is_forbidden(error: BaseException) -> bool:
    """Return whether an error says that the bot may not write there, or no longer may.

    Discord would count a retry against the bot.
    """
    return isinstance(error, discord.HTTPException) and (
        isinstance(error, discord.Forbidden) or error.status == _UNAUTHORIZED
    )
