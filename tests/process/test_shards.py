"""Two shards in one process, over real sockets: each is told of its own servers, the first of direct messages too."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage import access
from storage.library import Library
from storage.models import Labels, Source
from tests.support.discord.running_bot import bot_process, noted, texts
from tests.support.local_discord import Channel, Guild, LocalDiscord, User

WORDS = "the copper lantern above the gate"
QUESTION = "copper lantern"


@pytest.fixture
async def server() -> AsyncIterator[LocalDiscord]:
    async with LocalDiscord() as local:
        local.gateway.shards = 2
        yield local


def guild_on(server: LocalDiscord, shard: int, name: str, *people: User) -> tuple[Guild, Channel]:
    """A server that Discord tells of on this shard."""
    while server.gateway.shard_of((guild := server.add_guild(name)).id) != shard:
        del server.world.guilds[guild.id]
        server.clock.advance(0.001)
    for person in people:
        server.add_member(guild, person)
    return guild, server.add_channel(guild, "general")


def left(folder: Path) -> dict[int, bool]:
    """The servers that the bot knows of, and whether it was removed from them."""
    with sqlite3.connect(folder / "data" / "cuepoint.db") as database:
        rows = database.execute("SELECT id, left_at IS NOT NULL FROM server").fetchall()
    database.close()
    return {int(server_id): bool(gone) for server_id, gone in rows}


async def until(found: Callable[[], bool]) -> None:
    """What the bot writes into its database by itself comes with no request."""
    async with asyncio.timeout(20):
        while not found():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_both_shards_answer_and_one_goes_on_without_the_other(
    server: LocalDiscord, tmp_path: Path, rows: Callable[..., Source]
) -> None:
    alice, gateway = server.add_user("Alice"), server.gateway
    (first, first_hall), (second, second_hall) = (guild_on(server, n, f"Server {n}", alice) for n in (0, 1))
    library = await Library.open(tmp_path / "data" / "cuepoint.db")
    await library.import_files(access.own_scope(second.id), [(rows(("talk", 0, WORDS)), Labels())])
    await library.close()
    at_once = {"LOCAL_DISCORD_IDENTIFY": "at once"}
    async with bot_process(server, tmp_path, **at_once) as bot:
        await server.ready()
        assert [each["shard"] for each in gateway.identifies] == [[0, 2], [1, 2]]
        assert [gateway.shard_of(each.id) for each in (first, second)] == [0, 1]
        for hall in (first_hall, second_hall):
            card = texts(await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION}, at=hall)))
            assert ("above the gate" in card) == (hall is second_hall)
            await server.answer_to(await server.say(alice, hall, f"{server.bot_user.mention} {QUESTION}"))
        await noted(tmp_path, 2)
        alone = await server.answer_to(await server.say(alice, server.dm(alice), QUESTION))
        assert "above the gate" in alone.text(), "what is known on one shard is known on the other"
        gateway.greeting.clear()
        gateway.drop(shard=1)
        await server.wait_for(lambda: gateway.held == 1)
        waiting = await server.say(alice, second_hall, f"{server.bot_user.mention} {QUESTION}")
        await server.answer_to(await server.say(alice, first_hall, f"{server.bot_user.mention} {QUESTION}"))
        await server.answer_to(await server.say(alice, server.dm(alice), QUESTION))
        assert waiting.replies == []
        gateway.greeting.set()
        await server.answer_to(waiting)
        assert (gateway.resumed, gateway.readies) == (1, 2)
        assert await bot.terminate() == 0
        assert "Traceback" not in bot.stderr
    assert server.breaches == []


async def test_who_has_left_is_told_only_when_every_shard_is_ready(server: LocalDiscord, tmp_path: Path) -> None:
    servers = [guild_on(server, shard, f"Server {shard}")[0] for shard in (0, 1)]
    (gone, _), gateway = guild_on(server, 1, "Gone"), server.gateway
    # Before the bot grew it had one shard.
    gateway.shards = 1
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        await until(lambda: len(left(tmp_path)) == 3)
        assert await bot.terminate() == 0
    gone.installed, gateway.shards = False, 2
    async with bot_process(server, tmp_path):
        await server.wait_for(lambda: gateway.readies == 2)
        gateway.greeting.clear()
        # The first shard has been ready for seconds when the second begins.
        await server.wait_for(lambda: gateway.held == 1)
        assert not any(left(tmp_path).values())
        gateway.greeting.set()
        await server.ready()
        await until(lambda: any(left(tmp_path).values()))
        assert left(tmp_path) == {servers[0].id: False, servers[1].id: False, gone.id: True}
