"""The numbers of a question: how they are spoken, and which of them belong to a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from storage.analysis import Analyser, Token, read_number, spell_number, spell_percent, word_list
from storage.ranking.budget import WorkBudget
from storage.ranking.index.runs import name_run
from storage.ranking.query.glossary import Terms
from storage.ranking.query.known_words import KnownWords
from storage.ranking.query.question_words import QuestionWords

_VOWELS = frozenset("aeiouy")
_YEARS = range(1900, 2100)
"""A year next to a name need not be said next to it: "ImageNet 2012" was a contest in 2012."""


@dataclass(frozen=True, slots=True)
class NumberTerms:
    """What is said for a number of a question: `alternatives`, those that occur in the scope, and the number as it is
    written, with the name that it belongs to. `is_detail` says that the name is said, but never with the number."""

    word: str
    alternatives: tuple[Terms, ...]
    is_detail: bool = False


@dataclass(frozen=True, slots=True)
class _Number:
    """A number of a question: its tokens from `first` up to `last`, and the ways to say it, the written one first."""

    first: int
    last: int
    ways: tuple[Terms, ...]
    is_percentage: bool = False
    is_year: bool = False


class NumberReader:
    """Reads the numbers of one question, whose tokens, stop words too, these are.

    A digit counts for little by itself, since every talk counts to three: next to a name it is part of the name.
    """

    def __init__(
        self,
        written: QuestionWords,
        known: KnownWords,
        tokens: Sequence[Token],
        analyser: Analyser,
        is_said: Callable[[str], bool],
    ) -> None:
        self._written, self._known = written, known
        self._tokens = tokens
        self._analyser = analyser
        self._language = analyser.language
        self._is_said = is_said

    def read_all(self, budget: WorkBudget) -> Mapping[Token, NumberTerms]:
        """Return by token, stop words aside, what is said for the number that it is part of; without the numbers that
        are left when the budget has ended."""
        return {
            token: terms
            for number in takewhile(lambda _: not budget.is_spent(), self._find_numbers())
            for terms in (self._find_terms(number),)
            for token in self._tokens[number.first : number.last]
            if not token.is_stop_word
        }

    def _find_numbers(self) -> Iterator[_Number]:
        place = 0
        while place < len(self._tokens):
            number = self._read_written(place) or self._read_spoken(place)
            if number:
                yield number
            place = number.last if number else place + 1

    def _read_written(self, place: int) -> _Number | None:
        """Return the number in digits that begins at a place; a decimal is one number."""
        token = self._tokens[place]
        if not token.word.isdecimal():
            return None
        if place + 1 < len(self._tokens) and self._between(place) == "." and self._tokens[place + 1].word.isdecimal():
            fraction = self._tokens[place + 1]
            spoken = (*self._spell(token.word)[:1], ("point",), *self._spell(fraction.word)[:1])
            ways = ((token.term, fraction.term), tuple(term for words in spoken for term in words))
            return self._with_percent(_Number(place, place + 2, ways))
        whole = ((token.term,), *self._spell(token.word))
        return self._with_percent(_Number(place, place + 1, whole, is_year=int(token.word) in _YEARS))

    def _read_spoken(self, place: int) -> _Number | None:
        """Return the number in words that begins at a place."""
        length, digits = read_number([token.word for token in self._tokens[place:]], self._language)
        if not length or all(token.is_stop_word for token in self._tokens[place : place + length]):
            return None
        ways = (self._terms_of((digits,)), *self._spell(digits))
        return self._with_percent(_Number(place, place + length, ways, is_year=int(digits) in _YEARS))

    def _with_percent(self, number: _Number) -> _Number:
        """Return a number with the sign or the words for percent that follow it."""
        words = spell_percent(self._language)
        following = tuple(token.word for token in self._tokens[number.last : number.last + len(words)])
        end = self._tokens[number.last - 1].end
        is_written = self._written.text[end : end + 2].strip().startswith("%")
        if not words or not (is_written or following == words):
            return number
        spoken = tuple((*way, *self._terms_of(words)) for way in number.ways[1:])
        last = number.last + (0 if is_written else len(words))
        return _Number(number.first, last, (number.ways[0], *spoken), is_percentage=True)

    def _find_terms(self, number: _Number) -> NumberTerms:
        end = self._tokens[number.last - 1].end
        said = self._said_ways(number.ways)
        word = self._written.text[self._tokens[number.first].start : end]
        if not self._may_belong_to_word_before(number):
            return NumberTerms(word, said)
        before = self._tokens[number.first - 1]
        together = self._said_ways([(before.term, *way) for way in number.ways])
        with_word = self._written.text[before.start : end]
        is_name = self._is_name(before) or self._between(number.first - 1) == "-"
        if not self._is_said(before.term):
            return NumberTerms(before.word, ()) if is_name or len(said) else NumberTerms(with_word, ())
        if together or is_name:
            return NumberTerms(with_word, together, is_detail=not together)
        return NumberTerms(word, said)

    def _may_belong_to_word_before(self, number: _Number) -> bool:
        """Return whether a number follows a content word directly, and is not rather about the word behind it."""
        if not number.first or number.is_percentage or number.is_year:
            return False
        before, between = self._tokens[number.first - 1], self._between(number.first - 1)
        if before.is_stop_word or before.word.isdecimal() or between not in (" ", "-"):
            return False
        follows = self._tokens[number.last] if number.last < len(self._tokens) else None
        counts = follows is not None and not follows.is_stop_word and self._between(number.last - 1) == " "
        return between == "-" or not counts or self._is_name(before)

    def _is_name(self, token: Token) -> bool:
        """Return whether a word is an acronym ("gpt"), no ordinary word of its language, or has capitals where one has
        none."""

        def is_ordinary(word: str) -> bool:
            return self._known.is_ordinary(word, self._written.languages)

        is_listed = not len(word_list(self._language)) or is_ordinary(token.word)
        can_be_spoken = not token.word.isascii() or any(letter in _VOWELS for letter in token.word)
        return not is_listed or not can_be_spoken or self._written.may_be_name(token, is_ordinary)

    def _between(self, place: int) -> str:
        """Return what stands between the token at a place and the next one."""
        return self._written.text[self._tokens[place].end : self._tokens[place + 1].start]

    def _said_ways(self, ways: Sequence[Terms]) -> tuple[Terms, ...]:
        return tuple(way for way in dict.fromkeys(ways) if self._is_said(name_run(way)))

    def _spell(self, digits: str) -> list[Terms]:
        return [self._terms_of(words) for words in spell_number(digits, self._language)]

    def _terms_of(self, words: Sequence[str]) -> Terms:
        return tuple(token.term for word in words for token in self._analyser.tokens(word))
