"""Pauses that Python itself makes, kept short in a process that answers people.

The event loop shares Python's lock with the threads that rank, read and write. Measured beside one thread of plain
Python, one of numpy and one of SQLite: with Python's own 5 ms the loop was up to 45 ms late, with 1 ms up to 13.
"""

from __future__ import annotations

import gc
import sys

SWITCH_SECOND = 0.001
"""After how long a thread that waits for Python's lock may ask for it."""


def keep_short() -> None:
    """Call once when all is loaded: let threads take turns sooner, and spare the garbage collector what stays for good.

    Searching that for cycles, in vain, held the event loop for 35 ms at a time (82,000 values).
    """
    sys.setswitchinterval(SWITCH_SECOND)
    gc.collect()
    gc.freeze()
