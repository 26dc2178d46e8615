"""Measures how late the event loop wakes the tasks that wait for it: the limit is 20 milliseconds."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Sequence

from benchmarks.answers.whole_path import question_of
from benchmarks.engines.engines import TOP
from benchmarks.measuring.figures import Times
from storage.library import Library
from storage.models import Scope

SLEEP_SECONDS = 0.001
IDLE_SECONDS = 0.5
PATIENCE_SECONDS = 60.0


@contextlib.asynccontextmanager
async def watch_lateness() -> AsyncIterator[list[float]]:
    """Record how many seconds late the loop wakes a task that sleeps a millisecond at a time. Yields the list."""
    late: list[float] = []

    async def watch() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(SLEEP_SECONDS)
            late.append(time.perf_counter() - begun - SLEEP_SECONDS)

    task = asyncio.create_task(watch())
    try:
        yield late
    finally:
        task.cancel()


async def measure_idle() -> Times:
    """Measure how late it is while nothing else happens: the system's own part."""
    async with watch_lateness() as late:
        await asyncio.sleep(IDLE_SECONDS)
    return Times(tuple(late))


async def measure_busy(
    library: Library, scope: Scope, importing: asyncio.Task[float], asked: Sequence[Sequence[str]]
) -> Times:
    """Measure how late it is while one question is asked after another, until all that is imported is indexed too."""
    imported: list[float] = []
    importing.add_done_callback(lambda _: imported.append(time.monotonic()))
    async with watch_lateness() as late:
        for words in itertools.cycle(asked):
            await library.search(scope, question_of(words), TOP)
            since = time.monotonic() - imported[0] if imported else 0.0
            if imported and (await library.index_age_seconds(scope) < since or since > PATIENCE_SECONDS):
                break
        await importing
    return Times(tuple(late))
