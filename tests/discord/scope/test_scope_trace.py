"""What is read for somebody: no statement, no row and no index file of a library that is out of their reach."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import access
from storage.indexing import index_manager
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Question
from tests.support.discord.discord_world import Clock, Rows, World, world_of
from tests.support.discord.harness import pressable
from tests.support.discord.scope_scenarios import (
    ASKED,
    MANAGED,
    Player,
    Road,
    asking,
    keeping_private,
    listing,
    reading,
    typing,
)
from tests.support.discord.scope_tracing import Trace, held, index_file, renumber, swayed, traced

DAY = 24 * 3600.0
WORDS = ("bronze", "bell", "fog", "belfry", "beta-talk", "lost bronze")
"""Of Beta's texts, titles, ids, creators, glossary, misses and votes; nobody on these roads types any."""
LIBRARY_NUMBER = 7_700_077
"""Of Beta's library in the database: a number that nothing else has."""


UNRANKED = (keeping_private, listing, reading, typing)
"""Roads on which nothing is ranked, so that no index is opened."""


@pytest.fixture
async def ledger(library: Library, tmp_path: Path) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(tmp_path / "data" / "cuepoint.db", now=Clock())
    yield opened
    await opened.close()


@pytest.fixture
async def world(
    library: Library, ledger: Ledger, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """Every library in use since yesterday, its index on disk, as another process left it."""
    monkeypatch.setattr(index_manager, "MIN_CACHED_SEGMENTS", 0)
    async with world_of(library, ledger, rows) as made:
        await made.use(made.alpha, "copper lantern", "gate")
        await made.use(made.beta, "bronze bell", "belfry")
        renumber(tmp_path / "data" / "cuepoint.db", access.library_key(made.beta.id), LIBRARY_NUMBER)
        await made.meet()
        other = await Library.open(tmp_path / "data" / "cuepoint.db")
        for scope in (access.own_scope(made.alpha.id), access.own_scope(made.beta.id), access.host_scope()):
            await other.search(scope, Question("x", "x"), 1)
        await other.close()
        ledger._now.second += DAY
        yield made


async def test_a_trace_sees_who_may_see_beta(world: World, tmp_path: Path) -> None:
    path, key = tmp_path / "data" / "cuepoint.db", access.library_key(world.beta.id)
    async with traced(world.library, world.ledger) as trace:
        await asking(Player(world, world.both_in_beta, world.beta_hall))
    assert trace.keys == {key, access.SHARED}
    assert index_file(path.parent, key) in trace.touched
    assert len(swayed(path, key, trace.statements)) > 3


async def walk(world: World, folder: Path, *roads: Road, player: Player, limited: bool = False) -> Trace:
    """Walks roads and looks at what they took: nothing may name Beta, depend on it, or change a row of it.

    Where Beta is `limited` its number may be named: whom it is limited to stands in its settings.
    """
    path, key = folder / "data" / "cuepoint.db", access.library_key(world.beta.id)
    before = held(path, key)
    assert all(before.values()), "there is something of every kind to be found"
    async with traced(world.library, world.ledger) as trace:
        for road in roads:
            await road(player)
        await world.env.settle()
    names = (key if limited else str(world.beta.id), str(LIBRARY_NUMBER), *WORDS)
    assert [each for each in trace.statements for name in names if name in each] == []
    assert swayed(path, key, trace.statements) == []
    assert held(path, key) == before
    assert not [each for each in trace.touched if index_file(path.parent, key) in each or key in each]
    return trace


def places(world: World) -> list[Player]:
    """Where a member of Alpha alone can ask."""
    one = world.one
    return [
        Player(world, one, world.general),
        Player(world, world.alone(one)),
        Player(world, world.abroad_as(one), world.abroad),
    ]


@pytest.mark.parametrize("road", ASKED, ids=lambda road: road.__name__)
async def test_a_member_of_alpha(world: World, tmp_path: Path, road: Road) -> None:
    alpha, keys, touched = access.library_key(world.alpha.id), set[str](), []
    for player in places(world):
        trace = await walk(world, tmp_path, road, player=player)
        assert trace.keys <= {alpha, access.SHARED}
        keys |= trace.keys
        touched += trace.touched
    assert alpha in keys
    assert index_file(tmp_path / "data", alpha) in touched or road in UNRANKED


@pytest.mark.parametrize("road", MANAGED, ids=lambda road: road.__name__)
async def test_who_looks_after_alpha(world: World, tmp_path: Path, road: Road) -> None:
    trace = await walk(world, tmp_path, road, player=Player(world, world.owner, world.general))
    assert access.library_key(world.alpha.id) in trace.keys
    assert trace.keys <= {access.library_key(world.alpha.id), access.SHARED, access.SAMPLES}


async def test_a_stranger(world: World, tmp_path: Path) -> None:
    for player in (Player(world, world.stranger), Player(world, world.abroad_as(world.stranger), world.abroad)):
        trace = await walk(world, tmp_path, *ASKED, player=player)
        assert trace.keys == {access.SHARED}
        assert str(world.alpha.id) not in "".join(trace.statements)


async def test_where_alpha_keeps_its_videos_to_another_channel(world: World, tmp_path: Path) -> None:
    await world.limit(world.alpha, channels=frozenset({1}))
    for player in places(world):
        assert (await walk(world, tmp_path, *ASKED, player=player)).keys == {access.SHARED}


async def test_where_alpha_leaves_out_the_shared_videos(world: World, tmp_path: Path) -> None:
    await world.limit(world.alpha, shared_too=False)
    trace = await walk(world, tmp_path, *ASKED, player=Player(world, world.one, world.general))
    assert trace.keys == {access.library_key(world.alpha.id)}


@pytest.mark.parametrize("limited", [False, True], ids=["left", "limited"])
async def test_buttons_of_before_beta_was_out_of_reach(world: World, tmp_path: Path, limited: bool) -> None:
    player, cards = Player(world, world.alone(world.both)), []
    for picked in ({}, {"server": "Beta"}):
        card = await player.slash("ask", question="bronze bell lantern", **picked)
        cards += [
            card,
            await player.read(card, 1),
            await player.slash("timeline", question="bronze bell", **picked),
        ]
    cards += [
        await player.slash("transcript", video="belfry-03", at="1:00"),
        await player.slash("videos", search="talk"),
    ]
    if limited:
        await world.limit(world.beta, roles=frozenset({1}))
    else:
        world.beta.remove_member(world.both_in_beta)
    world.bot.app.memberships.forget_person(world.both.id)

    told = len(player.told)

    async def pressing(player: Player) -> None:
        for card in cards:
            for label in sorted(pressable(card) - {"Delete"}):
                await player.click(card, label)

    trace = await walk(world, tmp_path, pressing, player=player, limited=limited)
    assert trace.keys == {access.library_key(world.alpha.id), access.SHARED}
    assert "belfry" not in str(player.told[told:])
