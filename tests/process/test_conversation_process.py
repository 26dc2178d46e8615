"""Conversation with the bot as a process, over real sockets: what Discord delivers of replies, and what it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.discord.running_bot import QUESTION, bot_process, button, home, texts
from tests.support.local_discord import BotProcess, LocalDiscord, Message


def texts_of(message: Message) -> str:
    return texts(message.payload())


FOUND = "Sample talk: BM25 ranking"


@pytest.fixture
async def bot(server: LocalDiscord, tmp_path: Path) -> AsyncIterator[BotProcess]:
    async with bot_process(server, tmp_path) as process:
        await server.ready()
        yield process
        assert "Traceback" not in process.stderr
    assert server.breaches == []
    assert server.unknown_routes == []


async def test_a_conversation_in_a_channel(server: LocalDiscord, bot: BotProcess) -> None:
    alice, bob = server.add_user("Alice"), server.add_user("Bob")
    _, channel = await home(server, alice, bob)
    me = f"<@{server.bot_user.id}>"
    greeted = await server.answer_to(await server.say(alice, channel, f"hi {me}"))
    assert texts_of(greeted).startswith("Hi! Ask me anything about these videos.\nFor example: ")
    asked = await server.say(alice, channel, f"{me} {QUESTION}")
    assert FOUND in texts_of(await server.answer_to(asked))
    first = asked.replies[-1]
    followed = await server.answer_to(await server.say(alice, channel, "and why?", reply_to=first))
    assert f"With your last question: “{QUESTION}”" in texts_of(followed)
    other = await server.answer_to(await server.say(bob, channel, "and saturation?", reply_to=first))
    assert f"With the question before: “{QUESTION}”" in texts_of(other)
    thanked = await server.say(bob, channel, "thank you!", reply_to=first)
    await server.wait_for(lambda: thanked.reactions)
    assert thanked.reactions == ["❤️"]
    silent = [
        await server.say(bob, channel, "and without a ping?", reply_to=first, ping=False),
        await server.say(bob, channel, "lol", reply_to=first),
        await server.say(bob, channel, f"hi @everyone <@&{server.bot_user.id}>"),
    ]
    helped = await server.answer_to(await server.say(alice, channel, f"{me} what videos do you have?"))
    assert "3 videos" in texts_of(helped)
    assert [message.replies for message in (thanked, *silent)] == [[], [], [], []]


async def test_what_may_not_be_read_is_told_and_buttons_lead_on(server: LocalDiscord, bot: BotProcess) -> None:
    alice, bob = server.add_user("Alice"), server.add_user("Bob")
    _, channel = await home(server, alice, bob)
    said = await server.say(bob, channel, QUESTION)
    card = await server.answer_to(await server.say(alice, channel, f"<@{server.bot_user.id}>", reply_to=said))
    assert "**Find in videos**" in texts_of(card)
    listed = await server.reply_to(await server.click(bob, card, button(server, card.payload(), "Videos")))
    assert "3 videos" in texts(listed)
    assert listed["flags"] & 64, "for Bob alone"


async def test_a_reply_follows_up_after_a_restart(server: LocalDiscord, tmp_path: Path) -> None:
    alice = server.add_user("Alice")
    dm = server.dm(alice)
    async with bot_process(server, tmp_path):
        await server.ready()
        asked = await server.say(alice, dm, QUESTION)
        await server.answer_to(asked)
        assert "With your last" in texts_of(await server.answer_to(await server.say(alice, dm, "and why?")))
    async with bot_process(server, tmp_path):
        await server.ready()
        followed = await server.say(alice, dm, "and why?", reply_to=asked.replies[0])
        assert f"With your last question: “{QUESTION}”" in texts_of(await server.answer_to(followed))
        cold = texts_of(await server.answer_to(await server.say(server.add_user("Carol"), dm, "why?")))
        assert "With your last" not in cold


async def test_a_file_in_a_direct_message_is_told_where_it_can_be_added(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    upload = server.upload("talk.srt", b"1\n00:00:01,000 --> 00:00:02,000\nhello\n", "application/x-subrip")
    said = await server.say(alice, server.dm(alice), "here is my transcript", attachments=(upload,))
    assert texts_of(await server.answer_to(said)).startswith("To add it, use </library import:")
