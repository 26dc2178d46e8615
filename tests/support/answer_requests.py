"""Requests that misbehave in an answering process."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.answer_processes.messages import Opening, Request
from bot.answer_processes.pool import AnswerPool
from storage import access
from storage.library import Library
from storage.models import Question

WORDS = "words that somebody said"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def compute_without_end() -> None:
    while True:
        pass


def fail() -> None:
    raise RuntimeError(WORDS)


def print_a_line() -> None:
    print("a line that belongs to no reply", flush=True)


def take_long() -> None:
    time.sleep(0.3)


def behave() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Act(Request[int]):
    """Returns the id of the process it is computed in; in any but the one it was made in, it does something first."""

    act: Callable[[], None]
    home: int

    async def compute(self, library: Library) -> int:
        if os.getpid() != self.home:
            self.act()
        return os.getpid()


def act(what: Callable[[], None] = behave) -> Act:
    return Act(access.host_scope(), Question("", ""), what, os.getpid())


def make_pool(library: Library, processes: int) -> AnswerPool:
    return AnswerPool(library, Opening(library.path, None, library.hosts, "INFO"), processes)


async def wait_to_be_killed(database: str) -> None:
    """Start an answering process that computes without end, print its id, and wait for it."""
    library = await Library.open(Path(database))
    pool = make_pool(library, 1)
    await pool.start_child()
    asking = asyncio.create_task(pool._compute(act(compute_without_end)))
    await asyncio.sleep(0)
    print(*pool.pids, flush=True)
    await asking
