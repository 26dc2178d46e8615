"""The words that a misspelt one may have been meant to be, and how likely each of them is.

Only words of the scope's own libraries are offered, so that what one server says is never suggested in another.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cdist

from storage.analysis import stop_words_of
from storage.models import RepairKind
from storage.ranking.index.index_part import IndexPart
from storage.ranking.query.slips import (
    DOUBLING_COST,
    KEY_BESIDE_COST,
    LETTER_COST,
    SLIP_COST,
    VOWEL_COST,
    VOWELS,
    common_start,
    have_swapped,
    slip_cost,
)

MIN_CORRECTED_LENGTH = 4
"""Letters a word needs before its spelling is corrected: shorter ones are one edit away from nearly everything."""
MIN_COMPLETED_LENGTH = 3
"""Letters from which a word may be one that lost a letter ("tol" for "tool")."""
MAX_CORRECTED_LENGTH = 40
"""Letters up to which a word is corrected: nobody says a longer one."""
MIN_LENGTH_WITHOUT_FIRST = 5
"""Letters from which the first one may be wrong or missing."""
TWO_EDITS_FROM_LENGTH = 7
"""Letters from which two edits are allowed; one until then (measured, see benchmarks)."""

COST_WEIGHT = 3.0
"""What the cost of a slip counts beside how often a word is said, in powers of ten."""
MIN_LIKELIHOOD, MIN_LIKELIHOOD_SHORT = -5.0, -2.0
"""How likely a guess must be. Measured on slips: below the first every other guess is wrong. Short words that lack no
letter are mostly names ("cuda" is no "coda" said once): another letter must make a word said ten times."""
SUBSTITUTION_COST = 3.0
"""How fast trust in a spelling falls with the share of the word that was changed: "cook rice" must not be answered with
"cool rich", and "transfomer" must find the transformer."""

_MOST_TYPED = frozenset({"the", "what", "that", "this", "with", "when", "from", "have", "does"})
"""The short stop words for which a key beside one of theirs is taken ("whay", "tje")."""
_SHORT_SLIPS = {"en": ("fo",)}
"""By language the words of two letters that are taken for a stop word whose letters changed places. Others are words or
names ("si", "ot")."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a word is searched as: one word, or the two halves of a compound.

    `credit`, from 0 to 1, is how far it may be trusted: another form of the word fully, a spelling the less the more of
    the word is changed, since one edit turns nearly any short word into another ("cook", "cool"). `cost` is that of its
    slips. `likelihood` compares corrections of one word, as a logarithm: 1 more is ten times as likely.
    """

    words: tuple[str, ...]
    kind: RepairKind
    credit: float = 1.0
    cost: float = 0.0
    likelihood: float = 0.0


def compute_likelihood(cost: float, times_said: int) -> float:
    """Return how likely it is that something was meant: the likelier the more often it is said, and the less the slips
    cost that lead from it to what was typed."""
    return math.log10(times_said + 0.5) - COST_WEIGHT * cost


def times_needed(cost: float, likelihood: float) -> float:
    """Return how often something that costs so much must be said to be so likely."""
    return math.pow(10.0, likelihood + COST_WEIGHT * cost) - 0.5


class SpellingCorrector:
    """Finds what may have been meant among the words of the libraries of a scope."""

    def __init__(self, libraries: Sequence[IndexPart], language: str) -> None:
        self.libraries = tuple(libraries)
        self.language = language
        self.stop_words = stop_words_of(language)

    def count_spoken(self, word: str) -> int:
        """Return how often a word is spoken in the scope."""
        return sum(index.word_count(word) for index in self.libraries)

    @functools.cached_property
    def first_letters(self) -> frozenset[str]:
        """What the words of the scope begin with: most letters are none of them, and need not be looked for."""
        return frozenset().union(*(index.first_letters() for index in self.libraries))

    def find_spellings(self, word: str) -> list[Correction]:
        """Return the spellings near to an unknown word, the likeliest first; none where nothing is close."""
        if not _may_be_misspelt(word):
            return []
        allowed = 2 if len(word) >= TWO_EDITS_FROM_LENGTH else 1
        found = self._find_among(self._find_candidates(word, allowed), word, allowed)
        if not found and len(word) >= MIN_LENGTH_WITHOUT_FIRST:
            found = self._find_among(self._find_by_first_letter(word), word, 1)
        return [guess for guess in found if guess.words[0] not in self.stop_words]

    def find_stop_words(self, word: str) -> list[Correction]:
        """Return the stop words that a word may be a slip of, the likeliest first.

        What is taken for one is not looked for, so the slip must be a clear one, the clearer the shorter the words.
        """
        names = [name for name in self.stop_words if len(name) >= MIN_COMPLETED_LENGTH]
        if word in _SHORT_SLIPS.get(self.language, ()):
            return [self._weigh(word, word[::-1], 1)]
        if not _may_be_misspelt(word):
            return []
        found = [guess for guess in self._weigh_near(names, word, 1) if _is_clear_slip(word, guess)]
        found += [self._weigh(word, name, 2) for name in names if _has_moved_letter(word, name)]
        return _sort_likely(found)

    def _find_among(self, names: Sequence[str], word: str, allowed: int) -> list[Correction]:
        """Return those of some words that are within so many edits, the likeliest first."""
        near = self._weigh_near(names, word, allowed)
        return _sort_likely(guess for guess in near if guess.likelihood >= _min_likelihood(word, guess.words[0]))

    def _weigh_near(self, names: Sequence[str], word: str, allowed: int) -> list[Correction]:
        """Return those of some words that are within so many edits, however likely they are."""
        if not names:
            return []
        edits = cdist([word], names, scorer=DamerauLevenshtein.distance, score_cutoff=allowed)[0]
        return [
            self._weigh(word, names[place], int(edits[place])) for place in np.flatnonzero(edits <= allowed).tolist()
        ]

    def _weigh(self, word: str, name: str, edits: int) -> Correction:
        cost = slip_cost(word, name, self.language)
        changed = edits / 2 if sorted(word) == sorted(name) else edits
        credit = max(0.0, 1 - SUBSTITUTION_COST * changed / len(word))
        return Correction((name,), RepairKind.RESPELT, credit, cost, compute_likelihood(cost, self.count_spoken(name)))

    def _find_candidates(self, word: str, allowed: int) -> list[str]:
        """Return words of about the same length with the same first letter, or with its first two letters swapped."""
        shortest, longest = len(word) - allowed, len(word) + allowed
        if len(word) < MIN_CORRECTED_LENGTH:
            shortest = longest = len(word) + 1
        near = (
            index.words_beginning(first, shortest, longest)
            for index in self.libraries
            for first in dict.fromkeys(word[:2])
        )
        return list(dict.fromkeys(itertools.chain.from_iterable(near)))

    def _find_by_first_letter(self, word: str) -> list[str]:
        """Return words that differ in their first letter alone, which may also be missing or one too many."""
        names = [word[1:], *(letter + rest for rest in (word, word[1:]) for letter in self.first_letters)]
        return [name for name in dict.fromkeys(names) if self.count_spoken(name)]


def _sort_likely(corrections: Iterable[Correction]) -> list[Correction]:
    """Return corrections, the likeliest first. Of two the longer one: letters are rather missed than added."""
    return sorted(corrections, key=lambda guess: (-guess.likelihood, -len(guess.words[0]), guess.words))


def _may_be_misspelt(word: str) -> bool:
    return MIN_COMPLETED_LENGTH <= len(word) <= MAX_CORRECTED_LENGTH and word.isalpha()


def _min_likelihood(word: str, name: str) -> float:
    is_other_letter = len(word) == len(name) and not have_swapped(word, name)
    return MIN_LIKELIHOOD_SHORT if is_other_letter and len(word) <= MIN_CORRECTED_LENGTH else MIN_LIKELIHOOD


def _is_clear_slip(word: str, stop_word: Correction) -> bool:
    """Return whether it is hardly in doubt that a stop word was meant."""
    (name,), cost = stop_word.words, stop_word.cost
    shorter = min(len(word), len(name))
    if have_swapped(word, name):
        # Of three letters, "aws" and "ehr" are names, and "hte" can hardly be one.
        return shorter > MIN_COMPLETED_LENGTH or word[0] == name[0] or VOWELS.isdisjoint(word[:2])
    if len(word) == len(name) <= MIN_CORRECTED_LENGTH:
        # Other short words are rather names: "herz" is no "hers", and "amd" no "and".
        return cost == KEY_BESIDE_COST and name in _MOST_TYPED
    if len(word) == len(name):
        return cost <= (VOWEL_COST if shorter == 5 else SLIP_COST)
    if shorter > MIN_COMPLETED_LENGTH or (len(word) < len(name) and VOWELS.isdisjoint(word)):
        return cost <= LETTER_COST  # "wich"; and "wht", which can hardly be read otherwise
    return len(word) > MIN_COMPLETED_LENGTH and cost <= DOUBLING_COST


def _has_moved_letter(word: str, name: str) -> bool:
    """Return whether a letter of a word, not its first, is two places away from where it belongs ("wath", "what")."""
    if len(word) < MIN_CORRECTED_LENGTH or word[0] != name[0] or sorted(word) != sorted(name):
        return False
    at = common_start(word, name)
    typed, meant = word[at : at + 3], name[at : at + 3]
    return word[at + 3 :] == name[at + 3 :] and meant in (typed[1:] + typed[:1], typed[-1:] + typed[:-1])
