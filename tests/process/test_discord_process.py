"""The bot as a process, against a local Discord over real sockets."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.session import NEEDS_SETUP
from storage import access
from storage.library import Library
from storage.models import Labels, Source
from tests.support.discord.running_bot import QUESTION, bot_process, button, home, noted, texts
from tests.support.local_discord import EVERYDAY, BotProcess, Callback, LocalDiscord, Permission
from tests.support.local_discord.api import limits
from tests.support.local_discord.api.limits import COMPONENTS_V2, EPHEMERAL
from tests.support.project import PASTED_SEEDS, PROJECT, SUBRIP_ID, SUBRIP_SEED


@pytest.fixture
async def bot(server: LocalDiscord, tmp_path: Path) -> AsyncIterator[BotProcess]:
    async with bot_process(server, tmp_path, CUEPOINT_COOLDOWN_SECONDS="0") as process:
        await server.ready()
        yield process
        assert server.token not in process.stdout + process.stderr
    assert server.unknown_routes == []


async def test_it_logs_in_registers_its_commands_once_and_ends_in_order(server: LocalDiscord, tmp_path: Path) -> None:
    for _ in range(2):
        async with bot_process(server, tmp_path) as process:
            await server.ready()
            assert await process.terminate() == 0
            assert server.token not in process.stdout + process.stderr
    everywhere = {"ask", "timeline", "videos", "video", "transcript", "help", "about", "privacy", "Find in videos"}
    everywhere |= {"follow", "unfollow"}
    assert set(server.commands()) == everywhere | {"settings", "library", "Import transcript"}
    assert len(server.asked("PUT", "/commands")) == 1, "the second start found them unchanged"
    for name, command in server.commands().items():
        assert command["contexts"] == ([0, 1, 2] if name in everywhere else [0])
        assert command["integration_types"] == ([0, 1] if name in everywhere else [0])
    assert server.gateway.intents == 1 << 0 | 1 << 9 | 1 << 12, "no privileged intent"
    assert server.breaches == []


async def test_the_first_start_tells_how_to_install_the_bot_and_no_other(server: LocalDiscord, tmp_path: Path) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"https://discord\.com/oauth2/authorize\S+(?=`)", readme)
    assert len(links) == 2
    for expected in ([link.replace("APP_ID", str(server.world.application_id)) for link in links], []):
        async with bot_process(server, tmp_path) as process:
            await server.ready()
            assert await process.terminate() == 0
            told = [json.loads(line) for line in process.stderr.splitlines()]
        found = [line for line in told if "oauth2" in line["event"]]
        assert [line["event"].rpartition(" ")[2] for line in found] == expected
        assert {line["level"] for line in found} <= {"info"}


async def test_commands_are_registered_by_hand_also_in_one_server(server: LocalDiscord, tmp_path: Path) -> None:
    guild = server.add_guild("Test server")
    for words, place in ((("sync",), None), (("sync",), None), (("sync", "--server", str(guild.id)), guild.id)):
        async with bot_process(server, tmp_path, *words) as process:
            assert await process.wait() == 0
        assert len(server.commands(place)) == 14
    assert len(server.asked("PUT", "/commands")) == 3
    assert server.breaches == []


async def test_a_refused_token_is_said_in_words_and_never_shown(server: LocalDiscord, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path, DISCORD_TOKEN="not.the.token") as process:
        assert await process.wait() == NEEDS_SETUP
        assert "Discord refuses DISCORD_TOKEN" in process.stderr
        assert "not.the.token" not in process.stdout + process.stderr


@pytest.mark.parametrize("given", ["not.the.token", "no token", ""])
async def test_where_another_start_does_not_help_it_can_stay(server: LocalDiscord, tmp_path: Path, given: str) -> None:
    async with bot_process(server, tmp_path, "serve", "--stay", DISCORD_TOKEN=given) as process:
        async with asyncio.timeout(20):
            # It is written by another process, which tells nobody.
            while "TOKEN" not in process.stderr:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        tried = len(server.asked("GET", "/users/@me"))
        assert tried == (given == "not.the.token")
        assert json.loads(process.stderr.splitlines()[-1])["level"] == "error"
        # A signal between its words and its waiting would end it by itself.
        assert await process.terminate() in (NEEDS_SETUP, -signal.SIGTERM)
        assert len(server.asked("GET", "/users/@me")) == tried


async def test_a_misnamed_setting_is_told_at_the_start(server: LocalDiscord, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path, CUEPOINT_BACKUP="03:30") as process:
        await server.ready()
        assert await process.terminate() == 0
        told = [json.loads(line) for line in process.stderr.splitlines()]
    (warning,) = [line["event"] for line in told if line["level"] == "warning"]
    assert warning == "CUEPOINT_BACKUP is no setting and does nothing: is CUEPOINT_BACKUP_AT meant?"
    assert str(tmp_path / "data") in told[0]["event"]
    assert told[-1]["event"] == "stopped"


@pytest.mark.parametrize("place", ["guild", "dm", "group", "foreign"])
async def test_the_slash_command_in_each_place(server: LocalDiscord, bot: BotProcess, place: str) -> None:
    alice = server.add_user("Alice", installed=place in ("group", "foreign"))
    channel = server.dm(alice)
    if place == "guild":
        _, channel = await home(server, alice)
    elif place == "group":
        channel = server.private_channel(alice, server.add_user("Bob"), server.add_user("Carol"))
    elif place == "foreign":
        guild = server.add_guild("Elsewhere", installed=False)
        server.add_member(guild, alice)
        channel = server.add_channel(guild, "general")
    asked = await server.slash(alice, "ask", {"question": QUESTION}, at=channel)
    card = await server.reply_to(asked)
    assert QUESTION in texts(card)
    assert "Sample talk: BM25 ranking" in texts(card)
    assert card["flags"] == COMPONENTS_V2
    hidden = await server.reply_to(
        await server.slash(alice, "ask", {"question": QUESTION, "private": True}, at=channel)
    )
    assert bool(hidden["flags"] & EPHEMERAL) == (place != "dm"), "alone with the bot there is nobody to hide it from"
    opened = await server.reply_to(await server.click(alice, card, button(server, card, "Read on")))
    assert ("Share" in texts(opened)) == (place != "dm")
    assert server.breaches == []


async def test_a_user_install_without_the_permission_sees_the_answer_alone(
    server: LocalDiscord, bot: BotProcess
) -> None:
    alice, guild = server.add_user("Alice", installed=True), server.add_guild("Elsewhere", installed=False)
    guild.roles[guild.id].permissions = EVERYDAY & ~Permission.USE_EXTERNAL_APPS
    server.add_member(guild, alice)
    asked = await server.slash(alice, "ask", {"question": QUESTION}, at=server.add_channel(guild, "general"))
    assert (await server.reply_to(asked))["flags"] == COMPONENTS_V2 | EPHEMERAL


async def test_direct_messages_mentions_and_the_menu(server: LocalDiscord, bot: BotProcess) -> None:
    alice, bob = server.add_user("Alice"), server.add_user("Bob")
    _, channel = await home(server, alice, bob)
    said = await server.say(alice, server.dm(alice), QUESTION)
    answer = await server.answer_to(said)
    assert "Sample talk: BM25 ranking" in answer.text()
    assert answer.reference is said
    asked = await server.say(alice, channel, f"{server.bot_user.mention} {QUESTION}")
    answer = await server.answer_to(asked)
    assert answer.reference is asked
    assert QUESTION not in answer.text(), "Discord shows the question above"
    assert answer.pings() == set()
    found = await server.message_menu(bob, "Find in videos", await server.say(alice, channel, QUESTION))
    card = await server.reply_to(found)
    assert "Sample talk: BM25 ranking" in texts(card)
    assert card["flags"] & EPHEMERAL
    assert server.breaches == []


async def test_it_keeps_silent_where_it_was_not_asked_or_may_not_speak(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    guild, channel = await home(server, alice)
    denied = {server.bot_user.id: (0, int(Permission.SEND_MESSAGES))}
    silent = server.add_channel(guild, "silent", denied)
    await server.gateway.announce_guild(guild)
    first = await server.answer_to(await server.say(alice, channel, f"{server.bot_user.mention} {QUESTION}"))
    await server.say(alice, channel, "thanks", reply_to=first)
    await server.say(alice, channel, "@everyone how does bm25 rank")
    await server.say(alice, channel, "how does bm25 rank")
    await server.say(alice, silent, f"{server.bot_user.mention} {QUESTION}")
    last = await server.say(alice, channel, f"{server.bot_user.mention} what are captions")
    answer = await server.answer_to(last)
    assert server.messages_in(channel) == [first, answer]
    assert server.messages_in(silent) == []
    assert [item for item in server.requests if item.status in (400, 403)] == []


async def test_autocomplete_offers_the_best_match_first(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    typed = await server.autocomplete(alice, "ask", {"question": "x", "video": "captons"}, focused="video")
    choices = await server.choices_of(typed)
    assert choices[0] == {"name": "Sample talk: How captions are made and timed", "value": "sample-captions"}
    typed = await server.autocomplete(alice, "transcript", {"video": ""}, focused="video")
    assert len(await server.choices_of(typed)) == 3
    typed = await server.autocomplete(alice, "ask", {"question": "x", "creator": "cue"}, focused="creator")
    assert [choice["value"] for choice in await server.choices_of(typed)] == ["Cuepoint samples"]
    asked = await server.slash(alice, "ask", {"question": "time", "video": choices[0]["value"]})
    assert "BM25 ranking" not in texts(await server.reply_to(asked))
    assert server.breaches == []


async def test_the_other_commands(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    _, channel = await home(server, alice)
    for name, options, said in (
        ("videos", {}, "3 videos"),
        ("videos", {"search": "captoins made"}, "1 video called “captions made”"),
        ("video", {"video": "sample-captions"}, "[2:24](https://video.example.com/sample-captions#t=144) hold cue"),
        ("timeline", {"question": "hold cue", "private": True}, "**Sample talk: How captions"),
        ("help", {}, "How to ask"),
        ("about", {}, "3 videos"),
        ("transcript", {"video": "sample-captions", "at": "1:00"}, "[0:"),
        ("transcript", {"video": "captions are made", "at": "9:99:99"}, "I can’t read “9:99:99” as a time"),
        ("transcript", {"video": "nonsense"}, "No video is called “nonsense”"),
        ("transcript", {"video": "sample-captions", "at": "2h"}, "is 7:55 long: 2:00:00 is after its end"),
        ("ask", {"question": "???"}, "here whenever you have a question"),
        ("ask", {"question": "-bert"}, "at least one word"),
        ("ask", {"question": "words", "video": "zzz"}, "No video is called"),
    ):
        card = await server.reply_to(await server.slash(alice, name, options, at=channel))
        assert said in texts(card), name
        assert card["flags"] == COMPONENTS_V2 | EPHEMERAL
    assert server.breaches == []


async def test_a_timeline_comes_with_its_picture(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    _, channel = await home(server, alice)
    card = await server.reply_to(await server.slash(alice, "timeline", {"question": "message"}, at=channel))
    (picture,) = card["attachments"]
    assert (picture["filename"], picture["content_type"]) == ("timeline.png", "image/png")
    (gallery,) = [part for _, part in limits.walk(card["components"]) if part["type"] == limits.MEDIA_GALLERY]
    assert gallery["items"][0]["media"]["url"] == picture["url"]
    (menu,) = [part for _, part in limits.walk(card["components"]) if part["type"] in limits.SELECTS]
    opened = await server.reply_to(await server.select(alice, card, menu["custom_id"], ["2"]))
    assert opened["flags"] & EPHEMERAL
    assert server.breaches == []


async def test_a_passage_is_opened_widened_judged_and_shared(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    _, channel = await home(server, alice)
    card = await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION}, at=channel))
    opened = await server.reply_to(await server.click(alice, card, button(server, card, "Read on")))
    assert opened["flags"] & EPHEMERAL
    wider = await server.reply_to(await server.click(alice, opened, button(server, opened, "Earlier")))
    assert wider["id"] == opened["id"]
    assert len(texts(wider)) > len(texts(opened))
    vote = await server.reply_to(await server.click(alice, wider, button(server, wider, "Helpful")))
    assert "Counted as helpful" in texts(vote)
    gone = await server.reply_to(await server.click(alice, vote, button(server, vote, "Take back my vote")))
    assert "taken back" in texts(gone)
    await server.reply_to(await server.click(alice, wider, button(server, wider, "Not helpful")))
    about = await server.reply_to(await server.slash(alice, "about", at=channel))
    forget = button(server, about, "Delete what you keep about me")
    forgot = await server.reply_to(await server.click(alice, about, forget))
    assert "Deleted: " in texts(forgot)
    shared = await server.reply_to(await server.click(alice, wider, button(server, wider, "Share")))
    assert not shared["flags"] & EPHEMERAL
    assert "Shared by Alice" in texts(shared)
    assert server.breaches == []


async def test_strangers_get_a_copy_of_their_own_and_delete_nothing(server: LocalDiscord, bot: BotProcess) -> None:
    alice, bob, mod = server.add_user("Alice"), server.add_user("Bob"), server.add_user("Mod")
    guild, channel = await home(server, alice, bob, mod)
    guild.members[mod.id].roles.append(server.add_role(guild, "Mods", Permission.MANAGE_MESSAGES))
    asked = await server.slash(alice, "ask", {"question": QUESTION}, at=channel)
    card = await server.reply_to(asked)
    opened = await server.reply_to(await server.click(alice, card, button(server, card, "Read on")))
    shared = await server.reply_to(await server.click(alice, opened, button(server, opened, "Share")))
    copy = await server.reply_to(await server.click(bob, shared, button(server, shared, "Read on")))
    assert copy["flags"] & EPHEMERAL
    assert copy["id"] != shared["id"]
    refused = await server.reply_to(await server.click(bob, card, button(server, card, "Delete")))
    assert "Only the one who asked" in texts(refused)
    await server.click(alice, card, button(server, card, "Delete"))
    await server.click(mod, shared, button(server, shared, "Delete"))
    await server.wait_for(lambda: not [each for each in server.messages_in(channel) if not each.ephemeral])
    assert server.breaches == []


async def test_clicks_after_a_restart_hours_later_and_too_late(server: LocalDiscord, tmp_path: Path) -> None:
    alice = server.add_user("Alice")
    async with bot_process(server, tmp_path, CUEPOINT_COOLDOWN_SECONDS="0") as process:
        await server.ready()
        card = await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION}))
        await process.kill()
    server.clock.advance(6 * 3600)
    async with bot_process(server, tmp_path) as process:
        await server.ready()
        opened = await server.reply_to(await server.click(alice, card, button(server, card, "Read on")))
        assert "Sample talk: BM25 ranking" in texts(opened)
        with closing(sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None)) as database:
            database.execute("UPDATE button_state SET expired_at = 0")
        late = await server.reply_to(await server.click(alice, card, button(server, card, "Read on")))
        assert "expired" in texts(late)
        assert late["flags"] & EPHEMERAL
        await server.click(alice, card, button(server, card, "Delete"))
        await server.wait_for(lambda: server.world.messages[int(card["id"])].deleted)
    assert server.breaches == []


async def test_what_takes_long_is_deferred_and_then_edited_in(
    server: LocalDiscord, bot: BotProcess, tmp_path: Path
) -> None:
    alice, bob, carol = (server.add_user(name) for name in ("Alice", "Bob", "Carol"))
    _, channel = await home(server, alice, bob)
    card = await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION}, at=channel))
    # Another process is writing: the answer's buttons have to wait until it is done.
    writer = sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    asked = await server.slash(alice, "ask", {"question": "what are captions"}, at=channel)
    clicked = await server.click(bob, card, button(server, card, "Read on"))
    said = await server.say(carol, server.dm(carol), "what are captions")
    await server.acknowledged(asked)
    await server.acknowledged(clicked)
    await server.wait_for(lambda: server.asked("POST", "/typing"))
    assert (asked.callback, clicked.callback) == (Callback.DEFERRED_MESSAGE, Callback.DEFERRED_MESSAGE)
    writer.execute("COMMIT")
    writer.close()
    assert "captions" in texts(await server.reply_to(asked))
    assert (await server.reply_to(clicked))["flags"] & EPHEMERAL
    assert "captions" in (await server.answer_to(said)).text()
    assert asked.first_response_after is not None
    assert asked.first_response_after < 3
    assert server.breaches == []


async def test_two_clicks_at_once_share_one_quote(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    _, channel = await home(server, alice)
    card = await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION, "private": True}, at=channel))
    for shown in (await server.reply_to(await server.click(alice, card, button(server, card, "Read on"))), card):
        pressed = [await server.click(alice, shown, button(server, shown, "Share")) for _ in range(3)]
        replies = [await server.reply_to(each) for each in pressed]
        assert sum("You have shared this here already." in texts(reply) for reply in replies) == 2
        assert sum(bool(reply["flags"] & EPHEMERAL) for reply in replies) == 2
    await server.wait_for(lambda: "Shared" in texts(server.world.messages[int(card["id"])].payload()))
    assert len([each for each in server.messages_in(channel) if not each.ephemeral]) == 2
    assert server.breaches == []


@pytest.mark.parametrize("is_late", [False, True])
async def test_one_person_is_notified_by_a_new_message_also_of_a_late_answer(
    server: LocalDiscord, bot: BotProcess, tmp_path: Path, is_late: bool
) -> None:
    """Discord notifies nobody of an edit, and the end of a deferral is one."""
    alice, bob = server.add_user("Alice"), server.add_user("Bob")
    _, channel = await home(server, alice, bob)
    await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION}, at=channel))
    with closing(sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None)) as writer:
        if is_late:
            writer.execute("BEGIN IMMEDIATE")
        question = "@everyone what are captions"
        asked = await server.slash(alice, "ask", {"question": question, "for": bob}, at=channel)
        if is_late:
            await server.acknowledged(asked)
            writer.execute("COMMIT")
    card = await server.reply_to(asked)
    assert asked.callback is (Callback.DEFERRED_MESSAGE if is_late else Callback.MESSAGE)
    assert f"For <@{bob.id}>" in texts(card)
    message = server.world.messages[int(card["id"])]
    assert message in server.messages_in(channel)
    assert message.pings() == {f"user:{bob.id}"}
    assert (message is asked.original) != is_late
    assert server.breaches == []


async def test_an_error_after_a_public_wait_is_told_in_private(server: LocalDiscord, tmp_path: Path) -> None:
    alice = server.add_user("Alice")
    async with bot_process(server, tmp_path) as bot:
        await server.ready()
        _, channel = await home(server, alice)
        # What is written about the server comes before what this writes, and does not wait as well.
        await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION}))
        writer = sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        asked = await server.slash(alice, "ask", {"question": QUESTION}, at=channel)
        await server.acknowledged(asked)
        # What the asker may see is looked up again before a late answer is sent.
        writer.execute("DROP TABLE server")
        writer.execute("COMMIT")
        writer.close()
        told = await server.wait_for(lambda: asked.follow_ups, timeout=20)
        assert asked.original is not None
        assert asked.original.deleted
        assert told[0].ephemeral
        assert "Whoever runs this bot can look it up by this reference: " in told[0].text()
        assert told[0].text().rsplit(" ", 1)[1] in bot.stderr
    assert server.unknown_routes == []
    assert server.breaches == []


async def test_twenty_people_at_once(server: LocalDiscord, bot: BotProcess) -> None:
    people = [server.add_user(f"Person{number}") for number in range(20)]
    asked = await asyncio.gather(*[server.slash(each, "ask", {"question": f"bm25 {each.name}"}) for each in people])
    cards = await asyncio.gather(*[server.reply_to(item) for item in asked])
    assert [each.name in texts(card) for each, card in zip(people, cards, strict=True)] == [True] * 20
    assert max(item.first_response_after or 9 for item in asked) < 3
    assert server.breaches == []


async def test_the_cool_down_is_friendly_and_private(server: LocalDiscord, tmp_path: Path) -> None:
    alice = server.add_user("Alice")
    async with bot_process(server, tmp_path, CUEPOINT_COOLDOWN_SECONDS="60"):
        await server.ready()
        _, channel = await home(server, alice)
        await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION}, at=channel))
        card = await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION}, at=channel))
        assert "you can ask again <t:" in texts(card)
        assert card["flags"] & EPHEMERAL


async def test_it_resumes_and_answers_what_it_missed(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    server.gateway.drop()
    answer = await server.answer_to(await server.say(alice, server.dm(alice), QUESTION))
    assert "Sample talk: BM25 ranking" in answer.text()
    assert server.gateway.resumed == 1
    assert server.gateway.readies == 1


async def test_trouble_on_the_way_is_overcome(server: LocalDiscord, bot: BotProcess) -> None:
    alice = server.add_user("Alice")
    server.fail("POST", "*/callback", status=500)
    await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION}))
    server.fail("POST", "*/callback", drop=True, applied=True)
    await server.reply_to(await server.slash(alice, "ask", {"question": QUESTION}))
    server.fail("POST", "/channels/*/messages", status=429, retry_after=0.01)
    await server.answer_to(await server.say(alice, server.dm(alice), QUESTION))
    server.fail("POST", "/channels/*/messages", drop=True, applied=True)
    said = await server.say(alice, server.dm(alice), QUESTION)
    await server.answer_to(said)
    await server.wait_for(lambda: len(server.asked("POST", "/messages")) == 4)
    assert len([each for each in server.messages_in(said.channel) if each.reference is said]) == 1
    assert "unexpected" not in bot.stderr


async def test_a_servers_library_is_seen_elsewhere_by_its_members_alone(server: LocalDiscord, tmp_path: Path) -> None:
    alice, bob = server.add_user("Alice", installed=True), server.add_user("Bob", installed=True)
    mine, other = server.add_guild("Mine"), server.add_guild("Other", installed=False)
    channels = [server.add_channel(guild, "general") for guild in (mine, other)]
    for guild in (mine, other):
        server.add_member(guild, alice)
    server.add_member(other, bob)
    row = {"video_id": "secret", "text": "the zebra crossed the river at dawn", "start_second": 5, "title": "Zebras"}
    library = await Library.open(tmp_path / "data" / "cuepoint.db")
    scope = access.host_scope(str(mine.id))
    report = await library.import_files(scope, [(Source("z.jsonl", json.dumps(row).encode()), Labels())])
    assert report.videos_added == 1, report
    await library.close()
    async with bot_process(server, tmp_path, CUEPOINT_COOLDOWN_SECONDS="0"):
        await server.ready()
        asked = await server.slash(alice, "ask", {"question": "zebra river"}, at=channels[0])
        here = await server.reply_to(asked)
        await noted(tmp_path, 1)
        asked = await server.slash(alice, "ask", {"question": "zebra river"}, at=channels[1])
        there = await server.reply_to(asked)
        assert "Zebras" in texts(here)
        assert not here["flags"] & EPHEMERAL
        assert "Zebras" in texts(there)
        assert there["flags"] & EPHEMERAL
        alone = await server.answer_to(await server.say(alice, server.dm(alice), "zebra river"))
        assert "Zebras" in alone.text()
        asked = await server.slash(bob, "ask", {"question": "zebra river"}, at=channels[1])
        assert "Zebras" not in texts(await server.reply_to(asked))
        alone = await server.answer_to(await server.say(bob, server.dm(bob), "zebra river"))
        assert "Zebras" not in alone.text()


async def test_every_way_of_asking_the_real_transcripts(server: LocalDiscord, seeds: Path, tmp_path: Path) -> None:
    library = await Library.open(tmp_path / "data" / "cuepoint.db")
    files = [(Source(name, (seeds / name).read_bytes()), Labels()) for name in PASTED_SEEDS]
    files.append((Source(SUBRIP_SEED, (seeds / SUBRIP_SEED).read_bytes()), Labels(video_id=SUBRIP_ID, title="AutoML")))
    await library.import_files(access.host_scope(), files)
    await library.close()
    alice = server.add_user("Alice")
    async with bot_process(server, tmp_path, CUEPOINT_COOLDOWN_SECONDS="0"):
        await server.ready()
        guild, channel = await home(server, alice)
        question = "what is masked language modeling"
        cards = [await server.reply_to(await server.slash(alice, "ask", {"question": question}, at=channel))]
        for text in ("zqxv wvut", "excel net", "permutaton language modeling", "how do I bake bread"):
            cards.append(await server.reply_to(await server.slash(alice, "ask", {"question": text}, at=channel)))
        said = await server.say(alice, channel, question)
        cards.append(await server.reply_to(await server.message_menu(alice, "Find in videos", said)))
        mention = await server.say(alice, channel, f"{server.bot_user.mention} {question}")
        cards.append((await server.answer_to(mention)).payload())
        cards.append((await server.answer_to(await server.say(alice, server.dm(alice), question))).payload())
        by_slash, by_mention = cards[0], cards[-2]
        for card in (by_slash, by_mention):
            following = await server.reply_to(await server.click(alice, card, button(server, card, "Next")))
            assert "2 of " in texts(following)
            assert following["id"] == card["id"]
            cards.append(following)
        bob = server.add_user("Bob")
        server.add_member(guild, bob)
        turned = cards[-2]
        copy = await server.reply_to(await server.click(bob, by_slash, button(server, turned, "Previous")))
        assert copy["id"] != by_slash["id"]
        assert copy["flags"] & EPHEMERAL
        assert all("?t=" in texts(card) or "&t=" in texts(card) for card in cards[-3:])
    assert server.breaches == []
