"""The running bot with a large library: it ranks by a loop that it compiled beside its answers, and stops in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import access
from storage.library import COMPILED_FOLDER, INDEX_FOLDER
from storage.models import MIN_COMPILED_SEGMENTS, Labels, Source
from tests.support.discord.running_bot import bot_process, texts
from tests.support.libraries import opened
from tests.support.local_discord import LocalDiscord


async def test_the_bot_ranks_a_large_library_by_a_compiled_loop(
    server: LocalDiscord, tmp_path: Path, rows: Callable[..., Source], pytestconfig: pytest.Config
) -> None:
    assert pytestconfig.cache
    kept = str(pytestconfig.cache.mkdir("compiled-ranking"))  # compiled once for all tests
    segments = [(f"v{n // 500}", 30 * (n % 500), f"copper {n % 97} lantern") for n in range(MIN_COMPILED_SEGMENTS)]
    async with opened(tmp_path / "data" / "cuepoint.db") as library:
        await library.import_files(access.host_scope(), [(rows(*segments), Labels())])
    outcome = tmp_path / "data" / INDEX_FOLDER / COMPILED_FOLDER / "outcome.txt"
    async with bot_process(server, tmp_path, NUMBA_CACHE_DIR=kept) as bot:
        await server.ready()
        guild, ana = server.add_guild("Home"), server.add_user("Ana")
        server.add_member(guild, ana)
        channel = server.add_channel(guild, "general")
        await server.gateway.announce_guild(guild)
        async with asyncio.timeout(120):
            # It is written by the bot, which tells nobody.
            while not await asyncio.to_thread(outcome.exists):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert outcome.read_text("utf-8") == ""
        card = await server.reply_to(await server.slash(ana, "ask", {"question": "copper 13"}, at=channel))
        assert "lantern" in texts(card)
        assert await bot.terminate() == 0
    assert "questions are ranked by a compiled loop" in bot.stderr
    assert "unexpected" not in bot.stderr
