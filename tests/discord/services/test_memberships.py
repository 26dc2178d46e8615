"""Asking Discord who is where: few requests, little time, and no for whatever is not a yes."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.discord_app.services import memberships
from bot.discord_app.services.memberships import MAX_SERVERS_ASKED, Memberships
from storage.access import Membership

ANA = 7


class Clock:
    second = 0.0

    def __call__(self) -> float:
        return self.second


def refusal(status: int) -> discord.HTTPException:
    return discord.HTTPException(SimpleNamespace(status=status, reason=""), "no")  # type: ignore[arg-type]


class Server:
    """As much of a server as is asked about a member."""

    unavailable = False

    def __init__(self, answer: Any, name: str = "") -> None:
        self.answer, self.name, self.asked = answer, name, 0

    async def fetch_member(self, _user_id: int) -> Any:
        self.asked += 1
        if self.answer == "silence":
            await asyncio.Event().wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def member(*roles: int, pending: bool = False) -> Any:
    return SimpleNamespace(roles=[SimpleNamespace(id=role) for role in roles], pending=pending)


def asking(servers: dict[int, Server], clock: Clock | None = None) -> Memberships:
    return Memberships(servers.get, clock or Clock())  # type: ignore[arg-type]


async def test_only_a_clear_yes_is_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memberships, "TIMEOUT_SECONDS", 0.05)
    away = Server(member())
    away.unavailable = True
    servers = {
        1: Server(member(11, 12)), 2: Server(refusal(404)), 3: Server(refusal(403)), 4: Server(refusal(503)),
        5: Server("silence"), 6: Server(aiohttp.ClientError()), 7: Server(member(pending=True)), 8: away,
    }  # fmt: skip
    found = await asking(servers).find_memberships(ANA, range(1, 10))
    assert found == (Membership(1, frozenset({11, 12})),)
    assert away.asked == 0, "nor is one asked about that is known not to answer"


async def test_all_are_asked_at_once_and_no_more_than_25() -> None:
    together = asyncio.Barrier(MAX_SERVERS_ASKED)

    class Waiting(Server):
        async def fetch_member(self, user_id: int) -> Any:
            await together.wait()
            return await super().fetch_member(user_id)

    servers: dict[int, Server] = {number: Waiting(member()) for number in range(40)}
    found = await asking(servers).find_memberships(ANA, range(40))
    assert [each.server_id for each in found] == list(range(25))
    assert sum(server.asked for server in servers.values()) == 25


async def test_a_yes_is_kept_for_five_minutes_and_a_no_for_one() -> None:
    clock, servers = Clock(), {1: Server(member()), 2: Server(refusal(404))}
    memberships = asking(servers, clock)
    for second, yes, no in ((0, 1, 1), (59, 1, 1), (60, 1, 2), (299, 1, 3), (300, 2, 3)):
        clock.second = second
        assert len(await memberships.find_memberships(ANA, (1, 2))) == 1
        assert (servers[1].asked, servers[2].asked) == (yes, no), second
    await memberships.find_memberships(ANA + 1, (1,))
    assert servers[1].asked == 3, "another person is another question"


async def test_what_is_forgotten_is_asked_anew() -> None:
    servers = {1: Server(member(), "Alpha"), 2: Server(member())}
    memberships = asking(servers)
    await memberships.find_memberships(ANA, (1, 2))
    memberships.forget_server(1)
    await memberships.find_memberships(ANA, (1, 2))
    assert (servers[1].asked, servers[2].asked) == (2, 1)
    memberships.forget_person(ANA)
    await memberships.find_memberships(ANA, (1, 2))
    assert (servers[1].asked, servers[2].asked) == (3, 2)
    assert (memberships.server_name(1), memberships.server_name(9)) == ("Alpha", "")


async def test_no_more_answers_are_kept_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{Memberships.__module__}.MAX_ANSWERS", 10)
    server = Server(member())
    memberships = asking({1: server})
    for person in range(11):
        await memberships.find_memberships(person, [1])
    assert server.asked == 11
    await memberships.find_memberships(10, [1])
    assert server.asked == 11, "the last ones are known"
    await memberships.find_memberships(0, [1])
    assert server.asked == 12, "the first are asked about anew"
