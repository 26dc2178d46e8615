"""Who asks too soon: a little too soon is answered in time, and what is refused is told unseen and kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.discord_app.client import CuepointClient
from bot.discord_app.services.admission import MAX_WAIT_SECONDS, MIN_QUESTION_SECONDS, Admission
from bot.discord_app.services.cooldown import Cooldown
from bot.errors import QuestionUnderway
from bot.settings import Settings
from storage.ledger import Ledger
from storage.library import Library
from tests.support.discord.harness import (
    ChannelHandle,
    Env,
    MemberActor,
    UserHandle,
    answers,
    discord_with,
    files_of,
    seen,
)

QUESTION = "how does bm25 rank?"
ANSWERED, REFUSED = "Sample talk: BM25 ranking", "you can ask again <t:"


@dataclass
class Time:
    """A clock that only moves where somebody sleeps by it, and how long they slept."""

    second: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.second

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.second += seconds


@dataclass
class Place:
    """A channel with two people in it, in a world with a cooldown."""

    env: Env
    bot: CuepointClient
    channel: ChannelHandle
    alice: MemberActor
    bob: MemberActor
    time: Time

    async def mention(self, person: MemberActor, words: str = QUESTION) -> None:
        await person.send(self.channel, f"<@{self.env.backend.bot_user.id}> {words}")

    def set_cooldown(self, seconds: float) -> None:
        cooldown = Cooldown(seconds, self.time)
        self.bot.app.questions._cooldown = self.bot.app.passages._cooldown = cooldown


@pytest.fixture
async def place(library: Library, ledger: Ledger) -> AsyncIterator[Place]:
    bot, time = CuepointClient(Settings.from_mapping({}), library, ledger, shard_count=1), Time()
    bot.app.admission._sleep = time.sleep
    async with discord_with(bot) as env:
        channel = env.create_guild().create_text_channel("general")
        alice, bob = (env.guild.add_member(env.create_user(name)) for name in ("alice", "bob"))
        made = Place(env, bot, channel, alice, bob, time)
        made.set_cooldown(2.0)
        yield made


async def test_within_two_seconds_of_the_end_one_waits_and_is_answered(place: Place) -> None:
    for _ in range(2):
        result = await place.alice.slash(place.channel, "ask", question=QUESTION)
        assert ANSWERED in seen(result)
        assert not result.ephemeral
    assert place.time.slept == [pytest.approx(2.0, abs=0.01)]


async def test_a_picture_and_a_shared_passage_wait_as_well(place: Place) -> None:
    card = await place.alice.slash(place.channel, "ask", question=QUESTION, private=True)
    assert files_of(await place.alice.slash(place.channel, "timeline", question=QUESTION), place.env)
    opened = await place.alice.click(card.response, label="Read on")
    await place.alice.click(opened.response, label="Share")
    assert "Shared by" in seen(answers(place.channel, place.env)[-1])
    assert len(place.time.slept) == 2


async def test_beyond_that_the_refusal_is_private_and_keeps_the_question(place: Place) -> None:
    place.set_cooldown(60.0)
    await place.alice.slash(place.channel, "ask", question="saturation")
    refused = await place.alice.slash(place.channel, "ask", question=QUESTION)
    assert refused.ephemeral
    assert REFUSED in seen(refused)
    again = await place.alice.click(refused.response, label="Ask again")
    assert (again.ephemeral, REFUSED in seen(again)) == (True, True), "the wait is not over"
    place.time.second += 60.0
    answer = await place.alice.click(refused.response, label="Ask again")
    assert (answer.ephemeral, QUESTION in seen(answer), ANSWERED in seen(answer)) == (False, True, True)
    assert place.time.slept == []


async def test_a_private_question_is_answered_in_place_of_its_refusal(place: Place) -> None:
    place.set_cooldown(60.0)
    await place.alice.slash(place.channel, "ask", question="saturation")
    refused = await place.alice.slash(place.channel, "ask", question=QUESTION, private=True)
    place.time.second += 59.0
    answer = await place.alice.click(refused.response, label="Ask again")
    assert ANSWERED in seen(answer)
    assert answer.response.id == refused.response.id
    assert answers(place.channel, place.env)[1:] == []


async def test_a_picture_that_was_refused_is_drawn_later(place: Place) -> None:
    place.set_cooldown(60.0)
    await place.alice.slash(place.channel, "ask", question="saturation")
    refused = await place.alice.slash(place.channel, "timeline", question=QUESTION)
    place.time.second += 60.0
    assert files_of(await place.alice.click(refused.response, label="Ask again"), place.env)


async def test_a_picture_that_was_asked_for_in_a_form_and_refused_is_drawn_later(place: Place) -> None:
    card = await place.alice.slash(place.channel, "video", video="sample-captions")
    place.set_cooldown(60.0)
    await place.alice.slash(place.channel, "ask", question="saturation")
    form = await place.alice.click(card.response, label="Timeline")
    refused = await place.alice.submit_modal(form, {"question": "hold cue"})
    place.time.second += 60.0
    assert files_of(await place.alice.click(refused.response, label="Ask again"), place.env)


async def test_a_message_is_answered_when_its_wait_is_short(place: Place) -> None:
    place.set_cooldown(5.0)
    for _ in range(2):
        await place.mention(place.alice)
    assert [ANSWERED in seen(each) for each in answers(place.channel, place.env)] == [True, True]
    assert place.time.slept == [pytest.approx(5.0, abs=0.01)]


@pytest.mark.parametrize(("cooldown", "stands"), [(20.0, 20.0), (3600.0, 60.0)])
async def test_the_refusal_of_a_message_deletes_itself(place: Place, cooldown: float, stands: float) -> None:
    place.set_cooldown(cooldown)
    await place.mention(place.alice)
    await place.mention(place.alice)
    answer, notice = answers(place.channel, place.env)
    assert (ANSWERED in seen(answer), REFUSED in seen(notice)) == (True, True)
    await place.env.advance_time(stands - 1.0)
    assert len(answers(place.channel, place.env)) == 2
    await place.env.advance_time(1.0)
    assert [each.id for each in answers(place.channel, place.env)] == [answer.id]


async def test_a_notice_that_is_not_deleted_yet_does_not_hold_up_the_end(place: Place) -> None:
    place.set_cooldown(20.0)
    for _ in range(2):
        await place.mention(place.alice)
    assert len(place.bot.app.delayed_deletions._tasks) == 1
    assert len(place.bot.app.in_flight) == 0


async def test_who_waits_in_direct_messages_sees_no_notice(place: Place) -> None:
    alone = UserHandle(place.env, place.env.backend.get_user(place.alice.id))
    for _ in range(2):
        await alone.send_dm(QUESTION)
    assert [ANSWERED in seen(each) for each in answers(alone.dm_channel, place.env)] == [True, True]


async def test_who_waits_keeps_nobody_else_waiting_and_asks_one_question_at_a_time() -> None:
    over = asyncio.Event()
    admission = Admission(1, lambda: 0.0, lambda _seconds: over.wait())
    begun: list[int] = []

    async def ask(person: int, wait: bool) -> None:
        with admission.enter(person, 5) as turn:
            if wait:
                await admission.hold_back(turn, 2.0)
            async with admission.lane(turn):
                begun.append(person)

    room = int(MAX_WAIT_SECONDS / MIN_QUESTION_SECONDS)
    waiting = [asyncio.create_task(ask(person, wait=True)) for person in range(1, room)]
    await asyncio.sleep(0)
    assert admission.pending == 0
    with pytest.raises(QuestionUnderway), admission.enter(1, 6):
        pass
    with admission.enter(0, 5) as turn:
        assert turn.expected_wait == 0.0
    await ask(0, wait=False)
    assert begun == [0]
    over.set()
    await asyncio.gather(*waiting)
    assert begun == list(range(room))
