"""Requests that misbehave in an answering process."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.answer_processes.messages import Opening, Request
from bot.answer_processes.pool import AnswerPool
from bot.errors import CooldownActive
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


def fail_unreadably() -> None:
    raise CooldownActive("an error that cannot be pickled and unpickled", 1.0)


def fail() -> None:
    raise RuntimeError(WORDS)


def print_a_line() -> None:
    print("a line that belongs to no reply", flush=True)


def print_arenas() -> None:
    """Print in how many arenas the C library has kept the memory of eight threads."""
    gate = threading.Barrier(8)

    def use() -> list[bytes]:
        gate.wait()
        return [bytes(1000) for _ in range(1000)]

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    libc = ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    with tempfile.NamedTemporaryFile() as told:
        file = ctypes.c_void_p(libc.fopen(os.fsencode(told.name), b"w"))
        libc.malloc_info(0, file)
        libc.fclose(file)
        print(told.read().count(b"<heap "), "arenas", flush=True)


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
