"""Questions that need the last one, and those that do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.follow_ups import (
    MAX_CONTENT_WORDS,
    MAX_FOLLOW_UP_LENGTH,
    FollowUp,
    complete_question,
    means_other_video,
    means_same_video,
)
from bot.answering.question import parse_question
from storage.analysis import analyser_for

LAST = "what is the cost of bert?"


def wording(typed: str, last: str) -> str | None:
    """All that a follow-up asks for; None for a question of its own."""
    completed = complete_question(typed, last)
    return None if completed is None else completed.wording


@pytest.mark.parametrize(
    "typed",
    [
        "and what about xlnet?",
        "how about xlnet",
        "and xlnet?",
        "in xlnet?",
        "und was ist mit xlnet?",
        "et pour xlnet ?",
    ],
)
def test_another_subject_is_asked_about_beside_what_was_asked_of_the_last(typed: str) -> None:
    first = complete_question(typed, LAST)
    assert first == FollowUp("xlnet", "cost bert")
    again = complete_question("and what about gpt?", first.text, first.context)
    assert again == FollowUp("gpt", "cost bert"), "the third subject takes the place of the second"


@pytest.mark.parametrize(
    ("typed", "last"),
    [
        ("y bert?", "que es un transformer?"),
        ("e bert?", "o que é transformer?"),
        ("ok and bert?", "what is a transformer?"),
        ("und bert?", "transformer"),
    ],
)
def test_a_subject_is_told_from_few_words_in_any_language(typed: str, last: str) -> None:
    completed = complete_question(typed, last)
    assert completed is not None
    assert completed.text == "bert"
    assert "transformer" in completed.context


def test_which_one_and_the_difference_are_of_what_was_asked() -> None:
    assert wording("which one is better?", LAST) == "better cost bert"
    assert wording("what's the difference?", LAST) == "difference cost bert"
    assert wording("which one of the two papers compares masks with tokens", LAST) is None
    assert wording("what is the difference between dropout and pruning", LAST) is None


def test_what_says_more_of_a_subject_is_asked_of_it() -> None:
    assert complete_question("is it slow?", "xlnet", "cost bert") == FollowUp("slow xlnet", "cost bert")
    assert complete_question("what about its speed?", "xlnet", "cost bert") == FollowUp("speed xlnet", "cost bert")
    assert complete_question("why?", "xlnet", "cost bert") == FollowUp("xlnet", "cost bert")
    assert complete_question("why?", LAST) == FollowUp("cost bert")


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("and what about xlnet?", "xlnet cost bert"),
        ("why?", "cost bert"),
        ("in the other video?", "cost bert"),
        ("who said that?", "cost bert"),
        ("what about its cost?", "cost bert"),
        ("what about its length?", "length cost bert"),
        ("and hopfield?", "hopfield cost bert"),
        ("how so", "cost bert"),
        ("when?", "cost bert"),
        ("can you elaborate on that?", "cost bert"),
        ("what does he mean by that", "cost bert"),
        ("the second one?", "cost bert"),
        ("but why not?", "cost bert"),
        ("how does it work?", "work cost bert"),
        ("what do they say about it?", "cost bert"),
        ("why do they say that?", "cost bert"),
        ("is it better than gpt?", "better gpt cost bert"),
        ("who invented that?", "invented cost bert"),
        ("does that work with images?", "work images cost bert"),
        ("can you give an example?", "cost bert"),
        ("and for images?", "images cost bert"),
        ("in Python?", "Python cost bert"),
        ("how about dropout", "dropout cost bert"),
        ("what are its advantages?", "advantages cost bert"),
        ("und was ist mit XLNet?", "XLNet cost bert"),
        ("warum?", "cost bert"),
        ("wer hat das gesagt?", "cost bert"),
        ("et pour xlnet ?", "xlnet cost bert"),
        ("pourquoi ?", "cost bert"),
        ("por qué?", "cost bert"),
        ("y en el otro vídeo?", "cost bert"),
        ("por quê?", "cost bert"),
        ("e quanto ao xlnet?", "xlnet cost bert"),
        ("なぜ", "cost bert"),
    ],
)
def test_a_follow_up_is_asked_with_the_words_of_the_last_question(typed: str, asked: str) -> None:
    assert wording(typed, LAST) == asked


@pytest.mark.parametrize(
    "typed",
    [
        "and what is dropout?",
        "and how does bert work?",
        "and gates in digital logic circuits",
        "what is the function that maps words to vectors",
        "what is that function that maps words to vectors called",
        "is it possible to train bert on a cpu",
        "why is it necessary to normalize layers?",
        "how long does it take to train bert",
        "what does it mean to normalize a layer",
        "why does attention work",
        "who invented backpropagation",
        "what about the role of attention in transformers",
        "in context learning",
        "what does he say about dropout",
        "what did they say about dropout?",
        "when do they talk about rolling captions?",
        "have they ever talked about gpt?",
        "does it say anything about dropout?",
        "where do they mention dropout?",
        "explain the loss function",
        "how does bert do that masking of tokens",
        "does dropout help?",
        "is attention all you need",
        "bert vs gpt",
        '"hold cue"',
        "why “hold cue”",
        "what is bert video:xlnet",
        "was ist ein transformer",
        "qué es una red neuronal",
        "https://youtu.be/abc",
        "que es un transformer?",
        "comment fonctionne l'attention",
        "",
        "?!",
    ],
)
def test_a_question_of_its_own_is_asked_as_it_stands(typed: str) -> None:
    assert complete_question(typed, LAST) is None


@pytest.mark.parametrize(
    ("typed", "last", "asked"),
    [
        ("why?", 'bert "hold cue" -masking video:xlnet', 'bert "hold cue" -masking video:xlnet'),
        ("and what about video:bert", "cost video:xlnet after:2025", "video:bert cost after:2025"),
        ("-masking", "cost of bert", "-masking cost bert"),
        ("and masking?", "cost -masking -bert", "masking -bert cost"),
        ("and in another talk?", 'cost video:"the first" creator:ana', "cost creator:ana"),
        ('what about "hold cue"?', 'cost "hold cue"', '"hold cue" cost'),
        ("why?", "see https://example.org/x cost", "see cost"),
    ],
)
def test_operators_of_both_hold(typed: str, last: str, asked: str) -> None:
    assert wording(typed, last) == asked
    parse_question(asked)


@pytest.mark.parametrize(
    ("typed", "same", "other"),
    [
        ("in the same video?", True, False),
        ("and in this talk", True, False),
        ("and in that one?", True, False),
        ("in the other video?", False, True),
        ("and in another talk?", False, True),
        ("the other one?", False, True),
        ("elsewhere?", False, True),
        ("im selben Video?", True, False),
        ("und im anderen Video?", False, True),
        ("dans la même vidéo ?", True, False),
        ("et dans l'autre vidéo ?", False, True),
        ("¿y en el mismo vídeo?", True, False),
        ("¿y en la otra charla?", False, True),
        ("no mesmo vídeo?", True, False),
        ("e no outro vídeo?", False, True),
        ("and another example?", False, False),
        ("on the other hand?", False, False),
    ],
)
def test_the_same_video_and_the_other_one_are_told_in_every_language(typed: str, same: bool, other: bool) -> None:
    assert (means_same_video(typed), means_other_video(typed)) == (same, other)


def test_another_example_is_one_of_the_same_video() -> None:
    assert wording("and another example?", "cost video:xlnet") == "cost video:xlnet"


def test_the_language_of_the_last_question_tells_what_few_words_mean() -> None:
    assert wording("y xlnet?", "qué es una red neuronal") == "xlnet red neuronal"
    assert wording("e xlnet?", "o que é uma rede neural") == "xlnet rede neural"
    assert wording("why?", "機械学習とは") == "機械学習"


def test_nothing_is_added_where_the_last_question_had_nothing() -> None:
    assert complete_question("why?", "") is None
    assert complete_question("why?", "who is it?") is None


def test_what_was_asked_long_ago_drops_out() -> None:
    last = ""
    for number in range(30):
        last = wording(f"is it subject{number}?", last or LAST) or ""
    words = last.split()
    assert words[0] == "subject29"
    assert len(words) == MAX_CONTENT_WORDS


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_asked_has_the_content_of_the_text(text: str, last: str) -> None:
    completed = complete_question(text, last)
    if completed is not None:
        assert completed.text.strip()
        assert {token.term for token in analyser_for("en").tokens(completed.text)}


def test_what_is_longer_than_any_follow_up_is_not_read_as_one() -> None:
    filters = f'video:"{"x" * (MAX_FOLLOW_UP_LENGTH - 13)}" why?'
    assert len(filters) == MAX_FOLLOW_UP_LENGTH
    assert complete_question(filters, LAST) is not None
    assert complete_question(f"{filters}?", LAST) is None
