"""British spellings have the stem of American ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.analysis import analyser_for
from storage.analysis.british_spelling import spell_american


def term(word: str, language: str = "en") -> str:
    return analyser_for(language).term_of(word)


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("colour", "color"), ("coloured", "colored"), ("favourites", "favorites"), ("behavioural", "behavioral"),
        ("neighbourhood", "neighborhood"), ("honourable", "honorable"), ("vapour", "vapor"), ("organise", "organize"),
        ("organisations", "organizations"), ("optimiser", "optimizer"), ("generalising", "generalizing"),
        ("analyse", "analyze"), ("paralysed", "paralyzed"), ("centre", "center"), ("metres", "meters"),
        ("theatre", "theater"), ("fibre", "fiber"), ("catalogue", "catalog"), ("dialogues", "dialogs"),
        ("defence", "defense"), ("centred", "centered"), ("travelled", "traveled"), ("modelling", "modeling"),
        ("labelled", "labeled"), ("grey", "gray"), ("programme", "program"), ("practised", "practiced"),
        ("COLOUR", "color"), ("Colour's", "color"),
    ],
)  # fmt: skip
def test_both_spellings_have_one_term(british: str, american: str) -> None:
    assert term(british) == term(american)


@pytest.mark.parametrize(
    ("word", "relative"),
    [("supervised", "supervision"), ("revise", "revision"), ("raised", "raise"), ("promised", "promise"),
     ("hours", "hour"), ("tours", "tour"), ("noise", "noises"), ("exercise", "exercises")],
)  # fmt: skip
def test_a_word_that_only_ends_like_one_keeps_its_relatives(word: str, relative: str) -> None:
    assert term(word) == term(relative)


@pytest.mark.parametrize("pair", ["four for", "hour or", "filled filed", "timbre timber", "prise prize", "basis bases"])
def test_different_words_stay_different(pair: str) -> None:
    one, other = pair.split()
    assert term(one) != term(other)


def test_other_languages_are_left_alone() -> None:
    assert term("centre", "fr") != term("center", "fr")


@pytest.mark.parametrize(
    "word",
    ["four", "hour", "flour", "wise", "prise", "filled", "called", "acre", "timbre", "fence", "hatred", "your"],
)
def test_words_that_are_spelt_so_in_america_stay(word: str) -> None:
    assert spell_american(word) == word


@given(st.from_regex(r"[a-z]{1,12}", fullmatch=True))
def test_an_american_spelling_stays_as_it_is(word: str) -> None:
    american = spell_american(word)
    assert spell_american(american) == american
