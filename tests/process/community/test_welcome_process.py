"""The welcome over real sockets: once in thirty days, whatever ends, fails or comes twice in between."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.discord_app.services.admin.welcome import EVERY_SECONDS, RECENT_SECONDS
from tests.support.discord.running_bot import bot_process, button, texts
from tests.support.local_discord import (
    BotProcess,
    Channel,
    Guild,
    LocalDiscord,
    Message,
    Permission,
    User,
)
from tests.support.local_discord.api.limits import EPHEMERAL
from tests.support.local_discord.places import Member, timestamp

SRT = b"1\n00:00:01,500 --> 00:00:04,000\nthe copper lantern\n"
HELLO = "Hi, I’m Cuepoint."


def somewhere(server: LocalDiscord, *, locale: str = "en-US") -> tuple[Guild, Channel, User]:
    """A server that the bot is not in, with two channels, the second of which is its system channel; and a manager."""
    guild, mod = server.add_guild("New", installed=False, locale=locale), server.add_user("Mod")
    server.add_member(guild, mod, server.add_role(guild, "Mods", Permission.MANAGE_GUILD))
    server.add_channel(guild, "general")
    guild.system_channel = server.add_channel(guild, "lobby")
    return guild, guild.system_channel, mod


def welcomes(server: LocalDiscord, guild: Guild) -> list[Message]:
    """The cards of welcome in a server, deleted or not."""
    return [
        message
        for message in server.world.messages.values()
        if message.channel.guild is guild and message.author is server.bot_user and HELLO in message.text()
    ]


async def welcomed(server: LocalDiscord, guild: Guild, count: int = 1) -> list[Message]:
    await server.wait_for(lambda: len(welcomes(server, guild)) >= count)
    return welcomes(server, guild)


async def has_seen_events(server: LocalDiscord, user: User) -> None:
    """The bot has handled all that it was told before: an answer to a later message has come."""
    said = await server.say(user, server.dm(user), "help")
    await server.answer_to(said)


def claimed_at(folder: Path, guild: Guild) -> float | None:
    with closing(sqlite3.connect(folder / "data" / "cuepoint.db")) as database:
        row = database.execute("SELECT welcomed_at FROM server WHERE id = ?", (str(guild.id),)).fetchone()
    return row[0] if row else None


def let_pass(folder: Path, seconds: float) -> None:
    """Have the ledger believe that every welcome was so much longer ago."""
    with closing(sqlite3.connect(folder / "data" / "cuepoint.db")) as database, database:
        database.execute("UPDATE server SET welcomed_at = welcomed_at - ?", (seconds,))


async def test_from_the_invitation_to_the_first_own_answer(server: LocalDiscord, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path):
        await server.ready()
        guild, lobby, mod = somewhere(server)
        await server.join(guild)
        (card,) = await welcomed(server, guild)
        assert card.channel is lobby
        tried = await server.reply_to(await server.click(mod, card, button(server, card.payload(), "Try a sample")))
        assert tried["flags"] & EPHEMERAL
        assert "Nothing is imported here yet; these are sample talks" in texts(tried)
        opened = await server.click(mod, card, button(server, card.payload(), "Import transcripts"))
        await server.modal_of(opened)
        talk = server.upload("Lights [AAAAAAAAAAA].srt", SRT)
        report = await server.reply_to(await server.submit_modal(opened, {"files": [talk]}))
        assert "1 video added" in texts(report)
        own = texts(await server.reply_to(await server.slash(mod, "ask", {"question": "copper lantern"}, at=lobby)))
        assert "the **copper lantern**" in own
        assert "sample" not in own
    assert server.breaches == []
    assert server.unknown_routes == []


async def test_restarts_outages_and_repeats_bring_no_second_card(server: LocalDiscord, tmp_path: Path) -> None:
    guild, _, mod = somewhere(server)
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        await server.join(guild)
        await welcomed(server, guild)
        await server.gateway.announce_guild(guild)
        await server.outage(guild)
        await server.gateway.announce_guild(guild)
        server.gateway.drop()
        await server.wait_for(lambda: server.gateway.resumed == 1)
        await server.gateway.invalidate_session()
        await server.wait_for(lambda: server.gateway.readies == 2)
        await has_seen_events(server, mod)
        assert await bot.terminate() == 0
    for end in (BotProcess.terminate, BotProcess.kill):
        async with bot_process(server, tmp_path) as bot:
            await server.ready()
            await has_seen_events(server, mod)
            await end(bot)
    assert len(welcomes(server, guild)) == 1


async def test_a_server_that_it_was_in_all_along_is_not_welcomed_by_a_new_version(
    server: LocalDiscord, tmp_path: Path
) -> None:
    """Nor by a new installation: nothing is recorded yet, but Discord says that the bot joined long ago."""
    guild, user = server.add_guild("Old"), server.add_user("Una")
    guild.system_channel = server.add_channel(guild, "general")
    async with bot_process(server, tmp_path):
        await server.ready()
        await has_seen_events(server, user)
        await server.outage(guild)
        await server.gateway.announce_guild(guild)
        await has_seen_events(server, user)
    assert welcomes(server, guild) == []
    assert claimed_at(tmp_path, guild) is None


async def test_an_invitation_while_it_was_down_is_answered_at_the_start_if_it_is_recent(
    server: LocalDiscord, tmp_path: Path
) -> None:
    (recent, _, mod), (old, _, _) = somewhere(server), somewhere(server)
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        for guild in (recent, old):
            await server.join(guild)
            await welcomed(server, guild)
            await server.leave(guild)
        await bot.terminate()
    let_pass(tmp_path, EVERY_SECONDS)
    for guild in (recent, old):
        guild.installed = True
        guild.members[server.bot_user.id] = Member(server.bot_user, joined_at=timestamp(server.clock.now()))
    old.members[server.bot_user.id].joined_at = timestamp(server.clock.now() - RECENT_SECONDS)
    async with bot_process(server, tmp_path):
        await server.ready()
        await welcomed(server, recent, 2)
        await has_seen_events(server, mod)
    assert len(welcomes(server, old)) == 1


async def test_who_is_killed_between_the_claim_and_the_send_sends_nothing_later(
    server: LocalDiscord, tmp_path: Path
) -> None:
    guild, lobby, mod = somewhere(server)
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        fault = server.fail("POST", f"/channels/{lobby.id}/messages", delay=600.0)
        await server.join(guild)
        while fault.times:
            # A request tells nobody that it has begun; every answer comes after a look at what has.
            await server.reply_to(await server.slash(mod, "about", at=server.dm(mod)))
        assert claimed_at(tmp_path, guild) is not None
        await bot.kill()
    async with bot_process(server, tmp_path):
        await server.ready()
        await has_seen_events(server, mod)
    assert welcomes(server, guild) == []


async def test_a_return_within_thirty_days_is_not_welcomed_and_a_later_one_is(
    server: LocalDiscord, tmp_path: Path
) -> None:
    guild, _, mod = somewhere(server)
    async with bot_process(server, tmp_path):
        await server.ready()
        await server.join(guild)
        (card,) = await welcomed(server, guild)
        opened = await server.click(mod, card, button(server, card.payload(), "Import transcripts"))
        await server.modal_of(opened)
        talk = server.upload("Lights [AAAAAAAAAAA].srt", SRT)
        await server.reply_to(await server.submit_modal(opened, {"files": [talk]}))
        await server.leave(guild)
        await server.join(guild)
        await has_seen_events(server, mod)
        assert len(welcomes(server, guild)) == 1
        await server.leave(guild)
        let_pass(tmp_path, EVERY_SECONDS)
        await server.join(guild)
        _, again = await welcomed(server, guild, 2)
        assert "This server’s 1 video is still here." in again.text()
        assert "sample talks" not in again.text()


async def test_two_processes_with_one_database_send_one_card(server: LocalDiscord, tmp_path: Path) -> None:
    guild, _, mod = somewhere(server)
    async with bot_process(server, tmp_path):
        await server.ready()
        async with bot_process(server, tmp_path):
            await server.ready()
            await server.join(guild)
            await welcomed(server, guild)
            await has_seen_events(server, mod)
    assert len(welcomes(server, guild)) == 1


@pytest.mark.parametrize("status", [403, 404])
async def test_where_discord_refuses_it_is_tried_once_and_noted(
    server: LocalDiscord, tmp_path: Path, status: int
) -> None:
    guild, lobby, mod = somewhere(server)
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        path = f"/channels/{lobby.id}/messages"
        server.fail("POST", path, status=status, times=100)
        await server.join(guild)
        await server.wait_for(lambda: server.asked("POST", path))
        await has_seen_events(server, mod)
        assert len(server.asked("POST", path)) == 1
        await bot.terminate()
        (line,) = [line for line in bot.stderr.splitlines() if "no welcome" in line]
        assert '"level": "info"' in line
        assert "Traceback" not in bot.stderr
    assert welcomes(server, guild) == []


async def test_it_speaks_the_language_of_the_server_not_of_those_who_are_there(
    server: LocalDiscord, tmp_path: Path
) -> None:
    guild, _, _ = somewhere(server, locale="de")
    async with bot_process(server, tmp_path):
        await server.ready()
        await server.join(guild)
        await server.wait_for(lambda: [m for m in server.world.messages.values() if m.channel.guild is guild])
    (card,) = [m for m in server.world.messages.values() if m.channel.guild is guild]
    assert "Hilfe" in texts(card.payload())
