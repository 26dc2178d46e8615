"""An answering process, seen from the bot's: starting it, asking it, ending it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from bot.answer_processes.messages import LENGTH_BYTES, Opening, Outcome, Request, pack_message

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
"""How long a process may take to start; on a busy machine it is several seconds."""
ANSWER_SECONDS = 15.0
"""How long it may take for an answer, the first one with its loading of an index included."""
LARGE_BYTES = 100_000
"""From here on a message is unpickled in a thread: this one takes about a millisecond."""


class ProcessLost(Exception):
    """A process that died, or hangs, or cannot be started; the text says which."""


class AnswerChild:
    """One answering process. It computes one answer at a time."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, opening: Opening) -> AnswerChild:
        """Start a process, and wait until it can answer. Raises ProcessLost."""
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.answer_processes.worker", os.getcwd()),
                cwd=PROJECT,
                stdin=PIPE,
                stdout=PIPE,
            )
        except OSError as error:
            raise ProcessLost(f"cannot be started: {error}") from error
        child = cls(process)
        try:
            outcome = await child._exchange(opening, START_SECONDS)
            if outcome.error is not None:
                raise ProcessLost(f"cannot answer: {outcome.error}")
        except BaseException:
            await child.kill()
            raise
        return child

    @property
    def pid(self) -> int:
        """Return the id of the process."""
        return self._process.pid

    async def compute(self, request: Request[object]) -> Outcome:
        """Have a request computed. Raises ProcessLost; then the process is to be killed."""
        return await self._exchange(request, ANSWER_SECONDS)

    async def kill(self) -> None:
        """End the process at once: it has nothing to finish, for it writes nothing."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.communicate()

    async def _exchange(self, message: object, seconds: float) -> Outcome:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                self._process.stdin.write(pack_message(message))
                await self._process.stdin.drain()
                length = int.from_bytes(await self._process.stdout.readexactly(LENGTH_BYTES))
                content = await self._process.stdout.readexactly(length)
        except TimeoutError as error:
            raise ProcessLost(f"did not answer within {seconds:.0f} seconds") from error
        except (asyncio.IncompleteReadError, OSError) as error:
            raise ProcessLost("ended") from error
        try:
            reply = pickle.loads(content) if length < LARGE_BYTES else await asyncio.to_thread(pickle.loads, content)
        except Exception as error:
            raise ProcessLost("gave an answer that cannot be read") from error
        assert isinstance(reply, Outcome)
        return reply
