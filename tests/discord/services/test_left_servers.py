"""Being removed from a server: noticed, kept for 30 days, then deleted; never by mistake."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.discord_app.client import CuepointClient
from bot.discord_app.services.admin.left_servers import KEPT_SECONDS, purge_left_servers
from bot.settings import Settings
from storage import access
from storage.errors import DatabaseError
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, ServerSettings
from tests.support.discord.discord_world import QUESTION, Clock, Rows, World, found, world_of
from tests.support.discord.harness import discord_with, seen


@pytest.fixture
async def ledger(library: Library, tmp_path: Path, clock: Clock) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(tmp_path / "data" / "cuepoint.db", now=clock)
    yield opened
    await opened.close()


@pytest.fixture
async def world(library: Library, ledger: Ledger, rows: Rows) -> AsyncIterator[World]:
    async with world_of(library, ledger, rows) as made:
        await made.env.settle()
        yield made


async def remove(world: World) -> None:
    """The bot is removed from Alpha."""
    world.env.backend.remove_guild(world.alpha.id)
    await world.env.settle()


async def tidied(world: World) -> list[int]:
    assert world.bot.application_id is not None
    return await purge_left_servers(
        world.bot, world.bot.app.library_admin, world.bot.app.ledger, world.bot.application_id
    )


async def videos(world: World) -> int:
    return len(await world.library.videos(access.own_scope(world.alpha.id)))


async def drawn_on(world: World) -> set[str]:
    """The libraries that buttons may still draw on."""
    rows = await world.ledger._rows("SELECT value FROM button_state, json_each(libraries)")
    return {key for (key,) in rows}


async def test_after_a_removal_its_videos_are_seen_by_nobody(world: World) -> None:
    await world.meet()
    assert found(await world.alone(world.one).slash("ask", question=QUESTION)) == {"alpha", "shared"}
    await remove(world)
    assert await world.ledger.departed_at(world.alpha.id) is not None
    assert found(await world.alone(world.one).slash("ask", question=QUESTION)) == {"shared"}


async def test_thirty_days_after_a_removal_everything_is_deleted(world: World, clock: Clock) -> None:
    await world.meet()
    await world.limit(world.alpha, quotes=2)
    await world.ledger.record_miss(access.library_key(world.alpha.id), "where?", world.one.id)
    for person, channel in ((world.one, world.general), (world.both_in_beta, world.beta_hall)):
        assert found(await person.slash(channel, "ask", question=QUESTION))
    await remove(world)
    clock.second += KEPT_SECONDS
    assert (await tidied(world), await videos(world)) == ([], 1), "not a moment earlier"
    clock.second += 1
    assert await drawn_on(world) == {
        access.library_key(world.alpha.id),
        access.library_key(world.beta.id),
        access.SHARED,
    }
    assert (await tidied(world), await videos(world)) == ([world.alpha.id], 0)
    assert await drawn_on(world) == {access.library_key(world.beta.id), access.SHARED}
    assert await world.ledger.settings(world.alpha.id) == ServerSettings()
    assert await world.ledger.misses(access.library_key(world.alpha.id)) == []
    assert [each.server_id for each in (await world.ledger.personal_data(world.both.id)).sightings] == [world.beta.id]
    assert len(await world.library.videos(access.own_scope(world.beta.id))) == 1
    assert await tidied(world) == []


async def test_a_server_that_discord_still_shows_is_not_deleted(world: World, clock: Clock) -> None:
    assert world.bot.application_id is not None
    await world.ledger.record_departure(world.alpha.id, world.bot.application_id)
    clock.second += KEPT_SECONDS + 1
    assert (await tidied(world), await videos(world)) == ([], 1)
    assert await world.ledger.departed_at(world.alpha.id) is None, "it is in it after all"


async def test_without_a_clear_answer_nothing_is_deleted(world: World, clock: Clock) -> None:
    await remove(world)
    clock.second += KEPT_SECONDS + 1
    world.env.inject_error("GET", f"/guilds/{world.alpha.id}", status=500, times=None)
    assert (await tidied(world), await videos(world)) == ([], 1)
    assert await world.ledger.departed_at(world.alpha.id) is not None


async def test_what_another_application_left_is_not_this_ones_to_delete(world: World, clock: Clock) -> None:
    await world.ledger.record_departure(12345, 1)
    clock.second += KEPT_SECONDS + 1
    assert await tidied(world) == []
    assert await world.ledger.departed_at(12345) is not None


async def test_a_return_within_the_time_keeps_everything(world: World, clock: Clock) -> None:
    await world.ledger.record_departure(world.alpha.id, world.bot.application_id)
    server = world.bot.get_guild(world.alpha.id)
    assert server is not None
    await world.bot.on_guild_join(server)
    clock.second += KEPT_SECONDS + 1
    assert (await tidied(world), await videos(world)) == ([], 1)


async def test_a_server_missing_from_the_list_at_the_start_was_left(world: World) -> None:
    await world.bot.on_ready()
    assert await world.ledger.departed_at(world.alpha.id) is None
    world.env.backend.remove_guild(world.alpha.id)
    server = world.bot.get_guild(world.alpha.id)
    if server is not None:
        world.bot._connection._remove_guild(server)
    await world.ledger.record_presence(world.alpha.id, world.bot.application_id)
    await world.bot.on_ready()
    assert await world.ledger.departed_at(world.alpha.id) is not None
    assert await world.ledger.departed_at(world.beta.id) is None


async def test_a_server_of_before_servers_were_noted_is_noticed_as_gone(world: World, clock: Clock, rows: Rows) -> None:
    lost, terminal = access.own_scope(4711), access.own_scope(4712)
    for scope in (lost, terminal):
        await world.library.import_files(scope, [(rows(("old", 0, "an old talk")), Labels())])
    await world.ledger.record_presence(4712, 1)  # another application is in it
    assert not await world.ledger.is_known(4711)
    await world.bot.on_ready()
    assert await world.ledger.departed_at(4711) == clock.second
    assert [await world.ledger.departed_at(each) for each in (4712, world.alpha.id, world.beta.id)] == [None] * 3
    assert world.bot.application_id is not None
    clock.second += 5
    await world.bot.on_ready()
    assert await world.ledger.departed_at(4711) == clock.second - 5, "the first time counts"
    clock.second += KEPT_SECONDS
    assert await tidied(world) == [4711]
    assert await world.library.videos(lost) == []
    assert len(await world.library.videos(terminal)) == 1
    await world.bot.on_ready()
    assert not await world.ledger.is_known(4711), "nothing is left of it"


def shards(library: Library, ledger: Ledger, *here: int) -> CuepointClient:
    """A bot of two shards, some of which run in this process."""
    bot = CuepointClient(Settings.from_mapping({}), library, ledger, shard_count=2)
    bot.shard_ids = list(here)
    return bot


async def test_servers_are_compared_only_where_all_shards_are_here(
    library: Library, ledger: Ledger, rows: Rows
) -> None:
    await library.import_files(access.own_scope(4711), [(rows(("old", 0, "an old talk")), Labels())])
    both = shards(library, ledger, 0, 1)
    async with discord_with(both) as env:
        servers = [env.create_guild(f"on shard {number}", shard_id=number) for number in (0, 1)]
        await env.settle()
        await both.on_ready()
        assert [await ledger.departed_at(server.id) for server in servers] == [None, None]
        assert await ledger.departed_at(4711) is not None
    await ledger.record_presence(4711, both.application_id)
    one = shards(library, ledger, 0)
    async with discord_with(one):
        assert one.application_id == both.application_id
        await one.on_ready()
        for known in (*(server.id for server in servers), 4711):
            assert await ledger.departed_at(known) is None, "it may be on the other shard"
    again = shards(library, ledger, 0, 1)
    async with discord_with(again):
        for known in (*(server.id for server in servers), 4711):
            assert await ledger.departed_at(known) is not None, "Discord's own READY listed none of them"


async def test_an_outage_of_one_shard_is_no_removal(library: Library, ledger: Ledger) -> None:
    bot = shards(library, ledger, 0, 1)
    async with discord_with(bot) as env:
        servers = [env.create_guild(f"on shard {number}", shard_id=number) for number in (0, 1)]
        await env.settle()
        await bot.shards[1].disconnect()
        await bot.on_ready()
        await bot.shards[1].reconnect()
        await env.settle()
        assert [await ledger.departed_at(server.id) for server in servers] == [None, None]


async def test_the_daily_sweep_as_a_whole(world: World, clock: Clock) -> None:
    sweep = world.bot.sweep
    assert sweep.is_running()
    assert sweep.hours == 24
    await world.meet()
    await world.one.slash(world.general, "ask", question=QUESTION)
    await world.ledger.record_miss(access.SHARED, "an old question", world.one.id)
    await world.ledger.begin_import(access.SHARED, most=1)
    await remove(world)
    clock.second += KEPT_SECONDS - 60
    await world.ledger.record_miss(access.SHARED, "a young question", world.one.id)
    clock.second += 61
    await sweep()
    assert [miss.question for miss in await world.ledger.misses(access.SHARED)] == ["a young question"]
    assert await videos(world) == 0
    assert not await world.ledger.is_known(world.alpha.id)
    for table in ("button_state", "sighting", "import_tally"):
        assert await world.ledger._rows(f"SELECT * FROM {table}") == [], table
    assert len(await world.library.videos(access.own_scope(world.beta.id))) == 1


@pytest.mark.parametrize(
    ("error", "logged"),
    [
        (
            DatabaseError("the disk is full"),
            "could not tidy up, and will try again tomorrow: DatabaseError: the disk is full",
        ),
        (sqlite3.OperationalError("no such table: nowhere"), "unexpected error while tidying up"),
    ],
)
async def test_a_sweep_that_fails_is_tried_again_the_next_day(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, error: Exception, logged: str
) -> None:
    async def failing(_retention: float) -> int:
        raise error

    monkeypatch.setattr(world.ledger, "delete_expired", failing)
    await world.bot.sweep()
    assert logged in caplog.text
    assert ("Traceback" in caplog.text) == isinstance(error, sqlite3.Error)
    assert world.bot.sweep.is_running()


async def test_about_says_what_is_kept(world: World) -> None:
    assert "shows it." in seen(await world.one.slash(world.general, "about"))
