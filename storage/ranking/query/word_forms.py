"""Other ways to write the same word that the scope says: joined or split, with other marks, in another form."""

from __future__ import annotations

import functools
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from storage.models import RepairKind
from storage.ranking.query.families import MIN_COMMON_START, are_family
from storage.ranking.query.spelling import (
    MAX_CORRECTED_LENGTH,
    MIN_COMPLETED_LENGTH,
    Correction,
    SpellingCorrector,
    compute_likelihood,
)

MAX_MARKED = 2
"""How many words with other marks stand in for one."""
MAX_ENDING_DIFFERENCE = 3
"""Letters by which another form may be longer or shorter."""
SPLIT_COST, FORM_COST = 0.65, 0.9
"""What it costs that a word was meant to be two, or another form of one, beside what slips cost."""


class WordForms:
    """Finds other ways to write a word among the words of a scope."""

    def __init__(self, speller: SpellingCorrector) -> None:
        self._libraries = speller.libraries
        self._speller = speller

    def join(self, left: str, right: str) -> str | None:
        """Return the compound of two neighbouring words, or None where it is not spoken in the scope."""
        return left + right if self._speller.count_spoken(left + right) else None

    def split(self, word: str, min_length: int = 1, min_times: float = 1) -> list[Correction]:
        """Split a word where its halves are spoken one after the other: the most frequent pair, if any.

        Each half has `min_length` letters, two unless it is a digit, and the pair is said `min_times`.
        """
        best: list[Correction] = []
        for left, right in _split_positions(word):
            if min(len(left), len(right)) < min_length or self._count_rarer(left, right) < min_times:
                continue
            count = sum(len(index.phrase_positions((left, right))[0]) for index in self._libraries)
            if count >= min_times:
                likelihood = compute_likelihood(SPLIT_COST, count)
                best, min_times = [Correction((left, right), RepairKind.SPLIT, 1.0, SPLIT_COST, likelihood)], count + 1
        return best

    def _count_rarer(self, left: str, right: str) -> int:
        """Return how often the rarer of two words is spoken: they are not said together more often."""
        count = self._speller.count_spoken(left)
        return min(count, self._speller.count_spoken(right)) if count else 0

    def restore_marks(self, word: str) -> list[Correction]:
        """Return a word with other marks on its letters, as typed by people who have no key for them ("evenement" for
        "événement"); the most frequent first. They mean the same word, so they are trusted fully."""
        if len(word) < MIN_COMPLETED_LENGTH or not word.isalpha():
            return []
        bare = _strip_marks(word)
        spellings = {
            name
            for index in self._libraries
            for first in self._speller.first_letters.intersection(_letters_by_bare().get(bare[0], (word[0],)))
            for name in index.words_like(first, len(word))
            if _strip_marks(name) == bare
        }
        return self._sort_forms(spellings, RepairKind.MARKS)[:MAX_MARKED]

    def find_forms(self, word: str) -> list[Correction]:
        """Return the most frequent other form of a word. It means the same, so it is trusted fully."""
        if not MIN_COMMON_START <= len(word) <= MAX_CORRECTED_LENGTH or not word.isalpha():
            return []
        lengths = max(len(word) - MAX_ENDING_DIFFERENCE, MIN_COMMON_START), len(word) + MAX_ENDING_DIFFERENCE
        forms = {
            name
            for index in self._libraries
            for name in index.words_beginning(word[:MIN_COMMON_START], *lengths)
            if name not in self._speller.stop_words and are_family(word, name, self._speller.language)
        }
        return self._sort_forms(forms, RepairKind.FAMILY)[:1]

    def _sort_forms(self, names: Iterable[str], kind: RepairKind) -> list[Correction]:
        said = sorted((-self._speller.count_spoken(name), name) for name in names)
        return [
            Correction((name,), kind, 1.0, FORM_COST, compute_likelihood(FORM_COST, -count)) for count, name in said
        ]


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
