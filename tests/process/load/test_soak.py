"""Many questions of many people, with faults, through one bot: nothing that is held for one of them stays."""

from __future__ import annotations

import asyncio
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from tests.support.discord.crowd import Crowd
from tests.support.discord.running_bot import bot_process, home
from tests.support.local_discord import BotProcess, LocalDiscord, Storm

MEGABYTE = 1_000_000
HELD = ("discord.interactions.", "discord.message.", "discord.member.", "bot.discord_app.")
"""Objects of these modules are made for a question, and gone when it is answered."""
REMEMBERED = "bot.discord_app.services.questions.last_answers."
"""One for a person and place, so that they can follow up their last answer: kept on purpose, and bounded."""
BUSY = (
    "CommandTree.",
    "Client._run_event",
    "ViewStore.",
    "AutoShardedConnectionState.",
    "DiscordWebSocket.",
    "QuestionService.",
    "_",
    "asyncio.",
    "?",  # of no coroutine that has a name, as at the start of the database's upkeep
)
STAYS = "_connect"


async def soak(folder: Path, seed: int, counts: tuple[int, int, int], *, people: int, at_once: int) -> None:
    """Ask three times so many, and compare what the bot holds after each."""
    async with LocalDiscord() as server, bot_process(server, folder, CUEPOINT_COOLDOWN_SECONDS="0") as bot:
        await server.ready()
        everybody = [server.add_user(f"Person {number}") for number in range(people)]
        guild, channel = await home(server, *everybody)
        others = [server.add_channel(guild, name) for name in ("talks", "papers")]
        await server.gateway.announce_guild(guild)
        crowd, memory = Crowd(server, everybody, channel, seed, also_in=others), []
        held = [await at_rest(bot)]
        for count in counts:
            server.world.faults.storm = Storm(seed, share=0.1)
            await crowd.ask(count, at_once, repeated=0.02, trouble_each=max(20, count // 50))
            await crowd.calm()
            held.append(await at_rest(bot))
            memory.append((bot.resident_bytes, bot.allocated_bytes))
        crowd.check()
        print(f"\n{crowd.account.told(server.world.faults.injected)}")
        for count, each in zip(accumulate(counts), memory, strict=True):
            print(f"memory after {count:,}: {_megabytes(each)}")
        assert [each["tasks"] for each in held] == [held[0]["tasks"]] * 4
        assert [each["views"] for each in held] == [0] * 4
        assert _kept(held[3]) <= _kept(held[1]) + 20
        (first, _), (_, later), (last, at_last) = memory
        assert last < 1.1 * first
        # What is kept on purpose, such as SQLite's pages and the last events' ids, is full by then.
        assert at_last < 1.05 * later
        assert "Traceback" not in bot.stderr
        assert server.breaches == []


def _megabytes(memory: tuple[int, int]) -> str:
    resident, allocated = (number / MEGABYTE for number in memory)
    return f"{resident:.1f} MB, {allocated:.1f} of them its own"


async def at_rest(bot: BotProcess) -> dict[str, Any]:
    """What the bot holds as soon as nothing is done for anybody: an answer arrives before its task ends."""
    for _ in range(100):
        census = await bot.census()
        tasks = census["tasks"]
        if "Shard.worker" in tasks and not any(name.startswith(BUSY) for name in tasks if name != STAYS):
            return census
        await asyncio.sleep(0.1)
    raise AssertionError(f"the bot comes to no rest: {census['tasks']}")


def _kept(census: dict[str, Any]) -> int:
    return sum(
        count for kind, count in census["kinds"].items() if kind.startswith(HELD) and not kind.startswith(REMEMBERED)
    )


async def test_nothing_is_held_after_a_few_hundred_questions(tmp_path: Path) -> None:
    await soak(tmp_path, 3, (100, 100, 100), people=50, at_once=25)


@pytest.mark.soak
async def test_nothing_is_held_after_twenty_thousand_questions(tmp_path: Path) -> None:
    await soak(tmp_path, 4, (2_000, 9_000, 9_000), people=500, at_once=40)
