"""What a forum post asks, which tag says that one is solved, and how many posts are looked up."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.discord_app.cards.forum import MAX_CLOSING_LENGTH, close_card
from bot.discord_app.cards.parts.base import Card, text_display
from bot.discord_app.cards.parts.controls import Owner, button_row, make_button
from bot.discord_app.cards.parts.limits import find_problems
from bot.discord_app.post_reading import MAX_BEGINNING_LENGTH, read_post
from bot.discord_app.services.forums.forum_service import ForumService
from bot.discord_app.services.forums.post_limits import MAX_POSTS_AT_ONCE, MAX_POSTS_IN_WINDOW, PostLimits
from bot.discord_app.services.forums.solved_tags import find_solved_tag
from bot.discord_app.services.questions.button_state import Inquiry
from bot.message_content import forum_problem
from storage.ledger import Ledger
from storage.models import ServerSettings


def asked(title: str, content: str) -> list[str]:
    return [inquiry.text for inquiry in read_post(title, content)]


def test_the_title_is_asked_first_and_then_with_the_beginning_of_the_text() -> None:
    title, text = "Where does the lantern hang?", "I looked at the gate."
    assert read_post(title, text) == (Inquiry(title, context=text), Inquiry(f"{title} {text}"))
    assert read_post(title, "") == (Inquiry(title),)


def test_of_a_title_that_asks_nothing_the_text_says_what_is_asked() -> None:
    assert asked("Help", "Where does the lantern hang?") == ["Help Where does the lantern hang?"]
    assert asked("Hello everyone!", "") == []
    assert asked("👋", "") == []


def test_code_addresses_and_markup_are_not_asked() -> None:
    text = (
        "# Steps\n> I *tried* this [guide](https://example.org/very/long):\n```py\nprint('copper')\n```\n"
        "see https://example.org/x?y=1 <@123> <#45> <:wave:67> **lantern** `hang`\n```\nunclosed"
    )
    assert asked("Lantern", text)[-1] == "Lantern Steps I tried this guide : see lantern hang"


def test_what_looks_like_an_operator_is_a_word() -> None:
    (title, whole) = asked('video:other -lantern "gate"', "-not this")
    assert title == "video other lantern gate"
    assert "-" not in whole


@pytest.mark.parametrize("text", ["word " * 800, "語" * 4000, "a" * 4000])
def test_of_a_long_text_the_beginning_is_asked(text: str) -> None:
    assert len(asked("Lantern", text)[-1]) <= MAX_BEGINNING_LENGTH + len("Lantern ")
    assert asked("Lantern", text)[-1] != "Lantern"


@pytest.mark.parametrize(
    "hostile", ["[" * 2000, "[a](" * 1000, "```" * 1333, "<" * 4000, "\u202e\u200b" * 2000, "* " * 2000]
)
def test_no_text_holds_the_event_loop(hostile: str) -> None:
    assert asked("Lantern", hostile)[0] == "Lantern"


def tags(*names: str) -> list[Any]:
    return [SimpleNamespace(name=name) for name in names]


@pytest.mark.parametrize(
    "name", ["Solved", "✅ SOLVED ✅", "[answered]", "Gelöst", "résolu", "Resuelto", "✔️ Resolvido", "解決済み"]
)
def test_the_tag_of_solved_posts_is_found_in_every_language(name: str) -> None:
    found = find_solved_tag(tags("Question", name))
    assert found is not None
    assert found.name == name


def test_no_other_tag_is_taken_for_it() -> None:
    assert find_solved_tag(tags("Unsolved", "Not solved", "Solved?!? no", "Dissolved", "ungelöst", "✅")) is None
    found = find_solved_tag(tags("Answered", "Solved"))
    assert found is not None
    assert found.name == "Solved"


async def test_of_two_processes_one_answers_a_post(tmp_path: Path) -> None:
    ledgers = [await Ledger.open(tmp_path / "cuepoint.db") for _ in range(2)]
    nothing: Any = None
    services = [ForumService(nothing, ledger, nothing, nothing, nothing, reads_content=True) for ledger in ledgers]
    claims = await asyncio.gather(*(service.claim(post) for service in services for post in (1, 2)))
    assert sorted(claims) == [False, False, True, True]
    for ledger in ledgers:
        await ledger.close()


def test_only_a_few_posts_of_a_server_are_looked_up() -> None:
    moment = [0.0]
    limits = PostLimits(lambda: moment[0])
    taken = 0
    for author in range(100):
        with limits.count_post(1, author) as has_room:
            taken += has_room
    assert taken == MAX_POSTS_IN_WINDOW
    with limits.count_post(2, 1000) as has_room:
        assert has_room, "another server is not concerned"
    with limits.count_post(2, 1000) as has_room:
        assert not has_room, "the same person posts again at once"
    moment[0] += 61
    with limits.count_post(1, 7) as first, limits.count_post(1, 8) as second, limits.count_post(1, 9) as third:
        assert [first, second, third] == [True] * MAX_POSTS_AT_ONCE + [False]


def test_the_thanks_take_the_place_of_the_question() -> None:
    row = button_row([make_button("solved", "Yes", Owner(1, "key")), make_button("unsolved", "No", Owner(1, "key"))])
    card = Card(text_display("the answer"), text_display("Was this it?"), *row)
    closed = close_card(card, "**@everyone** " + "x" * 20)
    texts = [part["content"] for part in closed.components() if "content" in part]
    assert texts[0] == "the answer"
    assert len(texts) == 2
    assert "\\*\\*" in texts[1]
    assert len(texts[1]) <= MAX_CLOSING_LENGTH
    assert find_problems(closed.components()) == []
    assert all(part["type"] != 1 for part in closed.components())


def test_a_card_whose_question_is_gone_stays_as_it_is() -> None:
    closed = close_card(Card(text_display("the answer")), "")
    assert [part["content"] for part in closed.components()] == ["the answer", "-# Thanks for telling me!"]


def test_what_is_missing_is_said_where_forums_are_chosen_alone() -> None:
    chosen = ServerSettings(forums=frozenset({5}))
    assert "CUEPOINT_MESSAGE_CONTENT=yes" in forum_problem(chosen, reads_content=False)
    assert forum_problem(chosen, reads_content=True) == ""
    assert forum_problem(ServerSettings(), reads_content=False) == ""
