"""The list of videos, a video by itself, and its transcript, as people see them on an in-process Discord."""

from __future__ import annotations

import json
from typing import Any

import pytest

from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Source
from tests.support.discord.harness import ChannelHandle, Env, InteractionResult, MemberActor, every_part, restart, seen

SRT = b"""1
00:12:00,000 --> 00:12:20,000
the harbour has lanterns and the harbour has ships

2
00:12:40,000 --> 00:13:00,000
copper lanterns are hung upon the pier at night

3
00:20:00,000 --> 00:20:30,000
the violin is made of meadow wood

4
00:20:31,000 --> 00:21:00,000
and the bow of the violin is of pepper wood
"""
GAPS = Labels(video_id="gaps", title="Harbours and violins", url="https://x.example/v")


async def import_talks(library: Library, count: int, **more: Any) -> None:
    """Talk 0, Talk 1 and so on, imported in an order that is none."""
    rows = [
        {
            "video_id": f"v{n}",
            "title": f"Harbour talk {n}",
            "text": "the harbour and the lanterns",
            "start_second": 0,
            "end_second": 30,
            "url": f"https://x.example/{n}",
            "thumbnail": "https://x.example/p.jpg",
            **more,
        }
        for n in sorted(range(count), key=str)
    ]
    content = "\n".join(map(json.dumps, rows)).encode()
    await library.import_files(access.host_scope(), [(Source("rows.jsonl", content), Labels())])


async def import_gaps(library: Library) -> None:
    await library.import_files(access.host_scope(), [(Source("talk.srt", SRT), GAPS)])


def find_menu(result: InteractionResult, verb: str) -> dict[str, Any]:
    (menu,) = [part for part in every_part(result) if part["type"] == 3 and f":{verb}:" in part["custom_id"]]
    return menu


async def choose(who: MemberActor, result: InteractionResult, verb: str, value: str) -> InteractionResult:
    return await who.select(result.response, [value], custom_id=find_menu(result, verb)["custom_id"])


# The list


async def test_the_list_counts_on_over_its_pages_in_natural_order(
    general: ChannelHandle, alice: MemberActor, library: Library
) -> None:
    await import_talks(library, 131)
    first = await alice.slash(general, "videos")
    assert "### 131 videos" in seen(first)
    assert "**3.** [**Harbour talk 2**](https://x.example/2) · 0:30" in seen(first), "the title is the link"
    assert "**10.** [**Harbour talk 9**]" in seen(first)
    assert "Page 1 of 14" in seen(first)
    second = await alice.click(first.response, label="Next")
    assert "**11.** [**Harbour talk 10**]" in seen(second)
    assert "Page 2 of 14" in seen(second)


async def test_any_page_is_one_choice_away_also_after_a_restart(
    discord: Env, general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    await import_talks(library, 131)
    listed = await alice.slash(general, "videos", search="harbour")
    pages = find_menu(listed, "leaf")["options"]
    assert [(each["label"], each["description"]) for each in pages[::13]] == [
        ("Page 1", "Harbour talk 0"),
        ("Page 14", "Harbour talk 130"),
    ]
    await restart(discord, library, ledger)
    last = await choose(alice, listed, "leaf", "13")
    assert "**131.** [**Harbour talk 130**]" in seen(last)
    assert "Page 14 of 14" in seen(last)
    assert "Page 6 of 14" in seen(await choose(alice, listed, "leaf", "5"))


async def test_a_video_of_the_list_is_opened_by_choosing_it(
    discord: Env, general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    await import_talks(library, 12)
    listed = await alice.click((await alice.slash(general, "videos")).response, label="Next")
    options = find_menu(listed, "watch")["options"]
    assert [(each["label"], each["description"]) for each in options] == [
        ("11. Harbour talk 10", "0:30"),
        ("12. Harbour talk 11", "0:30"),
    ]
    await restart(discord, library, ledger)
    opened = await choose(alice, listed, "watch", options[1]["value"])
    assert opened.ephemeral
    assert "### [Harbour talk 11](https://x.example/11)" in seen(opened)
    await library.remove(access.host_scope(), "v11")
    assert "no longer here" in seen(await choose(alice, listed, "watch", options[1]["value"]))


async def test_an_id_that_is_too_long_for_a_menu_is_opened_all_the_same(
    general: ChannelHandle, alice: MemberActor, library: Library
) -> None:
    ids = ["a" * 199 + end for end in "xy"]
    rows = [{"video_id": each, "title": "Twin", "text": f"word {each[-1]}", "start_second": 0} for each in ids]
    await library.import_files(
        access.host_scope(), [(Source("rows.jsonl", "\n".join(map(json.dumps, rows)).encode()), Labels())]
    )
    listed = await alice.slash(general, "videos")
    first, second = (each["value"] for each in find_menu(listed, "watch")["options"])
    assert first != second
    assert "### Twin" in seen(await choose(alice, listed, "watch", second))


async def test_a_search_that_is_repaired_says_what_it_found(
    general: ChannelHandle, alice: MemberActor, library: Library
) -> None:
    await import_talks(library, 23)
    found = seen(await alice.slash(general, "videos", search="harbuor"))
    assert "### 23 videos called “harbour”\n-# None is called “harbuor”." in found
    one = seen(await alice.slash(general, "videos", search="Harbour talk 22"))
    assert "### 1 video called “Harbour talk 22”\n**1.** [**Harbour talk 22**]" in one
    none = seen(await alice.slash(general, "videos", search="zebra @everyone"))
    assert "### No video here is called “zebra \\@everyone”" in none
    by_id = seen(await alice.slash(general, "videos", search="v3"))
    assert "None is called" not in by_id


async def test_a_search_that_has_expired_says_so(
    general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    await import_talks(library, 11)
    first = await alice.slash(general, "videos", search="harbour")
    async with ledger._database.transaction() as connection:
        await connection.execute("DELETE FROM button_state")
    assert "These buttons have expired" in seen(await alice.click(first.response, label="Next"))


# One video


async def test_a_video_shows_what_comes_when_and_its_typical_words(general: ChannelHandle, alice: MemberActor) -> None:
    result = await alice.slash(general, "video", video="captions are made")
    assert result.ephemeral
    words = seen(result)
    assert "### [Sample talk: How captions are made and timed](https://video.example.com/sample-captions)\n" in words
    assert "Cuepoint samples · 7:55 · 1,187 words" in words
    assert "**What comes when**\n[0:04](https://video.example.com/sample-captions#t=4) caption file · " in words
    assert "[2:24](https://video.example.com/sample-captions#t=144) hold cue · " in words
    assert "**Typical words of this video**" in words
    assert "cue [2:54](https://video.example.com/sample-captions#t=174)" in words
    assert "No video is called “nonsense”" in seen(await alice.slash(general, "video", video="nonsense"))


async def test_a_part_of_a_video_leads_to_its_words_after_a_restart(
    discord: Env, general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    card = await alice.slash(general, "video", video="captions are made")
    options = find_menu(card, "readat")["options"]
    assert options[1]["label"].startswith("2:24 · hold cue · ")
    await restart(discord, library, ledger)
    read = await choose(alice, card, "readat", options[1]["value"])
    assert read.ephemeral
    assert "▶ **[2:24](https://video.example.com/sample-captions#t=144)**" in seen(read)
    whole = await alice.click(card.response, label="Transcript")
    assert "[0:04](https://video.example.com/sample-captions#t=4)\n> " in seen(whole)
    assert "▶ **" not in seen(whole), "nobody asked for a moment"


async def test_a_video_is_asked_in_a_form_also_after_a_restart(
    discord: Env, general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    card = await alice.slash(general, "video", video="captions are made")
    await restart(discord, library, ledger)
    form = await alice.click(card.response, label="Ask")
    assert form.modal is not None
    answer = await alice.submit_modal(form, {"question": "message"})
    assert answer.ephemeral
    assert "How Discord apps" not in seen(answer), "only this video is asked"
    assert "### message" in seen(answer)
    again = await alice.click(card.response, label="Ask")
    assert "at least one word" in seen(await alice.submit_modal(again, {"question": "-"}))


async def test_a_timeline_of_a_video_is_drawn_from_a_form(general: ChannelHandle, alice: MemberActor) -> None:
    card = await alice.slash(general, "video", video="captions are made")
    form = await alice.click(card.response, label="Timeline")
    drawn = await alice.submit_modal(form, {"question": "hold cue"})
    assert drawn.ephemeral
    assert [each.filename for each in drawn.response.attachments] == ["timeline.png"]
    assert "### hold cue" in seen(drawn)


async def test_a_form_of_a_video_that_is_gone_or_that_nobody_knows_any_more_says_so(
    general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    await import_gaps(library)
    await import_talks(library, 1)
    card = await alice.slash(general, "video", video="gaps")
    form, second_form = [await alice.click(card.response, label="Ask") for _ in range(2)]
    await library.remove(access.host_scope(), "gaps")
    assert "No video is called" in seen(await alice.submit_modal(form, {"question": "violin"}))
    assert "no longer here" in seen(await alice.click(card.response, label="Ask"))
    async with ledger._database.transaction() as connection:
        await connection.execute("DELETE FROM button_state")
    assert "expired" in seen(await alice.submit_modal(second_form, {"question": "violin"}))


# Transcripts


async def test_a_moment_that_is_stored_is_marked_and_opens_exactly_there(
    general: ChannelHandle, alice: MemberActor, library: Library
) -> None:
    await import_gaps(library)
    result = await alice.slash(general, "transcript", video="gaps", at="20 min 40 s")
    words = seen(result)
    assert "### [Harbours and violins](https://x.example/v)" in words
    assert "▶ **[20:" in words
    assert "▶ 20:40" in words
    assert "Nothing is stored" not in words
    assert any(part.get("url") == "https://x.example/v#t=1240" for part in every_part(result))


@pytest.mark.parametrize(
    ("at", "nearest"), [("0:00", "12:00"), ("14:00", "12:40"), ("19:00", "20:00"), ("5m", "12:00")]
)
async def test_where_nothing_is_stored_the_nearest_is_told_and_shown(
    general: ChannelHandle, alice: MemberActor, library: Library, at: str, nearest: str
) -> None:
    await import_gaps(library)
    words = seen(await alice.slash(general, "transcript", video="gaps", at=at))
    asked = {"5m": "5:00"}.get(at, at)
    assert f"Nothing is stored at {asked}; the nearest is {nearest}." in words
    assert f"[{nearest}](https://x.example/v#t=" in words
    assert f"▶ {nearest}" in words, "the button opens what is shown"


async def test_earlier_and_later_lead_over_gaps(general: ChannelHandle, alice: MemberActor, library: Library) -> None:
    await import_gaps(library)
    first = await alice.slash(general, "transcript", video="gaps")
    assert "Nothing is stored at" not in seen(first), "nobody asked for the beginning"
    assert "-# Nothing is stored from 13:00 to 20:00." in seen(first)
    later = await alice.slash(general, "transcript", video="gaps", at="20:10")
    earlier = await alice.click(later.response, label="Earlier")
    assert "harbour has lanterns" in seen(earlier)


async def test_a_moment_that_is_none_or_after_the_end_is_refused(
    general: ChannelHandle, alice: MemberActor, library: Library
) -> None:
    await import_gaps(library)
    for at in ("9:99:99", "5 apples"):
        refused = await alice.slash(general, "transcript", video="gaps", at=at)
        assert refused.ephemeral
        assert f"I can’t read “{at}” as a time. Write 12:34, 1:02:03 or 90." in seen(refused)
    late = seen(await alice.slash(general, "transcript", video="gaps", at="99 minutes"))
    assert "“Harbours and violins” is 21:00 long: 1:39:00 is after its end." in late


async def test_a_transcript_leads_on_to_its_video_and_to_questions(
    discord: Env, general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    await import_gaps(library)
    read = await alice.slash(general, "transcript", video="gaps")
    await restart(discord, library, ledger)
    assert "Typical words" in seen(await alice.click(read.response, label="This video"))
    form = await alice.click(read.response, label="Ask")
    assert "**violin**" in seen(await alice.submit_modal(form, {"question": "violin"}))


async def test_chapters_are_suggested_as_moments(general: ChannelHandle, alice: MemberActor, library: Library) -> None:
    chapters = [{"start_time": 0, "title": "Harbours"}, {"start_time": 1200, "title": "Violins"}]
    info = json.dumps({"id": "gaps", "title": "Harbours and violins", "chapters": chapters}).encode()
    await library.import_files(
        access.host_scope(), [(Source("talk [gaps].srt", SRT), GAPS), (Source("talk [gaps].info.json", info), Labels())]
    )
    every = await alice.autocomplete(general, "transcript", "at", "", video="gaps")
    assert [(each["name"], each["value"]) for each in every] == [
        ("0:00 · Harbours", "0:00"),
        ("20:00 · Violins", "20:00"),
    ]
    some = await alice.autocomplete(general, "transcript", "at", "violin", video="gaps")
    assert [each["value"] for each in some] == ["20:00"]
    assert await alice.autocomplete(general, "transcript", "at", "", video="nonsense") == []
    words = seen(await alice.slash(general, "video", video="gaps"))
    assert (
        "**Chapters**\n[0:00](https://x.example/v#t=0) Harbours\n[20:00](https://x.example/v#t=1200) Violins" in words
    )
    assert "What comes when" not in words
