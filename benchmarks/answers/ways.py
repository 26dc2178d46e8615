"""Measures what a question costs the bot's process, by the way in which it comes, over real sockets on this machine.

The local Discord of the tests runs in another process, so none of its work is counted.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.answers.discord_cards import PROJECT, store_library
from benchmarks.corpus import questions
from benchmarks.measuring.apart import child_seconds
from benchmarks.measuring.figures import ASK, Costs, Times, WayFigures
from tests.support.local_discord import BotProcess, Interaction, LocalDiscord

TERMINAL = "terminal (`chat`)"
WARMING = 5

Act = Callable[[str], Awaitable[object]]


async def measure(segments: int, count: int) -> WayFigures:
    """Ask so many questions in every way of a library of so many segments, one after the other."""
    with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
        corpus = await store_library(Path(folder), segments)
        asked = [" ".join(question) for question in questions(count + WARMING)]
        ways = {TERMINAL: await asyncio.to_thread(_measure_terminal, Path(folder), asked)}
        async with LocalDiscord() as server:
            settings = {"DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": folder, "CUEPOINT_COOLDOWN_SECONDS": "0"}
            settings["CUEPOINT_ANSWER_PROCESSES"] = "0"
            command = [sys.executable, "-m", "bot", "serve"]
            async with BotProcess(server, command, settings, logs=Path(folder), cwd=PROJECT) as bot:
                await server.ready()
                for name, act in (await _ways(server, asked[-1])).items():
                    ways[name] = await _measure_way(bot, act, asked)
    return WayFigures(corpus.segments, ways)


async def _ways(server: LocalDiscord, question: str) -> dict[str, Act]:
    """Return what a person does in each of the ways. Buttons are those of one answer, pressed again and again."""
    person = server.add_user("Person", installed=True)
    guild = server.add_guild("Home")
    server.add_member(guild, person)
    channel = server.add_channel(guild, "general")
    await server.gateway.announce_guild(guild)

    async def command(name: str, question: str) -> Any:
        return await server.reply_to(await server.slash(person, name, {"question": question}), timeout=60)

    async def say(where: Any, text: str) -> object:
        return await server.answer_to(await server.say(person, where, text), timeout=60)

    async def press(message: Any, label: str) -> Interaction:
        pressed = await server.click(person, message, server.find_component(message, label=label)["custom_id"])
        await server.reply_to(pressed, timeout=60)
        return pressed

    async def turn_page(_: str) -> None:
        pressed = await press(pages[-1], "Next" if len(pages) % 2 else "Previous")
        assert pressed.source is not None
        pages.append(pressed.source.payload())  # its buttons are others now

    card = await command("ask", question)
    pages = [await command("ask", question)]
    return {
        ASK: lambda question: command("ask", question),
        "mention": lambda question: say(channel, f"{server.bot_user.mention} {question}"),
        "direct message": lambda question: say(server.dm(person), question),
        "`/timeline`": lambda question: command("timeline", question),
        "page turned": turn_page,
        "passage opened": lambda _: press(card, "Read on"),
    }


async def _measure_way(bot: BotProcess, act: Act, asked: Sequence[str]) -> Costs:
    for question in asked[-WARMING:]:
        await act(question)
    seconds, computed = [], bot.cpu_seconds
    for question in asked[:-WARMING]:
        begun = time.perf_counter()
        await act(question)
        seconds.append(time.perf_counter() - begun)
    return Costs(Times(tuple(seconds)), (bot.cpu_seconds - computed) / len(seconds))


def _measure_terminal(folder: Path, asked: Sequence[str]) -> Costs:
    """Compare a chat of many questions with one of few: the start and the end are in both."""
    _chat(folder, asked[:1])  # the first question indexes everything
    (few_seconds, few), (many_seconds, many) = (_chat(folder, some) for some in (asked[:WARMING], asked))
    count = len(asked) - WARMING
    return Costs(Times(((many_seconds - few_seconds) / count,)), (many - few) / count)


def _chat(folder: Path, asked: Sequence[str]) -> tuple[float, float]:
    """Return how many seconds a chat takes, and how many the processor needs."""
    before, begun = child_seconds(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        input="\n".join(asked),
        env={"CUEPOINT_DATA_DIR": str(folder)},
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return time.perf_counter() - begun, child_seconds() - before
