"""A member who asks where their server's videos are not searched is told in which channels they can ask instead."""

from __future__ import annotations

import discord
import pytest

from bot.discord_app.services.asker_resolver import KEPT_CLOSE
from tests.support.discord.discord_world import QUESTION, World, found
from tests.support.discord.harness import ChannelHandle, MemberActor, answers, components_of, mention, seen

HIDDEN = discord.PermissionOverwrite(view_channel=False)
READ_ONLY = discord.PermissionOverwrite(send_messages=False, use_application_commands=False)
COMMANDS_ONLY = discord.PermissionOverwrite(send_messages=False)


async def told(person: MemberActor, channel: ChannelHandle) -> str:
    return seen(await person.slash(channel, "ask", question=QUESTION))


async def limit_to(world: World, *channels: ChannelHandle) -> None:
    await world.limit(world.alpha, channels=frozenset(channel.id for channel in channels))


@pytest.mark.parametrize("kind", ["text", "news", "voice", "stage", "forum"])
async def test_a_channel_of_every_kind_is_named(world: World, kind: str) -> None:
    there = getattr(world.alpha, f"create_{kind}_channel")("vip")
    await limit_to(world, there)
    assert f"This server’s videos can be searched in <#{there.id}>." in await told(world.one, world.general)


@pytest.mark.parametrize("kind", ["voice", "stage"])
async def test_what_is_asked_beside_a_voice_channel_counts_as_asked_in_it(world: World, kind: str) -> None:
    there = getattr(world.alpha, f"create_{kind}_channel")("talk")
    await limit_to(world, there)
    assert found(await world.one.slash(there, "ask", question=QUESTION)) == {"alpha", "shared"}
    await limit_to(world, world.general)
    assert f"<#{world.general.id}>" in await told(world.one, there)


async def test_every_road_of_a_question_leads_to_the_channel(world: World) -> None:
    vip = world.alpha.create_text_channel("vip")
    await limit_to(world, vip)
    where = f"This server’s videos can be searched in <#{vip.id}>."
    assert where in await told(world.one, world.general)
    message = await world.one.send(world.general, QUESTION)
    assert where in seen(await world.both.context_menu(world.general, "Find in videos", message))
    await world.one.send(world.general, f"{mention(world.env)} {QUESTION}")
    assert where in seen(answers(world.general, world.env)[-1])
    assert where in seen(await world.one.slash(world.general, "timeline", question=QUESTION))
    assert where in seen(await world.one.slash(world.general, "videos"))
    thread = world.env.backend.create_thread(world.general.id, name="a thread", owner_id=world.one.id, type=11)
    inside = next(each for each in world.general.threads if each.id == thread.id)
    assert where in await told(world.one, inside)
    assert found(await world.one.slash(vip, "ask", question=QUESTION)) == {"alpha", "shared"}


async def test_three_channels_are_named_and_the_others_counted(world: World) -> None:
    channels = [world.alpha.create_text_channel(f"room-{number}") for number in range(5)]
    await limit_to(world, *channels[:4])
    named = ", ".join(f"<#{channel.id}>" for channel in channels[:3])
    assert f"searched in {named} or 1 other channel." in await told(world.one, world.general)
    await limit_to(world, *channels)
    assert f"searched in {named} or 2 other channels." in await told(world.one, world.general)


async def test_only_channels_are_named_in_which_the_member_can_ask(world: World) -> None:
    everyone, alpha = world.alpha.default_role, world.alpha
    secret = alpha.create_text_channel("secret", overwrites={everyone: HIDDEN})
    notices = alpha.create_text_channel("notices", overwrites={everyone: READ_ONLY})
    commands = alpha.create_text_channel("commands", overwrites={everyone: COMMANDS_ONLY})
    category, deleted = alpha.create_category("Talks"), alpha.create_text_channel("old")
    await limit_to(world, secret, notices, commands, category, deleted)
    world.env.backend.delete_channel(deleted.id)
    words = await told(world.one, world.general)
    assert f"This server’s videos can be searched in <#{commands.id}>." in words
    await limit_to(world, secret, notices, category, deleted)
    words = await told(world.one, world.general)
    assert KEPT_CLOSE in words
    assert "<#" not in words


async def test_a_channel_counts_by_its_own_rights_and_not_by_those_of_its_category(world: World) -> None:
    """Discord copies the rights of a category into its channels; where they differ, the channel's hold."""
    everyone = world.alpha.default_role
    category = world.alpha.create_category("Members")
    synced = world.alpha.create_text_channel("synced", category=category, overwrites={everyone: HIDDEN})
    opened = world.alpha.create_text_channel("opened", category=category)
    await limit_to(world, synced, opened)
    assert f"can be searched in <#{opened.id}>." in await told(world.one, world.general)


async def test_with_a_role_and_a_channel_the_advice_can_be_followed_word_for_word(world: World) -> None:
    vip, reader = world.alpha.create_text_channel("vip"), world.alpha.create_role("reader")
    member = world.alpha.add_member(world.env.create_user("reader"), roles=[reader])
    await world.limit(world.alpha, channels=frozenset({vip.id}), roles=frozenset({reader.id}))
    assert f"This server’s videos can be searched in <#{vip.id}>." in await told(member, world.general)
    await member.send(world.general, f"{mention(world.env)} {QUESTION}")
    words = str(components_of(answers(world.general, world.env)[-1]))
    assert f"can be searched in <#{vip.id}> with </ask:" in words, "a mention there would be answered in public"
    assert found(await member.slash(vip, "ask", question=QUESTION)) == {"alpha", "shared"}
    for channel in (world.general, vip):
        assert KEPT_CLOSE in await told(world.one, channel), "who has not the role can search nowhere"
