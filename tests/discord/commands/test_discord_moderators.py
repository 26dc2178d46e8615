"""What moderators meet who are quick, several at once, or mistaken about which videos are theirs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storage import access
from storage.library import Library
from storage.models import Labels
from tests.support.discord.discord_world import Rows, World
from tests.support.discord.harness import seen
from tests.support.discord.running_bot import bot_process, home, texts
from tests.support.discord.scope_scenarios import Player
from tests.support.local_discord import Json, LocalDiscord, Permission


@pytest.fixture
def owner(world: World) -> Player:
    return Player(world, world.owner, world.general)


async def test_the_video_that_is_called_so_is_renamed_and_not_one_that_holds_the_name(
    world: World, owner: Player, library: Library, rows: Rows
) -> None:
    for video_id, title in (("a", "An Intro"), ("b", "Intro")):
        source = rows((video_id, 0, "words of it"), title=title)
        await library.import_files(access.own_scope(world.alpha.id), [(source, Labels())])
    assert "**Intro** is now called **New**" in seen(await owner.slash("library rename", video="intro", title="New"))
    refused = seen(await owner.slash("library rename", video="a", title="\u200b\u202e"))
    assert "character that can be seen" in refused


async def test_a_shared_video_is_not_said_not_to_be_there(world: World, owner: Player) -> None:
    refused = seen(await owner.slash("library remove", video="shared-talk"))
    assert refused.startswith("None of this server’s own videos is called “shared-talk”.")
    assert "> lists all that are searched here." in refused
    assert "Here I can search:** 2 videos, 2 segments" in seen(await owner.slash("about"))
    await world.library.purge(access.own_scope(world.alpha.id))
    assert "Here I can search:** 1 video, 1 segment, " in seen(await owner.slash("about"))
    refused = seen(await owner.slash("library remove", video="shared-talk"))
    assert "This server has no videos of its own yet. </library import:" in refused


async def test_of_two_who_remove_a_video_the_second_is_told_that_it_is_gone(owner: Player) -> None:
    first = await owner.slash("library remove", video="alpha-talk")
    second = await owner.slash("library remove", video="alpha-talk")
    assert "· id alpha-talk" in seen(first)
    assert "Removed **alpha-talk**" in seen(await owner.click(first, "Remove it"))
    late = await owner.click(second, "Remove it")
    assert seen(late) == "That video is no longer in this server’s library."


async def test_a_file_that_is_refused_is_named_once(owner: Player) -> None:
    words = seen(await owner.upload(("x.csv", b"a,b\n1,2\n")))
    assert "- **x.csv**: line 1: the columns" in words


async def test_of_moderators_at_once_none_takes_back_what_another_changed(server: LocalDiscord, tmp_path: Path) -> None:
    changes: list[Json] = [{"quotes": 2}, {"private": True}, {"shared": False}, {"cooldown": 7}, {"misses": False}]
    mods = [server.add_user(f"mod {number}") for number in range(len(changes))]
    async with bot_process(server, tmp_path):
        await server.ready()
        guild, channel = await home(server, *mods)
        role = server.add_role(guild, "Mods", Permission.MANAGE_GUILD)
        for each in mods:
            server.add_member(guild, each, role)
        sent = [server.slash(mod, "settings", given, at=channel) for mod, given in zip(mods, changes, strict=True)]
        for each in await asyncio.gather(*sent):
            await server.reply_to(each)
        told = texts(await server.reply_to(await server.slash(mods[0], "settings", at=channel)))
    for said in ("at most 2", "Answers are:** private", "not searched", "7 seconds", "not noted"):
        assert said in told
    assert server.breaches == []


async def test_where_nothing_may_be_seen_there_are_no_sample_talks_either(world: World) -> None:
    other = Player(world, world.one, world.alpha.create_text_channel("other"))
    await world.limit(world.alpha, channels=frozenset({world.general.id}), shared_too=False)
    for name, options in (("ask", {"question": "bm25"}), ("timeline", {"question": "bm25"})):
        words = seen(await other.slash(name, **options))
        assert "Not in these videos." in words
        assert f"This server’s videos can be searched in <#{world.general.id}>." in words
        assert "ample talk" not in words
    where = f"-# This server’s videos can be searched in <#{world.general.id}>."
    assert seen(await other.slash("videos")) == f"### 0 videos\n{where}"
    assert "Here I can search:** 0 videos" in seen(await other.slash("about"))
    assert "No video is called" in seen(await other.slash("video", video="alpha-talk"))
    assert await other.typing("ask", "video", "", question="x") == []
