"""Spelling correction of words that a scope does not know: closest spellings, and compounds joined or split.

Only words of the scope's own libraries are offered, so that what one server says is never suggested in another.
"""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cdist

from storage.models import RepairKind
from storage.ranking.index.index_part import IndexPart

MIN_CORRECTED_LENGTH = 4
"""Letters a word needs before its spelling is corrected: shorter ones are one edit away from nearly everything."""
MIN_COMPLETED_LENGTH = 3
"""Letters from which a word may be one that lost a letter ("tol" for "tool")."""
MAX_GUESSES = 2
"""How many spellings stand in for one word where they are equally near ("laso": "lasso" or "last")."""
TWO_EDITS_FROM_LENGTH = 7
"""Letters from which two edits are allowed; one until then (measured, see benchmarks)."""

SUBSTITUTION_COST = 3.0
"""How fast trust in a spelling falls with the share of the word that was changed: "cook rice" must not be answered with
"cool rich", and "transfomer" must find the transformer."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a word is searched as: one spelling, or the two halves of a compound.

    `credit`, from 0 to 1, is how far the guess may be trusted: a compound fully, a spelling the less the more of the
    word is changed, since one edit turns nearly any short word into another ("cook", "cool").
    """

    words: tuple[str, ...]
    kind: RepairKind
    credit: float = 1.0


class SpellingCorrector:
    """Finds corrections among the words of the libraries of a scope."""

    def __init__(self, libraries: Sequence[IndexPart]) -> None:
        self._libraries = tuple(libraries)

    def count_spoken(self, word: str) -> int:
        """Return how often a word is spoken in the scope."""
        return sum(index.word_count(word) for index in self._libraries)

    def join_compound(self, left: str, right: str) -> str | None:
        """Return the compound of two neighbouring words, or None where it is not spoken in the scope."""
        return left + right if self.count_spoken(left + right) else None

    def split_compound(self, word: str) -> list[Correction]:
        """Split a word where its halves are spoken one after the other: the most frequent pair, if any."""
        best, best_count = [], 0
        for left, right in _split_positions(word):
            count = sum(len(index.phrase_positions((left, right))[0]) for index in self._libraries)
            if count > best_count:
                best, best_count = [Correction((left, right), RepairKind.SPLIT)], count
        return best

    def restore_marks(self, word: str) -> list[Correction]:
        """Return a word with other marks on its letters, as typed by people who have no key for them ("evenement" for
        "événement"); the most frequent first. They mean the same word, so they are trusted fully."""
        if len(word) < MIN_COMPLETED_LENGTH or not word.isalpha():
            return []
        bare = _strip_marks(word)
        spellings = {
            name
            for index in self._libraries
            for first in _letters_by_bare().get(bare[0], (word[0],))
            for name in index.words_like(first, len(word))
            if _strip_marks(name) == bare
        }
        by_frequency = sorted(spellings, key=lambda name: (-self.count_spoken(name), name))
        return [Correction((name,), RepairKind.MARKS) for name in by_frequency[:MAX_GUESSES]]

    def find_spellings(self, word: str, max_edits: int) -> list[Correction]:
        """Return the spellings nearest to an unknown word, within `max_edits`; none where nothing is close."""
        allowed = min(max_edits, 2 if len(word) >= TWO_EDITS_FROM_LENGTH else 1)
        if len(word) < MIN_COMPLETED_LENGTH or not word.isalpha() or allowed < max_edits:
            return []
        candidates = self._find_candidates(word, allowed)
        if not candidates:
            return []
        edits = cdist([word], candidates, scorer=DamerauLevenshtein.distance, score_cutoff=allowed)[0]
        close = [
            (int(edit), name[0] != word[0], not _is_transposition(word, name), -self.count_spoken(name), name)
            for edit, name in zip(edits, candidates, strict=True)
            if edit <= allowed
        ]
        if not close:
            return []
        nearest = min(close)[:3]
        guesses = sorted(guess for guess in close if guess[:3] == nearest)[:MAX_GUESSES]
        return [
            Correction((name,), RepairKind.RESPELT, _spelling_credit(word, name, edit)) for edit, *_, name in guesses
        ]

    def _find_candidates(self, word: str, allowed: int) -> list[str]:
        """Return words of about the same length with the same first letter, or with its first two letters swapped."""
        lengths = range(len(word) - allowed, len(word) + allowed + 1)
        if len(word) < MIN_CORRECTED_LENGTH:
            lengths = range(len(word) + 1, len(word) + 2)
        near = (
            index.words_like(first, length)
            for index in self._libraries
            for first in dict.fromkeys(word[:2])
            for length in lengths
        )
        return list(dict.fromkeys(itertools.chain.from_iterable(near)))


def _spelling_credit(word: str, name: str, edits: int) -> float:
    changed = edits / 2 if _is_transposition(word, name) else edits
    return max(0.0, 1 - SUBSTITUTION_COST * changed / len(word))


def _is_transposition(word: str, name: str) -> bool:
    """Return whether letters only changed places: a typing slip, hardly ever another word."""
    return sorted(word) == sorted(name)


def _strip_marks(word: str) -> str:
    """Return a word without the marks on its letters."""
    if word.isascii():
        return word
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


@functools.cache
def _letters_by_bare() -> Mapping[str, Sequence[str]]:
    """Return by letter without marks the letter itself and its forms with marks: Latin, Greek and Cyrillic."""
    letters: dict[str, list[str]] = defaultdict(list)
    for letter in map(chr, (*range(0x61, 0x530), *range(0x1E00, 0x2000))):
        if letter.islower() and len(bare := _strip_marks(letter)) == 1:
            letters[bare].append(letter)
    return letters


def _split_positions(word: str) -> Iterator[tuple[str, str]]:
    for cut in range(1, len(word)):
        left, right = word[:cut], word[cut:]
        if all(len(half) > 1 or half.isdigit() for half in (left, right)):
            yield left, right
