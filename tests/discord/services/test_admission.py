"""The queue of questions: who is let in, in which order they are computed, and who is told to try again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

import pytest

from bot.discord_app.app_context import AppContext
from bot.discord_app.interactions.context import writer_resolver
from bot.discord_app.interactions.turns import open_turn
from bot.discord_app.services.admission import (
    LAST_TURN_SECONDS,
    MAX_WAIT_SECONDS,
    MIN_QUESTION_SECONDS,
    SLOW_SECONDS,
    TOO_MANY,
    Admission,
)
from bot.discord_app.services.askers import AskerContext
from bot.discord_app.services.message_limits import (
    CHAT_SECONDS,
    MAX_ANSWERS_IN_CHANNEL,
    MAX_CHATS_WITH_PERSON,
    MessageLimits,
)
from bot.discord_app.services.questions.button_state import Inquiry
from bot.errors import CooldownActive, QuestionUnderway, TooManyAsking
from bot.operations.metrics import QuestionSource
from bot.settings import Settings
from storage.access import Place
from storage.ledger import Ledger
from storage.library import Library

ROOM = int(MAX_WAIT_SECONDS / MIN_QUESTION_SECONDS)
"""How many questions are let in while each of them takes next to no time."""


class Clock:
    """A clock that tests move."""

    second = 0.0

    def __call__(self) -> float:
        return self.second


class Queue:
    """People who ask, each with a question that ends when it is told to."""

    def __init__(self, lanes: int = 1) -> None:
        self.clock = Clock()
        self.admission = Admission(lanes, self.clock)
        self.begun: list[int] = []
        self.refused: list[int] = []
        self._ends: dict[int, asyncio.Event] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def ask(self, *people: int, server: int = 1) -> None:
        for person in people:
            self._ends[person] = asyncio.Event()
            self._tasks[person] = asyncio.create_task(self._ask(person, server))
        await self.settle()

    async def _ask(self, person: int, server: int) -> None:
        try:
            with self.admission.enter(person, server) as turn:
                async with self.admission.lane(turn):
                    self.begun.append(person)
                    await self._ends[person].wait()
        except TooManyAsking:
            self.refused.append(person)

    async def finish(self, *people: int) -> None:
        for person in people:
            self._ends[person].set()
            await self._tasks.pop(person)
        await self.settle()

    async def settle(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    async def finish_all(self) -> None:
        for end in self._ends.values():
            end.set()
        await asyncio.gather(*self._tasks.values())


@asynccontextmanager
async def a_queue(lanes: int = 1) -> AsyncIterator[Queue]:
    queue = Queue(lanes)
    try:
        yield queue
    finally:
        await queue.finish_all()
        assert queue.admission.pending == 0


async def test_as_many_are_computed_at_once_as_there_are_lanes() -> None:
    async with a_queue(lanes=2) as queue:
        await queue.ask(1, 2, 3, 4)
        assert queue.begun == [1, 2]
        await queue.finish(1)
        assert queue.begun == [1, 2, 3]


async def test_servers_take_turns_however_many_ask_in_one_of_them() -> None:
    async with a_queue() as queue:
        await queue.ask(*range(10, 20), server=1)
        await queue.ask(20, 21, server=2)
        await queue.ask(30, server=3)
        for person in (10, 11, 20, 30, 12, 21):
            await queue.finish(person)
        assert queue.begun == [10, 11, 20, 30, 12, 21, 13]


async def test_one_person_has_one_question_at_a_time() -> None:
    admission = Admission()
    with admission.enter(1, 5):
        # In another server too.
        refusal = pytest.raises(QuestionUnderway, match=r"^Your last question is still being answered; ask the next")
        with refusal, admission.enter(1, 6):
            pass
        with admission.enter(2, 5):
            pass
    with admission.enter(1, 5):
        pass


async def test_whoever_would_wait_too_long_is_refused_at_once() -> None:
    admission = Admission(lanes=1)
    with ExitStack() as stack:
        for person in range(ROOM + 1):
            stack.enter_context(admission.enter(person, 1))
        with pytest.raises(TooManyAsking, match=r"^Many people are asking just now; try again in a minute\.$"):
            stack.enter_context(admission.enter(ROOM + 1, 1))
        assert admission.pending == ROOM + 1


async def test_the_longer_a_question_takes_the_fewer_wait() -> None:
    def room(admission: Admission) -> int:
        with ExitStack() as stack:
            for person in range(1000):
                try:
                    stack.enter_context(admission.enter(person, 1))
                except TooManyAsking:
                    return person
        raise AssertionError("nobody is refused")

    clock = Clock()
    admission = Admission(lanes=1, now=clock)
    for _ in range(100):
        with admission.enter(1, 1) as turn:
            async with admission.lane(turn):
                clock.second += 0.1
    assert 15 <= room(admission) <= 17
    admission.lanes = 2
    assert 30 <= room(admission) <= 33


async def test_where_many_ask_in_one_server_there_is_room_for_another() -> None:
    async with a_queue() as queue:
        await queue.ask(*range(ROOM + 2), server=1)
        # One of them is computed already.
        assert queue.refused == [ROOM + 1]
        await queue.ask(1000, 1001, server=2)
        assert queue.refused == [ROOM + 1, ROOM, ROOM - 1], "the last of the server with most give up their places"
        await queue.finish(0, 1)
        assert queue.begun == [0, 1, 1000]


async def test_whoever_waited_too_long_is_told_so() -> None:
    async with a_queue() as queue:
        await queue.ask(1)
        with queue.admission.enter(2, 2) as turn:
            queue.clock.second = LAST_TURN_SECONDS
            queue._ends[1].set()
            # The lane is taken by the one that came before, which is as slow as nobody expected.
            await queue.ask(3)
            with pytest.raises(TooManyAsking):
                async with queue.admission.lane(turn):
                    pass


async def test_a_slow_question_keeps_nobody_waiting() -> None:
    async with a_queue() as queue:
        await queue.ask(1)
        await queue.ask(2)
        assert queue.begun == [1]
        queue.clock.second = SLOW_SECONDS
        await queue.ask(3)
        assert queue.begun == [1, 2], "the next one begins beside it"
        await queue.finish(2)
        assert queue.begun == [1, 2, 3]


async def test_no_more_slow_questions_run_than_twice_the_lanes() -> None:
    async with a_queue(lanes=2) as queue:
        await queue.ask(1, 2)
        queue.clock.second += SLOW_SECONDS
        await queue.ask(3, 4)
        queue.clock.second += SLOW_SECONDS
        await queue.ask(5)
        assert queue.begun == [1, 2, 3, 4]


async def test_whoever_goes_away_leaves_no_gap() -> None:
    async with a_queue() as queue:
        await queue.ask(1, 2, 3)
        gone = queue._tasks.pop(2)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        await queue.finish(1)
        assert queue.begun == [1, 3]


async def test_a_question_that_is_refused_in_the_queue_has_no_cooldown(
    library: Library, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.discord_app.services.admission.LAST_TURN_SECONDS", 0.0)
    settings = Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "600"})
    app = AppContext.create(settings, library, ledger, lambda _server_id: None)

    async def ask() -> None:
        inquiry, who = Inquiry("how does bm25 rank"), AskerContext(1, Place.ALONE)
        async with open_turn(app.admission, app.askers, who, writer_resolver(app.askers)) as opened:
            question = app.questions.accept(opened.asker, inquiry)
            await opened.run(app.questions.answer_question(opened.asker, inquiry, question, QuestionSource.DIRECT))

    app.admission.lanes = 1
    with app.admission.enter(2, 2) as turn:
        async with app.admission.lane(turn):
            with pytest.raises(TooManyAsking):
                await ask()
    await ask()
    with pytest.raises(CooldownActive):
        await ask()


def test_a_person_is_told_once_until_they_may_ask_again() -> None:
    clock = Clock()
    limits = MessageLimits(clock)
    assert limits.may_tell(1, 1, CooldownActive("in 30 seconds", 30.0))
    clock.second = 29.0
    assert not limits.may_tell(1, 1, CooldownActive("in 1 second", 1.0))
    assert limits.may_tell(2, 1, CooldownActive("in 30 seconds", 30.0))
    clock.second = 31.0
    assert limits.may_tell(1, 1, CooldownActive("in 30 seconds", 30.0))


def test_a_channel_is_told_twice_in_ten_seconds() -> None:
    clock = Clock()
    limits = MessageLimits(clock)
    told = [limits.may_tell(person, 1, TooManyAsking(TOO_MANY)) for person in range(60)]
    assert told == [True, True, *[False] * 58]
    assert limits.may_tell(1, 2, TooManyAsking(TOO_MANY)) is False, "a person is told once, wherever"
    assert limits.may_tell(99, 2, TooManyAsking(TOO_MANY))
    clock.second = 11.0
    assert limits.may_tell(3, 1, TooManyAsking(TOO_MANY))


def test_who_chats_at_leisure_is_always_answered() -> None:
    clock = Clock()
    limits = MessageLimits(clock)
    for _ in range(4 * MAX_CHATS_WITH_PERSON):
        clock.second += 0.9 * CHAT_SECONDS
        assert limits.may_chat(1, 1)
    quick = [limits.may_chat(1, 1) for _ in range(MAX_CHATS_WITH_PERSON)]
    assert quick[-1] is False
    assert limits.may_chat(2, 1), "one who does not leaves room for others"


def test_a_channel_takes_so_many_answers_at_a_time() -> None:
    limits = MessageLimits()
    with ExitStack() as stack:
        room = [stack.enter_context(limits.count_answer(1)) for _ in range(MAX_ANSWERS_IN_CHANNEL + 2)]
        assert room == [*[True] * MAX_ANSWERS_IN_CHANNEL, False, False]
        assert stack.enter_context(limits.count_answer(2))
    with limits.count_answer(1) as has_room:
        assert has_room
