"""The card of an answer: one moment whole, the others in a line each, and how sure it is at a glance."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from bot import verdicts
from bot.answering.values import Answer, AnswerLevel, Excerpt, OtherPlace
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards import moments
from bot.discord_app.cards.answer import Page
from bot.discord_app.cards.parts import base, markdown
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import find_problems
from storage.models import Chapter, SpeakerTurn, Video, find_thumbnail_without_bars
from tests.support.discord.harness import Json

OWNER = Owner(7, "key")
XLNET = Video("xlnet", "XLNet: Generalized Pretraining", "Yannic", "https://youtu.be/H5vpBCLo74U", "", "en", "2019-06")
BERT = Video("bert", "BERT", url="https://youtu.be/-9evrZnBorM", thumbnail="https://x.example/bert.jpg")
PLAIN = Video("plain", "A podcast", url="https://podcasts.apple.com/us/podcast/a/id1")
UNLINKED = Video("unlinked", "A tape")


def excerpt(video: Video = XLNET, second: float = 244.0, quote: str = "this paper XLNet wants both") -> Excerpt:
    at = f"{video.url}?t={second:g}" if video.url and video is not PLAIN else video.url
    start = quote.find("XLNet")
    marks = ((start, start + 5),) if start >= 0 else ()
    return Excerpt(video, quote, marks, second, second + 9, at, (second,), 1.0, True, True)


def parts_of(card: base.Card) -> list[Json]:
    components = card.components()
    assert find_problems(components) == []
    (container,) = components
    return list(container["components"])


def texts(card: base.Card) -> str:
    found = []
    for part in parts_of(card):
        found += [each["content"] for each in (part, *part.get("components", ())) if each["type"] == 10]
    return "\n".join(found)


def rows(card: base.Card) -> list[list[Any]]:
    """What stands on the buttons and menus, row by row."""
    found = [part["components"] for part in parts_of(card) if part["type"] == 1]
    return [[each.get("label") or [option["label"] for option in each["options"]] for each in row] for row in found]


def answer(*excerpts: Excerpt, level: AnswerLevel = AnswerLevel.CONFIDENT, **more: Any) -> Answer:
    return Answer("why?", level, excerpts, **more)


def test_the_first_moment_stands_whole_and_the_others_in_a_line_each_by_video() -> None:
    shown = excerpt(), excerpt(second=1628), excerpt(BERT, 1713), excerpt(BERT, 4000)
    card = answer_cards.answer_card(answer(*shown), OWNER)
    assert texts(card) == (
        "### why?\n"
        "**1 · [XLNet: Generalized Pretraining](https://youtu.be/H5vpBCLo74U?t=244)**\n"
        "-# Yannic · Jun 2019\n"
        "> “this paper **XLNet** wants both”\n"
        "**More in this video**\n"
        "2 · [27:08](https://youtu.be/H5vpBCLo74U?t=1628) “this paper **XLNet** wants both”\n"
        "**BERT**\n"
        "3 · [28:33](https://youtu.be/-9evrZnBorM?t=1713) “this paper **XLNet** wants both”\n"
        "4 · [1:06:40](https://youtu.be/-9evrZnBorM?t=4000) “this paper **XLNet** wants both”"
    )
    assert rows(card) == [
        ["▶ 4:04", "Read on", "Delete"],
        [[
            "2 · 27:08 · this paper XLNet wants both", "3 · 28:33 · this paper XLNet wants both",
            "4 · 1:06:40 · this paper XLNet wants both",
        ]],
    ]  # fmt: skip


def test_the_button_of_the_first_moment_opens_its_second_and_so_does_its_title() -> None:
    (row,) = [part for part in parts_of(answer_cards.answer_card(answer(excerpt()), OWNER)) if part["type"] == 1]
    play, read, _delete = row["components"]
    assert (play["style"], play["url"]) == (5, "https://youtu.be/H5vpBCLo74U?t=244")
    assert read["custom_id"] == "cue:open:7:key:1"


def test_one_moment_alone_has_no_number_and_no_menu() -> None:
    card = answer_cards.answer_card(answer(excerpt()), OWNER)
    assert "**[XLNet" in texts(card)
    assert rows(card) == [["▶ 4:04", "Read on", "Delete"]]


def test_a_picture_stands_beside_the_title() -> None:
    (section,) = [
        part for part in parts_of(answer_cards.answer_card(answer(excerpt(BERT)), OWNER)) if part["type"] == 9
    ]
    assert section["accessory"]["media"]["url"] == "https://x.example/bert.jpg"
    assert "BERT" in section["components"][0]["content"]


@pytest.mark.parametrize(
    ("video", "line", "labels"),
    [
        (PLAIN, "**[A podcast](https://podcasts.apple.com/us/podcast/a/id1)**", ["Open, then go to 4:04"]),
        (UNLINKED, "**A tape**\n-# at 4:04", []),
        (replace(XLNET, url="https://x.example/" + "a" * 400), "**XLNet: Generalized Pretraining**", ["▶ 4:04"]),
        (replace(XLNET, url="https://x.example/" + "a" * 600), "**XLNet: Generalized Pretraining**\n-# at 4:04", []),
    ],
)
def test_where_links_cannot_say_the_second_the_card_does(video: Video, line: str, labels: list[str]) -> None:
    at = video.url if video is PLAIN else f"{video.url}?t=244" if video.url else ""
    card = answer_cards.answer_card(answer(replace(excerpt(video), link=at)), OWNER)
    assert line in texts(card)
    assert rows(card) == [[*labels, "Read on", "Delete"]]


def test_the_chapter_the_creator_and_the_date_stand_small_below_the_title() -> None:
    video = replace(XLNET, chapters=(Chapter(200, "The *idea*"),))
    assert "-# The \\*idea\\* · Yannic · Jun 2019" in texts(answer_cards.answer_card(answer(excerpt(video)), OWNER))


def test_other_places_stand_below_the_quote_where_there_is_room() -> None:
    shown = replace(excerpt(), other_places=(OtherPlace(BERT, 61.0, "https://youtu.be/-9evrZnBorM?t=61"),))
    assert texts(answer_cards.answer_card(answer(shown), OWNER)).endswith(
        "-# Also said: BERT [1:01](https://youtu.be/-9evrZnBorM?t=61)"
    )


def test_who_speaks_stands_before_the_words_of_a_moment() -> None:
    spoken = replace(excerpt(), turns=(SpeakerTurn(0, "Ana_Kim"),))
    assert moments.write_words(spoken, 60) == "**Ana\\_Kim:** “this paper **XLNet** wants both”"


@pytest.mark.parametrize("length", range(0, 120, 7))
def test_the_words_of_a_moment_keep_their_length_and_hold_its_match(length: int) -> None:
    long = replace(excerpt(quote="some words before it " * 20 + "XLNet " + "and more after it " * 20))
    long = replace(long, starts_sentence=False, ends_sentence=False)
    words = moments.write_words(long, length)
    assert len(words) <= length
    assert not words or re.fullmatch(r"…?“[^“”]+”…?", words)
    if length >= 40:
        assert "**XLNet**" in words


def test_how_sure_an_answer_is_has_a_colour_that_agrees_with_its_words() -> None:
    def look(level: AnswerLevel, *shown: Excerpt, **more: Any) -> tuple[int, str]:
        card = answer_cards.answer_card(answer(*shown, level=level, **more), OWNER)
        return card.components()[0]["accent_color"], texts(card)

    sure, _ = look(AnswerLevel.CONFIDENT, excerpt())
    unclear, words = look(AnswerLevel.CLOSEST, excerpt())
    assert verdicts.CLOSEST in words
    nothing, words = look(AnswerLevel.NOTHING, unknown_terms=("zebra",))
    assert verdicts.NOTHING in words
    assert (sure, unclear, nothing) == (base.SURE_COLOUR, base.UNCLEAR_COLOUR, base.NOTHING_COLOUR)
    assert len({sure, unclear, nothing}) == 3
    near, words = look(AnswerLevel.NOTHING, near_misses=(excerpt(),))
    assert (near, verdicts.UNCLEAR in words, verdicts.NOTHING in words) == (base.UNCLEAR_COLOUR, True, False)


def test_the_verdict_stands_next_to_the_moments_and_a_remark_does_not_part_them() -> None:
    unclear = answer_cards.answer_card(
        answer(excerpt(), level=AnswerLevel.CLOSEST), OWNER, remarks=["With your last question"]
    )
    assert texts(unclear).splitlines()[:3] == ["### why?", "-# With your last question", f"**{verdicts.CLOSEST}**"]
    nothing = answer(level=AnswerLevel.NOTHING, unknown_terms=("zebra",))
    lines = texts(answer_cards.answer_card(nothing, OWNER, remarks=["Nobody is told"])).splitlines()
    assert lines == ["### why?", f"**{verdicts.NOTHING}**", "Nobody says: zebra", "-# Nobody is told"]


def test_near_misses_stand_apart_and_none_of_them_stands_out() -> None:
    nothing = answer(level=AnswerLevel.NOTHING, unknown_terms=("zebra",), near_misses=(excerpt(), excerpt(BERT)))
    card = answer_cards.answer_card(nothing, OWNER)
    heading, line, near, menu, buttons = parts_of(card)
    assert verdicts.NEAR not in heading["content"]
    assert (line["type"], near["content"].split("\n")[0]) == (14, f"*{verdicts.NEAR}*")
    assert "> " not in near["content"]
    assert menu["components"][0]["custom_id"] == "cue:pick:7:key:0"
    assert [each["label"] for each in buttons["components"]] == ["Videos", "Help", "Delete"]
    assert [option["value"] for option in menu["components"][0]["options"]] == ["1", "2"]
    assert verdicts.NEAR not in texts(answer_cards.answer_card(answer(excerpt()), OWNER))


@pytest.mark.parametrize(
    ("page", "row"),
    [
        (Page(), None),
        (Page(0, 1, None, has_next=True), ["Previous", "Next"]),
        (Page(0, 1, 4, has_next=True), ["Previous", "1 of 4", "Next"]),
        (Page(1, 6, 4, has_next=True), ["Previous", "2 of 4", "Next"]),
        (Page(1, 6, None), ["Previous", "Page 2", "Next"]),
    ],
)
def test_pages_number_on_and_say_of_how_many_where_that_is_known(page: Page, row: list[str] | None) -> None:
    card = answer_cards.answer_card(answer(excerpt(), excerpt(BERT)), OWNER, page)
    numbers = re.findall(r"^\W*(\d+) · ", texts(card), re.MULTILINE)
    assert numbers == [str(page.first_number), str(page.first_number + 1)]
    assert rows(card)[2:] == ([row] if row else [])


def test_what_discord_shows_above_the_card_is_not_said_again() -> None:
    card = answer_cards.answer_card(answer(excerpt()), OWNER, is_quoted=True)
    assert "why?" not in texts(card)


def test_a_private_card_has_no_button_to_delete_it() -> None:
    card = answer_cards.answer_card(answer(excerpt()), replace(OWNER, private=True))
    assert rows(card) == [["▶ 4:04", "Read on"]]


def test_where_nothing_can_be_stored_only_links_and_delete_are_left() -> None:
    card = answer_cards.answer_card(
        answer(excerpt(), excerpt(BERT)), replace(OWNER, is_stored=False), Page(0, 1, 3, True)
    )
    assert rows(card) == [["▶ 4:04", "Delete"]]
    assert "Nothing can be stored just now" in texts(card)


def test_a_public_answer_of_five_moments_has_few_lines() -> None:
    """A phone shows about 34 characters a line, of 22 pixels each: `tests/pictures` measures the real height."""
    videos = [replace(XLNET, video_id=str(n), title="A title that takes three lines of a phone " * 2) for n in range(5)]
    words = "words of a talk " * 60
    first = replace(excerpt(videos[0], quote="XLNet " + words[: answer_cards.CROWDED_QUOTE_LENGTH - 6]))
    others = [excerpt(video, quote=words[:100] + "XLNet " + words[:200]) for video in videos[1:]]
    card = answer_cards.answer_card(answer(first, *others), OWNER, Page(0, 1, 4, has_next=True))
    lines = [re.sub(r"\]\([^)]*\)", "", line) for line in texts(card).splitlines()]
    assert sum(-(-len(line) // 34) for line in lines) <= 36
    assert [part["type"] for part in parts_of(card)] == [10, 10, 1, 14, 10, 1, 1]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("is bert better y/n", "is bert better y/n"),
        ("GPT-2 vs. 3.5, e.g. this", "GPT-2 vs. 3.5, e.g. this"),
        ('what does ```python\nprint("a*b")\n``` do', 'what does `python print("a*b")` do'),
        ("what is `x_1`?", "what is `x_1`?"),
        ("``<@1> [x](https://evil.example)`` ||no||", "`<@1> [x](https://evil.example)` \\|\\|no\\|\\|"),
        ("a ` alone", "a \\` alone"),
        ("`" * 7, "\\`" * 7),
        ("``` ```", "\\`\\`\\` \\`\\`\\`"),
        ("discord.gg/abc", "discord\\.gg/abc"),
    ],
)
def test_the_heading_shows_what_was_typed(typed: str, shown: str) -> None:
    assert answer_cards.question_header(typed) == f"### {shown}"


def test_the_heading_leaves_out_the_id_of_the_video_that_is_shown() -> None:
    asked = replace(answer(excerpt()), question="XLNet: pretraining video:xlnet")
    assert texts(answer_cards.answer_card(asked, OWNER)).startswith("### XLNet: pretraining\n")
    other = replace(asked, question='pretraining video:"the xlnet talk"')
    assert texts(answer_cards.answer_card(other, OWNER)).startswith('### pretraining video:"the xlnet talk"\n')


def test_code_that_does_not_fit_is_shown_as_words() -> None:
    heading = markdown.escape_with_code("`" + "word_ " * 90 + "`", 100)
    assert len(heading) <= 100
    assert "`" not in heading


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("https://i.ytimg.com/vi/H5vpBCLo74U/hqdefault.jpg", "https://i.ytimg.com/vi/H5vpBCLo74U/mqdefault.jpg"),
        ("https://i.ytimg.com/vi/H5vpBCLo74U/hqdefault.jpg?sqp=x", "https://i.ytimg.com/vi/H5vpBCLo74U/mqdefault.jpg"),
        ("https://i3.ytimg.com/vi_webp/H5vpBCLo74U/sddefault.webp", "https://i3.ytimg.com/vi_webp/H5vpBCLo74U/mqdefault.webp"),
        ("http://img.youtube.com/vi/H5vpBCLo74U/0.jpg", "http://img.youtube.com/vi/H5vpBCLo74U/mqdefault.jpg"),
        ("https://i.ytimg.com/vi/H5vpBCLo74U/default.jpg", "https://i.ytimg.com/vi/H5vpBCLo74U/mqdefault.jpg"),
        ("https://i.ytimg.com/vi/H5vpBCLo74U/maxresdefault.jpg", "https://i.ytimg.com/vi/H5vpBCLo74U/maxresdefault.jpg"),
        ("https://x.example/vi/H5vpBCLo74U/hqdefault.jpg", "https://x.example/vi/H5vpBCLo74U/hqdefault.jpg"),
        ("https://x.example/?i=https://i.ytimg.com/vi/H5vpBCLo74U/0.jpg", "https://x.example/?i=https://i.ytimg.com/vi/H5vpBCLo74U/0.jpg"),
        ("", ""),
    ],
)  # fmt: skip
def test_youtubes_pictures_are_shown_without_bars(stored: str, shown: str) -> None:
    assert find_thumbnail_without_bars(stored) == shown
    picture = base.video_picture(Video("v", thumbnail=stored))
    assert (picture.media.url if picture else "") == shown


def test_moments_of_one_video_stand_together_where_its_first_stood() -> None:
    first, second, third = excerpt(), excerpt(BERT), excerpt(second=9.0)
    assert moments.arrange_by_video((first, second, third)) == (first, third, second)


def first_quote(card: base.Card) -> str:
    return next(line for line in texts(card).splitlines() if line.startswith("> "))


def test_a_first_quote_is_shown_whole_and_cut_only_where_there_is_no_room() -> None:
    words = ("word " * 120)[:599]
    shown = replace(excerpt(quote=words), starts_sentence=False, ends_sentence=False)
    assert first_quote(answer_cards.answer_card(answer(*[shown] * 3), OWNER)) == f"> …“{words.strip()}”…"
    long = replace(XLNET, title="_" * 200, url="https://x.example/" + "a" * 270)
    crowded = replace(shown, video=long, link=long.url, other_places=(OtherPlace(long, 1.0, long.url),) * 3)
    asked = answer(*[crowded] * 10, searched_for="_" * 400, unknown_terms=("_" * 400,), unmatched=("_" * 400,))
    cut = first_quote(answer_cards.answer_card(replace(asked, question="_" * 400), OWNER, remarks=["remark " * 20]))
    assert cut.startswith("> …“word word")
    assert cut.endswith("word”…")
    assert len(cut) > answer_cards.MIN_SHOWN_QUOTE_LENGTH
