"""Messages in a flood: each person is told once why they are not answered, and a channel has room for others."""

from __future__ import annotations

from pathlib import Path

from tests.support.discord.running_bot import QUESTION, bot_process, home
from tests.support.local_discord import Channel, LocalDiscord, Message, User

MENTIONS = 60


async def mention_at_once(server: LocalDiscord, people: list[User], channel: Channel) -> list[Message]:
    """All mention the bot, in turn, without waiting for answers; then one of them asks unseen by the others."""
    asked = [
        await server.say(people[number % len(people)], channel, f"{server.bot_user.mention} {QUESTION} {number}")
        for number in range(MENTIONS)
    ]
    # Events come in order: when this is answered, nothing of the flood is unread.
    last = await server.slash(server.add_user("Last"), "ask", {"question": QUESTION})
    await server.reply_to(last, 30)
    return asked


async def test_two_people_who_mention_the_bot_sixty_times_are_told_once_each(
    server: LocalDiscord, tmp_path: Path
) -> None:
    people = [server.add_user("One"), server.add_user("Two")]
    async with bot_process(server, tmp_path, CUEPOINT_COOLDOWN_SECONDS="600") as bot:
        await server.ready()
        _, channel = await home(server, *people)
        await mention_at_once(server, people, channel)
        await server.wait_for(lambda: len(server.messages_in(channel)) >= 4)
        texts = [message.text() for message in server.messages_in(channel)]
        assert sum("you can ask again" in text or "still being answered" in text for text in texts) <= 4
        assert len(texts) <= 6, "an answer for each, and each is told of the last question, and of the cooldown, once"
        assert await bot.terminate() == 0


async def test_many_people_who_mention_the_bot_in_one_channel_leave_it_usable(
    server: LocalDiscord, tmp_path: Path
) -> None:
    people = [server.add_user(f"Person {number}") for number in range(MENTIONS)]
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        _, channel = await home(server, *people)
        # As where Discord limits what is sent in a channel: the answers wait.
        server.fail("POST", "/channels/*/messages", times=MENTIONS, delay=2.0)
        await mention_at_once(server, people, channel)
        assert await bot.terminate() == 0
        texts = [message.text() for message in server.messages_in(channel)]
        assert sum("Many people are asking" in text for text in texts) == 2
        assert len(texts) == 12
