"""The card in a server that the bot was added to: where it stands, in which language, and when there is none."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import PermissionOverwrite, Permissions

from bot.discord_app.cards.admin.welcome import welcome_card
from bot.discord_app.services.admin.welcome import EVERY_SECONDS, RECENT_SECONDS
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels
from tests.support.discord.discord_world import Clock, Rows, World, world_of
from tests.support.discord.harness import ChannelHandle, answers, pressable, seen

EMPTY = (
    "### Hi, I’m Cuepoint.\n"
    "I answer questions with what is said in your videos, word for word, with a link to the second.\n"
    "Ask with **/ask**, or mention me.\n"
    "Until somebody who manages this server imports transcripts, I only know three sample talks.\n"
    "Import transcripts\nTry a sample\nSettings\nHelp"
)


@pytest.fixture
async def ledger(library: Library, tmp_path: Path, clock: Clock) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(tmp_path / "data" / "cuepoint.db", now=clock)
    yield opened
    await opened.close()


@pytest.fixture
async def empty(library: Library, ledger: Ledger, rows: Rows) -> AsyncIterator[World]:
    async with world_of(library, ledger, rows, filled=False) as made:
        await made.env.settle()
        yield made


def alpha(world: World, *, joined: float) -> discord.Guild:
    """Alpha as discord.py knows it, where the bot joined at a second of the ledger's clock."""
    server = world.bot.get_guild(world.alpha.id)
    assert server is not None
    assert server.me is not None
    server.me.joined_at = datetime.fromtimestamp(joined, UTC)
    return server


async def added(world: World) -> list[Any]:
    """What the bot wrote in #general since it was added to Alpha just now."""
    before = len(answers(world.general, world.env))
    await world.bot.on_guild_join(alpha(world, joined=world.ledger.now()))
    await world.env.settle()
    return answers(world.general, world.env)[before:]


async def test_a_new_server_gets_one_card(empty: World) -> None:
    (card,) = await added(empty)
    assert re.sub(r"</ask:\d+>", "**/ask**", seen(card)) == EMPTY
    assert await added(empty) == [], "it is announced again"


async def test_both_events_at_once_bring_one_card(empty: World) -> None:
    server = alpha(empty, joined=empty.ledger.now())
    await asyncio.gather(*(
        event(server) for event in (empty.bot.on_guild_join, empty.bot.on_guild_available) for _ in range(5)
    ))  # fmt: skip
    assert len(answers(empty.general, empty.env)) == 1


async def test_a_server_that_the_bot_was_in_before_gets_none(empty: World) -> None:
    """Discord announces every server at each start, and after an outage."""
    for joined in (RECENT_SECONDS, 3 * RECENT_SECONDS, 1e9, -RECENT_SECONDS):
        server = alpha(empty, joined=empty.ledger.now() - joined)
        await empty.bot.on_guild_available(server)
        await empty.bot.on_guild_join(server)
    assert answers(empty.general, empty.env) == []


async def test_whoever_returns_within_thirty_days_is_not_welcomed_again(empty: World, clock: Clock) -> None:
    assert len(await added(empty)) == 1
    clock.second += EVERY_SECONDS - 1
    await empty.ledger.record_departure(empty.alpha.id, empty.bot.application_id)
    assert await added(empty) == []
    clock.second += 1
    assert len(await added(empty)) == 1


async def test_a_purge_in_the_server_brings_no_second_card(empty: World, clock: Clock) -> None:
    assert len(await added(empty)) == 1
    await empty.owner.slash(empty.general, "settings", quotes=2)
    asked = await empty.owner.slash(empty.general, "library purge")
    assert "deleted" in seen(await empty.owner.click(asked.response, label="Delete everything"))
    clock.second += 60
    assert await added(empty) == []


async def test_a_server_that_kept_its_videos_is_not_told_that_there_are_none(world: World) -> None:
    (card,) = await added(world)
    said = seen(card)
    assert re.search(r"This server’s 1 video is still here\. Ask with </ask:\d+>, or mention me\.", said)
    assert "sample talks" not in said
    assert pressable(card) == {"Try an example", "Import transcripts", "Settings", "Help"}
    assert "gate" in seen(await world.one.click(card, label="Try an example"))


async def test_videos_that_not_everybody_may_see_are_not_spoken_of(world: World, library: Library) -> None:
    await library.purge(access.host_scope())
    vip = world.alpha.create_text_channel("vip")
    await world.limit(world.alpha, channels=frozenset({vip.id}))
    (card,) = await added(world)
    assert "still here" not in seen(card)
    assert "sample talks" not in seen(card)
    assert "Ask with" in seen(card)


async def test_where_the_shared_videos_answer_no_samples_are_offered(
    empty: World, library: Library, rows: Rows
) -> None:
    await library.import_files(access.host_scope(), [(rows(("ferry", 0, "the ferry leaves")), Labels())])
    (card,) = await added(empty)
    assert "sample talks" not in seen(card)
    assert "still here" not in seen(card)


async def test_a_server_that_is_not_served_gets_none_and_leaves_no_trace(empty: World) -> None:
    object.__setattr__(empty.bot.app, "is_served", lambda _: False)
    await empty.ledger._execute("DELETE FROM server", ())
    assert await added(empty) == []
    assert not await empty.ledger.is_known(empty.alpha.id)


async def test_it_stands_in_the_system_channel_else_in_the_first_where_the_bot_may_write(empty: World) -> None:
    bot_user = empty.bot.user
    assert bot_user is not None
    silent, hidden = PermissionOverwrite(send_messages=False), PermissionOverwrite(view_channel=False)
    channels = {
        "silent": empty.alpha.create_text_channel("silent", overwrites={bot_user: silent}),
        "hidden": empty.alpha.create_text_channel("hidden", overwrites={bot_user: hidden}),
        "open": empty.alpha.create_text_channel("open"),
        "system": empty.alpha.create_text_channel("system"),
    }

    async def welcomed_in() -> list[str]:
        await empty.ledger._execute("UPDATE server SET welcomed_at = NULL", ())
        before = {name: len(answers(channel, empty.env)) for name, channel in channels.items()}
        server = alpha(empty, joined=empty.ledger.now())
        for place, name in enumerate(("silent", "hidden", "open")):
            set_position(server, channels[name], place - 10)
        await empty.bot.on_guild_join(server)
        return [name for name, channel in channels.items() if len(answers(channel, empty.env)) > before[name]]

    assert await welcomed_in() == ["open"]
    empty.env.backend.edit_guild(empty.alpha.id, {"system_channel_id": channels["system"].id})
    await empty.env.settle()
    assert await welcomed_in() == ["system"]
    empty.env.backend.edit_guild(empty.alpha.id, {"system_channel_id": channels["silent"].id})
    await empty.env.settle()
    assert await welcomed_in() == ["open"]


def set_position(server: discord.Guild, channel: ChannelHandle, position: int) -> None:
    known = server.get_channel(channel.id)
    assert isinstance(known, discord.TextChannel)
    known.position = position


@pytest.mark.parametrize("status", [403, 404, 400])
async def test_where_discord_refuses_nothing_happens(
    empty: World, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    empty.env.inject_error("POST", f"/channels/{empty.general.id}/messages", status=status, times=None)
    with caplog.at_level("INFO", "cuepoint.discord"):
        assert await added(empty) == []
    (line,) = [record for record in caplog.records if "no welcome" in record.message]
    assert line.levelname == "INFO"
    assert len(posts(empty)) == 1, "it is not tried again"
    assert await added(empty) == []


async def test_where_the_bot_may_write_nowhere_nothing_happens(empty: World) -> None:
    server = alpha(empty, joined=empty.ledger.now())
    for role in server.roles:
        role._permissions = 0
    await empty.bot.on_guild_join(server)
    assert posts(empty) == []


def posts(world: World) -> list[Any]:
    return [each for each in world.env.http_requests if each.method == "POST" and each.path.endswith("/messages")]


@pytest.mark.parametrize("locale", ["de", "ja", "pt-BR"])
async def test_it_speaks_the_language_of_the_server(library: Library, ledger: Ledger, rows: Rows, locale: str) -> None:
    async with world_of(library, ledger, rows, filled=False, locale=locale) as world:
        (card,) = await added(world)
        help_label = {"de": "Hilfe", "ja": "ヘルプ", "pt-BR": "Ajuda"}[locale]
        assert help_label in pressable(card)


async def test_a_sample_is_answered_to_the_presser_alone(empty: World) -> None:
    (card,) = await added(empty)
    tried = await empty.one.click(card, label="Try a sample")
    assert tried.ephemeral
    assert "### What is" in seen(tried)
    assert "video.example.com" in seen(tried)
    assert "Nothing is imported here yet; these are sample talks" in seen(tried)
    further = await empty.one.slash(empty.general, "ask", question="more", private=True)
    assert "There is no answer here yet" not in seen(further), "it is the last answer of who pressed"


async def test_the_same_button_later_asks_of_the_videos_that_came(empty: World, library: Library, rows: Rows) -> None:
    (card,) = await added(empty)
    talk = rows(*((f"gate-{n}", 0, f"the copper lantern of the gate {n} hangs in the harbour") for n in range(4)))
    await library.import_files(access.own_scope(empty.alpha.id), [(talk, Labels())])
    said = seen(await empty.one.click(card, label="Try a sample"))
    assert "sample" not in said.replace("Try a sample", "").lower()


async def test_its_other_buttons_are_for_those_who_manage_the_server(empty: World) -> None:
    (card,) = await added(empty)
    for label in ("Import transcripts", "Settings"):
        refused = await empty.one.click(card, label=label)
        assert refused.ephemeral
        assert seen(refused) == "Only those who may manage this server can do that."
    assert (await empty.owner.click(card, label="Import transcripts")).modal is not None
    shown = await empty.owner.click(card, label="Settings")
    assert shown.ephemeral
    assert "Who may search" in seen(shown)
    assert (await empty.one.click(card, label="Help")).ephemeral


async def test_it_works_after_a_restart_and_in_months(empty: World, library: Library, clock: Clock) -> None:
    (card,) = await added(empty)
    clock.second += 400 * 24 * 3600.0
    await empty.ledger.delete_expired(30 * 24 * 3600.0)
    assert "### What is" in seen(await empty.one.click(card, label="Try a sample"))
    assert (await empty.owner.click(card, label="Import transcripts")).modal is not None


async def test_somebody_let_in_by_the_server_is_told_who_can_import(empty: World) -> None:
    role = empty.alpha.create_role("helpers", permissions=Permissions(manage_messages=True))
    helper = empty.alpha.add_member(empty.env.create_user("hal"), roles=[role])
    (card,) = await added(empty)
    assert "Only those who may manage" in seen(await helper.click(card, label="Import transcripts"))


def test_the_card_mentions_nobody_and_is_short() -> None:
    for card in (
        welcome_card(is_empty=True),
        welcome_card(is_empty=False),
        welcome_card(is_empty=False, videos=12_345),
    ):
        assert card.notified == ()
        assert sum(len(part["content"]) for part in texts_of(card)) < 350


def texts_of(card: Any) -> list[dict[str, Any]]:
    return [part for container in card.components() for part in container.get("components", []) if part["type"] == 10]
