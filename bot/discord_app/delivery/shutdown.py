"""Graceful shutdown: no new event is accepted, and the events in flight are finished first."""

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
    """The events that are being handled."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def track_current_task(self) -> None:
        """Count the task that calls this as one event, until it ends."""
        task = asyncio.current_task()
        assert task is not None  # only coroutines call this
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait_until_empty(self, seconds: float) -> bool:
        """Wait for at most `seconds` until nothing is in flight, including events that join meanwhile.

        Return whether nothing is left.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self._tasks and (left := end - loop.time()) > 0:
            await asyncio.wait(self._tasks, timeout=left)
        return not self._tasks


async def run_until_signal(work: Coroutine[Any, Any, None], leave: Callable[[], Awaitable[None]]) -> None:
    """Run `work` until it ends by itself or a signal asks to stop; then cancel it and await `leave`.

    A second signal ends the process at once. Raises what the work raises.
    """
    work_task, stop_event = asyncio.create_task(work), asyncio.Event()
    stop_task = asyncio.create_task(stop_event.wait())
    try:
        with _on_signal(stop_event.set):
            await asyncio.wait({work_task, stop_task}, return_when=asyncio.FIRST_COMPLETED)
            if work_task.done():
                await work_task
                return
            log.info("told to stop: finishing what is in flight")
            while not work_task.done():
                # Once is not enough: discord.py ignores a cancellation while it reconnects.
                work_task.cancel()
                await asyncio.wait({work_task}, timeout=0.5)
            await leave()
    finally:
        stop_task.cancel()
        work_task.cancel()


@contextlib.contextmanager
def _on_signal(request_stop: Callable[[], object]) -> Iterator[None]:
    """Call `request_stop` at the first signal; the next one has its default action, which ends the process."""
    loop = asyncio.get_running_loop()

    def handle_signal() -> None:
        remove_handlers()
        for signal_number in SIGNALS:
            signal.signal(signal_number, signal.SIG_DFL)
        request_stop()

    def remove_handlers() -> None:
        for signal_number in SIGNALS:
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(signal_number)

    for signal_number in SIGNALS:
        # Windows has no such handlers; there Ctrl-C raises KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(signal_number, handle_signal)
    try:
        yield
    finally:
        remove_handlers()
