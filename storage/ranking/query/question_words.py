"""What the way a question is written says about its words: which may be names, and whose language it is."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from storage.analysis import LISTED_LANGUAGES, Token, stop_words_of
from storage.ranking.query.spelling import Correction

_SENTENCE_ENDS = frozenset(".?!:;…¿¡")
_CAPITAL_NOUNS = frozenset({"de", "lb", "nds"})
"""Languages that write every noun with a capital."""
MAX_ACRONYM_LENGTH = 5
"""Letters up to which a word in capitals may be an acronym where all words are in capitals."""
MIN_STOP_WORDS = 2
"""How many of a question's words must be another language's stop words, for them to be left out: a single one may be a
name, as "todo" is."""
MIN_SHARE_OF_STOP_WORDS = 1 / 3
"""Share of a question's words that must be another language's stop words, for it to be asked in that language."""


class QuestionWords:
    """The words of one question as they are written."""

    def __init__(self, text: str, tokens: Sequence[Token], language: str) -> None:
        self.text = text
        self.found_corrections: dict[tuple[str, bool], list[Correction]] = {}
        """What each word was corrected to, by the word and whether it may be a name: people repeat words."""
        self._tokens = tokens
        self._language = language
        self._in_capitals: bool | None = None

    @functools.cached_property
    def languages(self) -> tuple[str, ...]:
        """The library's language, and the one that the question is asked in where that is another with a word list."""
        counts = {language: self._count_stop_words(language) for language in {*LISTED_LANGUAGES, self._language}}
        most = max(counts.values())
        if most <= counts[self._language] or most < MIN_SHARE_OF_STOP_WORDS * len(self._tokens):
            return (self._language,)
        return self._language, *sorted(language for language, count in counts.items() if count == most)

    @functools.cached_property
    def foreign_languages(self) -> tuple[str, ...]:
        """The languages, other than the library's, that the question is surely asked in."""
        others = self.languages[1:]
        return others if any(self._count_stop_words(other) >= MIN_STOP_WORDS for other in others) else ()

    def may_be_name(self, token: Token, is_ordinary: Callable[[str], bool]) -> bool:
        """Return whether a word of the question has two capitals, or one inside a sentence.

        It means nothing where each word of the question has one. Where all of it is written in capitals, ordinary words
        too, only a short word may be an acronym.
        """
        raw = self._raw(token)
        if sum(letter.isupper() for letter in raw) > 1:
            return len(raw) <= MAX_ACRONYM_LENGTH or not self._is_in_capitals(is_ordinary)
        return (
            raw[:1].isupper()
            and not self._begins_sentence(token)
            and self._language not in _CAPITAL_NOUNS
            and (not self._is_in_title_case)
        )

    def _is_in_capitals(self, is_ordinary: Callable[[str], bool]) -> bool:
        if self._in_capitals is None:
            raws = [self._raw(token) for token in self._tokens]
            self._in_capitals = all(raw.isupper() or not raw.isalpha() for raw in raws) and any(
                token.is_stop_word or is_ordinary(token.word) for token in self._tokens
            )
        return self._in_capitals

    @functools.cached_property
    def _is_in_title_case(self) -> bool:
        return all(self._raw(token)[:1].isupper() for token in self._tokens if self._raw(token).isalpha())

    def _begins_sentence(self, token: Token) -> bool:
        before = self.text[: token.start].rstrip()
        return not any(character.isalnum() for character in before) or before[-1] in _SENTENCE_ENDS

    def _count_stop_words(self, language: str) -> int:
        stop_words = stop_words_of(language)
        return sum(token.word in stop_words for token in self._tokens)

    def _raw(self, token: Token) -> str:
        return self.text[token.start : token.end]
