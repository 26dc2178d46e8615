"""Proves the forums, threads and stage channels of the local Discord against a small real discord.py bot."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.support.local_discord import (
    BotProcess,
    Forum,
    Guild,
    LocalDiscord,
    Permission,
    Thread,
    User,
    sample_bot_source,
)
from tests.support.local_discord.state import MESSAGE_CONTENT
from tests.support.local_discord.threads import PINNED


def start(server: LocalDiscord, folder: Path, env: Mapping[str, str] | None = None) -> BotProcess:
    script = folder / "bot.py"
    script.write_text(sample_bot_source(), encoding="utf-8")
    return BotProcess(server, [sys.executable, script], {"TOKEN": server.token, **(env or {})}, logs=folder)


@pytest_asyncio.fixture
async def place(server: LocalDiscord, tmp_path: Path) -> AsyncIterator[tuple[Guild, Forum, User]]:
    guild, ada = server.add_guild("Club"), server.add_user("Ada")
    server.add_member(guild, ada)
    forum = server.add_forum(guild, "help", "Solved", "Question")
    async with start(server, tmp_path):
        await server.ready()
        yield guild, forum, ada
    assert server.unknown_routes == []


async def wait_for_report(server: LocalDiscord, text: str) -> None:
    reports = server.dm(server.world.owner)
    await server.wait_for(lambda: text in [message.content for message in server.messages_in(reports)])


async def send(server: LocalDiscord, method: str, path: str, body: Any) -> Any:
    user = server.add_user("Raw")
    question = await server.say(user, server.dm(user), f"raw {method} {path} {json.dumps(body)}")
    return json.loads((await server.answer_to(question)).content)


def text_card(text: str) -> dict[str, Any]:
    return {"flags": 1 << 15, "components": [{"type": 10, "content": text}]}


async def test_a_post_is_a_thread_and_its_first_message_which_have_the_same_id(
    server: LocalDiscord, place: tuple[Guild, Forum, User]
) -> None:
    _guild, forum, ada = place
    post = await server.post(ada, forum, "How do holds work?", "I press it twice.", tags=("Question",))
    assert post.id == post.channel.id
    await wait_for_report(server, "public_thread How do holds work? in help ['Question']")
    await wait_for_report(server, "a message without content")


async def test_content_is_read_without_a_mention_only_with_the_intent(server: LocalDiscord, tmp_path: Path) -> None:
    guild, ada = server.add_guild("Club"), server.add_user("Ada")
    server.add_member(guild, ada)
    forum = server.add_forum(guild, "help")
    server.world.privileged_allowed = MESSAGE_CONTENT
    async with start(server, tmp_path, {"PRIVILEGED": "yes"}):
        await server.ready()
        assert server.world.application()["flags"] & 1 << 19
        await server.post(ada, forum, "Holds", "I press it twice.")
        await wait_for_report(server, "read: I press it twice.")


async def test_a_bot_that_asks_for_an_intent_that_it_has_not_is_sent_away(server: LocalDiscord, tmp_path: Path) -> None:
    async with start(server, tmp_path, {"PRIVILEGED": "yes"}) as bot:
        await bot.wait()
    assert ("server", 4014) in server.gateway.closes
    assert not server.world.application()["flags"] & 1 << 19


async def test_the_bot_creates_a_post_and_pins_it_where_it_manages_threads(
    server: LocalDiscord, place: tuple[Guild, Forum, User]
) -> None:
    guild, forum, ada = place
    made = await send(server, "POST", f"/channels/{forum.id}/threads", {"name": "Rules", "message": text_card("Hi")})
    assert made["id"] == made["message"]["id"]
    pin = {"flags": PINNED}
    assert (await send(server, "PATCH", f"/channels/{made['id']}", pin))["code"] == 50013
    server.add_member(guild, server.bot_user, server.add_role(guild, "Manager", Permission.MANAGE_THREADS))
    assert (await send(server, "PATCH", f"/channels/{made['id']}", pin))["flags"] == PINNED
    other = await server.post(ada, forum, "Another", "post")
    assert (await send(server, "PATCH", f"/channels/{other.id}", pin))["code"] == 30047, "one post is pinned"


async def test_a_forum_may_ask_for_a_tag_and_takes_no_messages(
    server: LocalDiscord, place: tuple[Guild, Forum, User]
) -> None:
    _guild, forum, _ada = place
    forum.requires_tag = True
    body = {"name": "Rules", "message": text_card("Hi")}
    assert (await send(server, "POST", f"/channels/{forum.id}/threads", body))["code"] == 40067
    body["applied_tags"] = [str(forum.tags[0].id)]
    made = await send(server, "POST", f"/channels/{forum.id}/threads", body)
    assert made["applied_tags"] == body["applied_tags"]
    assert (await send(server, "POST", f"/channels/{forum.id}/messages", text_card("Hi")))["code"] == 50008


async def test_tags_of_others_posts_are_changed_by_who_manages_threads(
    server: LocalDiscord, place: tuple[Guild, Forum, User]
) -> None:
    guild, forum, ada = place
    post = await server.post(ada, forum, "Holds", "How?")
    path, body = f"/channels/{post.channel.id}", {"applied_tags": [str(forum.tags[0].id)]}
    assert (await send(server, "PATCH", path, body))["code"] == 50013
    server.add_member(guild, server.bot_user, server.add_role(guild, "Manager", Permission.MANAGE_THREADS))
    assert (await send(server, "PATCH", path, body))["applied_tags"] == body["applied_tags"]
    too_many = await send(server, "PATCH", path, {"applied_tags": [str(key) for key in range(6)]})
    assert too_many["code"] == 50035
    assert server.breaches, "six tags are more than a post takes"


async def test_writing_in_threads_is_a_permission_of_its_own(
    server: LocalDiscord, place: tuple[Guild, Forum, User]
) -> None:
    guild, forum, ada = place
    post = await server.post(ada, forum, "Holds", "How?")
    path = f"/channels/{post.channel.id}/messages"
    assert (await send(server, "POST", path, text_card("Like this")))["channel_id"] == str(post.channel.id)
    assert (await send(server, "GET", f"{path}/{post.id}", None))["id"] == str(post.id)
    forum.overwrites[guild.id] = (0, Permission.SEND_MESSAGES_IN_THREADS)
    assert (await send(server, "POST", path, text_card("Like this")))["code"] == 50013


async def test_a_private_thread_is_told_to_those_in_it(server: LocalDiscord, place: tuple[Guild, Forum, User]) -> None:
    guild, _forum, ada = place
    general = server.add_channel(guild, "general")
    # Without the channel the bot would not know what its threads belong to.
    await server.gateway.dispatch("CHANNEL_CREATE", general.payload(server.bot_user))
    secret = await server.start_thread(ada, general, "Secret", private=True)
    assert (await send(server, "POST", f"/channels/{secret.id}/messages", text_card("Hi")))["code"] == 50001
    await server.invite(server.bot_user, secret)
    assert "code" not in await send(server, "POST", f"/channels/{secret.id}/messages", text_card("Hi"))
    await server.start_thread(ada, general, "Open")
    await wait_for_report(server, "public_thread Open in general []")


async def test_a_closed_thread_opens_with_a_message_unless_it_is_locked(
    server: LocalDiscord, place: tuple[Guild, Forum, User]
) -> None:
    guild, forum, ada = place
    manager = server.add_role(guild, "Manager", Permission.MANAGE_THREADS)
    server.add_member(guild, server.bot_user, manager)
    post = await server.post(ada, forum, "Holds", "How?")
    assert isinstance(post.channel, Thread)
    path = f"/channels/{post.id}"
    await server.archive(post.channel)
    assert (await send(server, "PATCH", path, {"name": "Held"}))["code"] == 50083
    assert "code" not in await send(server, "POST", f"{path}/messages", text_card("Like this"))
    await server.archive(post.channel, locked=True)
    manager.permissions = 0
    assert (await send(server, "POST", f"{path}/messages", text_card("Like this")))["code"] == 50013


async def test_one_writes_beside_a_stage(server: LocalDiscord, tmp_path: Path) -> None:
    guild, ada = server.add_guild("Club"), server.add_user("Ada")
    server.add_member(guild, ada)
    stage = server.add_stage(guild, "Talks")
    async with start(server, tmp_path):
        await server.ready()
        question = await server.say(ada, stage, f"{server.bot_user.mention} what is said here?")
        assert "what is said here?" in (await server.answer_to(question)).content
