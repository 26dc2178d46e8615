"""What people say around what they ask is left out of a question, and nothing else is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.analysis import blank_stop_phrases
from storage.analysis.languages import _STOP_LISTS
from storage.analysis.question_phrases import _FOLDER, _pattern_of


def left(text: str, language: str = "en") -> str:
    """What is left of a question, punctuation aside."""
    return " ".join(re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", blank_stop_phrases(text, language)))


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("bert vs gpt", "bert gpt"),
        ("bert v/s gpt", "bert gpt"),
        ("BERT OR gpt", "BERT gpt"),
        ("bert AND gpt", "bert gpt"),
        ("can you explain the loss function plz", "the loss function"),
        ("q: what is dropout? a:", "what is dropout"),
        ("3) what is dropout?", "what is dropout"),
        ("is bert better than xlnet y/n", "is bert better than xlnet"),
        ("optimisers, e.g. adam, sgd etc.", "optimisers adam sgd"),
        ("training w/ momentum w/o decay", "training momentum decay"),
        ("Could you please tell me more about how dropout works in this video, like I'm five?", "dropout works"),
        ("explain dropout", "dropout"),
        ("ELI5 transformers thx", "transformers"),
        ("does the speaker mention GANs", "GANs"),
        ("in which video do they talk about adam", "adam"),
        ("what does attention mean?", "what does attention"),
        ("where is dropout discussed?", "where is dropout"),
        ("I’d like to know what a tensor is", "a tensor is"),
        ("hey, what is attention? thanks in advance!", "what is attention"),
    ],
)
def test_the_way_of_asking_is_left_out(question: str, content: str) -> None:
    assert left(question) == content


@pytest.mark.parametrize(
    "question",
    [
        "what is a u-net", "hello world", "how do i show rulers", "how can you show hidden layers",
        "the geometric mean", "what is a q value", "does it remember long sequences", "thanks to attention",
        "how is a video encoded", "NOT gate", "a hundred questions", "the answer to life", "explain",
        "who can help", "wanted: a talk",
    ],
)  # fmt: skip
def test_what_may_be_asked_about_is_left_alone(question: str) -> None:
    expected = "gate" if question.startswith("NOT") else " ".join(re.findall(r"[\w-]+", question))
    assert left(question) == expected


@pytest.mark.parametrize(
    ("language", "question", "content"),
    [
        ("de", "Kannst du mir bitte erklären, was Dropout ist, usw.", "was Dropout ist"),
        ("de", "bert vs gpt plz", "bert gpt"),
        ("fr", "Peux-tu m'expliquer le dropout svp", "le dropout"),
        ("es", "puedes explicarme el dropout porfa", "el dropout"),
        ("pt", "você pode me explicar o dropout pfv", "o dropout"),
        ("it", "puoi spiegarmi il dropout per favore", "il dropout"),
        ("nl", "kun je mij dropout uitleggen aub", "dropout uitleggen"),
        ("pl", "czy możesz mi wyjaśnić dropout itd", "dropout"),
        ("ru", "можешь мне объяснить внимание пожалуйста", "внимание"),
        ("sv", "kan du förklara dropout tack", "dropout"),
        ("tr", "dropout bu videoda lütfen", "dropout"),
        ("xx", "bert vs gpt", "bert gpt"),
        ("", "bert vs gpt", "bert gpt"),
    ],
)
def test_other_languages_have_their_own(language: str, question: str, content: str) -> None:
    assert left(question, language) == content


def test_every_file_is_of_a_language_with_stop_words_and_can_be_read() -> None:
    names = [path.name.removesuffix(".txt") for path in _FOLDER.iterdir()]
    assert set(names) <= set(_STOP_LISTS)
    for name in names:
        assert _pattern_of(name).sub("", "") == ""
        assert not _pattern_of(name).fullmatch(""), "a pattern that matches nothing at all"


@given(st.text(max_size=200), st.sampled_from(["en", "de", "fr", "ru", "ja", ""]))
def test_every_character_that_stays_keeps_its_place(text: str, language: str) -> None:
    blanked = blank_stop_phrases(text, language)
    assert len(blanked) == len(text)
    assert all(after in (before, " ") for before, after in zip(text, blanked, strict=True))
