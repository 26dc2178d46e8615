"""Titles in pictures, in every script: in letters that are right, or by the strip's letter; never as boxes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import features

from bot.answering.timeline import MAX_STRIPS
from bot.answering.values import Answer, AnsweredTimeline, AnswerLevel, Excerpt
from bot.asking import MAX_MOMENTS
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import find_problems
from bot.discord_app.cards.timeline import timeline_card
from bot.images.fonts import find_lettering
from bot.images.timeline_image import draw_timeline
from storage.models import Column, Strip, Video

WRITTEN = ["Café Ångström straße Łódź", "Tiếng Việt", "Машинное обучение", "Μηχανική μάθηση"]
JOINED = ["مقدمة في تعلم الآلة (BERT)", "מבוא ללמידת מכונה 2024", "मशीन लर्निंग", "การเรียนรู้ของเครื่อง"]
LACKED = [
    "机械学习", "機械学習 入門", "기계 학습", "AutoML 机械学习 talk", "日本 ไทย", "🎉🎉", "…", "\ue000\ue001", "\u0301"
]  # fmt: skip


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    find_lettering.cache_clear()
    yield
    find_lettering.cache_clear()


@pytest.fixture
def _without_raqm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda feature: False)


def pictured(*titles: str) -> bytes:
    """The picture of strips that differ in their titles only."""
    strips = [Strip(Video(f"v{n}", title), 600.0, (Column(0, 30, 1.0),)) for n, title in enumerate(titles)]
    return draw_timeline(AnsweredTimeline(Answer("why?", AnswerLevel.CONFIDENT), tuple(strips)))


@pytest.mark.parametrize("title", WRITTEN + JOINED)
def test_a_title_is_written_in_its_own_letters(title: str) -> None:
    if title in JOINED and not features.check("raqm"):
        pytest.skip("this machine has no Raqm")
    written = find_lettering(title)
    assert written is not None
    assert written.text == title
    assert pictured(title) not in (pictured("A"), pictured(title[:-1]))


@pytest.mark.parametrize("title", LACKED)
def test_a_title_that_no_font_writes_gives_way_to_the_strips_letter(title: str) -> None:
    assert find_lettering(title) is None
    assert pictured("first", title) == pictured("first", "B")


def test_a_video_without_a_title_is_called_by_its_id() -> None:
    assert pictured("first", "") == pictured("first", "v1")


@pytest.mark.usefixtures("_without_raqm")
@pytest.mark.parametrize("title", JOINED)
def test_letters_that_nothing_here_joins_are_not_drawn_apart(title: str) -> None:
    assert pictured(title) == pictured("A")


@pytest.mark.usefixtures("_without_raqm")
def test_a_machine_without_raqm_draws_the_same_plain_titles() -> None:
    here = [find_lettering(title) for title in WRITTEN]
    assert all(each is not None and not each.is_joined for each in here)


@pytest.mark.skipif(not features.check("raqm"), reason="this machine has no Raqm")
def test_arabic_is_shaped_and_runs_from_right_to_left() -> None:
    joined, apart = find_lettering("مقدمة"), find_lettering("م ق د م ة")
    assert joined is not None
    assert apart is not None
    assert joined.font_at(40).getlength(joined.text) < apart.font_at(40).getlength(apart.text.replace(" ", "\u200c"))
    first, last = (find_lettering(text) for text in ("אב", "בא"))
    assert first is not None
    assert last is not None
    assert bytes(first.font_at(40).getmask(first.text)) != bytes(last.font_at(40).getmask(last.text))
    alone = [first.font_at(40).getmask(letter).size[0] for letter in first.text]
    assert alone[0] != alone[1], "the two letters can be told apart by their widths"


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("🎉 Release party 🎉", "Release party"),
        ("A → B 👍🏽 №1", "A B №1"),
        ("e\u0301 \u202eabc\u200b\nd", "é abc d"),
        ("1️⃣ first 🇬🇷", "1 first"),
    ],
)
def test_signs_that_the_font_lacks_are_left_out(title: str, written: str) -> None:
    found = find_lettering(title)
    assert found is not None
    assert found.text == written


@given(st.text(max_size=60))
def test_what_is_written_has_all_its_letters(title: str) -> None:
    found = find_lettering(title)
    if found is not None:
        kept, given = (
            [each for each in unicodedata.normalize("NFC", text) if each.isalnum()] for text in (found.text, title)
        )
        assert kept == given


def test_the_words_beneath_say_which_video_has_which_letter() -> None:
    videos = Video("v0", "A talk"), Video("v1", "机械学习")
    strips = [Strip(video, 600.0, (Column(0, 30, 1.0),)) for video in videos]
    moment = Excerpt(strips[1].video, "words", (), 0.0, 9.0, "", (0.0,), 1.0, True, True)
    timeline = AnsweredTimeline(Answer("why?", AnswerLevel.CONFIDENT, (moment,)), tuple(strips))
    words = str(timeline_card(timeline, b"png", Owner(1)).components())
    assert "**B:** 机械学习" in words
    assert "**A:**" not in words


def test_the_most_strips_with_the_longest_titles_find_room() -> None:
    title, address = "机*_`" * 200, "https://x.example/" + "a" * 170
    videos = [Video(f"v{n}", title) for n in range(MAX_STRIPS)]
    strips = tuple(Strip(video, 600.0, (Column(0, 30, 1.0),)) for video in videos)
    moments = tuple(
        Excerpt(video, "*" * 600, (), 0.0, 9.0, address, (0.0,), 1.0, True, True) for video in videos[:MAX_MOMENTS]
    )
    timeline = AnsweredTimeline(Answer("*" * 2000, AnswerLevel.CLOSEST, moments, "_" * 2000, ("`" * 500,) * 9), strips)
    card = timeline_card(timeline, b"png", Owner(1), ["#" * 300] * 2)
    assert find_problems(card.components()) == []
    usual = AnsweredTimeline(Answer("why?", AnswerLevel.CONFIDENT, moments), strips)
    assert "**F:** 机" in str(timeline_card(usual, b"png", Owner(1)).components())
