"""Dates, chapters and speakers on Discord: what `/ask`, `/videos`, `/video` and `/transcript` take and show."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.discord_app.client import CuepointClient
from bot.settings import Settings
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Chapter, Labels, Source
from tests.support.discord.harness import ChannelHandle, Env, MemberActor, discord_with, seen

YEARS = range(2010, 2024)


@pytest.fixture
async def discord(library: Library, ledger: Ledger) -> AsyncIterator[Env]:
    for year in YEARS:
        own = " ".join(f"{word}{year}" for word in ("gate", "keeper", "fog", "bell", "rope", "mast"))
        cues = f"1\n00:00:01,000 --> 00:00:05,000\nthe copper lantern hangs by {own}\n"
        labels = Labels(
            video_id=f"talk-{year}", title=f"Talk {year}", published=f"{year}-05", url="https://a.example/v"
        )
        await library.import_files(access.host_scope(), [(Source(f"{year}.srt", cues.encode()), labels)])
    chapters = (Chapter(0.0, "Opening"), Chapter(30.0, "The bell"))
    labels = Labels(video_id="walk", title="A walk", chapters=chapters, url="https://a.example/w")
    cues = "1\n00:00:01,000 --> 00:00:05,000\nwe set out\n\n2\n00:00:31,000 --> 00:00:35,000\nthe bronze bell rings\n"
    await library.import_files(access.host_scope(), [(Source("walk.srt", cues.encode()), labels)])
    bot = CuepointClient(Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0"}), library, ledger, shard_count=1)
    async with discord_with(bot) as env:
        yield env


def years_on(result: object) -> list[int]:
    """The years of the talks on a card, in its order."""
    return [int(line.split("Talk ")[1][:4]) for line in seen(result).splitlines() if "Talk " in line]


async def test_a_question_takes_dates_as_options_and_in_its_text(general: ChannelHandle, alice: MemberActor) -> None:
    asked = await alice.slash(general, "ask", question="copper lantern", after="2020", before="2022")
    assert set(years_on(asked)) == {2020, 2021}
    typed = await alice.slash(general, "ask", question="copper lantern after:2020 before:2022")
    assert set(years_on(typed)) == {2020, 2021}
    wrong = await alice.slash(general, "ask", question="copper lantern", after="last week")
    assert wrong.ephemeral
    assert "I can’t read “last week” as a date. Write one such as after:2025-06-03" in seen(wrong).replace("\\", "")


async def test_the_newest_come_first_on_every_page(general: ChannelHandle, alice: MemberActor) -> None:
    first = await alice.slash(general, "ask", question="copper lantern", order="newest first")
    years = years_on(first)
    years += years_on(await alice.click(first.response, label="Next"))
    assert len(years) > 5
    assert years == [*reversed(YEARS)][: len(years)]


async def test_the_list_of_videos_can_show_the_newest_first_on_every_page(
    general: ChannelHandle, alice: MemberActor
) -> None:
    by_title = await alice.slash(general, "videos")
    assert years_on(by_title)[0] == YEARS[0]
    newest = await alice.slash(general, "videos", order="newest first")
    assert "The newest first" in seen(newest)
    assert "May 2023" in seen(newest)
    years = years_on(newest)
    later = await alice.click(newest.response, label="Next")
    assert [*years, *years_on(later)] == [*reversed(YEARS)]
    assert "A walk" in seen(later)


async def test_chapters_stand_beside_links_and_on_the_card_of_the_video(
    general: ChannelHandle, alice: MemberActor
) -> None:
    answer = await alice.slash(general, "ask", question="bronze bell")
    assert "[A walk](https://a.example/w#t=31)**\n-# The bell\n" in seen(answer)
    card = await alice.slash(general, "video", video="walk")
    assert "[0:00](https://a.example/w#t=0) Opening\n[0:30](https://a.example/w#t=30) The bell" in seen(card)
