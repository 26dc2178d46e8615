"""How many answering processes a machine has room for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

MAX_PROCESSES = 4
"""More are of no use by default: then the bot's own process, which speaks with Discord, is what all wait for."""
MEMORY_OF_PROCESS = 500_000_000
"""One process for every so many bytes of memory: it takes a tenth of them itself, and the rest is for the index files
and the bot."""
_CGROUP = Path("/sys/fs/cgroup")


def process_count(wanted: int | None, *, reads_meaning: bool) -> int:
    """Return how many processes may answer beside the bot's own: as many as the host wants, if that is not None.

    Otherwise none where models read meaning, for each process would load them for itself; and none on a single core,
    which several processes would only take turns on.
    """
    if wanted is not None:
        return wanted
    cores = count_cores()
    if reads_meaning or cores == 1:
        return 0
    return min(cores, memory_bytes() // MEMORY_OF_PROCESS, MAX_PROCESSES)


def count_cores() -> int:
    """Return how many cores this process may use: those of the machine, or what a container is given of them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _read_limit("cpu.max", lambda quota, period: max(1, int(quota) // int(period)), cores))


def memory_bytes() -> int:
    """Return how much memory this process may use: the machine's, or what a container is given of it."""
    if not hasattr(os, "sysconf"):  # Windows does not say: there are processes only if the host wants them
        return 0
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(memory, _read_limit("memory.max", int, memory))


def _read_limit(name: str, parse: Callable[..., int], unlimited: int) -> int:
    """Return a limit of the control group that this process is in, as a container sees it."""
    try:
        return parse(*(_CGROUP / name).read_text(encoding="ascii").split())
    except (OSError, ValueError):  # there are no control groups, or the limit is "max"
        return unlimited
