"""Discord's weather over real sockets: each kind of trouble by itself, on command."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from bot.cli.session import FAILED, NEEDS_SETUP
from bot.discord_app.delivery.deduplication import SeenEvents
from bot.discord_app.delivery.retries import DeliveryUnknown, send_with_retries
from storage import access
from storage.library import Library
from storage.models import Labels, Source
from tests.support.discord.running_bot import QUESTION, bot_process, button, home, noted, texts
from tests.support.local_discord import BotProcess, Interaction, LocalDiscord, Message, Permission

FOUND = "Sample talk: BM25 ranking"
CALLBACK, MESSAGES, EDITS = "*/callback", "/channels/*/messages", "/webhooks/*/messages/@original"


@pytest.fixture
async def bot(server: LocalDiscord, tmp_path: Path) -> AsyncIterator[BotProcess]:
    async with bot_process(server, tmp_path, CUEPOINT_COOLDOWN_SECONDS="0") as process:
        await server.ready()
        yield process
        assert "Traceback" not in process.stderr
        assert "unexpected" not in process.stderr
    assert server.breaches == []


async def answered_once(server: LocalDiscord, *events: Interaction | Message) -> None:
    """Waits for each one's answer, then for a last question's: by then every second answer would be there as well."""
    for event in events:
        await server.wait_for(lambda event=event: _cards(event))  # type: ignore[misc]
    last = server.add_user("Last")
    await server.reply_to(await server.slash(last, "ask", {"question": QUESTION}))
    for event in events:
        assert [FOUND in card.text() for card in _cards(event)] == [True]


def _cards(event: Interaction | Message) -> list[Message]:
    if isinstance(event, Message):
        return event.replies
    cards = [event.original, *event.follow_ups] if event.card_times else event.follow_ups
    return [card for card in cards if card is not None and not card.deleted]


async def answered_still(server: LocalDiscord) -> None:
    """The bot goes on as ever."""
    alice = server.add_user("Alice")
    await answered_once(server, await server.say(alice, server.dm(alice), QUESTION))


# Sessions.


async def test_what_comes_in_a_gap_is_answered_once_though_it_is_sent_twice(
    server: LocalDiscord, bot: BotProcess
) -> None:
    alice, bob = server.add_user("Alice"), server.add_user("Bob")
    before = [
        await server.slash(alice, "ask", {"question": QUESTION}),
        await server.say(bob, server.dm(bob), QUESTION),
    ]
    await answered_once(server, *before)
    server.gateway.sent_again = 4
    server.gateway.drop()
    gap = [
        await server.slash(alice, "ask", {"question": QUESTION}),
        await server.say(bob, server.dm(bob), QUESTION),
    ]
    await answered_once(server, *before, *gap)
    assert (server.gateway.resumed, server.gateway.readies) == (1, 1)


async def test_it_follows_when_asked_to_reconnect_and_when_its_session_ends(
    server: LocalDiscord, tmp_path: Path
) -> None:
    gateway, alice = server.gateway, server.add_user("Alice")
    commands: list[tuple[Callable[[], Awaitable[None]], int, int]] = [
        (gateway.ask_to_reconnect, 1, 1),
        (lambda: gateway.invalidate_session(resumable=True), 2, 1),
        (lambda: gateway.close(4000), 3, 1),
        (lambda: gateway.close(4009), 4, 1),
        (lambda: gateway.invalidate_session(resumable=False), 4, 2),
    ]
    # Discord's pause before an IDENTIFY is no part of it.
    async with bot_process(server, tmp_path, LOCAL_DISCORD_IDENTIFY="at once") as bot:
        await server.ready()
        for command, resumed, readies in commands:
            await command()
            await server.wait_for(lambda: (gateway.resumed, gateway.readies) == (resumed, readies))  # noqa: B023
            await answered_once(server, await server.slash(alice, "ask", {"question": QUESTION}))
        assert "Traceback" not in bot.stderr
        assert "unexpected" not in bot.stderr
    assert server.breaches == []


# Events twice, and in another order.


async def test_every_kind_of_event_is_answered_once_though_it_comes_twice(server: LocalDiscord, tmp_path: Path) -> None:
    alice = server.add_user("Alice")
    async with bot_process(server, tmp_path, CUEPOINT_COOLDOWN_SECONDS="600") as bot:
        await server.ready()
        _, channel = await home(server, alice)
        people = [server.add_user(f"Person{number}") for number in range(4)]
        for person in people:
            server.add_member(channel.guild, person)
        said = await server.say(people[0], server.dm(people[0]), QUESTION)
        await server.gateway.announce("MESSAGE_CREATE", said)
        mention = await server.say(people[1], channel, f"{server.bot_user.mention} {QUESTION}")
        await server.gateway.announce("MESSAGE_CREATE", mention)
        typed = await server.slash(people[2], "ask", {"question": QUESTION}, at=channel)
        await server.gateway.dispatch("INTERACTION_CREATE", typed.payload)
        menu = await server.message_menu(people[3], "Find in videos", said)
        await server.gateway.dispatch("INTERACTION_CREATE", menu.payload)
        await answered_once(server, said, mention, typed, menu)
        card = await server.reply_to(typed)
        opened = await server.click(people[2], card, button(server, card, "Read on"))
        await server.gateway.dispatch("INTERACTION_CREATE", opened.payload)
        suggested = await server.autocomplete(alice, "ask", {"question": "x", "video": "cap"}, focused="video")
        await server.gateway.dispatch("INTERACTION_CREATE", suggested.payload)
        assert await server.choices_of(suggested)
        await answered_once(server, opened)
        assert [item.status for item in server.requests if item.status and item.status >= 400] == []
        assert "Traceback" not in bot.stderr


async def test_a_form_that_comes_twice_is_imported_once(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    guild, channel = await home(server, alice)
    guild.members[alice.id].roles.append(server.add_role(guild, "Staff", Permission.MANAGE_GUILD))
    opened = await server.slash(alice, "library import", {}, at=channel)
    await server.modal_of(opened)
    captions = server.upload("Talk [talk-1].srt", b"1\n00:00:01,000 --> 00:00:04,000\nthe copper lantern\n")
    sent = await server.submit_modal(opened, {"files": [captions]})
    await server.gateway.dispatch("INTERACTION_CREATE", sent.payload)
    assert "1 video added" in texts(await server.reply_to(sent))
    stats = texts(await server.reply_to(await server.slash(alice, "library stats", {}, at=channel)))
    assert "**Imports today:** 1 of" in stats
    assert sent.follow_ups == []


async def test_what_is_written_before_its_server_is_known_is_no_direct_message(
    server: LocalDiscord, tmp_path: Path, rows: Callable[..., Source]
) -> None:
    alice, bob = server.add_user("Alice"), server.add_user("Bob")
    secret = server.add_guild("Secret")
    server.add_member(secret, alice)
    lobby = server.add_channel(secret, "lobby")
    library = await Library.open(tmp_path / "data" / "cuepoint.db")
    for scope, words in (
        (access.own_scope(secret.id), "the copper lantern"),
        (access.host_scope(), "the harbour ferry"),
    ):
        await library.import_files(scope, [(rows((f"v{len(words)}", 0, words)), Labels())])
    await library.close()
    async with bot_process(server, tmp_path, CUEPOINT_COOLDOWN_SECONDS="0") as bot:
        await server.ready()
        await server.reply_to(await server.slash(alice, "ask", {"question": "lantern ferry"}, at=lobby))
        await noted(tmp_path, 1)
        alone = await server.answer_to(await server.say(alice, server.dm(alice), "lantern ferry"))
        assert "copper" in alone.text()
        # GUILD_CREATE comes only later, and then a channel of which nothing was told either.
        new = server.add_guild("New")
        server.add_member(new, alice)
        server.add_member(new, bob)
        said = [await server.say(alice, server.add_channel(new, "one"), f"{server.bot_user.mention} lantern ferry")]
        await server.gateway.announce_guild(new)
        said.append(await server.say(bob, server.add_channel(new, "two"), f"{server.bot_user.mention} lantern ferry"))
        for each in said:
            answer = (await server.answer_to(each)).text()
            assert "harbour" in answer
            assert "copper" not in answer
            assert len(server.messages_in(each.channel)) == 1
        assert "Traceback" not in bot.stderr


# Requests that go wrong.

TROUBLE = [
    {"status": 429, "retry_after": 0.05},
    {"status": 429, "retry_after": 0.05, "is_global": True},
    {"status": 500},
    {"status": 500, "applied": True},
    {"status": 502},
    {"status": 502, "applied": True},
    {"status": 503},
    {"status": 503, "applied": True},
    {"drop": True},
    {"drop": True, "applied": True},
    {"delay": 0.5},
    {"delay": 0.5, "applied": True},
    # Longer than Discord waits, and a reply later than we wait for it.
    {"delay": 3.5},
    {"delay": 2.5, "applied": True},
]


async def test_each_trouble_with_a_first_answer_is_overcome_in_time(server: LocalDiscord, bot: BotProcess) -> None:
    events = []
    for number, trouble in enumerate(TROUBLE):
        fault = server.fail("POST", CALLBACK, **trouble)
        person = server.add_user(f"Person{number}")
        events.append(await server.slash(person, "ask", {"question": QUESTION}))
        await server.wait_for(lambda: fault.times == 0)  # noqa: B023
    await answered_once(server, *events)
    assert all(event.first_response_after < 3 for event in events if event.first_response_after)


async def test_each_trouble_with_a_message_is_overcome(server: LocalDiscord, bot: BotProcess) -> None:
    events = []
    for number, trouble in enumerate(TROUBLE[:-2]):
        fault = server.fail("POST", MESSAGES, **trouble)
        person = server.add_user(f"Person{number}")
        events.append(await server.say(person, server.dm(person), QUESTION))
        await server.wait_for(lambda: fault.times == 0)  # noqa: B023
    await answered_once(server, *events)


async def test_trouble_while_it_takes_long_is_overcome(server: LocalDiscord, bot: BotProcess, tmp_path: Path) -> None:
    """The first sign is lost on its way back, typing is refused, and the answer itself is cut off."""
    alice, bob = server.add_user("Alice"), server.add_user("Bob")
    await answered_once(server, await server.slash(alice, "ask", {"question": QUESTION}))
    writer = sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    server.fail("POST", CALLBACK, drop=True, applied=True)
    server.fail("POST", "*/typing", status=503)
    server.fail("PATCH", EDITS, status=500)
    server.fail("PATCH", EDITS, drop=True)
    server.fail("PATCH", EDITS, drop=True, applied=True)
    asked = await server.slash(alice, "ask", {"question": QUESTION})
    said = await server.say(bob, server.dm(bob), QUESTION)
    await server.acknowledged(asked)
    await server.wait_for(lambda: server.asked("POST", "/typing"))
    writer.execute("COMMIT")
    writer.close()
    await answered_once(server, asked, said)


async def test_a_pause_for_all_ends_though_whoever_was_told_of_it_is_gone(
    server: LocalDiscord, bot: BotProcess, tmp_path: Path
) -> None:
    """The pause is told to the request that shows the typing, which is called off as soon as the answer is there."""
    alice = server.add_user("Alice")
    await answered_once(server, await server.slash(alice, "ask", {"question": QUESTION}))
    writer = sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    server.fail("POST", "*/typing", status=429, is_global=True, retry_after=3600)
    said = await server.say(alice, server.dm(alice), QUESTION)
    await server.wait_for(lambda: [each for each in server.asked("POST", "/typing") if each.status])
    writer.execute("COMMIT")
    writer.close()
    await answered_once(server, said)


async def test_an_error_is_told_in_private_though_the_first_sign_was_lost(server: LocalDiscord, tmp_path: Path) -> None:
    people = {True: server.add_user("Alice"), False: server.add_user("Bob")}
    async with bot_process(server, tmp_path, CUEPOINT_COOLDOWN_SECONDS="0"):
        await server.ready()
        _, channel = await home(server, *people.values())
        await server.reply_to(await server.slash(people[True], "ask", {"question": QUESTION}))
        writer = sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        server.fail("POST", CALLBACK, times=2, drop=True, applied=True)
        asked = [
            await server.slash(person, "ask", {"question": QUESTION, "private": private}, at=channel)
            for private, person in people.items()
        ]
        for each in asked:
            await server.acknowledged(each)
        await server.wait_for(lambda: [each.status for each in server.asked("POST", "/callback")][-2:] == [400, 400])
        # What the asker may see is looked up again before a late answer is sent.
        writer.execute("DROP TABLE server")
        writer.execute("COMMIT")
        writer.close()
        for each in asked:
            (told,) = await server.wait_for(lambda each=each: _cards(each))  # type: ignore[misc]
            assert "look it up by this reference" in told.text()
            assert told.ephemeral


# What cannot be helped.


async def test_what_discord_refuses_is_not_asked_again(server: LocalDiscord, bot: BotProcess) -> None:
    alice, bob, carol, shy = (server.add_user(name) for name in ("Alice", "Bob", "Carol", "Shy"))
    guild, silent = await home(server, alice, bob, carol)
    hidden, gone = server.add_channel(guild, "hidden"), server.add_channel(guild, "gone")
    await server.gateway.announce_guild(guild)
    # Things change, and the gateway tells of it too late.
    silent.overwrites[server.bot_user.id] = (0, int(Permission.SEND_MESSAGES))
    said = [await server.say(alice, silent, f"{server.bot_user.mention} {QUESTION}")]
    said.append(await server.say(bob, hidden, f"{server.bot_user.mention} {QUESTION}"))
    hidden.overwrites[server.bot_user.id] = (0, int(Permission.VIEW_CHANNEL))
    said.append(await server.say(carol, gone, f"{server.bot_user.mention} {QUESTION}"))
    del server.world.channels[gone.id]
    shy.accepts_dms = False
    said.append(await server.say(shy, server.dm(shy), QUESTION))
    codes = (50013, 50001, 10003, 50007)
    posts = await server.wait_for(lambda: len(found := _refused(server)) == len(codes) and found)
    assert sorted(posts) == sorted(codes)
    await answered_still(server)
    assert len(_refused(server)) == len(codes)
    assert [each.replies for each in said] == [[], [], [], []]
    assert "unexpected" not in bot.stderr


def _refused(server: LocalDiscord) -> list[int]:
    return [item.answer["code"] for item in server.asked("POST", "/messages") if item.status in (403, 404)]


async def test_the_answer_comes_though_its_question_is_gone(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    server.gateway.drop()
    said = await server.say(alice, server.dm(alice), QUESTION)
    said.deleted = True
    answer = await server.answer_to(said)
    assert FOUND in answer.text()
    assert answer.reference is None


async def test_interactions_that_are_over_are_let_go_in_silence(
    server: LocalDiscord, bot: BotProcess, tmp_path: Path
) -> None:
    alice = server.add_user("Alice")
    card = await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION}))
    server.gateway.drop()
    pressed = [await server.click(alice, card, button(server, card, "Delete")) for _ in range(2)]
    deletions = await server.wait_for(lambda: (found := server.asked("DELETE", "/@original"))[1:] and found)
    await server.wait_for(lambda: sorted(each.status or 0 for each in deletions) == [204, 404])
    late = await server.slash(alice, "ask", {"question": QUESTION})
    late.sent_at -= 10
    await server.wait_for(lambda: [each for each in server.asked("POST", "/callback") if each.status == 404])
    writer = sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    long = await server.slash(alice, "ask", {"question": QUESTION})
    await server.acknowledged(long)
    server.clock.advance(16 * 60)
    writer.execute("COMMIT")
    writer.close()
    await server.wait_for(lambda: [each for each in server.asked("PATCH", "/@original") if each.status == 401])
    assert (late.callback, long.card_times) == (None, [])
    assert [each.follow_ups for each in pressed] == [[], []]
    await answered_still(server)


# Discord does not want the bot any more.


@pytest.mark.parametrize(
    ("code", "exit_code", "said"),
    [
        (4004, NEEDS_SETUP, "Discord refuses DISCORD_TOKEN: reset the token and put the new one into .env."),
        (4013, NEEDS_SETUP, "Discord refuses this bot's intents"),
        (4014, NEEDS_SETUP, "Discord refuses this bot's intents"),
        (4011, FAILED, "start the bot again"),
    ],
)
async def test_a_close_for_good_ends_the_bot_with_one_sentence(
    server: LocalDiscord, tmp_path: Path, code: int, exit_code: int, said: str
) -> None:
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        await server.gateway.close(code)
        assert await bot.wait() == exit_code
        last = json.loads(bot.stderr.splitlines()[-1])
        assert said in last["event"]
        assert last["level"] == "error"
        assert "Traceback" not in bot.stderr
        assert server.token not in bot.stderr
    assert len(server.gateway.identifies) == 1, "it does not try again"


async def test_a_token_revoked_while_the_line_is_cut_ends_the_bot_too(server: LocalDiscord, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        server.world.token = "another.token"
        server.gateway.drop()
        assert await bot.wait() == NEEDS_SETUP
        assert "Discord refuses DISCORD_TOKEN" in bot.stderr
    assert len(server.gateway.resumes) == 1


async def test_a_gateway_out_of_reach_is_worth_another_start(server: LocalDiscord, tmp_path: Path) -> None:
    server.fail("GET", "/gateway/bot", status=503)
    async with bot_process(server, tmp_path) as bot:
        assert await bot.wait() == FAILED
        assert "cannot be reached" in bot.stderr
        assert "Traceback" not in bot.stderr


# The parts by themselves.


async def test_insisting_ends_and_says_so() -> None:
    tried = 0

    async def hang() -> None:
        nonlocal tried
        tried += 1
        await asyncio.sleep(3600)

    with pytest.raises(DeliveryUnknown, match="TimeoutError"):
        await send_with_retries(hang, 0.01)
    assert tried == 5

    async def mended() -> None:
        nonlocal tried
        tried += 1
        if tried < 8:
            raise aiohttp.ServerDisconnectedError

    await send_with_retries(mended, 0.01)
    assert tried == 8


def test_arrivals_are_forgotten_in_their_order() -> None:
    arrivals = SeenEvents(kept=2)
    assert [arrivals.is_new(event) for event in (1, 2, 1, 3, 3, 1)] == [True, True, False, True, False, True]
