"""The numbers of a question: how they are spoken, and which of them belong to a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from storage.analysis import Analyser, Token, read_number, spell_number, spell_percent, word_list
from storage.ranking.query.glossary import Terms
from storage.ranking.query.known_words import KnownWords
from storage.ranking.query.question_words import QuestionWords

_VOWELS = frozenset("aeiouy")
_YEARS = range(1900, 2100)
"""A year next to a name need not be said next to it: "ImageNet 2012" was a contest in 2012."""


@dataclass(frozen=True, slots=True)
class NumberTerms:
    """What may be said for a number of a question, besides the number itself. `name` is the text of a name and its
    number that must be said together, "" where the number stands for itself."""

    ways: tuple[Terms, ...]
    name: str = ""


def find_numbers(
    written: QuestionWords, known: KnownWords, tokens: Sequence[Token], analyser: Analyser
) -> Mapping[Token, NumberTerms]:
    """Return by token what may be said for the numbers of a question, whose tokens, stop words too, these are.

    A digit counts for little by itself, since every talk counts to three: next to a name it is part of the name.
    """
    reader = _NumberReader(written, known, tokens, analyser)
    return {**dict(reader.find_written()), **dict(reader.find_spoken())}


class _NumberReader:
    def __init__(self, written: QuestionWords, known: KnownWords, tokens: Sequence[Token], analyser: Analyser) -> None:
        self._written, self._known = written, known
        self._tokens = tokens
        self._analyser = analyser
        self._language = analyser.language

    def find_written(self) -> Iterator[tuple[Token, NumberTerms]]:
        """Yield the numbers written in digits, with the ways to speak them."""
        for place, token in enumerate(self._tokens):
            if not token.word.isdecimal():
                continue
            spoken = [self._terms_of(words) for words in spell_number(token.word, self._language)]
            if self._written.text[token.end : token.end + 2].strip().startswith("%"):
                percent = self._terms_of(spell_percent(self._language))
                yield token, NumberTerms(tuple((*words, *percent) for words in spoken if percent))
            elif place and self._is_part_of_name(place):
                before = self._tokens[place - 1]
                ways = tuple((before.term, *words) for words in ((token.term,), *spoken))
                yield token, NumberTerms(ways, self._written.text[before.start : token.end])
            else:
                yield token, NumberTerms(tuple(spoken))

    def find_spoken(self) -> Iterator[tuple[Token, NumberTerms]]:
        """Yield the words of numbers, each with the digits of its whole number."""
        words = [token.word for token in self._tokens]
        place = 0
        while place < len(words):
            length, digits = read_number(words[place:], self._language)
            for token in self._tokens[place : place + length]:
                if not token.is_stop_word:
                    yield token, NumberTerms((self._terms_of((digits,)),))
            place += length or 1

    def _is_part_of_name(self, place: int) -> bool:
        """Return whether a number follows a name, or another word that a hyphen ties to it."""
        before, number = self._tokens[place - 1], self._tokens[place]
        between = self._written.text[before.end : number.start]
        if before.is_stop_word or before.word.isdecimal() or between not in (" ", "-") or int(number.word) in _YEARS:
            return False
        return between == "-" or self._is_name(before)

    def _is_name(self, token: Token) -> bool:
        """Return whether a word is an acronym ("gpt"), no ordinary word of its language, or has capitals where one has
        none."""

        def is_ordinary(word: str) -> bool:
            return self._known.is_ordinary(word, self._written.languages)

        is_listed = not len(word_list(self._language)) or is_ordinary(token.word)
        can_be_spoken = not token.word.isascii() or any(letter in _VOWELS for letter in token.word)
        return not is_listed or not can_be_spoken or self._written.may_be_name(token, is_ordinary)

    def _terms_of(self, words: Sequence[str]) -> Terms:
        return tuple(token.term for word in words for token in self._analyser.tokens(word))
