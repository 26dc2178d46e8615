"""Misspells a question as people do: one slip of the finger in one word."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import regex

from storage.analysis import analyser_for

# A word of four letters or more, letters alone: nothing of a number, a contraction, or a filter such as video:name.
_WORD = regex.compile(r"(?<![\p{L}\p{M}\p{N}_'’]|\S:)[\p{L}\p{M}]{4,}(?![\p{L}\p{M}\p{N}_'’]|:\S)")

Typo = Callable[[random.Random, str, Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Slip:
    """A question with a slip in it, and the word that has it: as it would be right, and as it is."""

    text: str
    right: str
    wrong: str


def add_typo(text: str, seed: int, query_id: str, language: str) -> str:
    """Return the question with one slip in one word, as `make_slip` makes it; unchanged where it makes none."""
    slip = make_slip(text, seed, query_id, language)
    return slip.text if slip else text


def make_slip(text: str, seed: int, query_id: str, language: str) -> Slip | None:
    """Make one slip in one word of a question, a stop word only if there is no other.

    None where no word is long enough. The same seed and id always give the same slip.
    """
    chance = random.Random(f"{seed} {query_id}")
    words = list(_WORD.finditer(text, concurrent=False))
    if not words:
        return None
    analyser = analyser_for(language)
    content_words = [word for word in words if not all(token.is_stop_word for token in analyser.tokens(word.group()))]
    word = chance.choice(content_words or words)
    wrong = _misspell(chance, word.group())
    return Slip(text[: word.start()] + wrong + text[word.end() :], word.group(), wrong)


def _misspell(chance: random.Random, word: str) -> str:
    """Return the word with one slip in it; its first letter stays."""
    letters = string.ascii_lowercase if word.isascii() else sorted(set(word))
    while True:
        slip = chance.choice(_SLIPS)
        result = slip(chance, word, letters)
        if result != word:
            return result


def _swap(chance: random.Random, word: str, _: Sequence[str]) -> str:
    place = chance.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _drop(chance: random.Random, word: str, _: Sequence[str]) -> str:
    place = chance.randrange(1, len(word))
    return word[:place] + word[place + 1 :]


def _insert(chance: random.Random, word: str, letters: Sequence[str]) -> str:
    place = chance.randrange(1, len(word) + 1)
    letter = word[place - 1] if chance.random() < 0.5 else chance.choice(letters)
    return word[:place] + letter + word[place:]


def _replace(chance: random.Random, word: str, letters: Sequence[str]) -> str:
    place = chance.randrange(1, len(word))
    return word[:place] + chance.choice(letters) + word[place + 1 :]


_SLIPS: tuple[Typo, ...] = (_swap, _drop, _insert, _replace)
