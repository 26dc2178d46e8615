"""The ordinary words of a language: read from the lists that are packaged, and looked up where they stand."""

from __future__ import annotations

import gzip
import json
import random
from importlib.metadata import distribution
from pathlib import Path

import pytest

from storage.analysis import WordList, word_list

LANGUAGES = ["ar", "de", "en", "es", "eu", "fa", "fr", "it", "lv", "nl", "pt", "ru"]


def packaged(language: str) -> list[str]:
    file = distribution("pyspellchecker").locate_file(f"spellchecker/resources/{language}.json.gz")
    return list(json.loads(gzip.decompress(Path(str(file)).read_bytes())))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_packaged_word_is_found(language: str) -> None:
    """All but a handful with signs in them that no question's word has."""
    words, listed = packaged(language), word_list(language)
    plain = [word for word in words if word.isalpha()]
    assert len(listed) >= len(words) > 10_000
    sample = [plain[0], plain[-1], *random.Random(7).sample(plain, 3000)]
    assert [word for word in sample if word not in listed] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_else_is_found(language: str) -> None:
    words, listed = set(packaged(language)), word_list(language)
    changed = {word[:-1] + "q" + word[-1:] for word in random.Random(7).sample(sorted(words), 1000)}
    assert [word for word in changed - words if word in listed] == []
    assert [word for word in ("", "zzzzz", "\U0010ffff", '"', "1", "\ud800", "{", "}") if word in listed] == []
    assert 7 not in listed


def test_words_younger_than_the_list_are_known() -> None:
    young = {"bot", "cuda", "emoji", "podcasts"}
    assert young.isdisjoint(packaged("en"))
    assert [word for word in young if word not in word_list("en")] == []
    assert "podcasts" not in word_list("es")


def test_words_are_compared_as_the_analysis_folds_them() -> None:
    listed = word_list("en")
    assert "Fire" in listed
    assert "ﬁre" in listed


def test_a_noun_that_is_listed_in_the_genitive_alone_is_known() -> None:
    assert "unix" not in packaged("en")
    assert "unix" in word_list("en")


def test_a_language_is_named_by_its_tag_and_one_without_a_list_has_no_words() -> None:
    assert word_list("pt-BR") is word_list("pt")
    for tag in ("", "xx", "../en", "ja"):
        assert len(word_list(tag)) == 0
        assert "fire" not in word_list(tag)
    assert "fire" not in WordList()
