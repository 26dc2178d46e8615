"""The running bot with a model: it makes vectors beside its answers, says that it reads meaning, and stops in order."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.cli.session import NEEDS_SETUP
from tests.support.discord.running_bot import bot_process, texts
from tests.support.local_discord import LocalDiscord, Permission
from tests.support.meaning import MODEL, kept_vectors, needs_weights

SRT = (
    b"1\n00:00:01,500 --> 00:00:04,000\nthe copper lantern\n\n2\n00:00:40,000 --> 00:00:47,250\nhangs in the harbour\n"
)


async def made(folder: Path, key: str) -> int:
    """Wait until the bot has made vectors for a library; return how many."""
    async with asyncio.timeout(60):
        # It is written by another process, which tells nobody.
        while (table := await asyncio.to_thread(kept_vectors, folder / "data" / "cuepoint.db", key)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return len(table.base.keys)


@needs_weights
async def test_the_bot_makes_vectors_after_an_import_and_says_that_it_reads_meaning(
    server: LocalDiscord, tmp_path: Path
) -> None:
    async with bot_process(server, tmp_path, CUEPOINT_MEANING_MODEL=MODEL.name) as bot:
        await server.ready()
        guild, mod = server.add_guild("Home"), server.add_user("Mod")
        server.add_member(guild, mod, server.add_role(guild, "Mods", Permission.MANAGE_GUILD))
        channel = server.add_channel(guild, "general")
        await server.gateway.announce_guild(guild)
        assert await made(tmp_path, "samples") > 10, "what is stored is read from the start on"
        opened = await server.slash(mod, "library import", at=channel)
        await server.modal_of(opened)
        upload = server.upload("Harbour [dQw4w9WgXcQ].en.srt", SRT)
        assert "1 video added" in texts(await server.reply_to(await server.submit_modal(opened, {"files": [upload]})))
        assert await made(tmp_path, f"server:{guild.id}") > 0
        card = await server.reply_to(await server.slash(mod, "ask", {"question": "copper lantern"}, at=channel))
        assert "lantern" in texts(card)
        about = texts(await server.reply_to(await server.slash(mod, "about", at=channel)))
        assert "**Meaning:** a small language model" in about
        assert await bot.terminate() == 0
    assert f"reads meaning with {MODEL.name}" in bot.stderr
    assert "unexpected" not in bot.stderr


async def test_a_model_that_cannot_be_used_ends_the_bot_for_good(server: LocalDiscord, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path, CUEPOINT_MEANING_MODEL="no_such_package") as bot:
        assert await bot.wait() == NEEDS_SETUP
    assert "CUEPOINT_MEANING_MODEL cannot be used: no package no_such_package is installed" in bot.stderr
