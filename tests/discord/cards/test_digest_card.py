"""The card of a weekly digest: within Discord's limits whatever is in it, and legible on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.values import Excerpt
from bot.discord_app.cards.admin.digest import Digest, FoundHelpful, digest_card
from bot.discord_app.cards.parts.limits import find_problems
from storage.models import AddedVideos, Miss, QuestionCount, Video, Week
from tests.pictures.draw_cards import SCENES
from tests.pictures.drawing import missing, read_seeds, stage
from tests.support.inputs.hostile_text import anything

WEEK = Week(1_800_532_800.0)
PHONE, MAX_DIGEST_HEIGHT = 390, 1400
"""Pixels of the width of a phone, and of a digest with all that may be in it: two screens."""


def words_of(digest: Digest) -> str:
    parts = [part for top in digest_card(digest).components() for part in (top, *top.get("components", []))]
    return "\n".join(str(part["content"]) for part in parts if "content" in part)


def excerpt(quote: str, video: Video) -> Excerpt:
    link = f"{video.url}&t=4000" if video.url else ""
    return Excerpt(
        video, quote, ((0, len(quote)),) if quote else (), 4000.0, 4030.0, link, (4000.0,), 1.0, False, False
    )


def full_digest(text: str, url: str, number: int) -> Digest:
    video = Video("id", title=text, url=url)
    return Digest(
        WEEK,
        QuestionCount(number, number // 2),
        AddedVideos(number, (video,) * 5),
        (Miss("", text, number, 0.0),) * 5,
        number,
        (FoundHelpful(excerpt(text, video), number),) * 3,
    )


@given(anything, st.sampled_from(["", "https://example.org/watch?v=" + "x" * 120, "javascript:alert(1)"]))
def test_whatever_people_write_it_is_within_the_limits(text: str, url: str) -> None:
    assert find_problems(digest_card(full_digest(text or "x", url, 10**9)).components()) == []


def test_a_digest_full_to_the_brim_is_within_the_limits() -> None:
    for text in ("*" * 4000, "word " * 800, "W" * 4000, "\\" * 4000, "@everyone " * 400):
        assert (
            find_problems(digest_card(full_digest(text, "https://example.org/" + "x" * 130, 10**9)).components()) == []
        )


@pytest.mark.parametrize(
    ("digest", "there", "absent"),
    [
        (
            Digest(WEEK, QuestionCount(0, 0), AddedVideos(1, (Video("a", title="New"),))),
            "1 new video**\n- New",
            "asked,",
        ),
        (
            Digest(WEEK, QuestionCount(1, 1), AddedVideos(0, ())),
            "**1** question was asked, **1** answered clearly.",
            "new",
        ),
        (Digest(WEEK, QuestionCount(2, 1), AddedVideos(0, ()), (), 1), "1 question without a clear answer**", "and 1"),
        (Digest(WEEK, QuestionCount(2, 1), AddedVideos(9, ()), (), None, (), True), "9 new videos**", "and 9"),
        (Digest(WEEK, QuestionCount(2, 2), AddedVideos(0, ()), (), 0), "**2** questions were asked", "manage"),
    ],
)
def test_what_there_is_not_is_not_spoken_of(digest: Digest, there: str, absent: str) -> None:
    words = words_of(digest)
    assert there in words
    assert absent not in words


@pytest.mark.parametrize(
    ("changes", "is_empty"),
    [
        ({}, True),
        ({"count": QuestionCount(1, 0)}, False),
        ({"videos": AddedVideos(1, ())}, False),
        ({"open_questions": 0}, True),
        ({"open_questions": 1}, False),
        ({"moments": (FoundHelpful(excerpt("words", Video("a")), 1),)}, False),
    ],
)
def test_a_week_is_empty_where_nothing_happened(changes: dict[str, Any], is_empty: bool) -> None:
    nothing: dict[str, Any] = {"week": WEEK, "count": QuestionCount(0, 0), "videos": AddedVideos(0, ())}
    assert Digest(**(nothing | changes)).is_empty is is_empty


@pytest.mark.skipif(bool(missing()), reason=missing())
async def test_a_full_digest_is_two_screens_of_a_phone(tmp_path: Path) -> None:
    async with stage(*read_seeds()) as on:
        shown = await SCENES["digest"](on)
        assert await on.draw(shown, tmp_path / "digest.png", PHONE) <= MAX_DIGEST_HEIGHT
