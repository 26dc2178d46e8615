"""Timelines, videos and the list of them, as people see them on an in-process Discord."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from PIL import Image

from bot.discord_app.client import CuepointClient
from bot.settings import Settings
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Source
from tests.support.discord.harness import (
    ChannelHandle,
    Env,
    InteractionResult,
    MemberActor,
    components_of,
    seen,
)

SETTINGS = Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0"})
QUESTION = "what does a message cost?"


async def import_videos(library: Library, count: int) -> None:
    rows = [
        {
            "video_id": f"v{n:02}",
            "title": f"Harbour talk {n:02}",
            "text": "the harbour and the lanterns",
            "start_second": 0,
            "end_second": 30,
            "thumbnail": "https://x.example/p.jpg" if n % 2 else "",
        }
        for n in range(count)
    ]
    content = "\n".join(map(json.dumps, rows)).encode()
    await library.import_files(access.host_scope(), [(Source("rows.jsonl", content), Labels())])


def every_part(result: InteractionResult) -> list[dict[str, Any]]:
    found, left = [], list(components_of(result))
    while left:
        part = left.pop()
        found.append(part)
        left += part.get("components", []) + ([part["accessory"]] if part.get("accessory") else [])
    return found


async def test_a_timeline_is_a_picture_and_the_same_in_words(general: ChannelHandle, alice: MemberActor) -> None:
    result = await alice.slash(general, "timeline", question=QUESTION)
    assert not result.ephemeral
    words = seen(result)
    assert f"### {QUESTION}" in words
    assert "**1. Sample talk: How captions are made and timed** · [7:" in words
    assert "because that is where a mistake **costs** most" in words
    assert "Sample talk: How Discord apps talk to people** · [5:13](https://video.example.com/" in words
    assert "> “Even without the **message** content intent" in words
    (gallery,) = [part for part in every_part(result) if part["type"] == 12]
    (item,) = gallery["items"]
    assert item["description"].startswith(f"Where 3 videos speak of “{QUESTION}”, the most first. Sample talk: How")
    (attachment,) = result.response.attachments
    assert item["media"]["url"] == attachment.url
    assert Image.open(io.BytesIO(await attachment.read())).format == "PNG"
    opened = await alice.click(result.response, label="2")
    assert opened.ephemeral
    assert "Later" in seen(opened)


async def test_a_timeline_of_one_video_in_private(general: ChannelHandle, alice: MemberActor) -> None:
    result = await alice.slash(general, "timeline", question="message", video="sample-bm25-ranking", private=True)
    assert result.ephemeral
    assert "How Discord apps" not in seen(result)
    assert "Delete" not in seen(result)


async def test_a_timeline_of_nothing_answers_as_ask_does(general: ChannelHandle, alice: MemberActor) -> None:
    result = await alice.slash(general, "timeline", question="zebra crossings quantum")
    assert seen(result) == seen(await alice.slash(general, "ask", question="zebra crossings quantum"))
    assert result.response.attachments == []
    refused = await alice.slash(general, "timeline", question="words", video="zzz")
    assert "No video is called" in seen(refused)
    assert refused.ephemeral
    assert "at least one word" in seen(await alice.slash(general, "timeline", question="???"))


async def test_a_timelines_numbers_open_passages_after_a_restart(
    discord: Env, general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    card = await alice.slash(general, "timeline", question=QUESTION)
    await discord.restart_bot(CuepointClient(SETTINGS, library, ledger, shard_count=1))
    assert "Earlier" in seen(await alice.click(card.response, label="3"))


async def test_one_video(general: ChannelHandle, alice: MemberActor) -> None:
    result = await alice.slash(general, "video", video="captions are made")
    assert result.ephemeral
    words = seen(result)
    assert (
        "### Sample talk: How captions are made and timed\nCuepoint samples\n**Length** 7:55 · **segments** 17" in words
    )
    assert "[Open the video](https://video.example.com/sample-captions)" in words
    assert "cue [2:54](https://video.example.com/sample-captions#t=174)" in words
    assert "No video is called “nonsense”" in seen(await alice.slash(general, "video", video="nonsense"))


async def test_the_list_is_searched_and_paged_also_after_a_restart(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor, library: Library, ledger: Ledger
) -> None:
    await import_videos(library, 23)
    first = await alice.slash(general, "videos", search="harbuor")
    assert "### 23 videos called “harbuor”" in seen(first)
    assert "Harbour talk 00" in seen(first)
    assert sum(part["type"] == 11 for part in every_part(first)) == 5, "covers, where there are any"
    await discord.restart_bot(CuepointClient(SETTINGS, library, ledger, shard_count=1))
    second = await alice.click(first.response, label="Next")
    assert "### 23 videos called “harbuor”" in seen(second)
    assert "Harbour talk 10" in seen(second)
    assert "Page 2 of 3" in seen(second)
    last = await alice.click(second.response, label="Next")
    assert "Harbour talk 22" in seen(last)
    every = await alice.slash(general, "videos")
    assert "### 23 videos\n" in seen(every)
    assert "Page 2 of 3" in seen(await alice.click(every.response, label="Next"))
    none = await alice.slash(general, "videos", search="zebra @everyone")
    assert "### No video here is called “zebra \\@everyone”" in seen(none)


async def test_a_search_that_has_expired_says_so(
    general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    await import_videos(library, 11)
    first = await alice.slash(general, "videos", search="harbour")
    async with ledger._database.transaction() as connection:
        await connection.execute("DELETE FROM button_state")
    assert "These buttons have expired" in seen(await alice.click(first.response, label="Next"))


@pytest.mark.parametrize(("command", "more"), [("timeline", {"question": "x"}), ("video", {})])
async def test_videos_are_suggested(
    general: ChannelHandle, alice: MemberActor, command: str, more: dict[str, str]
) -> None:
    choices = await alice.autocomplete(general, command, "video", "discord", **more)
    assert choices[0]["value"] == "sample-discord-apps"
