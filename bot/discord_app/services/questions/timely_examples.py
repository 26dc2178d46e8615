"""The example question of a scope, as far as it is known in time: a greeting does not wait for it."""

from __future__ import annotations

import asyncio

from bot.errors import BotError
from bot.examples import ExampleQuestions
from storage.errors import StorageError
from storage.models import Scope

WAIT_SECONDS = 1.0
"""How long a card waits for its example: an index may have to be read first, and the next card has it then."""


class TimelyExamples:
    """Finds the example of each scope once at a time, and one after another: each takes a few searches."""

    def __init__(self, examples: ExampleQuestions) -> None:
        self._examples = examples
        self._one_at_a_time = asyncio.Lock()
        self._underway: dict[Scope, asyncio.Task[str]] = {}

    async def find(self, scope: Scope) -> str:
        """Return a question that the videos of a scope answer, or "" where none is known within WAIT_SECONDS."""
        task = self._underway.get(scope)
        if task is None:
            task = self._underway[scope] = asyncio.create_task(self._search(scope))
            task.add_done_callback(lambda _: self._underway.pop(scope, None))
        done, _ = await asyncio.wait({task}, timeout=WAIT_SECONDS)
        return task.result() if done else ""

    async def _search(self, scope: Scope) -> str:
        async with self._one_at_a_time:
            try:
                return await self._examples.find(scope)
            except (StorageError, BotError):
                return ""
