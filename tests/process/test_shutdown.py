"""Told to stop: nothing new is taken, what is in flight is finished or taken back, and whoever waits is told."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.discord_app.delivery.shutdown import InFlight
from storage import access
from storage.library import Library
from storage.models import Labels, Source
from tests.support.discord.running_bot import QUESTION, bot_process, texts
from tests.support.libraries import in_server
from tests.support.local_discord import Fault, LocalDiscord, Permission


async def until(true: Callable[[], bool]) -> None:
    """Waits for what is no change of Discord's world."""
    async with asyncio.timeout(20):
        while True:
            if true():
                return
            await asyncio.sleep(0.01)


async def held_up(*faults: Fault) -> None:
    """Waits until Discord holds a request back on each fault."""
    await until(lambda: not any(fault.times for fault in faults))


def rows(count: int) -> bytes:
    """A data set of so many videos."""
    lines = ({"video_id": f"talk{n}", "text": f"copper lantern {n}", "start_second": 0} for n in range(count))
    return "\n".join(map(json.dumps, lines)).encode()


def videos_in(database: Path) -> int:
    connection = sqlite3.connect(database)
    try:
        sql = "SELECT count(*) FROM video JOIN library ON library.id = library_id WHERE key LIKE 'server:%'"
        return int(connection.execute(sql).fetchone()[0])
    finally:
        connection.close()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
async def test_answers_in_flight_arrive_and_nothing_new_is_taken(
    server: LocalDiscord, tmp_path: Path, told: signal.Signals
) -> None:
    alice, bob = server.add_user("Alice"), server.add_user("Bob")
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION}))
        held = server.fail("POST", "*/callback", delay=1.5)
        spoken = server.fail("POST", "/channels/*/messages", delay=1.5)
        asked = await server.slash(alice, "ask", {"question": QUESTION})
        said = await server.say(bob, server.dm(bob), QUESTION)
        await held_up(held, spoken)
        os.kill(bot.pid, told)
        await server.wait_for(lambda: ("client", 1000) in server.gateway.closes)
        assert asked.callback is None, "Discord still holds the answer"
        late = await server.say(bob, server.dm(bob), QUESTION)
        assert await bot.wait() == 0
        assert QUESTION in texts(await server.reply_to(asked))
        answers = server.messages_in(late.channel)
        assert [answer.reference for answer in answers] == [said], "what came after the goodbye was not taken"
        assert "unexpected" not in bot.stderr


async def test_an_answer_that_never_comes_does_not_keep_it(server: LocalDiscord, tmp_path: Path) -> None:
    alice = server.add_user("Alice")
    async with bot_process(server, tmp_path, CUEPOINT_STOP_SECONDS="0.2") as bot:
        await server.ready()
        held = server.fail("POST", "*/callback", delay=60)
        await server.slash(alice, "ask", {"question": QUESTION})
        await held_up(held)
        assert await bot.terminate() == 0
        assert "left with 1 answers unfinished" in bot.stderr


async def test_a_second_signal_ends_it_at_once(server: LocalDiscord, tmp_path: Path) -> None:
    alice = server.add_user("Alice")
    async with bot_process(server, tmp_path, CUEPOINT_STOP_SECONDS="600") as bot:
        await server.ready()
        held = server.fail("POST", "*/callback", delay=600)
        await server.slash(alice, "ask", {"question": QUESTION})
        await held_up(held)
        os.kill(bot.pid, signal.SIGTERM)
        await server.wait_for(lambda: ("client", 1000) in server.gateway.closes)
        os.kill(bot.pid, signal.SIGTERM)
        assert await bot.wait() == -signal.SIGTERM


async def test_it_stops_before_it_was_connected(server: LocalDiscord, tmp_path: Path) -> None:
    server.gateway.greeting.clear()
    async with bot_process(server, tmp_path) as bot:
        await server.wait_for(lambda: server.asked("GET", "/gateway/bot") or server.asked("GET", "/gateway"))
        assert await bot.terminate() == 0
        assert "Traceback" not in bot.stderr
    server.gateway.greeting.set()


async def test_it_stops_while_it_reconnects(server: LocalDiscord, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        server.gateway.greeting.clear()
        await server.gateway.ask_to_reconnect()
        await server.wait_for(lambda: not server.gateway.connected)
        assert await bot.terminate() == 0
    server.gateway.greeting.set()


@pytest.mark.parametrize("seconds", ["30", "0.1"])
async def test_an_import_is_finished_or_wholly_absent_and_the_uploader_is_told(
    server: LocalDiscord, tmp_path: Path, seconds: str
) -> None:
    database = tmp_path / "data" / "cuepoint.db"
    async with bot_process(server, tmp_path, CUEPOINT_STOP_SECONDS=seconds) as bot:
        await server.ready()
        guild, mod = server.add_guild("Home"), server.add_user("Mod")
        server.add_member(guild, mod, server.add_role(guild, "Mods", Permission.MANAGE_GUILD))
        channel = server.add_channel(guild, "general")
        await server.gateway.announce_guild(guild)
        opened = await server.slash(mod, "library import", at=channel)
        await server.modal_of(opened)
        count = 1500
        sent = await server.submit_modal(opened, {"files": [server.upload("talks.jsonl", rows(count))]})
        await until(lambda: videos_in(database) > 0)
        assert videos_in(database) < count, "it is under way"
        assert await bot.terminate(timeout=60) == 0
        told = texts(await server.reply_to(sent))
    if seconds == "30":
        assert "1,500 videos added" in told
        assert videos_in(database) == count
    else:
        assert "nothing of it is stored" in told
        assert videos_in(database) == 0
    with closing(sqlite3.connect(database)) as stored:
        counted = stored.execute("SELECT imports FROM import_tally").fetchall()
    assert counted == [(1 if seconds == "30" else 0,)], "what is to be imported again has not used up the day's imports"
    assert server.breaches == []


async def test_a_cancelled_import_leaves_the_library_as_it_was(library: Library) -> None:
    scope = access.own_scope(7)
    await library.import_files(scope, [(Source("old.jsonl", rows(2)), Labels())])
    before = await library.videos(in_server(7))
    changed = rows(20).replace(b"copper", b"silver")

    def cancel(done: int, _total: int) -> None:
        if done == 10:
            importing.cancel()

    importing = asyncio.ensure_future(
        library.import_files(scope, [(Source("new.jsonl", changed), Labels())], progress=cancel)
    )
    with pytest.raises(asyncio.CancelledError):
        await importing
    assert await library.videos(in_server(7)) == before
    assert "copper" in (await library.segments_between(scope, "talk1", 0, 1))[0].text


async def test_what_joins_late_is_waited_for_too() -> None:
    in_flight, ended = InFlight(), asyncio.Event()

    async def second() -> None:
        in_flight.track_current_task()
        await ended.wait()

    async def first() -> None:
        in_flight.track_current_task()
        followers.append(asyncio.ensure_future(second()))

    followers: list[asyncio.Future[None]] = []
    beginning = asyncio.ensure_future(first())
    await asyncio.sleep(0)
    assert not await in_flight.wait_until_empty(0.05)
    ended.set()
    assert await in_flight.wait_until_empty(5)
    assert len(in_flight) == 0
    await asyncio.gather(beginning, *followers)
