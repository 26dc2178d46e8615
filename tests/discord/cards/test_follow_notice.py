"""The card that tells of answers to what people follow: short, within Discord's limits, and known by its batch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.values import Excerpt
from bot.discord_app.cards.follow_notice import MAX_TOLD, ToldFollow, follow_notice_card
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.limits import check_limits, walk_components
from bot.discord_app.delivery.notices import make_batch
from storage.models import Video

PERSON = 812345678901234567
LINK = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def _excerpt(title: str = "Canals", quote: str = "The carpenter repaired the sluice.") -> Excerpt:
    video = Video("dQw4w9WgXcQ", title, url=LINK)
    return Excerpt(video, quote, ((4, 13),), 61.0, 70.0, f"{LINK}&t=61s", (60.0,), 5.0, True, True)


def _texts(card: Card) -> str:
    return "\n".join(part["content"] for part in walk_components(card.components()) if part["type"] == 10)


def _ids(card: Card) -> list[str]:
    return [part["custom_id"] for part in walk_components(card.components()) if part.get("custom_id")]


def test_one_answer_is_its_question_a_quote_and_a_link_to_the_second() -> None:
    card = follow_notice_card([ToldFollow(7, "who repaired it?", _excerpt())], PERSON, "batch", server_name="Alpha")
    assert _texts(card).splitlines() == [
        "### A new answer to what you follow",
        "-# In Alpha’s videos",
        "**who repaired it?**",
        "> “The **carpenter** repaired the sluice.”",
        f"▶ [1:01]({LINK}&t=61s) · Canals",
        "-# **/unfollow** lists what you follow.",
    ]
    assert _ids(card) == [f"cue:unfollow:{PERSON}:batch:7", f"cue:delete:{PERSON}:batch:0"]


def test_what_is_told_once_says_that_it_ends_and_still_carries_its_batch() -> None:
    card = follow_notice_card([ToldFollow(7, "who?", _excerpt(), is_once=True)], PERSON, "batch")
    assert _texts(card).startswith("### Your question has an answer now\n"), "they only pressed a button"
    assert "With this it ends" in _texts(card)
    assert _ids(card) == [f"cue:delete:{PERSON}:batch:0"]


def test_in_a_channel_it_says_nothing_of_what_its_readers_follow() -> None:
    told = [ToldFollow(number, "who?", _excerpt()) for number in (7, 8)]
    for count, heading in ((1, "### A new answer"), (2, "### New answers to 2 questions")):
        texts = _texts(follow_notice_card(told[:count], PERSON, "batch", in_channel=True))
        assert texts.splitlines()[0] == heading
        assert "follow" not in texts


def test_of_a_long_quote_the_words_that_answer_are_shown() -> None:
    before = "Nobody had been to the canal for a long time. " * 8
    quote = f"{before}The carpenter repaired the sluice."
    place = quote.index("carpenter")
    excerpt = replace(_excerpt(quote=quote), highlights=((place, place + 9),))
    text = _texts(follow_notice_card([ToldFollow(7, "who repaired it?", excerpt)], PERSON, "batch"))
    assert "The **carpenter** repaired the sluice.”" in text


@pytest.mark.parametrize("count", range(1, MAX_TOLD + 1))
def test_the_most_hostile_answers_fit_and_notify_nobody(count: int) -> None:
    hostile = _excerpt("<@1> **`[x](http://y)" * 50, "[x](http://y) @here " * 60)
    told = [ToldFollow(10**9 - 1 - n, "*_[@everyone](http://x)" * 40, hostile, is_clear=False) for n in range(count)]
    card = follow_notice_card(told, PERSON, make_batch(), server_name="*" * 100)
    check_limits(card.components())
    assert not card.notified
    assert len(_ids(card)) == count + 1
