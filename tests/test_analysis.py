"""Text to terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.analysis import analyser_for

ENGLISH = analyser_for("en")


def terms(text: str, language: str = "en") -> list[str]:
    return [token.term for token in analyser_for(language).tokens(text) if not token.is_stop_word]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("networks", "network"),
        ("BERT’s", "bert"),
        ("self-attention", "self attention"),
        ("ﬁne", "fine"),
        ("ＢＥＲＴ", "bert"),
        ("transformer's", "Transformers"),
    ],
)
def test_ways_of_writing_a_word_are_one_term(left: str, right: str) -> None:
    assert terms(left) == terms(right) != []


def test_question_words_are_stop_words() -> None:
    assert terms("what is the how why which can you tell who when where do does") == ["tell"]


def test_a_contraction_does_not_hide_the_word_it_looks_like() -> None:
    assert terms("she'll use the shell") == ["use", "shell"]
    assert len({token.term for token in ENGLISH.tokens("she'll shell")}) == 2


def test_sound_marks_never_count() -> None:
    assert terms("[Music] hello [Applause] there world") == ["hello", "world"]


def test_stemming_follows_the_language() -> None:
    assert terms("Häuser", "de") == terms("Haus", "de")
    assert terms("слова", "ru") == terms("слово", "ru")
    assert terms("words", "xx") == ["words"], "a language without a stemmer is matched word for word"


def test_combining_marks_stay_in_their_word() -> None:
    assert terms("हिन्दी", "xx") == ["हिन्दी"]
    assert terms("e\u0301tude", "xx") == terms("étude", "xx")


@given(st.text())
def test_positions_point_at_the_words_they_were_read_from(text: str) -> None:
    spans = [(token.start, token.end) for token in ENGLISH.tokens(text)]
    assert spans == sorted(spans)
    for start, end in spans:
        assert 0 <= start < end <= len(text)
        assert not any(character.isspace() for character in text[start:end])


@given(st.text())
def test_a_word_has_one_term_only(text: str) -> None:
    by_word: dict[str, set[str]] = {}
    for token in ENGLISH.tokens(text):
        by_word.setdefault(token.word, set()).add(token.term)
    assert all(len(found) == 1 for found in by_word.values())
