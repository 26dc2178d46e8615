"""Puts requests to the answering processes and to the bot's own, whichever is free.

Processes are started when questions come at the same time, and ended when they have had nothing to do for a while: most
bots are asked one question at a time. What a process cannot answer is answered here.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from dataclasses import dataclass
from typing import TypeVar, cast

from bot.answer_processes.child import AnswerChild, ProcessLost
from bot.answer_processes.messages import AskRequest, Opening, Outcome, PassageRequest, Request, TimelineRequest
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import Answer, AnsweredTimeline, OpenedPassage, PassageRange, QuoteLengths, QuotePlace
from bot.operations import metrics
from storage.library import Library
from storage.models import Question, Scope

IDLE_SECONDS = 300.0
"""After how long without a question a process is ended, which frees its memory."""
PATIENCE_SECONDS = 0.5
"""How long a question waits for children that are busy with slow ones, or hang, before it is computed here."""
OVERDUE_SECONDS = 1.5
"""After how long an answer that a child was asked for is computed here after all: it may hang, and people wait."""
RETRY_SECONDS = 60.0
"""How long none is started after one could not be."""
FEWEST_AT_ONCE = 2
"""How many answers are computed at the same time at least, so that one big question does not delay the others. This
process computes only what the children are too few for: while it does, the event loop has to share Python's lock."""

Result = TypeVar("Result")
Place = AnswerChild | None
"""Where an answer is computed: in a child or, for None, in this process."""

log = logging.getLogger("cuepoint.answers")


@dataclass(slots=True)
class _Waiting:
    """An answer that waits for a place; from PATIENCE_SECONDS on it is not patient."""

    place: asyncio.Future[Place]
    is_patient: bool = True


class AnswerPool:
    """The functions of `bot.asking` for one library, computed in up to `processes` processes and in this one."""

    def __init__(self, library: Library, opening: Opening, processes: int) -> None:
        self._library = library
        self._opening = opening
        self._max_children = processes
        self._children: list[AnswerChild] = []
        self._idle: dict[AnswerChild, asyncio.TimerHandle] = {}
        self._computed_here = 0
        self._waiting: deque[_Waiting] = deque()
        self._starting: asyncio.Task[None] | None = None
        self._next_start_at = 0.0
        self._tasks: set[asyncio.Task[object]] = set()
        self._kills: set[asyncio.Task[None]] = set()

    @property
    def lanes(self) -> int:
        """Return how many answers can be computed at the same time."""
        return max(FEWEST_AT_ONCE, self._max_children)

    @property
    def pids(self) -> list[int]:
        """Return the ids of the processes that there are."""
        return [child.pid for child in self._children]

    async def ask(
        self, scope: Scope, question: Question, *, limit: int, thresholds: SurenessThresholds, lengths: QuoteLengths
    ) -> Answer:
        """Answer a question as `asking.ask` does."""
        return await self._compute(AskRequest(scope, question, limit, thresholds, lengths))

    async def timeline(self, scope: Scope, question: Question, *, thresholds: SurenessThresholds) -> AnsweredTimeline:
        """Find where a question is spoken of as `asking.timeline` does."""
        return await self._compute(TimelineRequest(scope, question, thresholds))

    async def open_passage(
        self,
        scope: Scope,
        question: Question,
        passage_range: PassageRange,
        *,
        quoted: QuotePlace | None = None,
        shown: PassageRange | None = None,
        step: int = 0,
    ) -> OpenedPassage:
        """Show a passage as `asking.open_passage` does."""
        return await self._compute(PassageRequest(scope, question, passage_range, quoted, shown, step))

    async def start_child(self) -> None:
        """Start a process without waiting for a question that needs it."""
        self._start_another()
        if self._starting is not None:
            await self._starting

    async def close(self) -> None:
        """End all processes. Nothing is asked any more."""
        self._max_children = 0
        for timer in self._idle.values():
            timer.cancel()
        self._idle.clear()
        tasks = [task for task in (self._starting, *self._tasks) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for child in self._children.copy():
            self._remove_child(child)
        await asyncio.gather(*self._kills)

    async def _compute(self, request: Request[Result]) -> Result:
        if not self._max_children:
            return await request.compute(self._library)
        child = await self._take_place()
        if child is None:
            try:
                return await request.compute(self._library)
            finally:
                self._free_place(None)
        # Where the asker has gone, or waits no longer, the process is busy until it has answered all the same.
        computing = self._keep(asyncio.create_task(self._compute_in(child, request)))
        done, _ = await asyncio.wait({computing}, timeout=OVERDUE_SECONDS)
        outcome = computing.result() if done else None
        if outcome is None or not outcome.is_computed:
            return await request.compute(self._library)
        if outcome.error is not None:
            raise outcome.error
        return cast(Result, outcome.result)

    async def _compute_in(self, child: AnswerChild, request: Request[object]) -> Outcome | None:
        """Have a process compute an answer, and let the next request have it. None where it died over it."""
        try:
            outcome = await child.compute(request)
        except ProcessLost as error:
            log.warning("an answering process %s; another is started when it is needed", error)
            self._remove_child(child)
            return None
        self._free_place(child)
        metrics.record_steps(outcome.steps)
        if outcome.has_failed:
            metrics.count_error()
        return outcome

    async def _take_place(self) -> Place:
        """Return where the next answer is computed, as soon as there is a place."""
        if not self._idle and (self._children or self._computed_here):
            self._start_another()
        if self._has_place():
            return self._occupy_place()
        loop = asyncio.get_running_loop()
        waiting = _Waiting(loop.create_future())
        self._waiting.append(waiting)
        timer = loop.call_later(PATIENCE_SECONDS, self._end_patience, waiting)
        try:
            return await waiting.place
        except asyncio.CancelledError:
            if waiting.place.done() and not waiting.place.cancelled():
                self._free_place(waiting.place.result())
            raise
        finally:
            timer.cancel()

    def _has_place(self, *, is_patient: bool = True) -> bool:
        """Return whether an answer can be computed now. For one that has waited long, busy children do not count."""
        busy = len(self._children) if is_patient else 0
        return bool(self._idle) or self._computed_here + busy < FEWEST_AT_ONCE

    def _occupy_place(self) -> Place:
        if not self._idle:
            self._computed_here += 1
            return None
        child, timer = self._idle.popitem()
        timer.cancel()
        return child

    def _free_place(self, place: Place) -> None:
        if place is None:
            self._computed_here -= 1
        else:
            self._idle[place] = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end_idle, place)
        self._admit_waiting()

    def _admit_waiting(self) -> None:
        """Give the places that there are to those who have waited longest."""
        while self._waiting:
            first = self._waiting[0]
            if not first.place.done():  # otherwise the asker has gone
                if not self._has_place(is_patient=first.is_patient):
                    return
                first.place.set_result(self._occupy_place())
            self._waiting.popleft()

    def _end_patience(self, waiting: _Waiting) -> None:
        waiting.is_patient = False
        self._admit_waiting()

    def _end_idle(self, child: AnswerChild) -> None:
        del self._idle[child]
        self._remove_child(child)

    def _remove_child(self, child: AnswerChild) -> None:
        """End a process in the background: the one who waits for its answer does not wait for its end."""
        self._children.remove(child)
        task = asyncio.create_task(child.kill())
        self._kills.add(task)
        task.add_done_callback(self._kills.discard)
        self._admit_waiting()

    def _start_another(self) -> None:
        """Start a process in the background, unless one is starting or there are all that there may be."""
        if (
            self._starting is None
            and len(self._children) < self._max_children
            and time.monotonic() >= self._next_start_at
        ):
            self._starting = asyncio.create_task(self._start(), name="start an answering process")

    async def _start(self) -> None:
        try:
            child = await AnswerChild.start(self._opening)
            self._children.append(child)
            self._free_place(child)
        except ProcessLost as error:
            self._next_start_at = time.monotonic() + RETRY_SECONDS
            log.warning("an answering process %s: all is answered in the bot's own for a minute", error)
        finally:
            self._starting = None

    def _keep(self, task: asyncio.Task[Result]) -> asyncio.Task[Result]:
        """Keep a task alive until it is done, and return it."""
        kept = cast(asyncio.Task[object], task)
        self._tasks.add(kept)
        kept.add_done_callback(self._tasks.discard)
        return task
