"""Stopping so that nobody is left waiting: nothing new is taken, and what is in flight is finished first."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

log = logging.getLogger("cuepoint.discord")
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class InFlight:
    """The events that are being answered just now."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def join(self) -> None:
        """Count the task that calls this as one event, until it ends."""
        task = asyncio.current_task()
        assert task is not None  # only coroutines call this
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait_until_empty(self, seconds: float) -> bool:
        """Wait, at most so long, until nothing is in flight; what joins meanwhile is waited for too."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self._tasks and (left := end - loop.time()) > 0:
            await asyncio.wait(self._tasks, timeout=left)
        return not self._tasks


async def run_until_signal(work: Coroutine[Any, Any, None], leave: Callable[[], Awaitable[None]]) -> None:
    """Do some work until it ends by itself or a signal tells to stop; then break it off, and leave in order.

    A second signal ends the process at once. Raises what the work raises.
    """
    working, told = asyncio.ensure_future(work), asyncio.Event()
    listening = asyncio.ensure_future(told.wait())
    try:
        with _on_signal(told.set):
            await asyncio.wait({working, listening}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await working
                return
            log.info("told to stop: finishing what is in flight")
            while not working.done():
                # Once is not enough: discord.py takes no notice of it while it reconnects.
                working.cancel()
                await asyncio.wait({working}, timeout=0.5)
            await leave()
    finally:
        listening.cancel()
        working.cancel()


@contextlib.contextmanager
def _on_signal(told: Callable[[], object]) -> Iterator[None]:
    """Call `told` at the first signal; the next one finds what is usual, which is the end of the process."""
    loop = asyncio.get_running_loop()

    def heard() -> None:
        deaf()
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        told()

    def deaf() -> None:
        for each in SIGNALS:
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(each)

    for each in SIGNALS:
        # Windows has no such handlers; there Ctrl-C interrupts as ever.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(each, heard)
    try:
        yield
    finally:
        deaf()
