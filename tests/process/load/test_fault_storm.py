"""Faults at random on every request, events twice, and a gateway that comes and goes: each event is answered once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.support.discord.crowd import Crowd
from tests.support.discord.running_bot import bot_process, home
from tests.support.local_discord import LocalDiscord, Storm


async def weathered(folder: Path, seed: int, count: int, *, people: int, at_once: int) -> tuple[Crowd, Counter[str]]:
    """A crowd's questions through a storm, and what was done to the requests."""
    async with LocalDiscord() as server, bot_process(server, folder, CUEPOINT_COOLDOWN_SECONDS="0") as bot:
        await server.ready()
        everybody = [server.add_user(f"Person {number}") for number in range(people)]
        guild, channel = await home(server, *everybody)
        others = [server.add_channel(guild, name) for name in ("talks", "papers")]
        await server.gateway.announce_guild(guild)
        crowd = Crowd(server, everybody, channel, seed, also_in=others)
        server.world.faults.storm = Storm(seed)
        await crowd.ask(count, at_once, repeated=0.2, trouble_each=max(10, count // 20))
        await crowd.calm()
        crowd.check()
        assert "Traceback" not in bot.stderr
        assert "unexpected" not in bot.stderr
        assert server.breaches == []
        return crowd, server.world.faults.injected


async def test_every_event_is_answered_once_in_a_storm(tmp_path: Path) -> None:
    crowd, injected = await weathered(tmp_path, 7, 240, people=30, at_once=30)
    print(crowd.account.told(injected))
    assert len(injected) > 8, "every kind of trouble was met"
    assert len(crowd.account.lost) < 10


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
async def test_every_event_is_answered_once_in_long_storms(tmp_path: Path, seed: int) -> None:
    crowd, injected = await weathered(tmp_path, seed, 2_000, people=100, at_once=40)
    print(crowd.account.told(injected))
    assert len(crowd.account.lost) < 80
