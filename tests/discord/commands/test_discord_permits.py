"""Who may press a button, or send a form, about a server's library: its managers, and whom Discord let in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.discord_app.cards.parts import controls
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.interactions.admin import permits
from bot.discord_app.services.questions.button_state import EXPIRED
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from tests.support.discord.discord_world import Clock, Rows, World, world_of
from tests.support.discord.harness import InteractionResult, MemberActor, components_of, seen

REFUSED = "Only those who may manage this server"
SRT = b"1\n00:00:01,500 --> 00:00:04,000\nthe brass anchor\n"
FILES = {"files": [("anchor.srt", SRT)]}


@pytest.fixture
async def ledger(library: Library, tmp_path: Path, clock: Clock) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(tmp_path / "data" / "cuepoint.db", now=clock)
    yield opened
    await opened.close()


@pytest.fixture
async def world(library: Library, ledger: Ledger, rows: Rows) -> AsyncIterator[World]:
    async with world_of(library, ledger, rows) as made:
        for number in range(20):
            await ledger.record_miss(access.library_key(made.alpha.id), f"question {number:02}", made.both.id)
        yield made


def manager(world: World) -> MemberActor:
    """Somebody in Alpha who may manage it."""
    role = world.alpha.create_role("manager", permissions=discord.Permissions(manage_guild=True))
    return world.alpha.add_member(world.env.create_user("manager"), roles=[role])


def demote(world: World, member: MemberActor) -> None:
    world.env.backend.guilds[world.alpha.id].members[member.id].role_ids.clear()


def helper(world: World) -> MemberActor:
    """Somebody whom Alpha's settings give /library by a role, without letting them manage the server."""
    role = world.alpha.create_role("helper")
    everywhere = world.env.backend.commands[None].values()
    (number,) = [int(each["id"]) for each in everywhere if each["name"] == "library"]
    world.alpha.set_command_permissions(number, {role: True})
    return world.alpha.add_member(world.env.create_user("helper"), roles=[role])


async def videos(world: World) -> list[str]:
    return [each.video.video_id for each in await world.library.videos(access.own_scope(world.alpha.id))]


def key_in(card: InteractionResult, verb: str) -> str:
    return str(components_of(card)).split(f"cue:{verb}:")[1].split(":")[1]


async def forged(world: World, verb: str, holder: int, key: str, server: Any = None) -> Any:
    """A message for all to see with a button as only its holder ever gets to see it."""
    channel = world.beta_hall if server is world.beta else world.general
    owner = Owner(holder, key)
    rows = {"remove": controls.removal_row(owner), "purge": controls.purge_row(owner),
            "misses": controls.button_row(controls.page_buttons("misses", owner, 0, more=True)),
            "feedback": controls.button_row(controls.export_questions_button(owner))}  # fmt: skip
    found = world.bot.get_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    return await found.send(view=Card(*rows[verb]))


CARDS: dict[str, tuple[str, dict[str, str], str]] = {
    "remove": ("library remove", {"video": "alpha-talk"}, "Remove it"),
    "purge": ("library purge", {}, "Delete everything"),
    "misses": ("library misses", {}, "Next"),
    "feedback": ("library misses", {}, "Export"),
}


async def test_whom_discord_let_in_may_go_on_with_what_they_began(world: World) -> None:
    person = helper(world)
    listed = await person.slash(world.general, "library misses")
    assert "Page 2 of 2" in seen(await person.click(listed.response, label="Next"))
    assert "20 questions about 1 segment" in seen(await person.click(listed.response, label="Export"))
    form = await person.slash(world.general, "library import", video="anchor")
    assert "1 video added" in seen(await person.submit_modal(form, FILES))
    removal = await person.slash(world.general, "library remove", video="anchor")
    assert "Removed" in seen(await person.click(removal.response, label="Remove it"))
    purge = await person.slash(world.general, "library purge")
    assert "Nothing was removed" in seen(await person.click(purge.response, label="Leave it"))
    purge = await person.slash(world.general, "library purge")
    assert "is deleted" in seen(await person.click(purge.response, label="Delete everything"))
    assert await videos(world) == []


@pytest.mark.parametrize("verb", CARDS)
async def test_nobody_else_may_go_on_with_it(world: World, verb: str) -> None:
    person = helper(world)
    command, options, label = CARDS[verb]
    card = await person.slash(world.general, command, **options)
    copied = await forged(world, verb, person.id, key_in(card, verb))
    refused = await world.one.click(copied, label=label)
    assert REFUSED in seen(refused)
    assert refused.ephemeral
    assert "question" not in seen(refused)
    own = await forged(world, verb, world.one.id, key_in(card, verb))
    assert "These buttons have expired" in seen(await world.one.click(own, label=label)), "the key is not theirs"
    assert await videos(world) == ["alpha-talk"]


@pytest.mark.parametrize("verb", CARDS)
async def test_who_may_manage_the_server_may_go_on_with_what_another_began(world: World, verb: str) -> None:
    command, options, label = CARDS[verb]
    card = await helper(world).slash(world.general, command, **options)
    begun_by = int(str(components_of(card)).split(f"cue:{verb}:")[1].split(":")[0])
    copied = await forged(world, verb, begun_by, key_in(card, verb))
    assert REFUSED not in seen(await manager(world).click(copied, label=label))


@pytest.mark.parametrize("verb", CARDS)
async def test_who_could_manage_the_server_and_no_longer_can_is_refused(world: World, verb: str) -> None:
    command, options, label = CARDS[verb]
    person = manager(world)
    card = await person.slash(world.general, command, **options)
    form = await person.slash(world.general, "library import", video="anchor")
    demote(world, person)
    assert REFUSED in seen(await person.click(card.response, label=label))
    assert REFUSED in seen(await person.submit_modal(form, FILES))
    assert await videos(world) == ["alpha-talk"]


async def test_a_card_of_one_kind_does_nothing_of_another(world: World) -> None:
    person = helper(world)
    listed = await person.slash(world.general, "library misses")
    for verb, label in (("purge", "Delete everything"), ("remove", "Remove it")):
        copied = await forged(world, verb, person.id, key_in(listed, "misses"))
        assert "These buttons have expired" in seen(await person.click(copied, label=label))
    assert await videos(world) == ["alpha-talk"]


async def test_what_was_begun_in_one_server_does_nothing_in_another(world: World) -> None:
    card = await world.owner.slash(world.general, "library remove", video="alpha-talk")
    role = world.beta.create_role("manager", permissions=discord.Permissions(manage_guild=True))
    there = world.beta.add_member(world.env.create_user("there"), roles=[role])
    copied = await forged(world, "remove", world.owner.id, key_in(card, "remove"), server=world.beta)
    assert EXPIRED in seen(await there.click(copied, label="Remove it"))
    assert await videos(world) == ["alpha-talk"]


async def test_an_hour_later_it_has_to_be_asked_again_however_many_pages_were_turned(
    world: World, clock: Clock
) -> None:
    person = helper(world)
    listed = await person.slash(world.general, "library misses")
    clock.second += permits.PERMIT_LIFETIME_SECONDS - 1
    assert "Page 2 of 2" in seen(await person.click(listed.response, label="Next"))
    clock.second += 1
    assert "These buttons have expired" in seen(await person.click(listed.response, label="Previous"))


async def test_only_the_one_who_was_asked_leaves_it(world: World) -> None:
    card = await world.owner.slash(world.general, "library remove", video="alpha-talk")
    copied = await forged(world, "remove", world.owner.id, key_in(card, "remove"))
    assert "Only the person I asked" in seen(await world.one.click(copied, label="Leave it"))
