"""Numbers as they are written and as they are spoken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.analysis import read_number, spell_number, spell_percent


@pytest.mark.parametrize(
    ("digits", "spoken"),
    [
        ("0", "zero"), ("7", "seven"), ("15", "fifteen"), ("50", "fifty"), ("21", "twenty one"),
        ("101", "one oh one"), ("101", "one hundred and one"), ("175", "one seventy five"),
        ("250", "two hundred and fifty"), ("1900", "nineteen hundred"), ("1905", "nineteen oh five"),
        ("1984", "nineteen eighty four"), ("2005", "two thousand and five"), ("2015", "twenty fifteen"),
        ("2015", "two thousand fifteen"), ("2500", "twenty five hundred"), ("12000", "twelve thousand"),
    ],
)  # fmt: skip
def test_a_number_is_spoken_in_these_ways_among_others(digits: str, spoken: str) -> None:
    assert tuple(spoken.split()) in spell_number(digits, "en")


def test_one_is_hardly_ever_a_number() -> None:
    assert spell_number("1", "en") == spell_number("1", "fr") == ()
    assert read_number(["one"], "en") == read_number(["un"], "fr") == (0, "")
    assert read_number(["twenty", "one"], "en") == (2, "21")


@pytest.mark.parametrize("digits", ["", "007", "1234567", "²", "٣", "3.5"])
def test_what_is_no_plain_number_is_not_spoken(digits: str) -> None:
    assert spell_number(digits, "en") == ()


@given(st.integers(2, 2100))
def test_what_is_spoken_is_read_back(number: int) -> None:
    words = spell_number(str(number), "en")[0]
    assert read_number([*words, "layers"], "en") == (len(words), str(number))


@given(st.integers(2, 2100))
def test_every_way_to_speak_a_number_is_its_own(number: int) -> None:
    assert all(read_number(way, "en") == (len(way), str(number)) for way in spell_number(str(number), "en"))


@given(st.integers(2, 999_999))
def test_every_number_of_six_digits_is_spoken(number: int) -> None:
    ways = spell_number(str(number), "en")
    assert len(set(ways)) == len(ways) > 0
    assert all(word.isalpha() for way in ways for word in way)


def test_the_longest_number_is_read() -> None:
    assert read_number(["two", "thousand", "and", "fifteen", "years"], "en") == (4, "2015")
    assert read_number(["fifty"], "en") == (1, "50")
    assert read_number(["layers", "fifty"], "en") == (0, "")
    assert read_number([], "en") == read_number(["fifty"], "ja") == (0, "")


@pytest.mark.parametrize(
    ("language", "digits", "words"),
    [("de", "15", "fünfzehn"), ("fr", "17", "dix sept"), ("es", "100", "cien"), ("it", "1000", "mille"),
     ("nl", "20", "twintig"), ("pt", "90", "noventa")],
)  # fmt: skip
def test_small_and_round_numbers_of_other_languages(language: str, digits: str, words: str) -> None:
    assert spell_number(digits, language) == (tuple(words.split()),)
    assert read_number(words.split(), language) == (len(words.split()), digits)


def test_percent_has_a_word() -> None:
    assert (spell_percent("en"), spell_percent("fr"), spell_percent("ja")) == (("percent",), ("pour", "cent"), ())
