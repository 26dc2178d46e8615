"""A process that has imported everything, and forks the children that are killed: so a kill takes no second.

It reads one job a line as JSON and answers each with one line: how the child ended, and what it counted.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.support.kills.kill_points import Point, lie_in_wait
from tests.support.kills.scenarios import ACTS
from tests.support.project import PROJECT

FAILED = 3


@dataclass(frozen=True)
class End:
    """How a child ended: by a signal (0 for none), after how many seconds and events, its largest file how large."""

    signal: int
    second: float
    events: int = 0
    largest: int = 0


class Nursery:
    """The other process, seen from here."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, act: str, folder: Path, point: Point) -> End:
        """Do an act in a child of its own and wait for its end. An act that fails by itself fails the test."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([act, str(folder), asdict(point)]), file=self._process.stdin, flush=True)
        told = json.loads(self._process.stdout.readline())
        assert "failed" not in told, told["failed"]
        return End(**told)


@contextmanager
def nursery() -> Iterator[Nursery]:
    """The process, for as long as it is needed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.kills.child_processes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )
    try:
        yield Nursery(process)
    finally:
        process.communicate()


def _child(act: str, folder: Path, point: Point, told: int) -> None:
    code = FAILED
    try:
        begun, before = time.monotonic(), _files(folder)
        counter = lie_in_wait(point)
        asyncio.run(ACTS[act](folder))
        second, written = time.monotonic() - begun, _files(folder).items() - before.items()
        largest = max(size for _, (size, _) in written)
        end = {"second": second, "events": counter.counted, "largest": largest}
        os.write(told, json.dumps(end).encode())
        code = 0
    except Exception:  # noqa: BLE001 - it is told by the process that waits
        os.write(told, json.dumps({"failed": traceback.format_exc()[-4000:]}).encode())
    finally:
        os._exit(code)


def _files(folder: Path) -> dict[Path, tuple[int, int]]:
    """The size of every file, and when it was written."""
    found = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (told.st_size, told.st_mtime_ns) for path, told in found.items()}


def _job(act: str, folder: str, point: dict[str, Any]) -> dict[str, Any]:
    where = Point(**point)
    reading, writing = os.pipe()
    begun = time.monotonic()
    child = os.fork()
    if not child:
        os.close(reading)
        _child(act, Path(folder), where, writing)
    os.close(writing)
    if where.kind == "moment":
        time.sleep(where.value)
        os.kill(child, signal.SIGKILL)  # it is no one else's before it is waited for
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        told: dict[str, Any] = json.loads(pipe.read() or "{}")
    if "failed" in told and os.WIFEXITED(status):
        return told
    ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return {"second": time.monotonic() - begun} | {k: v for k, v in told.items() if not ended} | {"signal": ended}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(_job(*json.loads(line))), flush=True)
