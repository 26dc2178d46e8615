"""A bot as a child process, led to the local Discord by a `sitecustomize.py` and otherwise untouched."""

# ruff: noqa: ASYNC109 - a wait that fails has to say what was seen until then, so the limit is an argument.
from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from .basics import Json

if TYPE_CHECKING:
    from .server import LocalDiscord

_REDIRECT = Path(__file__).resolve().parent / "redirect"


class Process(Protocol):
    """What is needed of asyncio's own, or of another that was started in a way of its own."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    async def wait(self) -> int: ...

    def send_signal(self, signal: int) -> None: ...


class BotProcess:
    """`async with BotProcess(server, [sys.executable, "bot.py"], {"TOKEN": server.token}, logs=tmp_path) as bot:`"""

    def __init__(
        self,
        server: LocalDiscord,
        command: Sequence[str | Path],
        env: Mapping[str, str] | None = None,
        *,
        logs: Path,
        cwd: Path | None = None,
    ) -> None:
        self._server = server
        self._command = [str(part) for part in command]
        self._env = dict(env or {})
        self._cwd = cwd
        number = len(server.processes)
        self.stdout_path = logs / f"bot-{number}.stdout"
        self.stderr_path = logs / f"bot-{number}.stderr"
        self._census_path = logs / f"bot-{number}.census"
        self._process: Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def returncode(self) -> int | None:
        return self._running().returncode

    @property
    def stdout(self) -> str:
        return self.stdout_path.read_text(encoding="utf-8", errors="replace")

    @property
    def stderr(self) -> str:
        return self.stderr_path.read_text(encoding="utf-8", errors="replace")

    def _running(self) -> Process:
        if self._process is None:
            raise AssertionError("the bot has not been started")
        return self._process

    async def __aenter__(self) -> BotProcess:
        env = {**os.environ, **self._env, "LOCAL_DISCORD_URL": self._server.address}
        env["LOCAL_DISCORD_CENSUS"] = str(self._census_path)
        paths = [str(_REDIRECT), self._env.get("PYTHONPATH") or os.environ.get("PYTHONPATH", "")]
        env["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
        with self.stdout_path.open("wb") as out, self.stderr_path.open("wb") as err:
            self._process = await self._start(env, out.fileno(), err.fileno())
        self._server.started(self)
        self._watch = asyncio.create_task(self._tell_when_over())
        return self

    async def _start(self, env: Mapping[str, str], out: int, err: int) -> Process:
        return await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=env,
            cwd=self._cwd,
            # A group of its own, so that what the bot starts can be ended with it.
            start_new_session=True,
        )

    async def _tell_when_over(self) -> None:
        await self._running().wait()
        self._server.world.changes.tell()

    async def census(self, timeout: float = 15.0) -> Json:
        """What the bot holds at this moment: `tasks` by name, the number of `views`, and the commonest `kinds`."""
        before = self._censuses()
        self._running().send_signal(signal.SIGUSR1)
        async with asyncio.timeout(timeout):
            # It is written by another process, which tells nobody.
            while len(taken := self._censuses()) == len(before):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        found: Json = json.loads(taken[-1])
        return found

    def _censuses(self) -> list[str]:
        written = self._census_path.read_text(encoding="utf-8") if self._census_path.exists() else ""
        return [line.removesuffix("\n") for line in written.splitlines(keepends=True) if line.endswith("\n")]

    @property
    def resident_bytes(self) -> int:
        """How much memory the process has in use, as Linux counts it; pages of mapped files come and go with need."""
        return self._status_bytes("VmRSS")

    @property
    def allocated_bytes(self) -> int:
        """Of that, what it has allocated itself."""
        return self._status_bytes("RssAnon")

    def _status_bytes(self, name: str) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(f"{name}:"))

    @property
    def cpu_seconds(self) -> float:
        """How long the process has computed so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def wait(self, timeout: float = 15.0) -> int:
        """The exit code, once the bot ends by itself."""
        async with asyncio.timeout(timeout):
            return await self._running().wait()

    async def terminate(self, timeout: float = 15.0) -> int:
        """SIGTERM and the exit code; a bot that does not obey is a failed test."""
        process = self._running()
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        return await self.wait(timeout)

    async def kill(self) -> None:
        """As if the power went: no chance to say goodbye."""
        process = self._running()
        # The whole group may be over already, and of a process that was begun just now there is none yet.
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError):
                kill(process.pid, signal.SIGKILL)
                break
        await process.wait()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.kill()
        if self._watch is not None:
            await self._watch
        if error is not None:
            error.add_note(f"The bot's last lines on stderr:\n{self.tail()}")

    def tail(self, lines: int = 30) -> str:
        return "\n".join(self.stderr.splitlines()[-lines:])
