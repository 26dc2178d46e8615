"""The form of an import, its report with what it leads on to, and files on messages, on an in-process Discord."""

from __future__ import annotations

import json
from typing import Any

import discord as discord_py
import pytest
from discord import Permissions

from bot.discord_app.client import CuepointClient
from bot.discord_app.services.admin import kept_files
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from tests.discord.commands.test_discord_library import SRT, moderator, prefilled, restarted, rows, upload
from tests.support.discord.harness import (
    ChannelHandle,
    Env,
    InteractionResult,
    MemberActor,
    answers,
    attached,
    components_of,
    mention,
    seen,
)

LINK = "https://club.example.org/videos/lecture-2"
FRENCH = "1\n00:00:01,000 --> 00:00:02,000\nC’était l’été à la plage\n".encode("cp1252")
OTHER = b"1\n00:00:01,000 --> 00:00:09,000\nquite other words about a bronze bell in the fog of november\n"


@pytest.fixture
async def mod(discord: Env, general: ChannelHandle) -> MemberActor:
    return moderator(discord, "mod")


async def stored(discord: Env, library: Library) -> dict[str, tuple[str, str]]:
    """Title and link of every video of the server, by id."""
    videos = await library.videos(access.own_scope(discord.guild.id))
    return {each.video.video_id: (each.video.title, each.video.url) for each in videos}


async def fill(who: MemberActor, form: InteractionResult, **values: Any) -> InteractionResult:
    """Fills in a form, and leaves the other fields as they are."""
    assert form.modal is not None
    return await who.submit_modal(form, {**prefilled(form), **values})


def labels_in(form: InteractionResult) -> list[str]:
    assert form.modal is not None
    return [label["label"] for label in form.modal["components"]]


def first_answers(result: InteractionResult) -> list[str]:
    """The labels of the buttons below a card, in order."""
    [row] = [part for part in components_of(result) if part["type"] == 1]
    return [button["label"] for button in row["components"]]


# The form.


async def test_the_form_has_fields_for_title_and_link_with_the_options_of_the_command(
    general: ChannelHandle, mod: MemberActor
) -> None:
    form = await mod.slash(general, "library import", title="Lecture 2", url=LINK)
    assert labels_in(form) == ["Up to 10 files", "Title", "Link to the video"]
    assert prefilled(form) == {"title": "Lecture 2", "url": LINK}


async def test_a_title_and_a_link_in_the_form_are_those_of_the_video(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library
) -> None:
    form = await mod.slash(general, "library import")
    report = await fill(mod, form, files=[("mytalk.srt", SRT)], title="Physics day one", url=LINK)
    assert report.ephemeral
    assert "### Imported\n- **Physics day one** (0:07)" in seen(report)
    assert await stored(discord, library) == {LINK: ("Physics day one", LINK)}


async def test_what_is_cleared_in_the_form_is_not_taken_from_the_command(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library
) -> None:
    form = await mod.slash(general, "library import", title="Wrong")
    await mod.submit_modal(form, {"files": [("mytalk.srt", SRT)], "title": "", "url": ""})
    assert await stored(discord, library) == {"mytalk": ("mytalk", "")}


async def test_the_same_link_is_the_same_video(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library
) -> None:
    await upload(mod, general, ("a.srt", SRT), url=LINK, title="Lecture 2")
    again = await upload(mod, general, ("captions of it.srt", SRT), url=LINK.replace("https", "http") + "/")
    assert "Nothing was imported" not in seen(again)
    assert list(await stored(discord, library)) == [LINK]
    assert (await stored(discord, library))[LINK][0] == "Lecture 2", "a file's name is no better title"
    await upload(mod, general, ("b.srt", OTHER), url="https://youtu.be/dQw4w9WgXcQ")
    await upload(mod, general, ("c.srt", OTHER), url="https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=9")
    assert set(await stored(discord, library)) == {LINK, "dQw4w9WgXcQ"}


async def test_several_plain_files_are_imported_under_their_names(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library
) -> None:
    report = await upload(
        mod, general, ("talk one.srt", SRT), ("bell.en.srt", OTHER), ("notes.vtt", b"WEBVTT\n\n" + SRT)
    )
    assert set(await stored(discord, library)) == {"talk one", "bell", "notes"}
    assert "- **talk one** (0:07)\n- **bell** (0:09)\n- **notes** (0:07)" in seen(report)
    assert first_answers(report) == ["Ask about them", "Set the link", "Undo"]


async def test_a_title_that_cannot_be_of_several_files_is_asked_about(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library
) -> None:
    report = await upload(mod, general, ("a.srt", SRT), ("b.srt", OTHER), title="Physics", url=LINK)
    assert "I ignored title, video and link: with several files I can’t tell which one you meant." in seen(report)
    menu = await mod.click(report.response, label="Say which video")
    assert menu.ephemeral
    assert seen(menu) == "Which video?", "a title may be all that was given"
    form = await mod.select(menu.response, ["1"])
    assert prefilled(form) == {"title": "Physics", "url": LINK}
    assert "**Physics** has a link now" in seen(await fill(mod, form))
    assert await stored(discord, library) == {"a": ("a", ""), "b": ("Physics", LINK)}


async def test_a_link_needs_no_https(discord: Env, general: ChannelHandle, mod: MemberActor, library: Library) -> None:
    await upload(mod, general, ("mytalk.srt", SRT), url="club.example.org/videos/lecture-2", title="Physics")
    assert await stored(discord, library) == {LINK: ("Physics", LINK)}


async def test_what_is_no_link_is_told_in_one_sentence_and_the_file_is_kept_for_another_try(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library
) -> None:
    refused = await upload(mod, general, ("mytalk.srt", SRT), url="lecture two", title="Physics")
    assert "**mytalk.srt**: “lecture two” is not a web address; write it out from https\\:// on" in seen(refused)
    form = await mod.click(refused.response, label="Say which video")
    assert labels_in(form) == ["Title", "Link to the video"]
    assert prefilled(form) == {"title": "Physics", "url": "lecture two"}
    again = await fill(mod, form, url="ftp://x")
    assert "not a web address" in seen(again)
    form = await mod.click(again.response, label="Say which video")
    assert "### Imported\n- **Physics** (0:07)" in seen(await fill(mod, form, url=LINK))
    assert await stored(discord, library) == {LINK: ("Physics", LINK)}


# Files that lack something.


async def test_an_encoding_is_said_for_files_that_were_sent_already(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library
) -> None:
    refused = await upload(mod, general, ("été.srt", FRENCH), ("plage.srt", FRENCH + OTHER), ("fine.srt", OTHER))
    assert "2 rejections:" in seen(refused)
    form = await mod.click(refused.response, label="Say the encoding")
    assert labels_in(form) == ["Which file", "Encoding"]
    assert prefilled(form) == {"encoding": "cp1252"}
    report = await fill(mod, form, chosen=["0"])
    assert "- **été** (0:02)" in seen(report)
    rest = await mod.click(report.response, label="Say the encoding")
    assert "- **plage**" in seen(await fill(mod, rest))
    assert set(await stored(discord, library)) == {"été", "plage", "fine"}


async def test_the_columns_of_a_table_are_said(general: ChannelHandle, mod: MemberActor) -> None:
    refused = await upload(mod, general, ("t.csv", b"video,content,caption,start\nv,hello there,hi,0\n"))
    form = await mod.click(refused.response, label="Say the columns")
    assert prefilled(form) == {"columns": "text=content,start=start"}
    assert "1 video added" in seen(await fill(mod, form))


async def test_a_file_whose_name_another_video_has_gets_a_title(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library
) -> None:
    await upload(mod, general, ("talk.srt", SRT))
    refused = await upload(mod, general, ("talk.srt", OTHER))
    assert "a video with other words is called “talk” already" in seen(refused)
    form = await mod.click(refused.response, label="Say which video")
    assert "- **The bell** (0:09)" in seen(await fill(mod, form, title="The bell"))
    assert await stored(discord, library) == {"talk": ("talk", ""), "The bell": ("The bell", "")}
    again = await upload(mod, general, ("talk.srt", OTHER), title="The bell")
    assert "Nothing changed" in seen(again)


async def test_a_title_goes_to_the_one_file_that_lacks_it_and_an_encoding_to_the_other(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library
) -> None:
    await upload(mod, general, ("talk.srt", SRT))
    refused = await upload(mod, general, ("été.srt", FRENCH), ("talk.srt", OTHER))
    form = await mod.click(refused.response, label="Say what is missing")
    assert labels_in(form) == ["Which file", "Title", "Link to the video", "Encoding"]
    report = await fill(mod, form, chosen=["0", "1"], title="The bell")
    assert "I ignored" not in seen(report)
    assert set(await stored(discord, library)) == {"talk", "été", "The bell"}
    assert (await stored(discord, library))["été"] == ("été", "")


async def test_files_are_kept_for_a_quarter_of_an_hour_and_not_over_a_restart(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library, ledger: Ledger
) -> None:
    refused = await upload(mod, general, ("talk.srt", FRENCH))
    form = await mod.click(refused.response, label="Say the encoding")
    await discord.advance_time(14 * 60)
    assert discord.bot.app.kept_files._uploads
    await discord.advance_time(2 * 60)
    assert "Please send them again" in seen(await mod.click(refused.response, label="Say the encoding"))
    assert "Please send them again" in seen(await fill(mod, form))
    refused = await upload(mod, general, ("talk.srt", FRENCH))
    await restarted(discord, library, ledger)
    assert "Please send them again" in seen(await mod.click(refused.response, label="Say the encoding"))


async def test_no_more_is_kept_than_a_server_may_store(
    discord: Env, general: ChannelHandle, mod: MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = discord.bot.app.kept_files
    monkeypatch.setattr(kept, "_server_bytes", 2 * len(FRENCH) - 1)
    first = await upload(mod, general, ("one.srt", FRENCH))
    second = await upload(mod, general, ("two.srt", FRENCH))
    assert "Please send them again" in seen(await mod.click(first.response, label="Say the encoding"))
    assert labels_in(await mod.click(second.response, label="Say the encoding")) == ["Encoding"]
    monkeypatch.setattr(kept, "_total_bytes", 0)
    third = await upload(mod, general, ("three.srt", FRENCH))
    assert "Say the encoding" not in first_answers(third)
    assert "Here: import it with the option encoding: cp1252" in seen(third)


async def test_what_is_kept_is_purged_with_the_server(discord: Env, general: ChannelHandle, mod: MemberActor) -> None:
    await upload(mod, general, ("one.srt", FRENCH))
    kept = discord.bot.app.kept_files
    assert kept._uploads
    await discord.bot.app.library_admin.delete_server(discord.guild.id)
    assert not kept._uploads
    assert not kept._expiries


def test_another_servers_files_do_not_exist() -> None:
    kept = kept_files.KeptFiles(1000)
    kept._uploads["key"] = kept_files.KeptUpload(1, (), replace_whole=False)
    assert kept.find(1, "key").server_id == 1
    with pytest.raises(kept_files.FilesGone):
        kept.find(2, "key")


# The report.


async def test_a_report_leads_to_a_question_about_its_video_after_a_restart(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library, ledger: Ledger
) -> None:
    await upload(mod, general, ("bell.srt", OTHER))
    report = await upload(mod, general, ("lantern.srt", SRT))
    await restarted(discord, library, ledger)
    form = await mod.click(report.response, label="Ask about it")
    assert form.modal is not None
    assert form.modal["components"][0]["description"] == "lantern"
    answer = await mod.submit_modal(form, {"question": "what is copper?"})
    assert "the **copper** lantern" in seen(answer)
    assert answer.ephemeral


async def test_small_talk_in_the_form_of_a_question_is_no_question(
    general: ChannelHandle, mod: MemberActor, ledger: Ledger, discord: Env
) -> None:
    report = await upload(mod, general, ("lantern.srt", SRT))
    form = await mod.click(report.response, label="Ask about it")
    greeted = await mod.submit_modal(form, {"question": "hi"})
    assert greeted.ephemeral
    assert "Ask me anything" in seen(greeted)
    assert await ledger.open_misses(access.library_key(discord.guild.id)) == []


async def test_a_report_of_several_videos_leads_to_a_question_about_all(
    general: ChannelHandle, mod: MemberActor
) -> None:
    report = await upload(mod, general, ("bell.srt", OTHER), ("lantern.srt", SRT))
    form = await mod.click(report.response, label="Ask about them")
    assert form.modal is not None
    assert form.modal["title"] == "Find in videos"
    assert "bronze bell" in seen(await mod.submit_modal(form, {"question": "bronze bell"})).replace("**", "")


async def test_long_titles_are_shortened_for_phones(general: ChannelHandle, mod: MemberActor) -> None:
    report = await upload(mod, general, (f"{'lecture of the club ' * 6}.srt", SRT))
    assert max(map(len, seen(report).splitlines())) < 80


async def test_many_videos_are_counted_at_the_end_of_the_list(general: ChannelHandle, mod: MemberActor) -> None:
    many = rows(*((f"video {number:02}", 0, f"the lantern number {number}") for number in range(11)))
    report = await upload(mod, general, ("many.jsonl", many))
    assert "- **video 07** (0:30)\n- and 3 more\n-# 11 videos added" in seen(report)


async def test_undo_takes_back_this_import_and_only_as_long_as_it_is_the_last_act(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library, ledger: Ledger
) -> None:
    first = await upload(mod, general, ("a.srt", SRT))
    second = await upload(mod, general, ("b.srt", OTHER))
    refused = await mod.click(first.response, label="Undo")
    assert refused.ephemeral
    assert "Something else was done to this library after that import, so I left it as it is." in seen(refused)
    assert set(await stored(discord, library)) == {"a", "b"}
    await restarted(discord, library, ledger)
    assert "Took back the import of b.srt" in seen(await mod.click(second.response, label="Undo")).replace("\\", "")
    assert set(await stored(discord, library)) == {"a"}
    assert "nothing to undo" in seen(await mod.click(first.response, label="Undo"))
    assert set(await stored(discord, library)) == {"a"}


async def test_a_link_is_set_and_taken_back(
    discord: Env, general: ChannelHandle, mod: MemberActor, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    report = await upload(mod, general, ("lecture.srt", SRT))
    await restarted(discord, library, ledger)
    form = await mod.click(report.response, label="Set the link")
    assert prefilled(form) == {"title": "lecture"}
    assert "not a web address" in seen(await fill(mod, form, url="javascript:alert(1)"))
    form = await mod.click(report.response, label="Set the link")
    set_ = await fill(mod, form, url="https://youtu.be/dQw4w9WgXcQ", title="Lecture one")
    assert set_.ephemeral
    assert await stored(discord, library) == {"lecture": ("Lecture one", "https://youtu.be/dQw4w9WgXcQ")}
    assert "https://youtu.be/dQw4w9WgXcQ?t=" in seen(await alice.slash(general, "ask", question="copper lantern"))
    form = await mod.click(report.response, label="Set the link")
    assert prefilled(form)["url"] == "https://youtu.be/dQw4w9WgXcQ", "a wrong link is corrected where it was set"
    again = await upload(mod, general, ("other name.srt", SRT), url="https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    assert list(await stored(discord, library)) == ["lecture"], "the video that has this link"
    assert "Nothing changed" in seen(again)
    form = await fill(mod, await mod.slash(general, "library import"), files=[("bell.srt", OTHER)])
    taken = await fill(mod, await mod.click(form.response, label="Set the link"), url="https://youtu.be/dQw4w9WgXcQ")
    assert "That link belongs to “Lecture one” already." in seen(taken)


async def test_setting_a_link_is_an_act_that_can_be_undone(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library
) -> None:
    report = await upload(mod, general, ("lecture.srt", SRT))
    await fill(mod, await mod.click(report.response, label="Set the link"), url=LINK)
    assert "**Last change:** link of lecture" in seen(await mod.slash(general, "library stats"))
    assert "Took back the link of lecture" in seen(await mod.slash(general, "library undo"))
    assert await stored(discord, library) == {"lecture": ("lecture", "")}


async def test_what_was_rejected_is_shown_to_who_presses_alone(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library, ledger: Ledger
) -> None:
    bad = "\n".join(json.dumps({"video_id": "a", "text": "", "start_second": n}) for n in range(40)).encode()
    report = await upload(mod, general, ("bad.jsonl", bad), ("good.srt", SRT))
    await restarted(discord, library, ledger)
    shown = await mod.click(report.response, label="See what was rejected")
    assert shown.ephemeral
    name, content = attached(shown, discord)
    assert (name, content.count(b"text is empty")) == ("rejected.txt", 40)
    assert "See what was rejected" not in first_answers(await upload(mod, general, ("good 2.srt", OTHER)))


async def test_hostile_names_and_titles_stay_text(discord: Env, general: ChannelHandle, mod: MemberActor) -> None:
    form = await mod.slash(general, "library import")
    title = "@everyone **[x](https://evil.example)** ||s||\u202e"
    report = await fill(
        mod,
        form,
        files=[
            ("`<@1>`.srt", SRT),
        ],
        title=title,
    )
    assert "\\@everyone \\*\\*\\[x\\]" in seen(report)
    assert "\u202e" not in seen(report)
    form = await mod.click(report.response, label="Set the link")
    assert "](https://evil.example" not in seen(await fill(mod, form, url="https://a.example/x)](https://evil.example"))


@pytest.mark.parametrize("label", ["Undo", "Set the link", "See what was rejected", "Say the encoding"])
async def test_who_lost_the_right_goes_on_with_nothing(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library, label: str
) -> None:
    report = await upload(mod, general, ("talk.srt", FRENCH), ("fine.srt", OTHER))
    discord.backend.guilds[discord.guild.id].members[mod.id].role_ids.clear()
    assert "Only those who may manage this server" in seen(await mod.click(report.response, label=label))
    assert set(await stored(discord, library)) == {"fine"}


async def test_a_report_that_came_too_late_gives_figures_and_no_title_to_everybody(
    discord: Env, general: ChannelHandle, mod: MemberActor
) -> None:
    form = await mod.slash(general, "library import")
    discord.inject_error("PATCH", "/webhooks/*/*/messages/@original", status=401, code=50027)
    await fill(mod, form, files=[("talk.srt", SRT)])
    told = seen(answers(general, discord)[-1])
    assert "1 video added" in told
    assert "talk" not in told, "others may not be allowed to see the library"
    assert "Undo" not in told


async def test_what_an_import_brings_is_told_below_its_report(
    discord: Env, general: ChannelHandle, mod: MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def check(key: str) -> list[str]:
        asked.append(key)
        return ["3 of 12 open questions are answered now."]

    monkeypatch.setattr(discord.bot.app.imports, "_check_library", check)
    assert "3 of 12 open questions are answered now." in seen(await upload(mod, general, ("talk.srt", SRT)))
    assert "3 of 12" not in seen(await upload(mod, general, ("talk.srt", SRT))), "nothing changed"
    assert asked == [access.library_key(discord.guild.id)]

    async def fail(key: str) -> list[str]:
        raise RuntimeError(key)

    monkeypatch.setattr(discord.bot.app.imports, "_check_library", fail)
    assert "### Imported" in seen(await upload(mod, general, ("bell.srt", OTHER)))


# Files on messages.


async def test_a_file_sent_with_a_mention_is_imported_by_a_button_for_who_manages_the_server(
    discord: Env, general: ChannelHandle, mod: MemberActor, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    await mod.send(general, f"{mention(discord)} please import this", attachments=[("talk.srt", SRT)])
    card = answers(general, discord)[-1]
    assert "Shall I add **talk.srt** to this server’s library?" in seen(card)
    await restarted(discord, library, ledger)
    assert "Only those who may manage" in seen(await alice.click(card, label="Import"))
    report = await mod.click(card, label="Import")
    assert report.ephemeral
    assert "- **talk** (0:07)" in seen(report)
    other = moderator(discord, "other")
    assert "Nothing changed" in seen(await other.click(card, label="Import"))


async def test_a_message_that_is_gone_is_told(
    discord: Env, general: ChannelHandle, mod: MemberActor, library: Library
) -> None:
    said = await mod.send(general, f"{mention(discord)} here", attachments=[("talk.srt", SRT)])
    card = answers(general, discord)[-1]
    await mod.delete(said)
    gone = await mod.click(card, label="Import")
    assert gone.ephemeral
    assert "I can’t get the files of that message any more." in seen(gone)
    assert await stored(discord, library) == {}


async def test_a_file_of_somebody_else_is_told_who_can_add_it(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    await alice.send(general, f"{mention(discord)} here", attachments=[("talk.srt", SRT)])
    card = seen(answers(general, discord)[-1])
    assert "Those who manage this server can add it" in card
    assert "Import\n" not in card


async def test_the_menu_of_a_message_imports_its_files(
    discord: Env, general: ChannelHandle, mod: MemberActor, alice: MemberActor, library: Library
) -> None:
    said = await alice.send(general, "my two talks", attachments=[("a.srt", SRT), ("b.srt", OTHER)])
    report = await mod.context_menu(general, "Import transcript", said)
    assert report.ephemeral
    assert set(await stored(discord, library)) == {"a", "b"}
    assert first_answers(report) == ["Ask about them", "Set the link", "Undo"]
    words = await alice.send(general, "no file here")
    none = await mod.context_menu(general, "Import transcript", words)
    assert none.ephemeral
    assert seen(none).startswith("There is no file on that message.")


async def test_the_menu_is_for_those_who_manage_the_server(discord: Env, library: Library) -> None:
    [command] = [each for each in discord.backend.commands[None].values() if each["name"] == "Import transcript"]
    assert command["default_member_permissions"] == Permissions(manage_guild=True).value
    assert (command["contexts"], command["integration_types"]) == ([0], [0])
    assert isinstance(discord.bot, CuepointClient)
    assert discord_py.AppCommandType(command["type"]) is discord_py.AppCommandType.message
