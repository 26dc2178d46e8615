"""Where an act is killed, seen from the inside: after so many events, or with a file grown so large."""

from __future__ import annotations

import itertools
import os
import resource
import signal
import sqlite3
import sys
from dataclasses import dataclass
from typing import Any

EVENTS = {"open", "os.rename", "os.remove", "fcntl.flock", "sqlite3.connect", "shutil.copyfile"}
"""What Python tells its audit hooks of, and an act does to files."""
INSTRUCTIONS = 40
"""SQLite's machine is stopped to count after so many of its instructions."""


@dataclass(frozen=True)
class Point:
    """A kind ("event", "byte", "moment" or "never") and how many of it: events, bytes of a file, seconds."""

    kind: str
    value: float


class Counter:
    """Counts what an act does to the database and to files, and kills its own process at a number of it."""

    def __init__(self, last: int) -> None:
        self._numbers = itertools.count(1)
        self._last = last

    def event(self) -> None:
        if next(self._numbers) == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    @property
    def counted(self) -> int:
        return next(self._numbers) - 1


def lie_in_wait(point: Point) -> Counter:
    """Kill this process at a point, unless that is a moment: then somebody else has to do so."""
    counter = Counter(int(point.value) if point.kind == "event" else -1)
    _count_statements(counter)
    _count_files(counter)
    if point.kind == "byte":
        # The kernel ends whoever writes past the limit, and the write before it was cut short: Python would carry on.
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(point.value), resource.RLIM_INFINITY))
    return counter


def _count_statements(counter: Counter) -> None:
    class Counted(sqlite3.Connection):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            # What is logged is taken over early: so that this too is killed in the middle.
            self.execute("PRAGMA wal_autocheckpoint = 20").fetchall()
            self.set_trace_callback(lambda statement: counter.event())
            self.set_progress_handler(self._stopped, INSTRUCTIONS)

        def _stopped(self) -> int:
            if self.in_transaction:
                counter.event()
            return 0

    connect = sqlite3.connect
    sqlite3.connect = lambda *given, **named: connect(*given, **named, factory=Counted)  # type: ignore[assignment]


def _count_files(counter: Counter) -> None:
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in EVENTS and not (event == "open" and arguments[2] & os.O_ACCMODE == os.O_RDONLY):
            counter.event()

    sys.addaudithook(hook)
    synced = os.fsync

    def fsync(handle: int) -> None:
        counter.event()
        synced(handle)
        counter.event()

    os.fsync = fsync
