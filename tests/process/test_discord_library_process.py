"""A server's library looked after over real sockets: forms with files, exports, and what another process changes."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.commands import environment_for
from tests.support.discord.running_bot import bot_process, texts
from tests.support.forked_program import typed
from tests.support.local_discord import (
    BotProcess,
    Channel,
    Guild,
    Interaction,
    LocalDiscord,
    NotOfferedError,
    Permission,
    Upload,
    User,
)
from tests.support.local_discord.api.limits import EPHEMERAL
from tests.support.project import PASTED_SEEDS, SUBRIP_ID, SUBRIP_SEED

SRT = (
    b"1\n00:00:01,500 --> 00:00:04,000\nthe copper lantern\n\n2\n00:00:04,000 --> 00:00:07,250\nhangs in the harbour\n"
)


@pytest.fixture
async def bot(server: LocalDiscord, tmp_path: Path) -> AsyncIterator[BotProcess]:
    async with bot_process(server, tmp_path) as process:
        await server.ready()
        yield process
    assert server.unknown_routes == []
    assert server.breaches == []


async def at_home(server: LocalDiscord) -> tuple[Guild, Channel, User]:
    """A server with a channel, and somebody who manages it."""
    guild, mod = server.add_guild("Home"), server.add_user("Mod")
    server.add_member(guild, mod, server.add_role(guild, "Mods", Permission.MANAGE_GUILD))
    channel = server.add_channel(guild, "general")
    await server.gateway.announce_guild(guild)
    return guild, channel, mod


async def submitted(
    server: LocalDiscord, who: User, channel: Channel, *files: Upload, **options: object
) -> Interaction:
    opened = await server.slash(who, "library import", options, at=channel)
    await server.modal_of(opened)
    return await server.submit_modal(opened, {"files": list(files)})


async def imported(server: LocalDiscord, who: User, channel: Channel, *files: Upload, **options: object) -> str:
    sent = await submitted(server, who, channel, *files, **options)
    card = await server.reply_to(sent, timeout=30)
    assert card["flags"] & EPHEMERAL
    return texts(card)


async def test_captions_and_pasted_pages_are_imported_and_asked(
    server: LocalDiscord, bot: BotProcess, seeds: Path
) -> None:
    _, channel, mod = await at_home(server)
    pages = [server.upload(f"page {n}.txt", (seeds / name).read_bytes()) for n, name in enumerate(PASTED_SEEDS)]
    assert "### Imported" in await imported(server, mod, channel, *pages)
    talk = server.upload("AutoML talk.srt", (seeds / SUBRIP_SEED).read_bytes())
    words = await imported(server, mod, channel, talk, video=SUBRIP_ID, title="AutoML", language="en")
    assert "1 video added" in words
    asked = await server.slash(mod, "ask", {"question": "what is masked language modeling"}, at=channel)
    assert "&t=" in texts(await server.reply_to(asked))
    asked = await server.slash(mod, "ask", {"question": "AutoML video:AutoML"}, at=channel)
    assert "AutoML" in texts(await server.reply_to(asked))


async def test_a_file_name_that_discord_changed_still_names_its_video(server: LocalDiscord, bot: BotProcess) -> None:
    _, channel, mod = await at_home(server)
    upload = server.upload("Harbour lights [dQw4w9WgXcQ].en.srt", SRT)
    assert upload.filename == "Harbour_lights_dQw4w9WgXcQ.en.srt"
    assert "1 video added" in await imported(server, mod, channel, upload)
    card = await server.reply_to(await server.slash(mod, "ask", {"question": "copper lantern"}, at=channel))
    assert "Harbour lights" in texts(card)
    assert "youtube.com/watch?v=dQw4w9WgXcQ" in json.dumps(card) or "youtu.be/dQw4w9WgXcQ" in json.dumps(card)


async def test_ten_files_and_no_more_none_too_large_and_no_address(server: LocalDiscord, bot: BotProcess) -> None:
    _, channel, mod = await at_home(server)
    ten = [server.upload(f"Talk [AAAAAAAAA{n:02}].en.srt", SRT) for n in range(10)]
    opened = await server.slash(mod, "library import", at=channel)
    await server.modal_of(opened)
    with pytest.raises(NotOfferedError, match="does not take 11 values"):
        await server.submit_modal(opened, {"files": [*ten, server.upload("eleventh.srt", SRT)]})
    with pytest.raises(NotOfferedError, match="does not take 0 values"):
        await server.submit_modal(opened, {"files": []})
    words = texts(await server.reply_to(await server.submit_modal(opened, {"files": ten})))
    assert "10 videos added" in words
    trap = f"{server.address}/cdn/attachments/1/2/trap.srt"
    large = server.upload("large.srt", b"x" * (10 * 1024 * 1024 + 1))
    words = await imported(
        server, mod, channel, large, server.upload("talk.png", b"\x89PNG\r\n"), server.upload("a.txt", trap.encode())
    )
    assert "3 rejections:" in words
    assert "is 10.5 MB, over this server’s limit of 10.5 MB" in words
    assert "looks like a PNG image" in words
    assert "web address" in words or "address" in words
    await imported(server, mod, channel, server.upload("b.srt", SRT), url=trap, video="b")
    fetched = {item.path for item in server.requests if "/cdn/" in item.path}
    assert not any("trap" in path or "large" in path for path in fetched)


async def test_a_file_that_discord_lost_is_told(server: LocalDiscord, bot: BotProcess) -> None:
    _, channel, mod = await at_home(server)
    lost = server.upload("lost.srt", SRT)
    del server.world.uploads[lost.id]
    words = await imported(server, mod, channel, lost, server.upload("Talk [AAAAAAAAAAA].srt", SRT), title="Lost")
    assert "1 video added" in words
    assert "Discord did not hand it over" in words
    assert "I ignored title, video and link" in words, "it may have been the title of the lost one"


async def test_members_are_not_offered_it_and_clicks_survive_a_restart(server: LocalDiscord, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path) as process:
        await server.ready()
        guild, channel, mod = await at_home(server)
        alice = server.add_user("Alice")
        server.add_member(guild, alice)
        with pytest.raises(NotOfferedError, match="needs the permissions"):
            await server.slash(alice, "library undo", at=channel)
        with pytest.raises(NotOfferedError, match="not offered in context"):
            await server.slash(mod, "library stats")
        await imported(server, mod, channel, server.upload("Harbour [AAAAAAAAAAA].srt", SRT))
        opened = await server.slash(mod, "library import", {"video": "BBBBBBBBBBB", "title": "Quay"}, at=channel)
        await server.modal_of(opened)
        preview = await server.reply_to(await server.slash(mod, "library remove", {"video": "harbour"}, at=channel))
        await process.kill()
    async with bot_process(server, tmp_path):
        await server.ready()
        late = await server.reply_to(await server.submit_modal(opened, {"files": [server.upload("b.srt", SRT)]}))
        assert "1 video added" in texts(late)
        assert "Took back the import of b" in texts(
            await server.reply_to(await server.slash(mod, "library undo", at=channel))
        )
        button = server.find_component(preview, label="Remove it")["custom_id"]
        roles = guild.members[mod.id].roles
        had = list(roles)
        roles.clear()
        refused = await server.reply_to(await server.click(mod, preview, button))
        assert "Only those who may manage this server" in texts(refused)
        roles.extend(had)
        gone = await server.reply_to(await server.click(mod, preview, button))
        assert "Removed **Harbour**" in texts(gone)
        back = await server.reply_to(await server.slash(mod, "library undo", at=channel))
        assert "1 video restored" in texts(back)
    assert server.breaches == []


async def test_an_export_is_a_file(server: LocalDiscord, bot: BotProcess) -> None:
    _, channel, mod = await at_home(server)
    await imported(server, mod, channel, server.upload("Harbour [AAAAAAAAAAA].srt", SRT))
    for form in ("jsonl", "csv", "parquet", "srt"):
        card = await server.reply_to(await server.slash(mod, "library export", {"format": form}, at=channel))
        (attachment,) = card["attachments"]
        assert attachment["filename"] == f"library.{form}"
        content = server.world.uploads[int(attachment["id"])].content
        again = server.upload(f"again.{form}", content)
        words = await imported(server, mod, channel, again, **({"video": "AAAAAAAAAAA"} if form == "srt" else {}))
        assert "Nothing changed" in words, form


async def test_the_second_of_two_imports_is_told_of_the_first(
    server: LocalDiscord, bot: BotProcess, tmp_path: Path
) -> None:
    _, channel, mod = await at_home(server)
    writer = sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    first = await submitted(server, mod, channel, server.upload("Harbour [AAAAAAAAAAA].srt", SRT))
    await server.acknowledged(first)
    assert "still running" in await imported(server, mod, channel, server.upload("Other [BBBBBBBBBBB].srt", SRT))
    progress = await server.reply_to(first)
    assert "Reading 1 file" in texts(progress)
    writer.execute("COMMIT")
    writer.close()
    await server.wait_for(lambda: "1 video added" in first.reply.text() if first.reply else False)


@pytest.mark.parametrize("may_speak", [True, False])
async def test_a_report_that_comes_too_late_is_posted_where_the_bot_may_speak(
    server: LocalDiscord, bot: BotProcess, tmp_path: Path, may_speak: bool
) -> None:
    guild, channel, mod = await at_home(server)
    if not may_speak:
        denied = {server.bot_user.id: (0, int(Permission.SEND_MESSAGES))}
        channel = server.add_channel(guild, "silent", denied)
        await server.gateway.announce_guild(guild)
    writer = sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    first = await submitted(server, mod, channel, server.upload("Harbour [AAAAAAAAAAA].srt", SRT))
    await server.acknowledged(first)
    server.clock.advance(16 * 60)
    writer.execute("COMMIT")
    writer.close()

    def public() -> list[str]:
        return [each.text() for each in server.messages_in(channel) if not each.ephemeral]

    if may_speak:
        await server.wait_for(public)
        assert "1 video added" in public()[0]
        assert "For Mod, who asked" in public()[0]
    else:
        await server.wait_for(lambda: [each for each in server.asked("PATCH", "/@original") if each.status == 401])
    card = await server.reply_to(await server.slash(mod, "library stats", at=channel))
    assert "**Last change:** import of Harbour" in texts(card)
    assert len(public()) == may_speak
    assert ("may not be posted" in bot.stderr) != may_speak
    assert [item for item in server.requests if item.status == 403] == []


async def test_a_blocked_server_gets_a_sentence_and_its_members_keep_their_own_app(
    server: LocalDiscord, tmp_path: Path
) -> None:
    alice = server.add_user("Alice", installed=True)
    blocked, foreign = server.add_guild("Blocked"), server.add_guild("Foreign", installed=False)
    for guild in (blocked, foreign):
        server.add_member(guild, alice)
    here, there = (server.add_channel(guild, "general") for guild in (blocked, foreign))
    question = {"question": "how does bm25 rank"}
    async with bot_process(server, tmp_path, CUEPOINT_BLOCKED_SERVERS=f"{blocked.id}, {foreign.id}"):
        await server.ready()
        card = await server.reply_to(await server.slash(alice, "ask", question, at=here))
        assert "does not serve this server" in texts(card)
        assert card["flags"] & EPHEMERAL
        said = await server.say(alice, here, f"{server.bot_user.mention} how does bm25 rank")
        assert "does not serve this server" in (await server.answer_to(said)).text()
        with closing(sqlite3.connect(tmp_path / "data" / "cuepoint.db")) as database:
            assert database.execute("SELECT count(*) FROM button_state").fetchone() == (0,)
        assert "BM25 ranking" in texts(await server.reply_to(await server.slash(alice, "ask", question, at=there)))
    assert server.breaches == []


async def test_what_the_terminal_changes_a_running_bot_knows_at_the_next_question(
    server: LocalDiscord, bot: BotProcess, tmp_path: Path
) -> None:
    guild, channel, mod = await at_home(server)
    await imported(server, mod, channel, server.upload("Harbour [AAAAAAAAAAA].srt", SRT))
    row = {"video_id": "zoo", "text": "zebras cross the river at dawn", "start_second": 5, "title": "Zebras"}
    (tmp_path / "zoo.jsonl").write_text(json.dumps(row))

    async def asked(question: str) -> str:
        return texts(await server.reply_to(await server.slash(mod, "ask", {"question": question}, at=channel)))

    async def offered() -> list[str]:
        typed = await server.autocomplete(mod, "library remove", {"video": ""}, focused="video", at=channel)
        return [choice["name"] for choice in await server.choices_of(typed)]

    assert await offered() == ["Harbour"]
    await terminal(tmp_path, "import", "zoo.jsonl", "--library", str(guild.id))
    assert "Zebras" in await asked("zebras river")
    assert await offered() == ["Harbour", "Zebras"]
    await terminal(tmp_path, "rename", "zoo", "Horses in pyjamas", "--library", str(guild.id))
    assert "Horses in pyjamas" in await asked("zebras river")
    await terminal(tmp_path, "glossary", "add", "zebras", "horses", "--library", str(guild.id))
    assert "**zebras**" in await asked("horses river dawn")
    await terminal(tmp_path, "undo", "--library", str(guild.id))
    await terminal(tmp_path, "remove", "zoo", "--library", str(guild.id))
    assert "Zebras" not in await asked("zebras river")
    assert await offered() == ["Harbour"]
    listed = json.loads(await terminal(tmp_path, "servers", "--json"))
    assert (listed["server"], listed["videos"], listed["last_act"]) == (str(guild.id), 1, "removal of Zebras")


async def terminal(folder: Path, *words: str) -> str:
    """What the program prints, run as a process of its own beside the bot."""
    done = await asyncio.to_thread(typed, *words, folder=folder, environment=environment_for(folder))
    assert done.returncode == 0, done.stderr
    return str(done.stdout)
