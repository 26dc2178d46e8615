"""Killed at any moment between an import and the message that tells of it, the bot tells everybody once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage import access
from storage.models import Labels, Source
from tests.support.discord.running_bot import bot_process, texts
from tests.support.libraries import opened
from tests.support.local_discord import BotProcess, Guild, LocalDiscord, User
from tests.support.sqlite_files import query

QUESTION = "who repaired the sluice of the canal"
SRT = (
    b"1\n00:00:01,000 --> 00:00:05,000\nthe carpenter repaired the sluice of the canal before the spring flood\n\n"
    b"2\n00:00:05,000 --> 00:00:09,000\nand nobody ever thanked him for that\n"
)
LONG = 600.0
"""Seconds that an answer is held back: longer than any test takes."""


@dataclass(frozen=True)
class Moment:
    """A request of the bot at which it is killed; `applied` says that Discord had done what it asks by then."""

    method: str
    path: str
    applied: bool = False


MOMENTS = {
    "when Discord is asked whether they are still there": Moment("GET", "/guilds/*/members/*"),
    "when the direct message is opened": Moment("POST", "/users/@me/channels"),
    "when the message was opened": Moment("POST", "/users/@me/channels", applied=True),
    "before the message arrives": Moment("POST", "/channels/*/messages"),
    "once the message has arrived": Moment("POST", "/channels/*/messages", applied=True),
}


def _database(folder: Path) -> Path:
    return folder / "data" / "cuepoint.db"


async def _followed(server: LocalDiscord, folder: Path) -> tuple[Guild, User]:
    """A server in which somebody follows a question, and into which a video that answers it was imported since."""
    guild, fan = server.add_guild("Home"), server.add_user("Fan")
    server.add_member(guild, fan)
    channel = server.add_channel(guild, "general")
    async with bot_process(server, folder):
        await server.ready()
        card = await server.reply_to(await server.slash(fan, "follow", {"question": QUESTION}, at=channel))
        assert "Following" in texts(card)
    async with opened(_database(folder)) as library:
        await library.import_files(access.own_scope(guild.id), [(Source("canal.srt", SRT), Labels(title="Canals"))])
    return guild, fan


def _told(server: LocalDiscord, person: User) -> list[str]:
    own = [message for message in server.messages_in(server.dm(person)) if message.author is server.bot_user]
    return [texts(message.payload()) for message in own]


def _is_done(folder: Path) -> bool:
    """Whether it is stored that everything was told."""
    done = query(_database(folder), "SELECT count(*) FROM follow WHERE found_at IS NULL AND known != '[]'")
    return done == [(1,)]


async def _wait_until(done: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not done():  # noqa: ASYNC110 - what is stored tells nobody that it changed
            await asyncio.sleep(0.05)


async def _run_until_told(server: LocalDiscord, folder: Path) -> None:
    async with bot_process(server, folder):
        await _wait_until(lambda: _is_done(folder))


async def _kill_at(server: LocalDiscord, process: BotProcess, moment: Moment) -> None:
    injected = server.world.faults.injected
    await _wait_until(lambda: sum(injected.values()) > 0)
    await process.kill()
    injected.clear()
    server.world.faults.clear()


@pytest.mark.parametrize("name", MOMENTS)
async def test_killed_at_a_request_the_bot_tells_once(server: LocalDiscord, tmp_path: Path, name: str) -> None:
    _, fan = await _followed(server, tmp_path)
    moment = MOMENTS[name]
    server.fail(moment.method, moment.path, delay=LONG, applied=moment.applied)
    async with bot_process(server, tmp_path) as process:
        await _kill_at(server, process, moment)
    assert len(_told(server, fan)) == int(name == "once the message has arrived")
    # Discord takes the same nonce for the same message for some minutes: a restart may come after that.
    server.world.nonces.clear()
    await _run_until_told(server, tmp_path)
    (card,) = _told(server, fan)
    assert "sluice" in card
    await _run_until_told(server, tmp_path)
    assert len(_told(server, fan)) == 1


async def test_killed_again_and_again_the_bot_tells_once(server: LocalDiscord, tmp_path: Path) -> None:
    _, fan = await _followed(server, tmp_path)
    for moment in MOMENTS.values():
        server.fail(moment.method, moment.path, delay=LONG, applied=moment.applied)
        async with bot_process(server, tmp_path) as process:
            if not _told(server, fan):
                await _kill_at(server, process, moment)
            else:
                await process.kill()
                server.world.faults.clear()
    await _run_until_told(server, tmp_path)
    assert len(_told(server, fan)) == 1


async def test_killed_just_when_it_was_told_the_bot_tells_nothing_more(server: LocalDiscord, tmp_path: Path) -> None:
    _, fan = await _followed(server, tmp_path)
    async with bot_process(server, tmp_path) as process:
        await _wait_until(lambda: _told(server, fan))
        await process.kill()
    server.world.nonces.clear()
    await _run_until_told(server, tmp_path)
    assert len(_told(server, fan)) == 1


async def test_what_was_deleted_while_the_bot_was_down_is_not_told(server: LocalDiscord, tmp_path: Path) -> None:
    guild, fan = await _followed(server, tmp_path)
    server.fail("POST", "/users/@me/channels", delay=LONG)
    async with bot_process(server, tmp_path) as process:
        await _kill_at(server, process, Moment("", ""))
    async with opened(_database(tmp_path)) as library:
        await library.purge(access.own_scope(guild.id))
    async with bot_process(server, tmp_path):
        await server.ready()
        await _wait_until(lambda: server.asked("GET", "/gateway/bot"))
        await asyncio.sleep(1)
    assert _told(server, fan) == []
