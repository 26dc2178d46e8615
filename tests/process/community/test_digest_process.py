"""Weekly digests of the bot as a process: what came due while it did not run is sent at its start, and never twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.ledger import Ledger
from storage.models import DAY_SECONDS, WEEK_SECONDS, ServerSettings
from tests.support.discord.running_bot import bot_process, guild_of, plain
from tests.support.local_discord import Channel, Guild, LocalDiscord


async def want_digests(folder: Path, *places: tuple[Guild, Channel]) -> None:
    """The servers want digests since a week and some minutes, and two questions were asked in each."""
    since = time.time() - WEEK_SECONDS - 1800.0
    moment = since
    ledger = await Ledger.open(folder / "data" / "cuepoint.db", now=lambda: moment)
    try:
        for guild, channel in places:
            moment = since = since + 60.0
            await ledger.record_presence(guild.id)
            await ledger.save_settings(guild.id, ServerSettings(digest_channel=channel.id))
            for moment in (since + DAY_SECONDS, since + 2 * DAY_SECONDS):  # noqa: B007 - the clock reads it
                await ledger.count_question(guild.id, is_answered=True)
    finally:
        await ledger.close()


async def come(find: Callable[[], object]) -> None:
    """Wait for something in the middle of a request, of which nobody is told."""
    async with asyncio.timeout(20):
        while not find():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("way", ["killed", "stopped"])
async def test_a_digest_that_is_being_sent_at_the_end_is_there_once(
    server: LocalDiscord, tmp_path: Path, way: str
) -> None:
    places = [guild_of(server, name) for name in ("First", "Second")]
    await want_digests(tmp_path, *places)
    (_, first), (_, second) = places
    # Discord has it, and the bot does not hear of that; or it takes a second.
    trouble = {"delay": 60.0, "applied": True} if way == "killed" else {"delay": 1.0}
    server.fail("POST", f"/channels/{first.id}/messages", **trouble)
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        if way == "killed":
            await come(lambda: server.messages_in(first))
            await bot.kill()
        else:
            await come(lambda: server.asked("POST", f"/channels/{first.id}/messages"))
            assert not server.messages_in(first), "it is on its way"
            assert await bot.terminate() == 0
    [digest] = server.messages_in(first)
    assert "2 questions were asked, 2 answered clearly." in plain(digest.payload())
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        # They are sent in the order in which they came due: when the second is there, the first was looked at.
        await server.wait_for(lambda: server.messages_in(second))
        assert await bot.terminate() == 0
        assert server.token not in bot.stdout + bot.stderr
    assert [len(server.messages_in(channel)) for _, channel in places] == [1, 1]
    assert len(server.asked("POST", f"/channels/{first.id}/messages")) == 1, "it is not even tried again"
    assert server.breaches == []
