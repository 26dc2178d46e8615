"""Proves the local Discord itself, mostly against a small real discord.py bot that runs as a child process."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.local_discord import (
    EVERYDAY,
    BotProcess,
    Interaction,
    Json,
    LocalDiscord,
    NotOfferedError,
    Permission,
    sample_bot_source,
)
from tests.support.local_discord.api.limits import COMPONENTS_V2, EPHEMERAL

NO_SCHEMA = "Discord's API description is not beside this project"


@pytest.fixture
def script(tmp_path: Path) -> list[str]:
    path = tmp_path / "bot.py"
    path.write_text(sample_bot_source(), encoding="utf-8")
    return [sys.executable, "-W", "error::ResourceWarning", str(path)]


@pytest_asyncio.fixture
async def bot(server: LocalDiscord, script: list[str], tmp_path: Path) -> AsyncIterator[BotProcess]:
    async with BotProcess(server, script, {"TOKEN": server.token}, logs=tmp_path) as process:
        await server.ready()
        yield process
    assert server.unknown_routes == []


def texts(card: Json) -> str:
    return json.dumps(card["components"])


async def reported(server: LocalDiscord, text: str) -> None:
    """The sample bot writes to its owner what it noticed."""
    reports = server.dm(server.world.owner)
    await server.wait_for(lambda: text in [message.content for message in server.messages_in(reports)])


async def raw(server: LocalDiscord, method: str, path: str, body: Any) -> Any:
    """Lets the bot send a body that discord.py itself would never build."""
    user = server.add_user("Raw")
    question = await server.say(user, server.dm(user), f"raw {method} {path} {json.dumps(body)}")
    return json.loads((await server.answer_to(question)).content)


# Coming up and going down.


async def test_logs_in_syncs_and_ends_on_sigterm(server: LocalDiscord, bot: BotProcess) -> None:
    assert set(server.commands()) == {"ask", "slow", "block", "read", "twice", "Explain"}
    assert server.commands()["twice"]["default_member_permissions"] == "32"
    assert server.gateway.intents == 1 << 0 | 1 << 9 | 1 << 12
    await server.wait_for(lambda: server.gateway.heartbeats)
    assert server.breaches == []
    assert await bot.terminate() == -15


async def test_wrong_token_and_unwanted_intent_are_refused(
    server: LocalDiscord, script: list[str], tmp_path: Path
) -> None:
    async with BotProcess(server, script, {"TOKEN": "wrong"}, logs=tmp_path) as process:
        assert await process.wait() == 1
        assert "Improper token" in process.stderr
    async with BotProcess(server, script, {"TOKEN": server.token, "PRIVILEGED": "1"}, logs=tmp_path) as process:
        assert await process.wait() == 1
        assert ("server", 4014) in server.gateway.closes
        with pytest.raises(AssertionError, match="the bot has ended with 1"):
            await server.ready()


async def test_commands_keep_their_ids_over_a_restart(server: LocalDiscord, script: list[str], tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        async with BotProcess(server, script, {"TOKEN": server.token}, logs=tmp_path):
            await server.ready()
            seen.append({name: command["id"] for name, command in server.commands().items()})
    assert seen[0] == seen[1]


# Questions in every place.


@pytest.mark.parametrize("place", ["guild", "dm", "group", "foreign"])
async def test_slash_command_in_each_context(server: LocalDiscord, bot: BotProcess, place: str) -> None:
    alice = server.add_user("Alice", installed=place != "guild", locale="de")
    bob = server.add_user("Bob")
    if place == "guild":
        guild = server.add_guild("Home")
        await server.gateway.announce_guild(guild)
    else:
        guild = server.add_guild("Elsewhere", installed=False)
    server.add_member(guild, alice)
    channels = {"dm": server.dm(alice), "group": server.private_channel(alice, bob, server.add_user("Carol"))}
    channel = channels.get(place) or server.add_channel(guild, "general")
    asked = await server.slash(alice, "ask", {"question": "why", "many": 2}, at=channel)
    card = await server.reply_to(asked)
    assert f"why 2 {place == 'guild'}" in texts(card)
    assert card["flags"] == COMPONENTS_V2
    assert asked.payload["context"] == {"guild": 0, "dm": 1, "group": 2, "foreign": 0}[place]
    owners = {"guild": {"0": str(guild.id)}, "dm": {"0": "0", "1": str(alice.id)}}
    assert asked.payload["authorizing_integration_owners"] == owners.get(place, {"1": str(alice.id)})
    assert asked.first_response_after is not None
    assert 0 < asked.first_response_after < 3
    assert server.breaches == []


async def test_without_the_permission_a_user_install_is_unseen_and_has_five_follow_ups(
    server: LocalDiscord, bot: BotProcess
) -> None:
    alice = server.add_user("Alice", installed=True)
    guild = server.add_guild("Elsewhere", installed=False)
    guild.roles[guild.id].permissions = EVERYDAY & ~Permission.USE_EXTERNAL_APPS
    server.add_member(guild, alice)
    asked = await server.slash(alice, "slow", {"more": 6}, at=server.add_channel(guild, "general"))
    assert (await server.reply_to(asked))["flags"] == COMPONENTS_V2 | EPHEMERAL
    await reported(server, "follow-up 400 40094")
    assert len(asked.follow_ups) == 5


async def test_what_is_not_offered_cannot_be_done(server: LocalDiscord, bot: BotProcess) -> None:
    alice, guild = server.add_user("Alice"), server.add_guild("Home")
    member = server.add_member(guild, alice)
    channel = server.add_channel(guild, "general")
    await server.gateway.announce_guild(guild)
    for name, options, at in (
        ("gone", {}, channel),
        ("ask", {}, channel),
        ("ask", {"question": "x", "many": 9}, channel),
        ("twice", {}, channel),
        ("twice", {}, server.dm(alice)),
        ("ask", {"question": "x"}, server.private_channel(alice, server.add_user("Bob"))),
    ):
        with pytest.raises(NotOfferedError):
            await server.slash(alice, name, options, at=at)
    member.roles.append(server.add_role(guild, "Staff", Permission.MANAGE_GUILD))
    asked = await server.slash(alice, "twice", at=channel)
    assert (await server.reply_to(asked))["content"] == "once"
    await reported(server, "double 400 40060")


# Answers, buttons, forms.


async def test_defer_edit_and_follow_up(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    asked = await server.slash(alice, "slow", {"hidden": True})
    card = await server.reply_to(asked)
    assert "thought" in texts(card)
    assert card["flags"] == COMPONENTS_V2 | EPHEMERAL
    await server.wait_for(lambda: asked.follow_ups)
    assert [seen["content"] for seen in asked.seen()] == ["", "more 0"]
    assert asked.first_response_after is not None
    assert asked.final_after is not None
    assert asked.first_response_after < asked.final_after
    with pytest.raises(NotOfferedError, match="does not see"):
        await server.click(server.add_user("Bob"), card, "ask")
    assert server.breaches == []


async def test_buttons_edit_the_card_even_after_a_restart(
    server: LocalDiscord, script: list[str], tmp_path: Path
) -> None:
    alice = server.add_user("Alice")
    async with BotProcess(server, script, {"TOKEN": server.token}, logs=tmp_path) as process:
        await server.ready()
        card = await server.reply_to(await server.slash(alice, "ask", {"question": "why"}))
        await process.kill()
        with pytest.raises(AssertionError, match="the bot has ended with -9"):
            await server.wait_for(lambda: False)
    async with BotProcess(server, script, {"TOKEN": server.token, "NO_SYNC": "1"}, logs=tmp_path):
        await server.ready()
        pressed = await server.click(alice, card, server.find_component(card, label="Page 1")["custom_id"])
        changed = await server.reply_to(pressed)
        assert changed["id"] == card["id"]
        assert "page 1" in texts(changed)
        picked = await server.select(alice, changed, "pick", ["b"])
        assert "picked b" in texts(await server.reply_to(picked))
        with pytest.raises(NotOfferedError):
            await server.click(alice, changed, "more:77")
    assert server.breaches == []


async def test_modal_with_text_and_file(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    card = await server.reply_to(await server.slash(alice, "ask", {"question": "why"}))
    opened = await server.click(alice, card, "ask")
    assert (await server.modal_of(opened))["title"] == "A form"
    sent = await server.submit_modal(opened, {"text": "hello", "file": [server.upload("a.txt", b"inside")]})
    answer = await server.reply_to(sent)
    assert answer["content"] == "hello ['inside']"
    assert answer["flags"] == EPHEMERAL
    with pytest.raises(NotOfferedError, match="no fields"):
        await server.submit_modal(opened, {"other": "x"})
    assert server.breaches == []


async def test_autocomplete(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    typed = await server.autocomplete(alice, "ask", {"question": "abc"}, focused="question")
    assert [choice["name"] for choice in await server.choices_of(typed)] == ["abc 0", "abc 1"]
    assert server.breaches == []
    await server.autocomplete(alice, "ask", {"question": "too many"}, focused="question")
    await server.wait_for(lambda: server.breaches)
    assert server.breaches[0].where == "data.choices"


async def test_context_menu_shows_the_text_without_the_intent(server: LocalDiscord, bot: BotProcess) -> None:
    alice, guild = server.add_user("Alice"), server.add_guild("Home")
    server.add_member(guild, alice)
    await server.gateway.announce_guild(guild)
    said = await server.say(alice, server.add_channel(guild, "general"), "something long")
    answer = await server.reply_to(await server.message_menu(alice, "Explain", said))
    assert answer["content"] == "about something long"


async def test_attachment_is_read_and_sent_back(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    asked = await server.slash(alice, "read", {"file": server.upload("ä b.txt", b"inside")})
    card = await server.reply_to(asked)
    assert card["attachments"][0]["filename"] == "copy.txt"
    assert card["components"][1]["file"]["url"] == card["attachments"][0]["url"]
    assert server.asked("POST", "/callback")[-1].files == ["copy.txt"]
    assert server.breaches == []


# Messages.


async def test_direct_message_and_mention(server: LocalDiscord, bot: BotProcess) -> None:
    alice, guild = server.add_user("Alice"), server.add_guild("Home")
    server.add_member(guild, alice)
    channel = server.add_channel(guild, "general")
    await server.gateway.announce_guild(guild)
    said = await server.say(alice, server.dm(alice), "@everyone hi", attachments=(server.upload("a.txt", b"x"),))
    answer = await server.answer_to(said)
    assert answer.content == "heard: @everyone hi ['x']"
    assert answer.pings() == set()
    assert answer.reference is said
    await server.say(alice, channel, "not for you")
    asked = await server.say(alice, channel, f"{server.bot_user.mention} really?")
    assert "really?" in (await server.answer_to(asked)).content
    assert len(server.messages_in(channel)) == 1
    await reported(server, "a message without content")
    assert server.breaches == []


async def test_channels_where_the_bot_may_not_write(server: LocalDiscord, bot: BotProcess) -> None:
    guild = server.add_guild("Home")
    silent = server.add_channel(guild, "silent", {server.bot_user.id: (0, int(Permission.SEND_MESSAGES))})
    hidden = server.add_channel(guild, "hidden", {guild.id: (0, int(Permission.VIEW_CHANNEL))})
    body = {"content": "hello"}
    assert (await raw(server, "POST", f"/channels/{silent.id}/messages", body))["code"] == 50013
    assert (await raw(server, "POST", f"/channels/{hidden.id}/messages", body))["code"] == 50001
    assert (await raw(server, "GET", f"/guilds/{guild.id}/members/1", None))["code"] == 10007
    shy = server.add_user("Shy")
    shy.accepts_dms = False
    opened = await raw(server, "POST", "/users/@me/channels", {"recipient_id": str(shy.id)})
    assert (await raw(server, "POST", f"/channels/{opened['id']}/messages", body))["code"] == 50007


async def test_bot_is_told_when_it_is_removed(server: LocalDiscord, bot: BotProcess) -> None:
    guild = server.add_guild("Home")
    await server.gateway.announce_guild(guild)
    await server.leave(guild)
    await reported(server, f"removed {guild.id}")


# What the library itself would not send.


async def unanswered(server: LocalDiscord) -> tuple[Interaction, str, str]:
    """A click which the bot leaves alone, the route of its callback and the route of its token."""
    alice = server.add_user("Alice")
    row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "nobody cares"}]}
    path = f"/channels/{server.dm(alice).id}/messages"
    sent = await raw(server, "POST", path, {"content": "x", "components": [row]})
    pressed = await server.click(alice, sent, "nobody cares")
    token = f"/webhooks/{server.bot_user.id}/{pressed.token}"
    return pressed, f"/interactions/{pressed.id}/{pressed.token}/callback", token


async def test_rules_of_answering(server: LocalDiscord, bot: BotProcess) -> None:
    pressed, callback, token = await unanswered(server)
    assert (await raw(server, "POST", token, {"content": "too early"}))["code"] == 10015
    for wrong in ({"type": 8, "data": {"choices": []}}, {"type": 5, "data": {"flags": COMPONENTS_V2}}):
        assert (await raw(server, "POST", callback, wrong))["code"] == 50035
    assert len(server.breaches) == 2
    await raw(server, "POST", callback, {"type": 5, "data": {"flags": EPHEMERAL}})
    assert (await raw(server, "POST", callback, {"type": 6}))["code"] == 40060
    card = {"flags": COMPONENTS_V2, "components": [{"type": 10, "content": "x"}]}
    assert (await raw(server, "POST", token, card))["code"] == 50035
    filled = await raw(server, "POST", token, {"content": "fills what was waiting"})
    assert filled["flags"] == EPHEMERAL
    assert filled["id"] == (await raw(server, "GET", token + "/messages/@original", None))["id"]
    assert await server.reply_to(pressed) == filled
    await raw(server, "DELETE", token + "/messages/@original", None)
    assert (await raw(server, "GET", token + "/messages/@original", None))["code"] == 10008


async def test_single_commands_are_made_changed_and_deleted(server: LocalDiscord, bot: BotProcess) -> None:
    guild = server.add_guild("Home")
    path = f"/applications/{server.bot_user.id}/guilds/{guild.id}/commands"
    made = await raw(server, "POST", path, {"name": "local", "description": "Here only."})
    changed = await raw(server, "PATCH", f"{path}/{made['id']}", {"description": "Changed."})
    assert (changed["id"], changed["name"], changed["description"]) == (made["id"], "local", "Changed.")
    assert server.commands(guild.id)["local"] == changed
    assert (await raw(server, "POST", path, {"name": "Not Good", "description": "x"}))["code"] == 50035
    await raw(server, "DELETE", f"{path}/{made['id']}", None)
    assert server.commands(guild.id) == {}
    assert (await raw(server, "GET", f"{path}/{made['id']}", None))["code"] == 10063


async def test_history_and_foreign_messages(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    said = await server.say(alice, server.dm(alice), "hello")
    answer = await server.answer_to(said)
    path = f"/channels/{said.channel.id}/messages"
    listed = await raw(server, "GET", path, None)
    assert [item["id"] for item in listed] == [str(answer.id), str(said.id)]
    assert (await raw(server, "PATCH", f"{path}/{said.id}", {"content": "x"}))["code"] == 50005
    assert (await raw(server, "PATCH", f"{path}/{answer.id}", {"content": ""}))["code"] == 50006
    assert [breach.code for breach in server.breaches] == ["EMPTY_MESSAGE"]
    await raw(server, "DELETE", f"{path}/{answer.id}", None)
    assert server.messages_in(said.channel) == []


# Trouble.


@pytest.mark.parametrize(
    "trouble",
    [{"status": 429, "retry_after": 0.01}, {"status": 429, "retry_after": 0.01, "is_global": True}, {"status": 500}],
)
async def test_refused_once_then_answered(server: LocalDiscord, bot: BotProcess, trouble: Json) -> None:
    alice = server.add_user("Alice")
    server.fail("POST", "/channels/*/messages", **trouble)
    answer = await server.answer_to(await server.say(alice, server.dm(alice), "hello"))
    assert answer.content == "heard: hello []"
    assert [item.status for item in server.asked("POST", "/messages")] == [trouble["status"], 200]


async def test_slow_dropped_and_forged_answers(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    server.fail("POST", "*/callback", delay=0.2)
    asked = await server.slash(alice, "ask", {"question": "why"})
    await server.reply_to(asked)
    assert asked.first_response_after is not None
    assert asked.first_response_after > 0.2
    server.fail("POST", "*/callback", drop=True, applied=True)
    asked = await server.slash(alice, "ask", {"question": "why"})
    await server.reply_to(asked)
    assert await server.wait_for(lambda: server.asked("POST", "/callback")[-1].status == 0)
    server.fail("POST", "/channels/*/messages", status=429, via=False, body="<html>blocked</html>")
    await server.say(alice, server.dm(alice), "hello")
    await server.wait_for(lambda: [item for item in server.asked("POST", "/messages") if item.status == 429])
    assert server.messages_in(server.dm(alice))[-1].content == ""


async def test_resume_brings_back_what_was_missed(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    server.gateway.drop()
    said = await server.say(alice, server.dm(alice), "while you were away")
    assert (await server.answer_to(said)).content == "heard: while you were away []"
    await server.wait_for(lambda: server.gateway.resumed == 1)
    assert server.gateway.readies == 1
    await reported(server, "resumed")


async def test_reconnect_invalid_session_and_close_codes(server: LocalDiscord, bot: BotProcess) -> None:
    gateway = server.gateway
    await gateway.ask_to_reconnect()
    await server.wait_for(lambda: gateway.resumed == 1)
    await gateway.close(4000)
    await server.wait_for(lambda: gateway.resumed == 2)
    await gateway.invalidate_session()
    await server.wait_for(lambda: gateway.readies == 2)
    beats = gateway.heartbeats
    await gateway.ask_for_heartbeat()
    await server.wait_for(lambda: gateway.heartbeats > beats)
    await gateway.close(4004)
    assert await bot.wait() == 1


async def test_blocking_past_the_deadline_is_refused(server: LocalDiscord, bot: BotProcess) -> None:
    asked = await server.slash(server.add_user("Alice"), "block")
    late = await server.wait_for(lambda: server.asked("POST", "/callback"))
    await server.wait_for(lambda: late[0].status)
    assert (late[0].status, late[0].answer["code"]) == (404, 10062)
    assert asked.callback is None
    await reported(server, "too late 10062")


async def test_token_ends_after_a_quarter_of_an_hour(server: LocalDiscord, bot: BotProcess) -> None:
    asked = await server.slash(server.add_user("Alice"), "ask", {"question": "why"})
    card = await server.reply_to(asked)
    path = f"/webhooks/{server.bot_user.id}/{asked.token}/messages/@original"
    assert (await raw(server, "GET", path, None))["id"] == card["id"]
    server.clock.advance(15 * 60 + 1)
    assert (await raw(server, "GET", path, None))["code"] == 50027
    pressed = await server.click(asked.asker, card, "more:1")
    assert "page 1" in texts(await server.reply_to(pressed))


async def test_thirty_people_at_once(server: LocalDiscord, bot: BotProcess) -> None:
    people = [server.add_user(f"Person{number}") for number in range(30)]
    asked = await asyncio.gather(*[server.slash(person, "ask", {"question": person.name}) for person in people])
    cards = await asyncio.gather(*[server.reply_to(item) for item in asked])
    assert [person.name in texts(card) for person, card in zip(people, cards, strict=True)] == [True] * 30
    assert server.breaches == []


# Bodies; the rules themselves are in test_local_discord_bodies.py.


async def test_unknown_key_and_unknown_route(server: LocalDiscord, script: list[str], tmp_path: Path) -> None:
    if not server.has_schema:
        pytest.skip(NO_SCHEMA)
    async with BotProcess(server, script, {"TOKEN": server.token}, logs=tmp_path):
        await server.ready()
        path = f"/channels/{server.dm(server.add_user('Alice')).id}/messages"
        answer = await raw(server, "POST", path, {"content": "x", "colour": 3})
        assert (answer["status"], answer["code"]) == (400, 50035)
        assert [(breach.where, breach.code) for breach in server.breaches] == [("colour", "UNKNOWN_KEY")]
        assert (await raw(server, "POST", "/teapot", {}))["status"] == 404
        assert [item.path for item in server.unknown_routes] == ["/teapot"]


async def test_too_many_components_are_refused(server: LocalDiscord, bot: BotProcess) -> None:
    path = f"/channels/{server.dm(server.add_user('Alice')).id}/messages"
    body = {"flags": COMPONENTS_V2, "components": [{"type": 10, "content": "x"}] * 41}
    assert (await raw(server, "POST", path, body))["code"] == 50035
    assert server.breaches
    sent = await raw(server, "POST", path, {"content": "x", "nonce": "1", "enforce_nonce": True})
    again = await raw(server, "POST", path, {"content": "x", "nonce": "1", "enforce_nonce": True})
    assert sent["id"] == again["id"]
