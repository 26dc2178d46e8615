"""Tunes what Python and the C library do by themselves, in a process that answers people for months.

**Pauses.** The event loop shares Python's lock with the threads that rank, read and write. Measured beside a thread of
plain Python, one of numpy and one of SQLite, in three rounds: one time in a hundred the loop was 27 to 39 ms late with
Python's own switch interval of 5 ms, 9 to 13 ms with 1 ms, and 6 to 10 ms with a third of that, with which questions
were answered just as fast.

**Memory.** glibc gives every thread an arena of its own, which keeps what was freed in it, and after one large block it
serves larger and larger ones from arenas, too. `benchmarks/LONG_RUN.md` has what that made of the bot's memory.
"""

from __future__ import annotations

import ctypes
import gc
import sys

SWITCH_SECONDS = 0.0003
"""After how long a thread that waits for Python's lock may ask for it."""
MAX_ARENAS = 2
MMAP_THRESHOLD_BYTES = 256 * 1024
"""From this size on a block is given back to the system as soon as it is freed."""
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""The numbers of mallopt(3) in glibc's malloc.h."""


def shorten_pauses() -> None:
    """Let threads take turns sooner, and exclude what is loaded from garbage collection. Call once all is loaded.

    Searching it for cycles, of which there are none, held the event loop for 35 ms at a time (82,000 values).
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()


def bound_allocator() -> bool:
    """Have freed memory given back to the system rather than kept thread by thread. Call before threads are started.

    Returns whether that is done: the C library must be glibc.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return all([mallopt(_M_ARENA_MAX, MAX_ARENAS) == 1, mallopt(_M_MMAP_THRESHOLD, MMAP_THRESHOLD_BYTES) == 1])
