"""How moderators look after their server's library, on an in-process Discord."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from discord import Permissions

from bot.discord_app.cards.admin import import_forms
from bot.discord_app.cards.admin.library import Reply
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.client import CuepointClient
from bot.discord_app.delivery import long_replies
from bot.discord_app.interactions.admin import import_flow, permits
from bot.discord_app.services.admin import attachments
from bot.settings import Settings
from storage import access
from storage.errors import InputError, NothingToUndo, OverQuota
from storage.importing import history
from storage.ledger import Ledger
from storage.library import Library
from storage.models import ExportFormat, Labels, Source
from tests.support.discord.harness import (
    ChannelHandle,
    Env,
    InteractionResult,
    MemberActor,
    answers,
    attached,
    seen,
)
from tests.support.project import PASTED_SEEDS, SUBRIP_ID, SUBRIP_SEED

SRT = (
    b"1\n00:00:01,500 --> 00:00:04,000\nthe copper lantern\n\n2\n00:00:04,000 --> 00:00:07,250\nhangs in the harbour\n"
)
ROW = {"video_id": "talk-one", "text": "zebras cross the river", "start_second": 5, "end_second": 35, "title": "Zebras"}


def rows(*given: tuple[str, float, str]) -> bytes:
    return "\n".join(
        json.dumps({"video_id": video, "text": text, "start_second": start, "end_second": start + 30})
        for video, start, text in given
    ).encode()


def settings(**more: str) -> Settings:
    return Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0", **more})


@pytest.fixture
def mod(discord: Env, general: ChannelHandle) -> MemberActor:
    return moderator(discord, "mod")


def moderator(discord: Env, name: str) -> MemberActor:
    role = discord.guild.create_role(f"{name}'s role", permissions=Permissions(manage_guild=True))
    return discord.guild.add_member(discord.create_user(name), roles=[role])


async def upload(
    who: MemberActor, channel: ChannelHandle, *files: tuple[str, bytes], **options: Any
) -> InteractionResult:
    form = await who.slash(channel, "library import", **options)
    assert form.modal is not None
    # As Discord's own programs do: what stands in a field is sent, unless somebody changes it.
    return await who.submit_modal(form, {**prefilled(form), "files": list(files)})


def prefilled(form: InteractionResult) -> dict[str, str]:
    """What stands in the text fields of a form when it is opened."""
    assert form.modal is not None
    fields = [label["component"] for label in form.modal["components"]]
    return {field["custom_id"]: field["value"] for field in fields if field.get("value")}


async def restarted(discord: Env, library: Library, ledger: Ledger, **more: str) -> None:
    await discord.restart_bot(CuepointClient(settings(**more), library, ledger, shard_count=1))


async def test_only_moderators_of_a_server_are_offered_it(
    discord: Env, general: ChannelHandle, alice: MemberActor, mod: MemberActor
) -> None:
    (command,) = [each for each in discord.backend.commands[None].values() if each["name"] == "library"]
    assert command["contexts"] == [0]
    assert command["integration_types"] == [0]
    assert int(command["default_member_permissions"]) == 1 << 5
    assert not any(each.startswith("library") for each in alice.available_commands(general))
    assert "library import" in mod.available_commands(general)


async def test_captions_are_imported_and_asked_about(
    discord: Env, general: ChannelHandle, mod: MemberActor, alice: MemberActor
) -> None:
    result = await upload(mod, general, ("talk.srt", SRT), title="Harbour *lights*", video="dQw4w9WgXcQ", creator="Ana")
    assert result.ephemeral
    assert "### Imported\n- **Harbour \\*lights\\*** (0:07)\n-# 1 video added, 1 segment added" in seen(result)
    asked = seen(await alice.slash(general, "ask", question="copper lantern"))
    assert "Harbour \\*lights\\*" in asked
    assert "Ana" in asked
    other = discord.create_guild("Other")
    elsewhere, eve = other.create_text_channel("other"), other.add_member(discord.create_user("eve"))
    assert "Harbour" not in seen(await eve.slash(elsewhere, "ask", question="copper lantern"))


async def test_the_real_transcripts(
    general: ChannelHandle, mod: MemberActor, seeds: Path, library: Library, discord: Env
) -> None:
    pasted = [(name, (seeds / name).read_bytes()) for name in PASTED_SEEDS]
    result = await upload(mod, general, *pasted)
    assert " video" in seen(result)
    result = await upload(mod, general, (SUBRIP_SEED, (seeds / SUBRIP_SEED).read_bytes()), video=SUBRIP_ID)
    assert "1 video added" in seen(result)
    reference = await _imported(library, [(Source(*each), Labels()) for each in pasted])
    own = await library.statistics(access.own_scope(discord.guild.id))
    assert own.videos == reference + 1


async def _imported(library: Library, files: list[tuple[Source, Labels]]) -> int:
    return (await library.import_files(access.host_scope("77"), files)).videos_added


async def test_nothing_partly_right_goes_unsaid(general: ChannelHandle, mod: MemberActor) -> None:
    table = rows(("a", 0, "the first words"), ("a", 30, "the second words")) + b'\n{"video_id": "a", "text": ""}'
    result = await upload(mod, general, ("t.jsonl", table), ("notes.txt", b"just some words"), ("talk.srt", SRT))
    words = seen(result)
    assert "### Imported, but not all of it" in words
    assert "2 videos added" in words
    assert "2 rejections:" in words
    assert "- **t.jsonl, row 3**: text is empty" in words
    assert "- **notes.txt**: is in no format that Cuepoint knows" in words
    assert "- **talk** (0:07)" in words


async def test_where_files_cannot_be_kept_advice_on_an_encoding_names_the_option_that_works(
    discord: Env, general: ChannelHandle, mod: MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "1\n00:00:01,000 --> 00:00:02,000\nC’était l’été à la plage\n".encode("cp1252")
    monkeypatch.setattr(discord.bot.app.kept_files, "_total_bytes", 0)
    words = seen(await upload(mod, general, ("talk.srt", content), video="demo"))
    assert "C’était l’été à la plage" in words
    assert "Here: import it with the option encoding: cp1252" in words
    assert "--encoding" not in words
    result = await upload(mod, general, ("talk.srt", content), video="demo", encoding="cp1252")
    assert "1 video added" in seen(result)


async def test_where_files_cannot_be_kept_a_table_of_unclear_columns_is_told_what_to_do(
    discord: Env, general: ChannelHandle, mod: MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord.bot.app.kept_files, "_total_bytes", 0)
    refused = seen(await upload(mod, general, ("t.csv", b"video,content,caption,start\nv,hello there,hi,0\n")))
    assert "the columns content and caption could each be the text" in refused
    assert (
        "as in text=content,start=start. Here: name the columns like that in the file, then import it again." in refused
    )
    renamed = seen(await upload(mod, general, ("t.csv", b"video,text,caption,start\nv,hello there,hi,0\n")))
    assert "1 video added" in renamed


async def test_many_rejections_come_as_a_file(general: ChannelHandle, mod: MemberActor, discord: Env) -> None:
    bad = "\n".join(json.dumps({"video_id": "a", "text": "", "start_second": n}) for n in range(400)).encode()
    result = await upload(mod, general, ("bad.jsonl", bad))
    assert "### Nothing was imported" in seen(result)
    assert "And 394 more." in seen(result)
    name, content = attached(await mod.click(result.response, label="See what was rejected"), discord)
    assert name == "rejected.txt"
    assert content.count(b"\n") == 400


async def test_rows_merge_replace_and_stay(general: ChannelHandle, mod: MemberActor) -> None:
    first = rows(("a", 0, "one"), ("a", 30, "two"))
    await upload(mod, general, ("first.jsonl", first))
    assert "Nothing changed: this is stored already" in seen(await upload(mod, general, ("first.jsonl", first)))
    second = rows(("a", 30, "two changed"), ("a", 60, "three"))
    words = seen(await upload(mod, general, ("second.jsonl", second)))
    assert "1 video changed" in words
    assert "1 segment merged in and 1 segment replaced" in words
    words = seen(await upload(mod, general, ("second.jsonl", second), replace=True))
    assert "1 segment removed and 2 segments unchanged" in words
    assert "Took back the import of second" in seen(await mod.slash(general, "library undo"))
    assert "**Room:** 3 of 200,000 segments" in seen(await mod.slash(general, "library stats"))
    assert "nothing to undo" in seen(await mod.slash(general, "library undo"))


async def test_titles_are_for_a_single_file(general: ChannelHandle, mod: MemberActor, library: Library, discord: Env
) -> None:  # fmt: skip
    files = [(f"Talk {n} [AAAAAAAAAA{n}].en.srt", SRT) for n in (1, 2)]
    words = seen(await upload(mod, general, *files, title="Lost", creator="Ana"))
    assert "I ignored title, video and link" in words
    videos = await library.videos(access.own_scope(discord.guild.id))
    assert [(each.video.title, each.video.creator) for each in videos] == [("Talk 1", "Ana"), ("Talk 2", "Ana")]


async def test_labels_that_cannot_be_are_told(general: ChannelHandle, mod: MemberActor) -> None:
    result = await upload(mod, general, ("talk.srt", SRT), url="no address", video="a")
    assert "is not a web address" in seen(result)


async def test_a_removal_is_shown_confirmed_and_taken_back(
    general: ChannelHandle, mod: MemberActor, library: Library, ledger: Ledger, discord: Env
) -> None:
    await upload(mod, general, ("talk.srt", SRT), video="talk-1", title="Harbour")
    preview = await mod.slash(general, "library remove", video="harb")
    assert preview.ephemeral
    assert "**Harbour**\n0:07 · 1 segment · id talk-1" in seen(preview)
    left = await mod.click(preview.response, label="Leave it")
    assert "Nothing was removed" in seen(left)
    preview = await mod.slash(general, "library remove", video="talk-1")
    await restarted(discord, library, ledger)
    gone = await mod.click(preview.response, label="Remove it")
    assert "Removed **Harbour**" in seen(gone)
    assert await library.videos(access.own_scope(discord.guild.id)) == []
    assert "1 video restored" in seen(await mod.slash(general, "library undo"))
    assert "videos is called “zebra”" in seen(await mod.slash(general, "library remove", video="zebra"))


async def test_renaming(general: ChannelHandle, mod: MemberActor, alice: MemberActor) -> None:
    await upload(mod, general, ("talk.srt", SRT), video="talk-1", title="Old name")
    words = seen(await mod.slash(general, "library rename", video="talk-1", title="New *name*"))
    assert "**Old name** is now called **New \\*name\\***" in words
    assert "New \\*name\\*" in seen(await alice.slash(general, "ask", question="copper lantern"))
    await mod.slash(general, "library undo")
    assert "Old name" in seen(await alice.slash(general, "ask", question="copper lantern"))
    assert "at least one character" in seen(await mod.slash(general, "library rename", video="talk-1", title=" "))


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "srt"])
async def test_what_is_exported_can_be_imported_again(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library, form: str
) -> None:
    await upload(mod, general, ("talk.srt", SRT), video="talk-1", title="Harbour")
    result = await mod.slash(general, "library export", format=form)
    assert result.ephemeral
    name, content = attached(result, discord)
    assert name == f"library.{form}"
    own, other = access.own_scope(discord.guild.id), access.own_scope(99)
    await library.import_files(other, [(Source(name, content), Labels(video_id="talk-1"))])
    (mine,), (copy,) = await library.videos(own), await library.videos(other)
    assert mine.words == copy.words
    for here, there in zip(
        await library.segments_between(own, "talk-1", 0, 99),
        await library.segments_between(other, "talk-1", 0, 99),
        strict=True,
    ):
        assert (here.text, here.start_second, here.end_second) == (there.text, there.start_second, there.end_second)


async def test_an_export_that_cannot_be(discord: Env, general: ChannelHandle, mod: MemberActor, tmp_path: Path) -> None:
    assert "this library is empty" in seen(await mod.slash(general, "library export", format="jsonl"))
    await upload(mod, general, ("two.jsonl", rows(("a", 0, "one"), ("b", 0, "two"))))
    assert "SubRip holds one video" in seen(await mod.slash(general, "library export", format="srt"))
    one = await mod.slash(general, "library export", format="srt", video="b")
    assert attached(one, discord)[0] == "b.srt"
    for form, video, instead in (
        (ExportFormat.JSONL, "", "export a single video, choose Parquet or ask whoever hosts this bot."),
        (ExportFormat.PARQUET, "", "export a single video or ask whoever hosts this bot."),
        (ExportFormat.PARQUET, "b", "You could ask whoever hosts this bot."),
    ):
        admin, folder = discord.bot.app.library_admin, tmp_path / f"{form}{video}"
        folder.mkdir()
        reply = await admin.export_videos(discord.guild.id, form, video, limit=10, folder=folder)
        assert instead in str(reply.card.components())
    small = await mod.slash(general, "library export", format="jsonl", video="b")
    assert "**b**, 0.1 kB" in seen(small), "no file of nothing"


async def test_the_glossary(general: ChannelHandle, mod: MemberActor, alice: MemberActor, discord: Env) -> None:
    await upload(mod, general, ("t.jsonl", rows(("a", 0, "these ganz learn to paint"))))
    assert "empty" in seen(await mod.slash(general, "library glossary list"))
    added = seen(await mod.slash(general, "library glossary add", said="ganz", meant="GANs"))
    assert "“ganz” will now also be found by asking for “GANs”." in added
    assert "Nobody says" not in added
    assert "already" in seen(await mod.slash(general, "library glossary add", said="ganz", meant="GANs"))
    assert "Nobody says it" in seen(await mod.slash(general, "library glossary add", said="excel net", meant="XLNet"))
    assert "ganz** learn" in seen(await alice.slash(general, "ask", question="GANs"))
    listed = seen(await mod.slash(general, "library glossary list"))
    assert "### 2 glossary entries\n- **excel net** → XLNet\n- **ganz** → GANs" in listed
    choices = await mod.autocomplete(general, "library glossary remove", "said", "gan")
    assert [each["value"] for each in choices] == ["ganz"]
    assert "no longer" in seen(await mod.slash(general, "library glossary remove", said="ganz"))
    assert "“ganz” is not in the glossary" in seen(await mod.slash(general, "library glossary remove", said="ganz"))


async def test_suggestions_are_of_the_servers_own_videos(
    general: ChannelHandle, mod: MemberActor, discord: Env, library: Library
) -> None:
    assert await mod.autocomplete(general, "library remove", "video", "") == [], "no sample talk can be removed"
    await upload(mod, general, ("talk.srt", SRT), video="talk-1", title="Harbour")
    choices = await mod.autocomplete(general, "library rename", "video", "harb", title="x")
    assert [(each["name"], each["value"]) for each in choices] == [("Harbour", "talk-1")]


async def test_statistics(general: ChannelHandle, mod: MemberActor) -> None:
    empty = await mod.slash(general, "library stats")
    assert re.fullmatch(
        "### This server’s library\nNothing is imported here yet.\n"
        r"Add captions or transcripts of your videos with </library import:\d+>, and members can ask about them.\n"
        "Import transcripts",
        seen(empty),
    )
    assert (await mod.click(empty.response, label="Import transcripts")).modal is not None
    await upload(mod, general, ("talk.srt", SRT), video="talk-1")
    words = seen(await mod.slash(general, "library stats"))
    assert "Nothing is imported" not in words
    assert "**Stored:** 1 video, 1 minute of speech, 7 words" in words
    assert "**Room:** 1 of 200,000 segments, 0.0 of 200 MB of text" in words
    assert "**Imports today:** 1 of 50; the next day begins <t:" in words
    assert "**Last change:** import of talk.srt" in words


async def test_quotas_are_checked_before_anything_is_written(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library, ledger: Ledger
) -> None:
    await restarted(discord, library, ledger, CUEPOINT_SERVER_SEGMENTS="3", CUEPOINT_SERVER_MEGABYTES="0.01")
    own = access.own_scope(discord.guild.id)
    four = rows(*((video, 0, "some words") for video in "abcd"))
    assert "would hold 4 segments, and 3 are allowed: nothing was imported" in seen(
        await upload(mod, general, ("four.jsonl", four))
    )
    assert await library.videos(own) == []
    three = rows(*((video, 0, "some words") for video in "abc"))
    assert "3 videos added" in seen(await upload(mod, general, ("three.jsonl", three)))
    assert "Nothing changed" in seen(await upload(mod, general, ("three.jsonl", three))), "the same again needs no room"
    assert "and 3 are allowed" in seen(await upload(mod, general, ("d.jsonl", rows(("d", 0, "some words")))))
    big = rows(("a", 0, "word " * 1900))
    big_too = rows(("b", 0, "word " * 1900))
    assert "allowed at once: nothing was imported" in seen(
        await upload(mod, general, ("a.jsonl", big), ("b.jsonl", big_too))
    )
    assert "Imported" in seen(await upload(mod, general, ("a.jsonl", big)))
    words = seen(await upload(mod, general, ("b.jsonl", big_too)))
    assert "megabytes of text, and " in words
    assert (await library.size(own)).segments == 3


async def test_imports_of_a_day_are_counted(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library, ledger: Ledger
) -> None:
    await restarted(discord, library, ledger, CUEPOINT_SERVER_IMPORTS_A_DAY="1")
    await upload(mod, general, ("talk.srt", SRT), video="talk-1")
    words = seen(await upload(mod, general, ("talk.srt", SRT), video="talk-2"))
    assert "had its 1 import for today" in words
    assert re.search(r"The next one is possible <t:\d+:R>\.", words), "which Discord shows as a time"
    assert len(await library.videos(access.own_scope(discord.guild.id))) == 1


@pytest.mark.parametrize("how", ["blocked", "not allowed"])
async def test_a_server_that_is_not_served(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library, ledger: Ledger, how: str
) -> None:
    card = await mod.slash(general, "ask", question="how does bm25 rank")
    lists = {"CUEPOINT_BLOCKED_SERVERS": f"1,{discord.guild.id}"} if how == "blocked" else {
        "CUEPOINT_ALLOWED_SERVERS": "1, 2"
    }  # fmt: skip
    await restarted(discord, library, ledger, **lists)
    before = await states(ledger)
    for result in (
        await mod.slash(general, "ask", question="how does bm25 rank"),
        await mod.slash(general, "library import"),
        await mod.slash(general, "library glossary add", said="a b", meant="c"),
        await mod.click(card.response, label="Read on"),
    ):
        assert "does not serve this server" in seen(result)
        assert result.ephemeral
    assert await mod.autocomplete(general, "ask", "video", "", question="x") == []
    await mod.send(general, f"<@{discord.backend.bot_user.id}> how does bm25 rank")
    assert "does not serve this server" in seen(answers(general, discord)[-1])
    assert await states(ledger) == before
    alone = discord.create_user("alone")
    await alone.send_dm("how does bm25 rank")
    assert "BM25" in seen(answers(alone.dm_channel, discord)[-1])


async def states(ledger: Ledger) -> list[Any]:
    return await ledger._rows("SELECT key, expired_at FROM button_state")


async def test_a_form_of_before_a_restart_still_imports(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library, ledger: Ledger
) -> None:
    form = await mod.slash(general, "library import", video="talk-1", title="Harbour", creator="Ana", language="en")
    await restarted(discord, library, ledger)
    filled = {**prefilled(form), "files": [("talk.srt", SRT)]}
    assert "1 video added" in seen(await mod.submit_modal(form, filled))
    (stored,) = await library.videos(access.own_scope(discord.guild.id))
    assert (stored.video.video_id, stored.video.title, stored.video.creator) == ("talk-1", "Harbour", "Ana")


async def test_files_are_imported_in_the_order_in_which_they_were_given(
    discord: Env, general: ChannelHandle, mod: MemberActor
) -> None:
    names = [f"{letter}.txt" for letter in "bac"]
    result = await upload(mod, general, *((name, b"just some words") for name in names))
    told = [line for line in seen(result).splitlines() if line.startswith("- ")]
    assert [line.split("**")[1].replace("\\", "") for line in told] == names


@pytest.mark.parametrize("why", ["an hour later", "another version's"])
async def test_a_form_that_is_no_longer_known_is_answered(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library, ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch, why: str,
) -> None:  # fmt: skip
    if why == "an hour later":
        form = await mod.slash(general, "library import", video="talk-1")
        now = ledger.now()
        monkeypatch.setattr(ledger, "_now", lambda: now + permits.PERMIT_LIFETIME_SECONDS)
    else:
        monkeypatch.setattr(import_forms, "IMPORT_FORM", "earlier")
        form = await mod.slash(general, "library import", video="talk-1")
        monkeypatch.undo()
    assert "no longer know this form" in seen(await mod.submit_modal(form, {"files": [("talk.srt", SRT)]}))
    assert await library.videos(access.own_scope(discord.guild.id)) == []


async def test_one_import_at_a_time(discord: Env, general: ChannelHandle, mod: MemberActor, library: Library) -> None:
    await upload(mod, general, ("talk.srt", SRT), video="talk-1")
    preview = await mod.slash(general, "library remove", video="talk-1")
    locks = discord.bot.app.library_admin._locks
    with locks.exclusive(discord.guild.id):
        for result in (
            await upload(mod, general, ("talk.srt", SRT), video="talk-2"),
            await mod.slash(general, "library undo"),
            await mod.slash(general, "library rename", video="talk-1", title="x"),
            await mod.click(preview.response, label="Remove it"),
        ):
            assert "still running" in seen(result)
    assert "Removed" in seen(await mod.click(preview.response, label="Remove it"))


async def test_an_import_may_outlast_its_interaction(discord: Env, general: ChannelHandle, mod: MemberActor) -> None:
    form = await mod.slash(general, "library import", video="talk-1")
    discord.inject_error("PATCH", "/webhooks/*/*/messages/@original", status=401, code=50027)
    await mod.submit_modal(form, {"files": [("talk.srt", SRT)]})
    said = seen(answers(general, discord)[-1])
    assert "1 video added" in said
    assert "For mod, who asked for this import" in said


async def test_an_import_for_which_the_disk_has_no_room_says_that_nothing_is_stored(
    general: ChannelHandle, mod: MemberActor, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    writer = library._database._writer
    [(pages,)] = await writer.execute_fetchall("PRAGMA page_count")
    await writer.execute_fetchall(f"PRAGMA max_page_count = {pages + 5}")
    many = rows(*((f"v{video}", second, "copper lantern " * 40) for video in range(9) for second in range(0, 300, 30)))
    told = seen(await upload(mod, general, ("many.jsonl", many)))
    assert "nothing of it is stored" in told
    assert str(library._database.path) not in told
    assert "the disk is full; free some space" in caplog.text
    own = access.own_scope(general.guild.id)
    assert await library.videos(own) == []
    await writer.execute_fetchall("PRAGMA max_page_count = 1000000")
    assert "9 videos added" in seen(await upload(mod, general, ("many.jsonl", many)))


async def test_an_import_that_could_not_be_taken_back_says_what_is_stored_and_how_to_undo(
    general: ChannelHandle, mod: MemberActor, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot_revert(*_: object) -> int:
        return 0

    monkeypatch.setattr(history, "revert_import", cannot_revert)
    writer = library._database._writer
    [(pages,)] = await writer.execute_fetchall("PRAGMA page_count")
    await writer.execute_fetchall(f"PRAGMA max_page_count = {pages + 10}")
    many = rows(*((f"v{video}", second, "copper lantern " * 40) for video in range(9) for second in range(0, 300, 30)))
    told = seen(await upload(mod, general, ("many.jsonl", many)))
    stored = len(await library.videos(access.own_scope(general.guild.id)))
    assert stored
    assert f"{stored} of its videos are stored and could not be taken back: undo does that" in told
    assert str(library._database.path) not in told


async def test_progress_tells_of_the_files_and_then_of_the_videos(
    general: ChannelHandle, mod: MemberActor, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    original = library.import_files

    async def at_once(interaction: Any, making: Callable[[], Awaitable[Reply]], progress: Callable[[], Card]) -> None:
        async def storing(*arguments: Any, **named: Any) -> Any:
            for done in (None, 0, 2):
                if done is not None:
                    named["progress"](done, 3)
                shown.append(progress().components()[0]["content"])
            return await original(*arguments, **named)

        monkeypatch.setattr(library, "import_files", storing)
        await long_replies.send_long_reply(interaction, making)

    monkeypatch.setattr(import_flow, "send_long_reply", at_once)
    assert "1 video added" in seen(await upload(mod, general, ("talk.srt", SRT), video="talk-1"))
    assert shown == ["Reading 1 file …", "Storing video 1 of 3 …", "Storing video 3 of 3 …"]


def file(name: str, size: int = 1, title: str | None = None) -> Any:
    return SimpleNamespace(filename=name, size=size, title=title)


def test_more_files_than_the_form_takes_are_refused() -> None:
    attachments.require_acceptable([file("a")] * 10, 10)
    with pytest.raises(InputError, match="11 files, and one import takes 10"):
        attachments.require_acceptable([file("a")] * 11, 100)
    with pytest.raises(OverQuota, match="allowed at once"):
        attachments.require_acceptable([file("a", 6), file("b", 5)], 10)


@pytest.mark.parametrize(
    ("sent", "title", "name"),
    [
        ("talk.srt", None, "talk.srt"),
        ("A_talk_id.en.vtt", "A talk [id].en", "A talk [id].en.vtt"),
        ("A_talk.srt", "A talk.srt", "A talk.srt"),
        ("page", "a page", "a page"),
    ],
)
def test_a_file_gets_its_name_back(sent: str, title: str | None, name: str) -> None:
    assert attachments.file_name(file(sent, title=title)) == name


async def test_what_was_asked_in_vain_is_listed(general: ChannelHandle, mod: MemberActor, alice: MemberActor) -> None:
    await upload(mod, general, ("talk.srt", SRT), video="talk-1")
    await alice.slash(general, "ask", question="purple elephants")
    listed = await mod.slash(general, "library misses")
    assert listed.ephemeral
    assert "purple elephants · once" in seen(listed)


async def test_everything_is_purged_after_a_question(
    discord: Env, general: ChannelHandle, mod: MemberActor, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    await upload(mod, general, ("talk.srt", SRT), video="talk-1")
    await alice.slash(general, "ask", question="purple elephants")
    card = await alice.slash(general, "ask", question="copper lantern")
    own, server = access.own_scope(discord.guild.id), discord.guild.id
    preview = await mod.slash(general, "library purge")
    assert preview.ephemeral
    assert "1 video with 1 segment" in seen(preview)
    await mod.click(preview.response, label="Leave it")
    assert len(await library.videos(own)) == 1
    preview = await mod.slash(general, "library purge")
    await restarted(discord, library, ledger)
    assert "Everything of this server is deleted" in seen(await mod.click(preview.response, label="Delete everything"))
    assert await library.videos(own) == []
    assert await ledger.misses(f"server:{server}") == []
    assert "These buttons have expired" in seen(await alice.click(card.response, label="Read on"))
    assert await ledger.servers_seen(mod.id) == []
    assert await ledger.imports_today(f"server:{server}") == 1, "a purge makes no room for more imports"


async def test_a_purge_asks_only_about_what_there_is(
    general: ChannelHandle, mod: MemberActor, alice: MemberActor, library: Library, ledger: Ledger, discord: Env
) -> None:
    for _ in range(2):
        nothing = await mod.slash(general, "library purge")
        assert nothing.ephemeral
        assert seen(nothing) == "There is nothing of this server to delete."
    await mod.slash(general, "settings", quotes=2)
    assert kinds(await mod.slash(general, "library purge")) == ["the settings", "who used me here"]
    await upload(mod, general, ("talk.srt", SRT), video="talk-1")
    await alice.slash(general, "ask", question="purple elephants")
    await mod.slash(general, "library glossary add", said="lampion", meant="lantern")
    listed = ["1 video with 1 segment", "the glossary", "the settings", "the unanswered questions"]
    listed += ["how many questions were asked", "who used me here"]
    assert kinds(await mod.slash(general, "library purge")) == listed
    await mod.slash(general, "library remove", video="talk-1")
    await library.remove(access.own_scope(discord.guild.id), "talk-1")
    asked = await mod.slash(general, "library purge")
    assert re.fullmatch(r"what </library undo:\d+> would bring back", kinds(asked)[0])
    assert "0 videos" not in seen(asked)
    await mod.click(asked.response, label="Delete everything")
    assert seen(await mod.slash(general, "library purge")) == "There is nothing of this server to delete."
    with pytest.raises(NothingToUndo):
        await library.undo(access.own_scope(discord.guild.id))


def kinds(asked: InteractionResult) -> list[str]:
    """What a purge asks about."""
    assert {"Leave it", "Delete everything"} <= set(seen(asked).splitlines())
    return [line.removeprefix("- ") for line in seen(asked).splitlines() if line.startswith("- ")]


SPOKEN = (
    b"1\n00:00:01,000 --> 00:00:04,000\n[SPEAKER_00]: The copper lantern was his.\n\n"
    b"2\n00:00:05,000 --> 00:00:08,000\n[SPEAKER_01]: No, the *copper* lantern was mine.\n"
)


async def test_speakers_are_listed_and_named(general: ChannelHandle, mod: MemberActor, alice: MemberActor) -> None:
    assert "don’t know who speaks" in seen(await mod.slash(general, "library speakers"))
    await upload(mod, general, ("talk.srt", SPOKEN), video="talk-1", title="Harbour")
    listed = seen(await mod.slash(general, "library speakers", video="harbour"))
    assert "- **SPEAKER\\_00**: 0.1 minutes, 5 words; at 0:01 “The copper lantern was his.”" in listed
    choices = await mod.autocomplete(general, "library speakers", "speaker", "01", video="talk-1")
    assert [each["value"] for each in choices] == ["SPEAKER_01"]
    result = await mod.slash(general, "library speakers", video="talk-1", speaker="SPEAKER_01", name="Ana *Kim*")
    assert result.ephemeral
    assert "In **Harbour**: **SPEAKER\\_01** is now **Ana \\*Kim\\***. </library undo:" in seen(result)
    choices = await alice.autocomplete(general, "ask", "speaker", "an", question="lantern")
    assert [each["value"] for each in choices] == ["Ana *Kim*"]
    answer = seen(await alice.slash(general, "ask", question="lantern", speaker="ana"))
    assert "mine" in answer
    assert "his" not in answer
    assert "Nobody who speaks here" in seen(await alice.slash(general, "ask", question="lantern", speaker="zoe"))
    assert "naming of SPEAKER\\_01 in Harbour" in seen(await mod.slash(general, "library undo"))
    assert "Ana" not in seen(await mod.slash(general, "library speakers"))


async def test_naming_a_speaker_needs_all_three(general: ChannelHandle, mod: MemberActor) -> None:
    await upload(mod, general, ("talk.srt", SPOKEN), video="talk-1")
    for given in ({"name": "Ana"}, {"speaker": "SPEAKER_00", "name": "Ana"}, {"video": "talk-1", "name": "Ana"}):
        assert "give all three" in seen(await mod.slash(general, "library speakers", **given))
    refused = seen(await mod.slash(general, "library speakers", video="talk-1", speaker="SPEAKER_07", name="Ana"))
    assert "Did you mean “SPEAKER\\_00” or" in refused
    assert await mod.autocomplete(general, "library speakers", "speaker", "", video="no such video") == []


async def test_many_speakers_are_enclosed_as_a_file(discord: Env, general: ChannelHandle, mod: MemberActor) -> None:
    times = [f"00:{n // 60:02}:{n % 60:02},000" for n in range(61)]
    cues = [f"{n + 1}\n{times[n]} --> {times[n + 1]}\n[Speaker {n}]: {'word ' * 20}\n" for n in range(60)]
    await upload(mod, general, ("talk.srt", "\n".join(cues).encode()), video="talk-1")
    result = await mod.slash(general, "library speakers")
    assert "more, in the file" in seen(result)
    name, content = attached(result, discord)
    assert (name, content.count(b"\n")) == ("speakers.tsv", 60)
