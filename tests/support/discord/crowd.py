"""People who ask the bot in every way there is, whatever the weather, and the account of what became of it."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from tests.support.local_discord import Channel, Interaction, LocalDiscord, Message, Request, User
from tests.support.local_discord.api import limits

KINDS = ("slash", "slash in private", "direct message", "mention", "menu", "button")
TOPICS = ("bm25 ranking", "captions timing", "discord buttons", "search words", "hold cue", "score of a document")
ANSWERED_IN_TIME_SECOND = 3.0
LAST_TRY_SECOND = 15.0
"""After so long the bot tries no more to give a first answer."""
LAST_ANSWER_SECOND = 120.0
MANY = "Many people are asking just now"


@dataclass(eq=False)
class Asked:
    """One question, or press of a button, and what is seen in answer to it."""

    kind: str
    words: str
    event: Interaction | Message

    def cards(self) -> list[Message]:
        if isinstance(self.event, Message):
            return self.event.replies
        cards = [self.event.original] if self.event.card_times else []
        return [card for card in [*cards, *self.event.follow_ups] if card is not None and not card.deleted]

    @property
    def is_refused(self) -> bool:
        """Whether the asker was told to try again: on a busy machine even a small crowd is too many."""
        return any(MANY in card.text() for card in self.cards())

    @property
    def seconds(self) -> float:
        """How long the asker waited for the answer."""
        if isinstance(self.event, Message):
            return self.cards()[0].created - self.event.created
        return self.event.card_times[0]


@dataclass
class Account:
    """What became of everything that was asked."""

    asked: list[Asked] = field(default_factory=list)
    repeated: int = 0
    gateway: Counter[str] = field(default_factory=Counter)
    # Interactions of which Discord took no first answer within three seconds.
    lost: list[Asked] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        return sorted(each.seconds for each in self.asked if each.cards())

    def percentile(self, share: float) -> float:
        seconds = self.seconds
        return seconds[min(int(len(seconds) * share), len(seconds) - 1)]

    def told(self, injected: Counter[str]) -> str:
        """All of it in words, with what was done to requests."""
        return (
            f"{len(self.asked):,} events, {self.repeated:,} of them twice; {injected.total():,} faults on requests "
            f"({_listed(injected)}); gateway: {_listed(self.gateway)}. Answered once: {len(self.seconds):,}, of them "
            f"with the sentence that many are asking: {sum(each.is_refused for each in self.asked):,}; Discord took "
            f"no answer in time: {len(self.lost):,}. Reply: median {self.percentile(0.5):.2f} s, "
            f"p99 {self.percentile(0.99):.2f} s"
        )


def _has_read_on(card: Message) -> bool:
    """Whether a card has an answer, and not near misses alone."""
    return any(part.get("label") == "Read on" for _, part in limits.walk(card.components))


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{kind} {count:,}" for kind, count in counted.most_common())


class Crowd:
    """Asks, a few at a time, and waits for each answer. Its choices are the same for the same seed."""

    def __init__(
        self, server: LocalDiscord, people: list[User], channel: Channel, seed: int, *, also_in: Sequence[Channel] = ()
    ) -> None:
        """They ask in `channel`, and mention the bot in those of `also_in` as well: of many mentions at once in one
        channel some are answered by nothing, which is the bot's own limit."""
        self._server = server
        self._people = people
        self._channel = channel
        self._mentioned_in = [channel, *also_in]
        self._chance = random.Random(seed)
        self._cards: list[Message] = []
        # Of one person the bot answers one question at a time.
        self._busy: set[User] = set()
        self.account = Account()

    async def ask(self, count: int, at_once: int, *, repeated: float = 0.0, trouble_each: int = 0) -> None:
        """So many questions; a share of the events comes twice, and once in so many the gateway has trouble."""
        left = iter(range(1, count + 1))

        async def worker() -> None:
            for number in left:
                if trouble_each and number % trouble_each == 0:
                    await self._trouble()
                await self._one(twice=self._chance.random() < repeated)

        async with asyncio.TaskGroup() as workers:
            for _ in range(at_once):
                workers.create_task(worker())

    async def _one(self, *, twice: bool) -> None:
        person = self._chance.choice([person for person in self._people if person not in self._busy])
        self._busy.add(person)
        asked = await self._act(self._chance.choice(KINDS), person)
        self.account.asked.append(asked)
        if twice:
            self.account.repeated += 1
            await self._repeat(asked.event)
        await self._settled(asked)
        self._busy.discard(person)
        if asked.kind == "slash" and asked.cards() and not asked.is_refused and _has_read_on(asked.cards()[0]):
            self._cards = [*self._cards[-20:], asked.cards()[0]]

    async def _act(self, kind: str, person: User) -> Asked:
        # Told apart by two numbers of three digits: how words are read is remembered for each different one.
        numbers = f"{self._chance.randrange(1000)} {self._chance.randrange(1000)}"
        server, words = self._server, f"{self._chance.choice(TOPICS)} {numbers}"
        if kind == "button" and self._cards:
            card = self._chance.choice(self._cards)
            number = server.find_component(card, label="Read on")["custom_id"]
            return Asked(kind, "", await server.click(person, card, number))
        if kind == "direct message":
            return Asked(kind, words, await server.say(person, server.dm(person), words))
        if kind == "mention":
            return Asked(kind, words, await self._mention(person, words))
        if kind == "menu":
            target = await server.say(person, self._channel, words)
            return Asked(kind, words, await server.message_menu(person, "Find in videos", target))
        if kind == "button":
            # There is nothing to press yet.
            kind = "slash"
        options = {"question": words, "private": kind == "slash in private"}
        return Asked(kind, words, await server.slash(person, "ask", options, at=self._channel))

    async def _mention(self, person: User, words: str) -> Message:
        channel = self._chance.choice(self._mentioned_in)
        return await self._server.say(person, channel, f"{self._server.bot_user.mention} {words}")

    async def _repeat(self, event: Interaction | Message) -> None:
        if isinstance(event, Message):
            await self._server.gateway.announce("MESSAGE_CREATE", event)
        else:
            await self._server.gateway.dispatch("INTERACTION_CREATE", event.payload)

    async def _trouble(self) -> None:
        gateway = self._server.gateway
        gateway.sent_again = self._chance.randrange(6)

        async def drop() -> None:
            gateway.drop()

        troubles: dict[str, Callable[[], Awaitable[None]]] = {
            "dropped": drop,
            "asked to reconnect": gateway.ask_to_reconnect,
            "session called invalid": lambda: gateway.invalidate_session(resumable=True),
        }
        kind = self._chance.choice(list(troubles))
        self.account.gateway[kind] += 1
        await troubles[kind]()

    async def _settled(self, asked: Asked) -> None:
        """Waits for the answer, or until there can be none any more."""
        event = asked.event
        try:
            await self._server.wait_for(asked.cards, LAST_TRY_SECOND)
        except AssertionError:
            if isinstance(event, Interaction) and event.callback is None:
                self.account.lost.append(asked)
                return
            await self._server.wait_for(asked.cards, LAST_ANSWER_SECOND)

    async def calm(self) -> None:
        """Waits until nothing is under way any more, so that a second answer would have come by now."""
        server = self._server
        server.world.faults.storm = None
        await server.wait_for(lambda: server.gateway.connected, 30)
        last = self._people[0]
        await server.reply_to(await server.slash(last, "ask", {"question": TOPICS[0]}))
        await server.wait_for(lambda: all(request.answered_at is not None for request in server.requests), 30)

    def check(self) -> None:
        """Each was answered once, with an answer to it; but for those of which Discord took no first sign in time."""
        account = self.account
        for each in account.asked:
            cards = each.cards()
            assert len(cards) == (each not in account.lost), f"{each.kind} {each.words!r}: {len(cards)} answers"
            for card in cards:
                # Below a message, Discord itself shows the question.
                is_its_own = each.words in card.text() or card.reference is each.event
                assert each.is_refused or is_its_own, f"{each.kind} {each.words!r}: {card.text()!r}"
                assert "went wrong" not in card.text()
        for each in account.lost:
            tries = [request for request in self._server.requests if f"/interactions/{each.event.id}/" in request.path]
            assert tries, f"{each.kind} {each.words!r}: nobody tried"
            assert [request.status for request in tries if request.status in (200, 204)] == []
            assert tries[-1].status == 404 or _too_late(each.event, tries[-1]), [request.status for request in tries]


def _too_late(event: Interaction | Message, request: Request) -> bool:
    begun = event.sent_at if isinstance(event, Interaction) else time.monotonic()
    return (request.answered_at or request.at) - begun > ANSWERED_IN_TIME_SECOND
