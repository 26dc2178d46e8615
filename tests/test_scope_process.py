"""Servers, people and departures, against a local Discord over real sockets."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT
from local_discord import BotProcess, Channel, Guild, Json, LocalDiscord, User, limits
from local_discord.limits import EPHEMERAL
from test_discord_process import noted

from storage import access
from storage.library import Library
from storage.models import Labels, Source

Rows = Callable[..., Source]


@pytest.fixture
async def server() -> AsyncIterator[LocalDiscord]:
    async with LocalDiscord() as local:
        yield local


def bot_process(server: LocalDiscord, folder: Path) -> BotProcess:
    settings = {
        "DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": str(folder / "data"), "CUEPOINT_COOLDOWN_SECONDS": "0",
    }  # fmt: skip
    command = [sys.executable, "-W", "error::ResourceWarning", "-m", "bot", "serve"]
    return BotProcess(server, command, settings, logs=folder, cwd=PROJECT)


def texts(card: Json) -> str:
    parts = [part for _, part in limits.walk(card["components"])]
    said = "\n".join(str(part.get("content") or part.get("label")) for part in parts if part["type"] in (2, 10))
    return said.replace("**", "")


async def fill(folder: Path, rows: Rows, guild: Guild) -> None:
    library = await Library.open(folder / "data" / "cuepoint.db")
    for scope, words in ((access.own(guild.id), "the copper lantern"), (access.host(), "the harbour ferry")):
        await library.import_files(scope, [(rows((f"v{len(words)}", 0, words)), Labels())])
    await library.close()


def guild_of(server: LocalDiscord, name: str, *people: User, installed: bool = True) -> tuple[Guild, Channel]:
    guild = server.add_guild(name, installed=installed)
    for person in people:
        server.add_member(guild, person)
    return guild, server.add_channel(guild, "general")


async def test_each_place_shows_what_it_may(server: LocalDiscord, tmp_path: Path, rows: Rows) -> None:
    alice, bob = server.add_user("Alice", installed=True), server.add_user("Bob", installed=True)
    home, general = guild_of(server, "Home", alice)
    _, abroad = guild_of(server, "Abroad", alice, bob, installed=False)
    group = server.private_channel(alice, bob, server.add_user("Carol"))
    await fill(tmp_path, rows, home)

    async def ask(person: User, place: Channel) -> tuple[set[str], bool]:
        card = await server.reply_to(await server.slash(person, "ask", {"question": "lantern ferry"}, at=place))
        found = {word for word in ("copper lantern", "harbour ferry") if word in texts(card)}
        return found, bool(card["flags"] & EPHEMERAL)

    async with bot_process(server, tmp_path):
        await server.ready()
        everything, shared = {"copper lantern", "harbour ferry"}, {"harbour ferry"}
        assert await ask(alice, server.dm(alice)) == (shared, False), "she was not seen in any server yet"
        assert await ask(alice, general) == (everything, False)
        await noted(tmp_path, 1)
        assert await ask(alice, server.dm(alice)) == (everything, False)
        assert await ask(alice, abroad) == (everything, True)
        assert await ask(alice, group) == (everything, True)
        for place in (server.dm(bob), abroad, group):
            assert await ask(bob, place) == (shared, False)
        asked = server.asked("GET", f"/members/{alice.id}")
        assert len(asked) == 1, "a yes is remembered"
        assert server.asked("GET", f"/members/{bob.id}") == []
    assert server.breaches == []
    assert server.unknown_routes == []


async def kept(folder: Path, guild: Guild, wanted: Callable[[Any], bool]) -> None:
    """Waits until what the bot keeps about a server is as wanted: its row, or None."""
    path = folder / "data" / "cuepoint.db"
    async with asyncio.timeout(20):
        while True:
            with sqlite3.connect(path) as database:
                row = database.execute("SELECT left_at FROM server WHERE id = ?", (str(guild.id),)).fetchone()
            database.close()
            if wanted(row):
                return
            await asyncio.sleep(0.02)


async def test_a_removal_is_no_outage_and_is_also_noticed_later(
    server: LocalDiscord, tmp_path: Path, rows: Rows
) -> None:
    alice = server.add_user("Alice")
    home, general = guild_of(server, "Home", alice)
    other, _ = guild_of(server, "Other", alice)
    await fill(tmp_path, rows, home)
    async with bot_process(server, tmp_path) as process:
        await server.ready()
        await kept(tmp_path, home, lambda row: row == (None,))
        await server.gateway.announce_guild(home)
        await server.outage(home)
        await server.leave(other)
        await kept(tmp_path, other, lambda row: row is not None and row[0] is not None)
        await kept(tmp_path, home, lambda row: row == (None,))
        await server.join(other)
        await kept(tmp_path, other, lambda row: row == (None,))
        assert await process.terminate() == 0
    # It is removed while the bot is not running: no event says so.
    home.installed = False
    async with bot_process(server, tmp_path):
        await server.ready()
        await kept(tmp_path, home, lambda row: row is not None and row[0] is not None)
        await kept(tmp_path, other, lambda row: row == (None,))
    assert general.guild is home
