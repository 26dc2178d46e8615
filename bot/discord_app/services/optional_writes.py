"""What is noted beside an answer. Where it cannot be written, as on a full disk, the answer is given without it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bot.operations import metrics
from bot.operations.safe_traceback import describe_error
from storage.errors import StorageError

WAIT_SECONDS = 2.0
"""How long an answer waits for a database that is busy. What is not written by then may still be, in the background."""
RETRY_SECONDS = 5.0
"""How long nothing is tried after a failure: each of many answers would wait for the same."""

Result = TypeVar("Result")
log = logging.getLogger("cuepoint.discord")


class OptionalWrites:
    """Writes that no answer depends on. That one of them fails is logged once, until it succeeds again."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` returns seconds of a clock that never jumps."""
        self._now = now
        self._failed_at: dict[str, float] = {}
        self._late: set[asyncio.Task[Any]] = set()

    async def attempt(self, what: str, write: Callable[[], Coroutine[Any, Any, Result]]) -> Result | None:
        """Write, and return what `write` does; None where that fails, or takes too long.

        `what` says what kind of write it is, such as "noting a vote".
        """
        if self._now() < self._failed_at.get(what, -RETRY_SECONDS) + RETRY_SECONDS:
            return None
        task = asyncio.create_task(self._run(what, write()))
        self._keep(task)
        done, _ = await asyncio.wait({task}, timeout=WAIT_SECONDS)
        if done:
            return task.result()
        self._note_failure(what, "the database is busy")
        return None

    def begin(self, what: str, write: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Write in the background, for what no answer shows: it does not wait at all."""
        self._keep(asyncio.create_task(self.attempt(what, write)))

    async def finish(self) -> None:
        """Wait for what was begun, at most as long as an answer would."""
        if self._late:
            await asyncio.wait(self._late.copy(), timeout=WAIT_SECONDS)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _run(self, what: str, write: Coroutine[Any, Any, Result]) -> Result | None:
        try:
            result = await write
        except StorageError as error:
            self._note_failure(what, describe_error(error))
        except Exception as error:
            metrics.count_error()
            log.error("unexpected error while %s", what, exc_info=error)
        else:
            if self._failed_at.pop(what, None) is not None:
                log.info("%s succeeds again", what)
            return result
        return None

    def _note_failure(self, what: str, reason: str) -> None:
        if what not in self._failed_at:
            log.error("%s failed, and answers go on without it until it succeeds again: %s", what, reason)
        self._failed_at[what] = self._now()
