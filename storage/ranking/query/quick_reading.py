"""Reads many questions quickly, to tell which of them some segments may answer: a rough reading that leaves out nothing
that `QueryTerms.parse` would look for.

What is rare in questions and hard to read in a few steps (numbers, compounds, words of the glossary) is left to that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from storage.ranking.query.corrections import MIN_HALF_LENGTH, MIN_TIMES_SAID_APART
from storage.ranking.query.glossary import GlossaryMatcher
from storage.ranking.query.spelling import Correction, SpellingCorrector
from storage.ranking.query.word_forms import WordForms


@dataclass(frozen=True, slots=True)
class QuickWord:
    """A word of a question: as typed, the terms that may stand for it, and between which weights it
    counts in what the question could reach at most."""

    word: str
    terms: tuple[str, ...]
    least_weight: float
    weight: float


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
        self._fixed: dict[str, bool] = {}
        self._compounds: dict[tuple[str, str], bool] = {}
        self._special: dict[str, bool] = {}

    def read(self, question: Question) -> list[QuickWord] | None:
        """Return the different words of a question in their order; None where they have to be read carefully."""
        if question.context or question.phrases:
            return None
        words = blank_stop_phrases(question.words, self._analyser.language)
        tokens = list(self._analyser.tokens(words))
        content = [token for token in tokens if not token.is_stop_word]
        if not content or any(map(self._is_special, tokens)) or self._has_compound(content):
            return None
        read = list({token.term: self._read_word(token) for token in content}.values())
        # Where no word surely is one, the question may be one of stop words after all ("waht are").
        return read if any(word.least_weight for word in read) else None

    def fix_weight(self, word: QuickWord) -> QuickWord:
        """Return a word with the least weight that it surely has, which takes longer to find out."""
        if word.least_weight == word.weight:
            return word
        fixed = self._fixed.get(word.word)
        if fixed is None:
            fixed = self._fixed[word.word] = not self._may_be_replaced(word.word)
        return replace(word, least_weight=word.weight) if fixed else word

    def _is_special(self, token: Token) -> bool:
        word = token.word
        known = self._special.get(word)
        if known is None:
            is_number = word.isdecimal() or bool(read_number([word], self._analyser.language)[0])
            known = self._special[word] = is_number or token.term in self._glossary.terms
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
        if token.word in self._foreign:
            # The stop words of the language that a question is asked in are left out.
            weight = 0.0
        if self._model.document_frequency(token.term):
            return QuickWord(token.word, (token.term,), weight, weight)
        return QuickWord(token.word, (token.term, *self._find_others(token.word)), 0.0, weight)

    def _find_others(self, word: str) -> tuple[str, ...]:
        """Return every term that may be looked for in place of a word that nobody says."""
        corrections = (
            *self._forms.restore_marks(word),
            *self._forms.find_forms(word),
            *self._speller.find_spellings(word),
            *self._find_halves(word),
        )
        ways = (
            " ".join(token.term for token in self._analyser.tokens(" ".join(correction.words)))
            for correction in corrections
        )
        return tuple(dict.fromkeys(filter(None, ways)))

    def _find_halves(self, word: str) -> list[Correction]:
        return [*self._forms.split(word), *self._forms.split(word, MIN_HALF_LENGTH, MIN_TIMES_SAID_APART)]

    def _may_be_replaced(self, word: str) -> bool:
        """Return whether anything in the scope may be looked for in place of a word that nobody says, or it may be left
        out as a slip of a stop word."""
        return bool(
            self._find_halves(word)
            or self._forms.restore_marks(word)
            or self._forms.find_forms(word)
            or self._speller.find_spellings(word)
            or self._speller.find_stop_words(word)
        )
