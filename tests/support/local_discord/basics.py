"""Time, ids, waking and the error that the API answers with: what every other module here stands on."""

# ruff: noqa: ASYNC109 - a wait that fails has to say what was seen until then, so the limit is an argument.
from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Json = dict[str, Any]
T = TypeVar("T")

DISCORD_EPOCH_MS = 1_420_070_400_000


class Clock:
    """Wall time which a test can move forward, for rules measured in minutes; the 3 s rule stays in real time."""

    def __init__(self) -> None:
        self._offset = 0.0

    def now(self) -> float:
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        self._offset += seconds


class Ids:
    """Snowflakes that carry the time, as clients read ages out of them, and never repeat or go back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        made = (int(self._clock.now() * 1000) - DISCORD_EPOCH_MS) << 22
        self._last = max(made, self._last + 1)
        return self._last


class Changes:
    """Wakes everyone who waits whenever something happened, so that nobody has to poll."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, find: Callable[[], T], timeout: float, hopeless: Callable[[], str | None]) -> T:
        """The first true result of `find`, which is asked again after each change."""
        async with asyncio.timeout(timeout):
            while not (found := find()):
                if reason := hopeless():
                    raise AssertionError(reason)
                future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.add(future)
                try:
                    await future
                finally:
                    self._waiting.discard(future)
        return found


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a request body, at one place in it."""

    path: tuple[str, ...]
    code: str
    message: str

    def under(self, *parents: str) -> Problem:
        return Problem((*parents, *self.path), self.code, self.message)


class ApiError(Exception):
    """An answer with Discord's error shape."""

    def __init__(self, status: int, code: int, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.problems = list(problems)

    def body(self) -> Json:
        answer: Json = {"message": self.message, "code": self.code}
        if self.problems:
            answer["errors"] = error_tree(self.problems)
        return answer


def error_tree(problems: Iterable[Problem]) -> Json:
    tree: Json = {}
    for problem in problems:
        node = tree
        for key in problem.path:
            node = node.setdefault(key, {})
        node.setdefault("_errors", []).append({"code": problem.code, "message": problem.message})
    return tree


def invalid_form(problems: Iterable[Problem]) -> ApiError:
    return ApiError(400, 50035, "Invalid Form Body", problems)


@dataclass(frozen=True)
class Breach:
    """A body that broke a documented rule: the real Discord would have shown the user nothing."""

    method: str
    path: str
    where: str
    code: str
    message: str


@dataclass(eq=False)
class Request:
    """One HTTP request of the bot and how it was answered."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    files: list[str]
    at: float
    status: int | None = None
    answered_at: float | None = None
    answer: Any = field(default=None, repr=False)
    # What is in the files.
    contents: list[bytes] = field(default_factory=list, repr=False)
