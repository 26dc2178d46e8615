"""Posts in forums, against a local Discord over real sockets: who is answered, once, and what becomes of the answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.cli.session import NEEDS_SETUP
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Source
from tests.support.discord.running_bot import bot_process, button, texts
from tests.support.local_discord import (
    BotProcess,
    Channel,
    Forum,
    Guild,
    LocalDiscord,
    Message,
    Permission,
    Role,
    Thread,
    User,
)
from tests.support.local_discord.api.limits import EPHEMERAL
from tests.support.local_discord.basics import Ids
from tests.support.local_discord.state import MESSAGE_CONTENT
from tests.support.local_discord.threads import PINNED

TITLE, SAID = "Where does the copper lantern hang?", "the copper lantern hangs above the old gate of the harbour"
ASKED = "**Was this it?**"
Rows = Callable[..., Source]


@dataclass
class Club:
    """A server with a library, in whose forum `help` posts are answered."""

    server: LocalDiscord
    folder: Path
    guild: Guild
    help: Forum
    general: Channel
    bot_role: Role

    def start(self, **settings: str) -> BotProcess:
        self.server.world.privileged_allowed = MESSAGE_CONTENT
        return bot_process(self.server, self.folder, **{"CUEPOINT_MESSAGE_CONTENT": "yes", **settings})

    def member(self, name: str, *roles: Role) -> User:
        user = self.server.add_user(name)
        self.server.add_member(self.guild, user, *roles)
        return user

    async def post(self, title: str, content: str = "I looked everywhere.", **more: Any) -> Message:
        """Somebody new creates a post."""
        author = self.member(f"Author{len(self.guild.members)}")
        return await self.server.post(author, more.pop("forum", self.help), title, content, **more)

    def cards_in(self, post: Message) -> list[Message]:
        return self.server.messages_in(post.channel)

    async def limit(self, **settings: Any) -> None:
        ledger = await Ledger.open(self.folder / "data" / "cuepoint.db")
        await ledger.save_settings(self.guild.id, replace(await ledger.settings(self.guild.id), **settings))
        await ledger.close()

    def stored(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "data" / "cuepoint.db")) as database:
            return database.execute(sql).fetchall()


@pytest.fixture
async def club(server: LocalDiscord, tmp_path: Path, rows: Rows) -> Club:
    guild = server.add_guild("Club")
    role = next(iter(guild.members[server.bot_user.id].roles))
    forum = server.add_forum(guild, "help", "Question", "✅ Solved")
    made = Club(server, tmp_path, guild, forum, server.add_channel(guild, "general"), role)
    library = await Library.open(tmp_path / "data" / "cuepoint.db")
    others = [("other", 40 * number, f"the ferry leaves at {number} o’clock from the pier") for number in range(1, 9)]
    source = rows(("lantern", 0, SAID), *others, title="The harbour")
    await library.import_files(access.own_scope(guild.id), [(source, Labels())])
    await library.close()
    await made.limit(forums=frozenset({forum.id}))
    return made


async def test_a_new_post_is_answered_once_where_the_answer_is_confident(club: Club) -> None:
    async with club.start() as bot:
        await club.server.ready()
        post = await club.post(TITLE)
        card = await club.server.answer_to(post)
        told = texts(card.payload())
        assert "**copper**" in told or "copper" in told
        assert ASKED in told
        assert TITLE not in told, "the post stands right above"
        assert card.pings() == set()
        # The same post comes once more, as after a lost connection, and then the bot starts anew.
        await club.server.gateway.announce("MESSAGE_CREATE", post)
        assert await bot.terminate() == 0
    async with club.start() as bot:
        await club.server.ready()
        await club.server.gateway.announce("MESSAGE_CREATE", post)
        # Once a later post is answered, that one has been looked at.
        await club.server.answer_to(await club.post(TITLE))
        assert await bot.terminate() == 0
    assert club.cards_in(post) == [card]
    # Discord would take a second answer with the same nonce for the first one: none is sent.
    assert len(club.server.asked("POST", f"/channels/{post.channel.id}/messages")) == 1
    assert club.server.breaches == []
    assert club.server.unknown_routes == []


async def test_an_answer_that_is_only_close_is_not_posted(club: Club) -> None:
    async with club.start(CUEPOINT_CONFIDENT_FROM="1") as bot:
        await club.server.ready()
        post = await club.post(TITLE, "")
        assert await bot.terminate() == 0
    assert club.cards_in(post) == []
    assert club.stored("SELECT wording FROM miss") == [(TITLE,)]


async def test_a_title_that_says_little_is_asked_with_the_text(club: Club) -> None:
    async with club.start():
        await club.server.ready()
        post = await club.post("Question for the harbour people", "Where does the copper lantern hang?")
        told = texts((await club.server.answer_to(post)).payload())
        assert "**copper lantern hangs**" in told
        assert told.splitlines()[0] == "-# I looked this up in the videos."
        assert "Nobody says" not in told, "people wrote to people"


async def test_what_was_not_asked_is_not_answered(club: Club) -> None:
    robot = club.server.world.add_user("Robot", bot=True)
    club.server.add_member(club.guild, robot)
    elsewhere = club.server.add_forum(club.guild, "showcase")
    async with club.start() as bot:
        await club.server.ready()
        unsure = await club.post("Which colour has the submarine?")
        talk = await club.post("Hello everyone!", "")
        in_another = await club.post(TITLE, forum=elsewhere)
        by_robot = await club.server.post(robot, club.help, TITLE, "beep")
        later = await club.server.say(club.member("Zoe"), unsure.channel, TITLE)
        plain = await club.server.say(club.member("Yan"), club.general, TITLE)
        in_code = await club.server.say(club.member("Xi"), club.general, f"`{club.server.bot_user.mention}` {TITLE}")
        assert await bot.terminate() == 0
    for message in (unsure, talk, in_another, by_robot, later, plain, in_code):
        assert club.cards_in(message) == []
    assert club.stored("SELECT question FROM miss") == [("which colour has the submarine?",)]
    kept = "\n".join(map(str, club.stored("SELECT payload FROM button_state")))
    assert "lantern" not in kept, "nothing is kept of messages that were not answered"
    assert "lantern" not in bot.stdout + bot.stderr


async def test_a_post_that_mentions_the_bot_is_answered_as_every_mention_is(club: Club) -> None:
    async with club.start() as bot:
        await club.server.ready()
        post = await club.post(TITLE, f"{club.server.bot_user.mention} {TITLE}")
        await club.server.answer_to(post)
        assert await bot.terminate() == 0
    (card,) = club.cards_in(post)
    assert ASKED not in texts(card.payload())


async def test_posts_older_than_an_hour_are_left_to_people(club: Club) -> None:
    club.server.clock.advance(-2 * 3600.0)
    club.server.world.ids = Ids(club.server.clock)
    async with club.start() as bot:
        await club.server.ready()
        post = await club.post(TITLE)
        assert await bot.terminate() == 0
    assert club.cards_in(post) == []


async def test_yes_counts_a_vote_and_marks_the_post_as_solved(club: Club) -> None:
    club.bot_role.permissions |= Permission.MANAGE_THREADS
    async with club.start():
        await club.server.ready()
        post = await club.post(TITLE, tags=("Question",))
        card = await club.server.answer_to(post)
    async with club.start():  # buttons work after a restart
        await club.server.ready()
        stranger = club.member("Stranger")
        refused = await club.server.reply_to(
            await club.server.click(stranger, card, button(club.server, card.payload(), "Yes"))
        )
        assert "Only who wrote this post, or a moderator, can answer that." in texts(refused)
        assert refused["flags"] & EPHEMERAL
        pressed = await club.server.click(post.author, card, button(club.server, card.payload(), "Yes"))
        told = texts(await club.server.reply_to(pressed))
        assert "I have marked this post as **✅ Solved**." in told
        assert ASKED not in told
        assert "Yes" not in told.splitlines()
        assert "Read on" in told, "the answer itself stays"
    assert isinstance(post.channel, Thread)
    assert post.channel.tag_names == ["Question", "✅ Solved"]
    assert club.stored("SELECT question, verdict, video_id FROM vote") == [(TITLE.lower(), "helpful", "lantern")]
    assert club.server.breaches == []


async def test_yes_is_thanked_for_where_the_bot_may_not_change_tags(club: Club) -> None:
    async with club.start():
        await club.server.ready()
        post = await club.post(TITLE)
        card = await club.server.answer_to(post)
        pressed = await club.server.click(post.author, card, button(club.server, card.payload(), "Yes"))
        told = texts(await club.server.reply_to(pressed))
        assert "Thanks for telling me!" in told
        assert "marked" not in told
    assert isinstance(post.channel, Thread)
    assert post.channel.tag_names == []
    assert not club.server.asked("PATCH", f"/channels/{post.id}"), "nothing is tried that would be refused"


async def test_no_deletes_the_answer_and_notes_a_miss(club: Club) -> None:
    moderator = club.member("Mod", club.server.add_role(club.guild, "Mods", Permission.MANAGE_MESSAGES))
    async with club.start() as bot:
        await club.server.ready()
        post = await club.post(TITLE)
        card = await club.server.answer_to(post)
        await club.server.click(moderator, card, button(club.server, card.payload(), "No"))
        await club.server.wait_for(lambda: card.deleted)
        await club.server.gateway.announce("MESSAGE_CREATE", post)
        assert await bot.terminate() == 0
    assert club.cards_in(post) == []
    assert club.stored("SELECT question FROM miss") == [(TITLE.lower(),)]


@pytest.mark.parametrize("limit", ["roles", "channels", "misses"])
async def test_what_not_everybody_in_the_forum_may_see_is_not_posted(club: Club, limit: str) -> None:
    vip = club.server.add_role(club.guild, "VIP")
    await club.limit(
        roles=frozenset({vip.id} if limit == "roles" else ()),
        channels=frozenset({club.general.id} if limit == "channels" else ()),
        record_misses=limit != "misses",
    )
    async with club.start() as bot:
        await club.server.ready()
        title = "Which colour has the submarine?" if limit == "misses" else TITLE
        post = await club.server.post(club.member("Ada", vip), club.help, title, "?")
        assert await bot.terminate() == 0
    assert club.cards_in(post) == []
    assert club.stored("SELECT * FROM miss") == []


async def test_a_raid_of_posts_makes_nobody_wait(club: Club) -> None:
    asker = club.member("Asker")
    async with club.start() as bot:
        await club.server.ready()
        posts = [await club.post(TITLE, "spam") for _ in range(30)]
        question = await club.server.say(asker, club.general, f"{club.server.bot_user.mention} {TITLE}")
        answer = await club.server.answer_to(question)
        assert "copper" in texts(answer.payload())
        assert await bot.terminate() == 0
    assert 0 < sum(len(club.cards_in(post)) for post in posts) <= 6


async def test_a_spammer_is_answered_once_in_half_a_minute(club: Club) -> None:
    async with club.start() as bot:
        await club.server.ready()
        author = club.member("Ada")
        posts = [await club.server.post(author, club.help, TITLE, "again") for _ in range(3)]
        assert await bot.terminate() == 0
    assert sum(len(club.cards_in(post)) for post in posts) == 1


async def test_where_the_bot_may_not_write_in_threads_it_does_not_try(club: Club) -> None:
    club.help.overwrites[club.guild.id] = (0, Permission.SEND_MESSAGES_IN_THREADS)
    async with club.start() as bot:
        await club.server.ready()
        post = await club.post(TITLE)
        assert await bot.terminate() == 0
    assert not club.server.asked("POST", f"/channels/{post.id}/messages")


async def test_a_post_whose_message_comes_before_its_thread_is_answered(club: Club) -> None:
    async with club.start():
        await club.server.ready()
        told = club.server.gateway.announce_thread

        async def keep_quiet(*_arguments: Any, **_named: Any) -> None:
            """The thread is announced when it is too late."""

        club.server.gateway.announce_thread = keep_quiet  # type: ignore[method-assign]
        post = await club.post(TITLE)
        club.server.gateway.announce_thread = told  # type: ignore[method-assign]
        assert ASKED in texts((await club.server.answer_to(post)).payload())


async def test_without_the_setting_no_intent_is_asked_for_and_nothing_is_answered(club: Club) -> None:
    async with club.start(CUEPOINT_MESSAGE_CONTENT="no") as bot:
        await club.server.ready()
        assert not club.server.gateway.intents & MESSAGE_CONTENT
        post = await club.post(TITLE)
        assert await bot.terminate() == 0
    assert club.cards_in(post) == []


async def test_settings_say_what_is_missing_for_posts_to_be_answered(club: Club) -> None:
    manager = club.member("Boss", club.server.add_role(club.guild, "Managers", Permission.MANAGE_GUILD))

    async def show_settings() -> str:
        return texts(await club.server.reply_to(await club.server.slash(manager, "settings", {}, at=club.general)))

    closed = f"Posts in <#{club.help.id}> are not answered from this server’s videos"
    async with club.start(CUEPOINT_MESSAGE_CONTENT="no"):
        await club.server.ready()
        shown = await show_settings()
        assert "⚠ Forum posts can’t be read: whoever hosts me must" in shown
        assert f"⚠ I can’t mark posts in <#{club.help.id}> as solved. Let me manage threads there." in shown
    club.bot_role.permissions |= Permission.MANAGE_THREADS
    async with club.start():
        await club.server.ready()
        assert "⚠" not in await show_settings()
        for limits in ({"channels": frozenset({club.general.id})}, {"roles": frozenset({club.bot_role.id})}):
            await club.limit(**{"channels": frozenset(), "roles": frozenset(), **limits})
            assert closed in await show_settings()
        await club.limit(channels=frozenset({club.help.id}), roles=frozenset())
        assert "⚠" not in await show_settings()


async def test_an_intent_that_discord_refuses_is_said_in_one_sentence(club: Club) -> None:
    async with club.start() as bot:
        club.server.world.privileged_allowed = 0
        assert await bot.wait() == NEEDS_SETUP
        assert "switch on Message Content Intent on the page Bot of your application" in bot.stderr
        assert "or set CUEPOINT_MESSAGE_CONTENT=no." in bot.stderr


async def test_a_manager_puts_a_card_into_a_forum_from_which_everybody_asks(club: Club) -> None:
    club.bot_role.permissions |= Permission.MANAGE_THREADS
    manager = club.member("Boss", club.server.add_role(club.guild, "Managers", Permission.MANAGE_GUILD))

    async def put_card() -> str:
        used = await club.server.slash(manager, "library forum-card", {"channel": club.help}, at=club.general)
        return texts(await club.server.reply_to(used))

    async with club.start(CUEPOINT_MESSAGE_CONTENT="no") as bot:
        await club.server.ready()
        assert "Posted and pinned" in await put_card(), club.server.breaches
        (thread,) = [item for item in club.guild.channels.values() if isinstance(item, Thread)]
        assert (thread.name, thread.flags) == ("Find in videos", PINNED)
        (card,) = club.server.messages_in(thread)
        assert "There is one in this forum already" in await put_card()
        assert await bot.terminate() == 0
    async with club.start(CUEPOINT_MESSAGE_CONTENT="no"):
        await club.server.ready()
        assert "There is one in this forum already" in await put_card(), "also after a restart"
        ada = club.member("Ada")
        pressed = await club.server.click(ada, card, button(club.server, card.payload(), "Find in videos"))
        form = await club.server.modal_of(pressed)
        assert form["title"] == "Find in videos"
        answer = await club.server.reply_to(await club.server.submit_modal(pressed, {"question": TITLE}))
        assert "copper" in texts(answer)
        assert answer["flags"] & EPHEMERAL
    assert club.server.breaches == []
    assert club.server.unknown_routes == []


@pytest.mark.parametrize("trouble", ["no posts", "no pin", "pinned", "a tag"])
async def test_what_is_in_the_way_of_the_card_is_said(club: Club, trouble: str) -> None:
    manager = club.member("Boss", club.server.add_role(club.guild, "Managers", Permission.MANAGE_GUILD))
    if trouble == "no posts":
        club.help.overwrites[club.server.bot_user.id] = (0, Permission.SEND_MESSAGES)
    if trouble != "no pin":
        club.bot_role.permissions |= Permission.MANAGE_THREADS
    club.help.requires_tag = trouble == "a tag"
    async with club.start():
        await club.server.ready()
        if trouble == "pinned":
            other = await club.post("Rules", "of the club")
            assert isinstance(other.channel, Thread)
            other.channel.flags = PINNED
            await club.server.gateway.announce_thread("THREAD_UPDATE", other.channel)
        used = await club.server.slash(manager, "library forum-card", {"channel": club.help}, at=club.general)
        told = texts(await club.server.reply_to(used))
    expected = {
        "no posts": "Let me **View Channel** and **Create Posts** there",
        "no pin": "To pin it, open the post’s menu and choose **Pin Post**.",
        "pinned": "a forum has room for one",
        "a tag": "Posted and pinned",
    }
    assert expected[trouble] in told
    assert club.server.breaches == []
