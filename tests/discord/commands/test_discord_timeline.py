"""Timelines, videos and the list of them, as people see them on an in-process Discord."""

from __future__ import annotations

import io
import itertools
import re

import pytest
from PIL import Image

from bot.answering.values import AnsweredTimeline
from bot.asking import MAX_MOMENTS
from bot.discord_app.services.questions import question_service
from bot.images.timeline_image import draw_timeline
from bot.timecodes import timecode
from storage.ledger import Ledger
from storage.library import Library
from tests.support.discord.harness import (
    ChannelHandle,
    Env,
    MemberActor,
    every_part,
    restart,
    seen,
)

QUESTION = "what does a message cost?"


async def test_a_timeline_is_a_picture_and_the_same_in_words(general: ChannelHandle, alice: MemberActor) -> None:
    result = await alice.slash(general, "timeline", question=QUESTION)
    assert not result.ephemeral
    words = seen(result)
    assert f"### {QUESTION}" in words
    assert re.search(r"\*\*Sample talk: How captions are.*\*\*\n1 · \[7:2\d\]\(https://video.example.com/", words)
    assert "a mistake **costs** most" in words
    assert re.search(r"\*\*Sample talk: How Discord apps.*\*\*\n2 · \[5:\d\d\]\(.*\n3 · \[4:\d\d\]", words), "grouped"
    (gallery,) = [part for part in every_part(result) if part["type"] == 12]
    (item,) = gallery["items"]
    assert item["description"].startswith(f"Where 3 videos speak of “{QUESTION}”, the most first. Sample talk: How")
    (attachment,) = result.response.attachments
    assert item["media"]["url"] == attachment.url
    assert Image.open(io.BytesIO(await attachment.read())).format == "PNG"
    (menu,) = [part for part in every_part(result) if part["type"] == 3]
    told = re.findall(r"^(\d) · \[([\d:]+)\]", words, re.MULTILINE)
    assert [tuple(option["label"].split(" · ")[:2]) for option in menu["options"]] == told
    assert len(told) == MAX_MOMENTS
    opened = await alice.select(result.response, ["2"])
    assert opened.ephemeral
    assert "Later" in seen(opened)
    assert "Even without the" in seen(opened)


async def test_the_numbers_in_the_picture_are_those_of_the_card(
    general: ChannelHandle, alice: MemberActor, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[AnsweredTimeline] = []

    def draw(timeline: AnsweredTimeline) -> bytes:
        drawn.append(timeline)
        return draw_timeline(timeline)

    monkeypatch.setattr(question_service, "draw_timeline", draw)
    words = seen(await alice.slash(general, "timeline", question="captions of a message"))
    moments = [(number, timecode(each.link_second)) for number, each in enumerate(drawn[0].answer.excerpts, 1)]
    assert len(moments) == MAX_MOMENTS
    assert all(f"\n{number} · [{when}](" in words for number, when in moments)
    videos = [each.video.video_id for each in drawn[0].answer.excerpts]
    assert len(list(itertools.groupby(videos))) == len(set(videos)), "those of one video are together"


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


async def test_a_timelines_menu_opens_passages_after_a_restart(
    discord: Env, general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    card = await alice.slash(general, "timeline", question=QUESTION)
    await restart(discord, library, ledger)
    assert "Earlier" in seen(await alice.select(card.response, ["3"]))


@pytest.mark.parametrize(("command", "more"), [("timeline", {"question": "x"}), ("video", {})])
async def test_videos_are_suggested(
    general: ChannelHandle, alice: MemberActor, command: str, more: dict[str, str]
) -> None:
    choices = await alice.autocomplete(general, command, "video", "discord", **more)
    assert choices[0]["value"] == "sample-discord-apps"
