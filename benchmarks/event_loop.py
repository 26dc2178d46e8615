"""How late the event loop comes back to those who wait for it: the promise is 20 milliseconds."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Sequence

from benchmarks.engines import TOP
from benchmarks.figures import Times
from benchmarks.whole_path import question_of
from storage.library import Library
from storage.models import Scope

EVERY_SECOND = 0.001
IDLE_SECOND = 0.5
PATIENCE_SECOND = 60.0


@contextlib.asynccontextmanager
async def watched() -> AsyncIterator[list[float]]:
    """How many seconds later than asked for the loop wakes a task that sleeps a millisecond at a time."""
    late: list[float] = []

    async def watch() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(EVERY_SECOND)
            late.append(time.perf_counter() - begun - EVERY_SECOND)

    task = asyncio.create_task(watch())
    try:
        yield late
    finally:
        task.cancel()


async def idle() -> Times:
    """How late it is while nothing else happens: the system's own part."""
    async with watched() as late:
        await asyncio.sleep(IDLE_SECOND)
    return Times(tuple(late))


async def busy(library: Library, scope: Scope, importing: asyncio.Task[float], asked: Sequence[Sequence[str]]) -> Times:
    """How late it is while somebody asks one question after the other, until all that is imported is indexed too."""
    imported: list[float] = []
    importing.add_done_callback(lambda _: imported.append(time.monotonic()))
    async with watched() as late:
        for words in itertools.cycle(asked):
            await library.search(scope, question_of(words), TOP)
            since = time.monotonic() - imported[0] if imported else 0.0
            if imported and (await library.index_age_seconds(scope) < since or since > PATIENCE_SECOND):
                break
        await importing
    return Times(tuple(late))
