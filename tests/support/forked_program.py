"""The `cuepoint` command in a process of its own that was forked from one which has imported everything.

It is the program itself, only that it does not take a second to start. On request it does not take ten to give up
waiting for a lock either; and it can become another user, or somebody without room on the disk, before it begins.
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, NoReturn

from tests.support.project import PROJECT

PIPE_HOLDS = 65_536
"""How many bytes of standard input are taken in before anybody reads them."""


@dataclass(frozen=True)
class Job:
    """What is typed, in which folder, as which user, and how large a file may become (None for whatever it is now).

    `environment` is all there is of it; None is that of the tests, with the data folder inside of `folder`. For a lock
    it waits as long as it always does, or so many milliseconds. Where it is strict, what was left open is an error, as
    with `-W error::ResourceWarning`.
    """

    arguments: tuple[str, ...]
    folder: str
    user: int | None = None
    largest: int | None = None
    environment: Mapping[str, str] | None = None
    busy_timeout_ms: int | None = None
    strict: bool = False


@dataclass(frozen=True)
class Done:
    """How it ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


class Program:
    """The process that forks, seen from here."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._turn = threading.Lock()

    def start(self, job: Job, *streams: int) -> tuple[int, int]:
        """Begin a job with these standard streams; its process id, and where its exit code can be read later."""
        reading, writing = os.pipe()
        try:
            order = json.dumps(asdict(job)).encode()
            with self._turn:
                socket.send_fds(self._line, [len(order).to_bytes(4, "big")], [*streams, writing])
                self._line.sendall(order)
        finally:
            os.close(writing)
        pid = os.read(reading, 8)
        assert pid, "the process that forks is gone"
        return int.from_bytes(pid, "big"), reading

    def run(self, job: Job, stdin: bytes = b"", timeout_seconds: float = 60) -> Done:
        """Do a job from beginning to end; subprocess.TimeoutExpired where it has not ended by then."""
        assert len(stdin) <= PIPE_HOLDS
        given, giving = os.pipe()
        os.write(giving, stdin)
        os.close(giving)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            try:
                pid, report = self.start(job, given, out.fileno(), err.fileno())
            finally:
                os.close(given)
            with os.fdopen(report, "rb") as ending:
                if not select.select([ending], [], [], timeout_seconds)[0]:
                    os.killpg(pid, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(job.arguments, timeout_seconds)
                code = int(ending.read())
            return Done(code, *(_read(file) for file in (out, err)))


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode().replace("\r\n", "\n")


class Running:
    """A job that goes on beside the event loop: as much of asyncio.subprocess.Process as a bot's test needs."""

    def __init__(self, pid: int, report: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._report = report
        self._over = asyncio.Event()
        asyncio.get_running_loop().add_reader(report, self._ended)

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._report)
        with os.fdopen(self._report, "rb") as ending:
            self.returncode = int(ending.read())
        self._over.set()

    async def wait(self) -> int:
        await self._over.wait()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, sent: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, sent)


@contextmanager
def program(*before: str) -> Iterator[Program]:
    """The program; `before` is a command that starts it, such as one that gives it a file system of its own."""
    ours, theirs = socket.socketpair()
    command = [*before, sys.executable, "-m", "tests.support.forked_program", str(theirs.fileno())]
    colourless = {name: value for name, value in os.environ.items() if name not in ("DISCORD_TOKEN", "FORCE_COLOR")}
    # A process that has threads must not be forked, so numpy's mathematics gets none.
    own = {"PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "utf-8", "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        env={**colourless, **own},
        # Whoever interrupts the tests has them end it; it is not interrupted by itself.
        start_new_session=True,
    )
    theirs.close()
    try:
        yield Program(ours)
    finally:
        ours.close()
        process.wait()


@functools.cache
def the_program() -> Program:
    """One for all tests of this process, from the first that needs it on."""
    started = program()
    atexit.register(started.__exit__, None, None, None)
    return started.__enter__()


def typed(
    *arguments: str, folder: Path, environment: Mapping[str, str], stdin: str = "", timeout_seconds: float = 60
) -> subprocess.CompletedProcess[str]:
    """What `subprocess.run([sys.executable, "-m", "bot", *arguments], ...)` comes to, in a tenth of its time."""
    job = Job(arguments, str(folder), environment=environment)
    done = the_program().run(job, stdin.encode(), timeout_seconds)
    return subprocess.CompletedProcess(arguments, done.returncode, done.stdout, done.stderr)


def _serve(line: socket.socket) -> tuple[Job, list[int]]:
    """Fork for every job that comes, and tell how it ended. Returns in the child alone; ends with who asks for jobs."""
    reports: dict[int, int] = {}
    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waking)
    while True:
        ready = select.select([line, woken], [], [])[0]
        if woken in ready:
            os.read(woken, PIPE_HOLDS)
            for child in list(reports):
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    with os.fdopen(reports.pop(child), "wb") as report:
                        report.write(str(os.waitstatus_to_exitcode(status)).encode())
        if line in ready:
            length, passed, _, _ = socket.recv_fds(line, 4, 4)
            if not length:
                os._exit(0)
            order = bytearray()
            while len(order) < int.from_bytes(length, "big"):
                order += line.recv(int.from_bytes(length, "big") - len(order))
            *streams, report_to = passed
            child = os.fork()
            if not child:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for unneeded in (woken, waking, report_to, line.detach(), *reports.values()):
                    os.close(unneeded)
                given = json.loads(order)
                return Job(**given | {"arguments": tuple(given["arguments"])}), streams
            for stream in streams:
                os.close(stream)
            os.write(report_to, child.to_bytes(8, "big"))
            reports[child] = report_to


def _become(job: Job, streams: list[int]) -> None:
    os.setsid()
    for target, source in enumerate(streams):
        os.dup2(source, target)
        os.close(source)
    os.chdir(job.folder)
    _breathe(job)
    if job.busy_timeout_ms is not None:
        storage.database.connection.BUSY_TIMEOUT_MS = job.busy_timeout_ms
    if job.strict:
        warnings.filterwarnings("error", category=ResourceWarning)
    if job.largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job.largest, resource.RLIM_INFINITY))
    if job.user is not None:
        os.setgroups([])
        os.setgid(job.user)
        os.setuid(job.user)
    sys.argv = ["cuepoint", *job.arguments]


def _breathe(job: Job) -> None:
    """Take on the environment, with what Python itself does about it at the start."""
    data = str(Path(job.folder) / "data")
    usual = {**os.environ, "DISCORD_TOKEN": "no.token.really", "CUEPOINT_DATA_DIR": data}
    given = usual if job.environment is None else job.environment
    os.environ.clear()
    os.environ.update(given)
    time.tzset()
    paths = [path for path in given.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:0] = paths
    if any((Path(path) / "sitecustomize.py").exists() for path in paths):
        sys.modules.pop("sitecustomize", None)
        import sitecustomize  # noqa: F401 - for what it does


def _exit_code(begin: Callable[[], None]) -> int:
    """What Python makes of how a program ends."""
    try:
        begin()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:  # noqa: BLE001 - as Python would print it
        traceback.print_exc()
        return 1
    return 0


def _end(code: int) -> NoReturn:
    """End as Python does, but for taking all that was imported apart, which takes longer than most commands."""
    threading._shutdown()  # waits for threads, and a thread that does not end is a program that does not
    atexit._run_exitfuncs()
    gc.collect()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


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
    # What is here already is no garbage: children need not search it, nor copy it in order to.
    gc.collect()
    gc.freeze()
    _become(*_serve(socket.socket(fileno=int(sys.argv[1]))))
    _end(_exit_code(main))
