"""Which correction of a word is allowed: words that are spelt right are left alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

from storage.analysis import Token
from storage.ranking.query.known_words import KnownWords
from storage.ranking.query.question_words import QuestionWords
from storage.ranking.query.slips import SLIP_COST, have_swapped
from storage.ranking.query.spelling import Correction, SpellingCorrector, times_needed
from storage.ranking.query.word_forms import SPLIT_COST, WordForms
from storage.ranking.weights import RankingWeights

MIN_HALF_LENGTH = 3
"""Letters that each half of an ordinary word needs for it to be taken apart."""
MIN_TIMES_SAID_APART = 2
"""How often its halves must then be said one after the other."""
SECOND_GUESS_WITHIN = 0.5
"""How much less likely than the best guess another may be that is searched for, too."""
MAX_GUESSES = 2
"""How many guesses stand in for one word where they are about equally likely ("laso": "lasso" or "last")."""


class Corrections:
    """Decides what stands in for a word that nobody says."""

    def __init__(self, speller: SpellingCorrector, forms: WordForms, known: KnownWords) -> None:
        self._speller = speller
        self._forms = forms
        self._known = known

    def find(self, token: Token, written: QuestionWords, weights: RankingWeights) -> list[Correction]:
        """Return what a word that nobody says is searched as, the likeliest first; none where nothing may stand for it.

        A name that the scope knows may only be said in two words. An ordinary word may also be said with other marks or
        in another form, and is taken apart only where its halves are words that are often said together. What looks
        like a name is respelt only where two of its letters changed places.
        """
        found = written.found_corrections
        key = token.word, self._may_be_name(token, written)
        if key not in found:
            found[key] = self._find(token, written, weights)
        return found[key]

    def _find(self, token: Token, written: QuestionWords, weights: RankingWeights) -> list[Correction]:
        word = token.word
        if self._known.is_name(token.term) or not weights.spelling:
            return self._forms.split(word) if weights.compounds else []
        if marked := self._forms.restore_marks(word):
            return marked
        if not self._known.is_ordinary(word, written.languages):
            return self._repair_slip(token, written, weights)
        if forms := self._forms.find_forms(word):
            return forms
        return self._forms.split(word, MIN_HALF_LENGTH, MIN_TIMES_SAID_APART) if weights.compounds else []

    def _repair_slip(self, token: Token, written: QuestionWords, weights: RankingWeights) -> list[Correction]:
        """Return what was probably meant by a word that is in no list."""
        word = token.word
        guesses, stop_words = self._speller.find_spellings(word), self._speller.find_stop_words(word)
        if (guesses or stop_words) and self._may_be_name(token, written):
            guesses, stop_words = [guess for guess in guesses if have_swapped(word, guess.words[0])], []
        if stop_words and _is_meant(word, stop_words[0], guesses):
            return stop_words[:1]
        if not any(guess.cost <= SLIP_COST for guess in guesses):
            guesses += self._forms.find_forms(word)
        if weights.compounds:
            least = max((guess.likelihood for guess in guesses), default=-math.inf) - SECOND_GUESS_WITHIN
            guesses += self._forms.split(word, min_times=max(1, times_needed(SPLIT_COST, least)))
        guesses.sort(key=lambda guess: -guess.likelihood)
        return [guess for guess in guesses[:MAX_GUESSES] if _is_near(guess, guesses[0])]

    def _may_be_name(self, token: Token, written: QuestionWords) -> bool:
        return written.may_be_name(token, lambda word: self._known.is_ordinary(word, written.languages))


def _is_meant(word: str, stop_word: Correction, guesses: Sequence[Correction]) -> bool:
    """Return whether a stop word was rather meant than any other: by a lesser slip, or by far the likeliest.

    One of the same letters is, unless another guess has the same letters too: "hwat" is no "hat".
    """
    if _has_letters_of(stop_word, word):
        return not any(_has_letters_of(guess, word) for guess in guesses) or stop_word.cost < guesses[0].cost
    least_cost = min((guess.cost for guess in guesses), default=math.inf)
    return stop_word.cost < least_cost or not _is_near(guesses[0], stop_word)


def _has_letters_of(guess: Correction, word: str) -> bool:
    return sorted(guess.words[0]) == sorted(word)


def _is_near(guess: Correction, best: Correction) -> bool:
    return guess.likelihood >= best.likelihood - SECOND_GUESS_WITHIN
