"""The words that somebody asks about decide how an answer is given, and nothing around them does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.answering.answer import merge_answers
from bot.answering.values import Answer, AnswerLevel
from storage import access
from storage.library import Library
from storage.models import Labels, Source
from storage.ranking.budget import QuestionTime
from tests.support import asking as asking_text

Rows = Callable[..., Source]
SHARED = access.host_scope()
TALK = (
    ("bert", 0, "bert reads the whole sentence at once and masks some of its words"),
    ("bert", 600, "the loss function adds up what was predicted wrongly"),
    ("gpt", 0, "gpt reads from left to right and predicts what comes next"),
    ("gpt", 600, "a transformer has a lot of layers and a lot of heads"),
    ("other", 0, "the copper lantern hangs in the harbour"),
    ("other", 600, "violins are made of maple and spruce"),
)


@pytest.fixture
async def talks(library: Library, rows: Rows) -> Library:
    await library.import_files(SHARED, [(rows(*TALK), Labels(language="en"))])
    return library


@pytest.mark.parametrize(
    ("bare", "wordy"),
    [
        ("bert gpt", "bert vs gpt"),
        ("bert gpt", "bert OR gpt"),
        ("bert gpt", "bert AND gpt, thx"),
        ("loss function", "can you explain the loss function plz"),
        ("loss function", "q: what is the loss function? a:"),
        ("loss function", "explain the loss function in this video like I'm five"),
        ("lots of layers", "are there lots of layers y/n"),
    ],
)
async def test_what_stands_around_a_question_changes_nothing(talks: Library, bare: str, wordy: str) -> None:
    plain, asked = [await asking_text.ask(talks, SHARED, question) for question in (bare, wordy)]
    assert asked.level is plain.level is not AnswerLevel.NOTHING
    assert asked.unknown_terms == plain.unknown_terms == ()
    assert asked.sureness == pytest.approx(plain.sureness)
    assert [excerpt.quote for excerpt in asked.excerpts] == [excerpt.quote for excerpt in plain.excerpts]


@pytest.mark.parametrize("question", ["bert lantern spruce heads", "harbour violins loss layers", "next wrongly maple"])
async def test_an_answer_is_at_least_the_closest_where_every_word_is_said(talks: Library, question: str) -> None:
    answer = await asking_text.ask(talks, SHARED, question)
    assert (answer.level, answer.unknown_terms) == (AnswerLevel.CLOSEST, ())
    assert answer.excerpts
    assert not answer.near_misses


@pytest.mark.parametrize("question", ["bert pizza dough oven", "lantrn pizza oven", '"copper spruce" lantern'])
async def test_one_word_that_nobody_says_is_enough_for_nothing(talks: Library, question: str) -> None:
    answer = await asking_text.ask(talks, SHARED, question)
    assert answer.level is AnswerLevel.NOTHING
    assert answer.unknown_terms
    assert not answer.excerpts


async def test_a_question_of_courtesies_alone_is_not_answered_with_confidence(talks: Library) -> None:
    for question in ("can you explain", "thanks", "please", "in this video", "vs", "y/n"):
        assert (await asking_text.ask(talks, SHARED, question)).level is not AnswerLevel.CONFIDENT, question


async def test_an_answer_says_that_not_everything_was_searched(talks: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = "sentense wrds", '"whole sentnce" loss'
    whole = [await asking_text.ask(talks, SHARED, text) for text in asked]
    whole += [(await asking_text.timeline(talks, SHARED, text)).answer for text in asked]
    assert not any(answer.is_partial for answer in whole)
    monkeypatch.setattr(QuestionTime.__init__, "__defaults__", (0.0,))
    for text in asked:
        assert (await asking_text.ask(talks, SHARED, text)).is_partial
        assert (await asking_text.timeline(talks, SHARED, text)).answer.is_partial


def test_of_answers_in_several_languages_one_that_is_partial_makes_the_whole_so() -> None:
    sure, unsure = Answer("q", AnswerLevel.CONFIDENT), Answer("q", AnswerLevel.NOTHING, is_partial=True)
    assert merge_answers([sure, unsure], 5).is_partial
    assert not merge_answers([sure, sure], 5).is_partial
