"""How many answering processes a machine has room for."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

MAX_PROCESSES = 4
"""More are of no use by default: then the bot's own process, which speaks with Discord, is what all wait for."""
MEMORY_OF_PROCESS = 500_000_000
"""One process for every so many bytes of memory: it takes a tenth of them itself, and the rest is for the index files
and the bot."""
_CGROUP = Path("/sys/fs/cgroup")
_OWN_GROUP = Path("/proc/self/cgroup")


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
    """Return how many cores this process may use: the machine's, or what a container or a unit is given of them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _read_limit("cpu.max", lambda quota, period: max(1, int(quota) // int(period)), cores))


def memory_bytes() -> int:
    """Return how much memory this process may use: the machine's, or what a container or a unit is given of it."""
    if not hasattr(os, "sysconf"):  # Windows does not say: there are processes only if the host wants them
        return 0
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(memory, _read_limit("memory.max", int, memory))


def _read_limit(name: str, parse: Callable[..., int], unlimited: int) -> int:
    """Return the lowest limit of the control groups that this process is in: a container's, a unit's of systemd."""
    limits = [unlimited]
    for group in _control_groups():
        with contextlib.suppress(OSError, ValueError):  # there is no such limit, or it is "max"
            limits.append(parse(*(group / name).read_text(encoding="ascii").split()))
    return min(limits)


def _control_groups() -> list[Path]:
    """Return the control groups that this process is in. The first is all that a container sees."""
    with contextlib.suppress(OSError):
        for line in _OWN_GROUP.read_text(encoding="utf-8").splitlines():
            if line.startswith("0::/"):  # the groups of version 2
                names = line.removeprefix("0::/").split("/")
                return [_CGROUP.joinpath(*names[:depth]) for depth in range(len(names) + 1)]
    return [_CGROUP]
