"""The `cuepoint` command in a process of its own that was forked from one which has imported everything.

It is the program itself, only that it does not take a second to start, nor ten to give up waiting for a lock; and it
can become another user, or somebody without room on the disk, before it begins.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import resource
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.support.project import PROJECT

BUSY_TIMEOUT_MS = 60


@dataclass(frozen=True)
class Job:
    """What is typed, in which folder, as which user, and how large a file may become (None for whatever it is now)."""

    arguments: tuple[str, ...]
    folder: str
    user: int | None = None
    largest: int | None = None


@dataclass(frozen=True)
class Done:
    """How it ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


class Program:
    """The process that forks, seen from here."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, job: Job) -> Done:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(asdict(job)), file=self._process.stdin, flush=True)
        return Done(**json.loads(self._process.stdout.readline()))


@contextmanager
def program(*before: str) -> Iterator[Program]:
    """The program; `before` is a command that starts it, such as one that gives it a file system of its own."""
    command = [*before, sys.executable, "-m", "tests.support.forked_program"]
    path = str(PROJECT)
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", "DISCORD_TOKEN": "no.token.really"}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    )
    try:
        yield Program(process)
    finally:
        process.communicate()


def _become(job: Job, out: int, err: int) -> None:
    for target, source in enumerate((os.open(os.devnull, os.O_RDONLY), out, err)):
        os.dup2(source, target)
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115 - the one there is has been read from
    os.chdir(job.folder)
    os.environ["CUEPOINT_DATA_DIR"] = str(Path(job.folder) / "data")
    if job.largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job.largest, resource.RLIM_INFINITY))
    if job.user is not None:
        os.setgroups([])
        os.setgid(job.user)
        os.setuid(job.user)
    sys.argv = ["cuepoint", *job.arguments]


def _run(job: Job) -> Done:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            code = 99
            try:
                _become(job, out.fileno(), err.fileno())
                main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(bool(end.code))
            except Exception:  # noqa: BLE001 - as Python would print it
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said = [(file.seek(0), file.read().decode())[1] for file in (out, err)]
        return Done(code, *said)


def _load_everything() -> None:
    """Load what commands load when they begin: the user that a child becomes may not read where Python is installed."""
    for package in (bot, storage):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    importlib.import_module("typer._adapters")


if __name__ == "__main__":
    import bot
    import storage.database.connection
    from bot.__main__ import main

    _load_everything()

    storage.database.connection.BUSY_TIMEOUT_MS = BUSY_TIMEOUT_MS
    for line in sys.stdin:
        given = json.loads(line)
        done = _run(Job(**given | {"arguments": tuple(given["arguments"])}))
        print(json.dumps(asdict(done)), flush=True)
