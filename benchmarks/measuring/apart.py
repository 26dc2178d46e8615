"""Work in a process of its own, so that only this work is measured, and nothing of it stays."""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def run_apart(act: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call a function of a module in a fresh process, and return what it returns.

    Raises BrokenProcessPool where the process is killed, as happens when memory runs out.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(act, *arguments, **named).result()


def child_seconds() -> float:
    """Return the processor time of the processes that were started here and have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
