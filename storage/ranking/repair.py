"""Words that a scope does not know: tried as their closest spellings, and as compounds joined or split.

Only words of the scope's own libraries are offered, so that what one server says is never suggested in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cdist

from storage.ranking.index import LibraryIndex

SHORTEST_REPAIRED = 4
"""Letters a word needs before spelling is guessed at: shorter ones are one edit away from nearly everything."""
SHORTEST_COMPLETED = 3
"""Letters from which a word may be one that lost a letter ("tol" for "tool")."""
MOST_GUESSES = 2
"""How many spellings stand in for one word where they are equally near ("laso": "lasso" or "last")."""
TWO_EDITS_FROM = 7
"""Letters from which two edits are allowed; one until then (measured, see benchmarks)."""

COST_OF_CHANGE = 3.0
"""How fast trust in a spelling falls with the share of the word that was changed: "cook rice" must not be answered with
"cool rich", and "transfomer" must find the transformer."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What a word is searched as: one spelling, or the two halves of a compound.

    `credit`, from 0 to 1, is how far the guess may be trusted: a compound fully, a spelling the less the more of the
    word is changed, since one edit turns nearly any short word into another ("cook", "cool").
    """

    words: tuple[str, ...]
    credit: float = 1.0


class Speller:
    """Finds repairs in the words of the libraries of a scope."""

    def __init__(self, libraries: Sequence[LibraryIndex]) -> None:
        self._libraries = tuple(libraries)
        self._by_shape: dict[tuple[str, int], list[str]] | None = None

    def spoken(self, word: str) -> int:
        """How often a word is spoken in the scope."""
        return sum(int(index.word_counts[index.words[word]]) for index in self._libraries if word in index.words)

    def joined(self, left: str, right: str) -> str | None:
        """The compound of two neighbouring words, if the scope speaks of it."""
        return left + right if self.spoken(left + right) else None

    def split(self, word: str) -> list[Repair]:
        """A word taken apart where its halves are spoken one after the other: the pair said most often, if any."""
        best, best_count = [], 0
        for left, right in _halves(word):
            count = sum(len(index.phrase_positions((left, right))[0]) for index in self._libraries)
            if count > best_count:
                best, best_count = [Repair((left, right))], count
        return best

    def respelt(self, word: str, most_edits: int) -> list[Repair]:
        """The spellings nearest to an unknown word, within so many edits; none where nothing is close."""
        allowed = min(most_edits, 2 if len(word) >= TWO_EDITS_FROM else 1)
        if len(word) < SHORTEST_COMPLETED or not word.isalpha() or allowed < most_edits:
            return []
        candidates = list(self._near(word, allowed))
        if not candidates:
            return []
        edits = cdist([word], candidates, scorer=DamerauLevenshtein.distance, score_cutoff=allowed)[0]
        close = [
            (int(edit), name[0] != word[0], -self.spoken(name), name)
            for edit, name in zip(edits, candidates, strict=True)
            if edit <= allowed
        ]
        if not close:
            return []
        nearest = min(close)[:2]
        guesses = sorted(guess for guess in close if guess[:2] == nearest)[:MOST_GUESSES]
        return [Repair((name,), _credit(word, name, edit)) for edit, _, _, name in guesses]

    def _near(self, word: str, allowed: int) -> Iterator[str]:
        """Words of about the same length with the same first letter, or with its first two letters mixed up."""
        shapes = self._shapes()
        lengths = range(len(word) - allowed, len(word) + allowed + 1)
        if len(word) < SHORTEST_REPAIRED:
            lengths = range(len(word) + 1, len(word) + 2)
        for first in dict.fromkeys(word[:2]):
            for length in lengths:
                yield from shapes.get((first, length), ())

    def _shapes(self) -> dict[tuple[str, int], list[str]]:
        if self._by_shape is None:
            shapes: dict[tuple[str, int], list[str]] = {}
            for word in dict.fromkeys(word for index in self._libraries for word in index.words):
                if word.isalpha():
                    shapes.setdefault((word[0], len(word)), []).append(word)
            self._by_shape = shapes
        return self._by_shape


def _credit(word: str, name: str, edits: int) -> float:
    # Letters that changed places are a slip of the finger, hardly ever another word.
    changed = edits / 2 if sorted(word) == sorted(name) else edits
    return max(0.0, 1 - COST_OF_CHANGE * changed / len(word))


def _halves(word: str) -> Iterator[tuple[str, str]]:
    for cut in range(1, len(word)):
        left, right = word[:cut], word[cut:]
        if all(len(half) > 1 or half.isdigit() for half in (left, right)):
            yield left, right
