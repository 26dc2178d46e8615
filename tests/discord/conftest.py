"""A bot in a server with two people, and a world of several servers: what most tests of the Discord app begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.discord_app.client import CuepointClient
from bot.discord_app.services.questions import suggestions
from bot.settings import Settings
from storage.ledger import Ledger
from storage.library import Library
from tests.support.discord.discord_world import Clock, Rows, World, world_of
from tests.support.discord.harness import ChannelHandle, Env, MemberActor, discord_with


@pytest.fixture(autouse=True)
def unhurried_suggestions(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine too, what is typed finds the titles that there are."""
    monkeypatch.setattr(suggestions, "WAIT_SECONDS", 10.0)


@pytest.fixture
async def discord(library: Library, ledger: Ledger) -> AsyncIterator[Env]:
    bot = CuepointClient(Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0"}), library, ledger, shard_count=1)
    async with discord_with(bot) as env:
        yield env


@pytest.fixture
def general(discord: Env) -> ChannelHandle:
    return discord.create_guild().create_text_channel("general")


@pytest.fixture
def alice(discord: Env, general: ChannelHandle) -> MemberActor:
    return discord.guild.add_member(discord.create_user("alice"))


@pytest.fixture
def bob(discord: Env, general: ChannelHandle) -> MemberActor:
    return discord.guild.add_member(discord.create_user("bob"))


@pytest.fixture
async def world(library: Library, ledger: Ledger, rows: Rows) -> AsyncIterator[World]:
    async with world_of(library, ledger, rows) as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()
