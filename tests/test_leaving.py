"""Being removed from a server: noticed, kept for 30 days, then deleted; never by mistake."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from discord_world import QUESTION, Rows, World, found, world_of
from harness import seen

from bot.discord_face.leaving import KEPT_SECOND, purge_gone
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import ServerSettings


class Clock:
    second = 1_700_000_000.0

    def __call__(self) -> float:
        return self.second


@pytest.fixture
def clock() -> Clock:
    return Clock()


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
    return await purge_gone(world.bot, world.bot.desk, world.bot.application_id)


async def videos(world: World) -> int:
    return len(await world.library.videos(access.own(world.alpha.id)))


async def drawn_on(world: World) -> set[str]:
    """The libraries that buttons may still draw on."""
    rows = await world.ledger._rows("SELECT value FROM button_state, json_each(libraries)")
    return {key for (key,) in rows}


async def test_after_a_removal_its_videos_are_seen_by_nobody(world: World) -> None:
    await world.meet()
    assert found(await world.alone(world.one).slash("ask", question=QUESTION)) == {"alpha", "shared"}
    await remove(world)
    assert await world.ledger.left_at(world.alpha.id) is not None
    assert found(await world.alone(world.one).slash("ask", question=QUESTION)) == {"shared"}


async def test_thirty_days_after_a_removal_everything_is_deleted(world: World, clock: Clock) -> None:
    await world.meet()
    await world.limit(world.alpha, quotes=2)
    await world.ledger.missed(access.key_of(world.alpha.id), "where?", world.one.id)
    for person, channel in ((world.one, world.general), (world.both_in_beta, world.beta_hall)):
        assert found(await person.slash(channel, "ask", question=QUESTION))
    await remove(world)
    clock.second += KEPT_SECOND
    assert (await tidied(world), await videos(world)) == ([], 1), "not a moment earlier"
    clock.second += 1
    assert await drawn_on(world) == {access.key_of(world.alpha.id), access.key_of(world.beta.id), access.SHARED}
    assert (await tidied(world), await videos(world)) == ([world.alpha.id], 0)
    assert await drawn_on(world) == {access.key_of(world.beta.id), access.SHARED}
    assert await world.ledger.settings(world.alpha.id) == ServerSettings()
    assert await world.ledger.misses(access.key_of(world.alpha.id)) == []
    assert [each.server_id for each in (await world.ledger.known_about(world.both.id)).sightings] == [world.beta.id]
    assert len(await world.library.videos(access.own(world.beta.id))) == 1
    assert await tidied(world) == []


async def test_a_server_that_discord_still_shows_is_not_deleted(world: World, clock: Clock) -> None:
    assert world.bot.application_id is not None
    await world.ledger.left(world.alpha.id, world.bot.application_id)
    clock.second += KEPT_SECOND + 1
    assert (await tidied(world), await videos(world)) == ([], 1)
    assert await world.ledger.left_at(world.alpha.id) is None, "it is in it after all"


async def test_without_a_clear_answer_nothing_is_deleted(world: World, clock: Clock) -> None:
    await remove(world)
    clock.second += KEPT_SECOND + 1
    world.env.inject_error("GET", f"/guilds/{world.alpha.id}", status=500, times=None)
    assert (await tidied(world), await videos(world)) == ([], 1)
    assert await world.ledger.left_at(world.alpha.id) is not None


async def test_what_another_application_left_is_not_this_ones_to_delete(world: World, clock: Clock) -> None:
    await world.ledger.left(12345, 1)
    clock.second += KEPT_SECOND + 1
    assert await tidied(world) == []
    assert await world.ledger.left_at(12345) is not None


async def test_a_return_within_the_time_keeps_everything(world: World, clock: Clock) -> None:
    await world.ledger.left(world.alpha.id, world.bot.application_id)
    server = world.bot.get_guild(world.alpha.id)
    assert server is not None
    await world.bot.on_guild_join(server)
    clock.second += KEPT_SECOND + 1
    assert (await tidied(world), await videos(world)) == ([], 1)


async def test_a_server_missing_from_the_list_at_the_start_was_left(world: World) -> None:
    await world.bot.on_ready()
    assert await world.ledger.left_at(world.alpha.id) is None
    world.env.backend.remove_guild(world.alpha.id)
    server = world.bot.get_guild(world.alpha.id)
    if server is not None:
        world.bot._connection._remove_guild(server)
    await world.ledger.returned(world.alpha.id, world.bot.application_id)
    await world.bot.on_ready()
    assert await world.ledger.left_at(world.alpha.id) is not None
    assert await world.ledger.left_at(world.beta.id) is None


async def test_about_says_what_is_kept(world: World) -> None:
    assert "/privacy shows it to you" in seen(await world.one.slash(world.general, "about"))
