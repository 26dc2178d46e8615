"""Reads many questions quickly, to tell which of them some segments may answer: a rough reading that leaves out nothing
that `QueryTerms.parse` would look for.

What is rare in questions and hard to read in a few steps (numbers, compounds, words of the glossary) is left to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from storage.analysis import (
    LISTED_LANGUAGES,
    Analyser,
    Token,
    blank_stop_phrases,
    read_number,
    stop_words_of,
)
from storage.models import Question
from storage.ranking.bm25 import SparseBM25
from storage.ranking.query.glossary import GlossaryMatcher
from storage.ranking.query.spelling import SpellingCorrector
from storage.ranking.query.word_forms import WordForms

MIN_HALF_LENGTH, MIN_TIMES_SAID_APART = 3, 2
"""As `corrections` takes ordinary words apart."""


@dataclass(frozen=True, slots=True)
class QuickWord:
    """A word of a question: as typed, the terms that may stand for it, and the least weight that it surely has."""

    word: str
    terms: tuple[str, ...]
    least_weight: float


class QuickReader:
    """Reads questions with the vocabulary of one scope. What it found for a word it remembers: make one for many."""

    def __init__(
        self, model: SparseBM25, speller: SpellingCorrector, analyser: Analyser, glossary: GlossaryMatcher
    ) -> None:
        self._model = model
        self._speller = speller
        self._forms = WordForms(speller)
        self._analyser = analyser
        self._glossary = glossary
        self._foreign = frozenset[str]().union(
            *(stop_words_of(language) for language in LISTED_LANGUAGES if language != analyser.language)
        )
        self._words: dict[str, QuickWord] = {}
        self._compounds: dict[tuple[str, str], bool] = {}
        self._numbers: dict[str, bool] = {}

    def read(self, question: Question) -> list[QuickWord] | None:
        """Return the different words of a question in their order; None where they have to be read carefully."""
        if question.context or question.phrases:
            return None
        words = blank_stop_phrases(question.words, self._analyser.language)
        tokens = list(self._analyser.tokens(words))
        content = [token for token in tokens if not token.is_stop_word]
        if not content or any(map(self._is_special, tokens)) or self._has_compound(content):
            return None
        return list({token.term: self._read_word(token) for token in content}.values())

    def _is_special(self, token: Token) -> bool:
        word = token.word
        known = self._numbers.get(word)
        if known is None:
            is_number = word.isdecimal() or bool(read_number([word], self._analyser.language)[0])
            known = self._numbers[word] = is_number or token.term in self._glossary.terms
        return known

    def _has_compound(self, content: list[Token]) -> bool:
        return any(
            right.start - left.end == 1 and self._is_compound(left.word, right.word)
            for left, right in pairwise(content)
        )

    def _is_compound(self, left: str, right: str) -> bool:
        known = self._compounds.get((left, right))
        if known is None:
            known = self._compounds[left, right] = self._forms.join(left, right) is not None
        return known

    def _read_word(self, token: Token) -> QuickWord:
        known = self._words.get(token.word)
        if known is None:
            known = self._words[token.word] = self._look_up(token)
        return known

    def _look_up(self, token: Token) -> QuickWord:
        weight = self._model.term_weight(token.term)
        # The stop words of the language that a question is asked in are left out.
        least = 0.0 if token.word in self._foreign else weight
        if self._model.document_frequency(token.term):
            return QuickWord(token.word, (token.term,), least)
        others = self._find_others(token.word)
        if others or self._speller.find_stop_words(token.word):
            least = 0.0
        return QuickWord(token.word, (token.term, *others), least)

    def _find_others(self, word: str) -> tuple[str, ...]:
        """Return every term that may be looked for in place of a word that nobody says."""
        corrections = (
            *self._forms.restore_marks(word),
            *self._forms.find_forms(word),
            *self._speller.find_spellings(word),
            *self._forms.split(word),
            *self._forms.split(word, MIN_HALF_LENGTH, MIN_TIMES_SAID_APART),
        )
        ways = (
            " ".join(token.term for token in self._analyser.tokens(" ".join(correction.words)))
            for correction in corrections
        )
        return tuple(dict.fromkeys(filter(None, ways)))
