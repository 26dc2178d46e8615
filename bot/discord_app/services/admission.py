"""Admission of questions: a few are computed at once, others wait in fair order, and too many are refused at once."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from bot.errors import QuestionUnderway, TooManyAsking
from bot.localization import gettext_noop

DEFAULT_LANES = 2
"""How many questions are computed at once: while one of them waits for the database, another one computes."""
MAX_WAIT_SECONDS = 1.5
"""The longest wait that is expected of anyone: together with sending, an answer takes three seconds at most."""
LAST_TURN_SECONDS = 2.0
"""The longest wait in fact: what has waited so long is refused, since the expectation was wrong."""
SLOW_SECONDS = 0.4
"""After so long a question keeps nobody waiting any more: the next one begins beside it."""
MIN_QUESTION_SECONDS = 0.01
"""The least that a question is expected to take: reading and sending it takes that much of the one event loop."""
_WEIGHT = 0.1
"""The weight of the latest question in the mean of how long one takes."""
TOO_MANY = gettext_noop("Many people are asking just now; try again in a minute.")
_UNDERWAY = gettext_noop("Your last question is still being answered; ask the next one after that.")


@dataclass(eq=False, slots=True)
class Turn:
    """The place of one question in the queue. `expected_wait` is in seconds, as it was expected on arrival.

    `ready` is done when it is this question's turn, or when it `is_refused`.
    """

    user_id: int
    server_id: int
    entered_at: float
    expected_wait: float
    ready: asyncio.Future[None]
    is_refused: bool = False
    started_at: float | None = None
    slow_timer: asyncio.TimerHandle | None = None


class Admission:
    """Decides which questions are computed, and when. Make one for all of Discord.

    Of one person there is one question at a time. Servers take turns, and within a server people do, in the order in
    which they came; where there is no more room, the server with most questions gives up its last one. So neither a
    person nor a server keeps the others waiting. `lanes` is how many questions are computed at once.
    """

    def __init__(
        self,
        lanes: int = DEFAULT_LANES,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.lanes = lanes
        self._now = now
        self._sleep = sleep
        self._mean_seconds = MIN_QUESTION_SECONDS
        # The question of a person that is not computed yet.
        self._turns: dict[int, Turn] = {}
        # Those that have not begun, by server, in the order in which they came; and of these, those that could begin.
        self._pending: dict[int, list[Turn]] = {}
        self._waiting: OrderedDict[int, deque[Turn]] = OrderedDict()
        self._running: set[Turn] = set()

    @property
    def pending(self) -> int:
        """Return how many questions wait for their turn."""
        return sum(map(len, self._pending.values()))

    @property
    def is_busy(self) -> bool:
        """Return whether anybody waits for an answer now."""
        return bool(self._pending or self._running)

    @contextmanager
    def enter(self, user_id: int, server_id: int) -> Iterator[Turn]:
        """Let a person's question in until it is computed, or the context ends.

        `server_id` is 0 outside of servers. Raises QuestionUnderway while that person's last one is not computed, and
        TooManyAsking where it would have to wait too long. Nothing is read or awaited for that.
        """
        if user_id in self._turns:
            raise QuestionUnderway(_UNDERWAY)
        expected_wait = self._find_place(server_id)
        ready = asyncio.get_running_loop().create_future()
        turn = Turn(user_id, server_id, self._now(), expected_wait, ready)
        self._turns[user_id] = turn
        self._pending.setdefault(server_id, []).append(turn)
        try:
            yield turn
        finally:
            self._forget(turn)

    async def hold_back(self, turn: Turn, seconds: float) -> None:
        """Wait outside of the queue for so many seconds, and queue up again.

        Meanwhile no other person's question waits for this one, and its own person can ask no other. Raises
        TooManyAsking where there is no room then.
        """
        self._forget_pending(turn)
        if turn.is_refused:
            raise TooManyAsking(TOO_MANY)
        await self._sleep(seconds)
        self._find_place(turn.server_id)
        self._pending.setdefault(turn.server_id, []).append(turn)
        self.restart_wait(turn)

    def _find_place(self, server_id: int) -> float:
        """Return how long another question of a server has to wait. Raises TooManyAsking where there is no room."""
        expected_wait = (self.pending + len(self._running)) * self._seconds_each()
        if expected_wait > MAX_WAIT_SECONDS:
            self._make_room(server_id)
        return expected_wait

    def _seconds_each(self) -> float:
        """Return in how many seconds another question is done, by the time that a question takes now."""
        return max(self._mean_seconds / self.lanes, MIN_QUESTION_SECONDS)

    def _make_room(self, server_id: int) -> None:
        """Refuse the last question of the server that has most, in favour of one that has fewer.

        Raises TooManyAsking where there is none with so many.
        """
        most = max(self._pending.values(), key=len, default=[])
        if len(most) <= len(self._pending.get(server_id, ())) + 1:
            raise TooManyAsking(TOO_MANY)
        turn = most[-1]
        turn.is_refused = True
        self._forget_pending(turn)
        turn.ready.set_result(None)

    def _forget(self, turn: Turn) -> None:
        if self._turns.get(turn.user_id) is turn:
            del self._turns[turn.user_id]
        self._forget_pending(turn)

    def _forget_pending(self, turn: Turn) -> None:
        for places in (self._pending, self._waiting):
            turns: list[Turn] | deque[Turn] | None = places.get(turn.server_id)
            if turns is not None and turn in turns:
                turns.remove(turn)
                if not turns:
                    del places[turn.server_id]

    def restart_wait(self, turn: Turn) -> None:
        """Count how long a question waits for its turn from now on: until now it waited for something else."""
        turn.entered_at = self._now()

    @asynccontextmanager
    async def lane(self, turn: Turn) -> AsyncIterator[None]:
        """Wait for the question's turn, and hold a lane until the context ends. Raises TooManyAsking after too long."""
        if not turn.is_refused:
            self._waiting.setdefault(turn.server_id, deque()).append(turn)
            self._start_next()
        try:
            last_turn_at = turn.entered_at + LAST_TURN_SECONDS
            if not turn.ready.done():
                await asyncio.wait({turn.ready}, timeout=max(0.0, last_turn_at - self._now()))
            if turn.started_at is None:
                raise TooManyAsking(TOO_MANY)
            yield
        finally:
            self._leave(turn)

    def _start_next(self) -> None:
        """Start as many of those that wait as lanes are free, one of each server in turn."""
        while self._waiting and self._has_free_lane():
            server_id, turns = next(iter(self._waiting.items()))
            self._waiting.move_to_end(server_id)
            turn = turns[0]
            self._forget_pending(turn)
            turn.started_at = self._now()
            turn.slow_timer = asyncio.get_running_loop().call_later(SLOW_SECONDS + 0.01, self._start_next)
            turn.ready.set_result(None)
            self._running.add(turn)

    def _has_free_lane(self) -> bool:
        """Return whether another question may start. A slow one holds no lane, unless more of them run than lanes."""
        slow_since = self._now() - SLOW_SECONDS
        slow = sum(turn.started_at is not None and turn.started_at <= slow_since for turn in self._running)
        return len(self._running) - min(slow, self.lanes) < self.lanes

    def _leave(self, turn: Turn) -> None:
        """Take a question out of the queue, or out of its lane."""
        self._forget(turn)
        if turn.started_at is None or turn.slow_timer is None:
            return
        turn.slow_timer.cancel()
        self._running.discard(turn)
        # A slow question frees its lane for others: it counts with the time for which it held one.
        held_seconds = min(self._now() - turn.started_at, SLOW_SECONDS)
        self._mean_seconds += _WEIGHT * (held_seconds - self._mean_seconds)
        self._start_next()
