"""Servers, people and departures, against a local Discord over real sockets."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from storage import access
from storage.library import Library
from storage.models import Labels, Source
from tests.support.discord.running_bot import bot_process, guild_of, noted, plain
from tests.support.local_discord import Channel, Guild, LocalDiscord, User
from tests.support.local_discord.api.limits import EPHEMERAL

Rows = Callable[..., Source]


async def fill(folder: Path, rows: Rows, guild: Guild) -> None:
    library = await Library.open(folder / "data" / "cuepoint.db")
    for scope, words in (
        (access.own_scope(guild.id), "the copper lantern"),
        (access.host_scope(), "the harbour ferry"),
    ):
        await library.import_files(scope, [(rows((f"v{len(words)}", 0, words)), Labels())])
    await library.close()


async def test_each_place_shows_what_it_may(server: LocalDiscord, tmp_path: Path, rows: Rows) -> None:
    alice, bob = server.add_user("Alice", installed=True), server.add_user("Bob", installed=True)
    home, general = guild_of(server, "Home", alice)
    _, abroad = guild_of(server, "Abroad", alice, bob, installed=False)
    group = server.private_channel(alice, bob, server.add_user("Carol"))
    await fill(tmp_path, rows, home)

    async def ask(person: User, place: Channel) -> tuple[set[str], bool]:
        card = await server.reply_to(await server.slash(person, "ask", {"question": "lantern ferry"}, at=place))
        found = {word for word in ("copper lantern", "harbour ferry") if word in plain(card)}
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
