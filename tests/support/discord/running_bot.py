"""The bot as a process against the local Discord, and what is read off it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from tests.support.forked_program import Job, Running, the_program
from tests.support.local_discord import BotProcess, Channel, Guild, Json, LocalDiscord, User
from tests.support.local_discord.api import limits
from tests.support.local_discord.process import Process
from tests.support.project import PROJECT

QUESTION = "how does bm25 rank"
"""A question that the sample talks answer."""


class ForkedBot(BotProcess):
    """The bot in a process that has imported everything: it is there in a moment, and otherwise the same."""

    busy_timeout_ms: int | None = None

    async def _start(self, env: Mapping[str, str], out: int, err: int) -> Process:
        job = Job(
            tuple(self._command), str(self._cwd), environment=env, busy_timeout_ms=self.busy_timeout_ms, strict=True
        )
        nothing = os.open(os.devnull, os.O_RDONLY)
        try:
            return Running(*the_program().start(job, nothing, out, err))
        finally:
            os.close(nothing)


def bot_process(
    server: LocalDiscord, folder: Path, *words: str, busy_timeout_ms: int | None = None, **more: str
) -> BotProcess:
    """The bot with its data in a folder; started again on the same folder, it is the same bot.

    `busy_timeout_ms` is how long it waits for the database while another program is writing, where not for ten seconds.
    """
    data, nobody_waits = str(folder / "data"), {"CUEPOINT_COOLDOWN_SECONDS": "0"}
    settings = {"DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": data, **nobody_waits, **more}
    bot = ForkedBot(server, words or ["serve"], settings, logs=folder, cwd=PROJECT)
    bot.busy_timeout_ms = busy_timeout_ms
    return bot


def texts(card: Json) -> str:
    """All that a reader of a card sees, the labels of its buttons included."""
    parts = [part for _, part in limits.walk(card["components"])]
    return "\n".join(str(part.get("content") or part.get("label")) for part in parts if part["type"] in (2, 10))


def plain(card: Json) -> str:
    """The same without what is bold in it."""
    return texts(card).replace("**", "")


def button(server: LocalDiscord, card: Json, label: str) -> str:
    found: str = server.find_component(card, label=label)["custom_id"]
    return found


def guild_of(server: LocalDiscord, name: str, *people: User, installed: bool = True) -> tuple[Guild, Channel]:
    guild = server.add_guild(name, installed=installed)
    for person in people:
        server.add_member(guild, person)
    return guild, server.add_channel(guild, "general")


async def home(server: LocalDiscord, *people: User) -> tuple[Guild, Channel]:
    """A server that the bot has joined, with a channel."""
    guild = server.add_guild("Home")
    for person in people:
        server.add_member(guild, person)
    channel = server.add_channel(guild, "general")
    await server.gateway.announce_guild(guild)
    return guild, channel


async def noted(folder: Path, count: int) -> None:
    """Waits until so many people were noted in servers: that comes after their answers."""
    async with asyncio.timeout(20):
        while True:
            with closing(sqlite3.connect(folder / "data" / "cuepoint.db")) as database:
                found = database.execute("SELECT count(*) FROM sighting").fetchone()[0]
            if found == count:
                return
            await asyncio.sleep(0.02)
