"""Words and their numbers, as arrays that can be mapped from a file: looking a word up reads a few bytes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import xxhash
from numpy.typing import NDArray

MAX_REMEMBERED_WORDS = 10_000
"""Words whose number is cached: a question looks up the same ones many times over."""
_NOT_SOUGHT = -1


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Distinct words, numbered from 0.

    Word n is `letters[bounds[n]:bounds[n + 1]]` in UTF-8. `hashes` are those of all words, rising, and `numbers` the
    words that they belong to.
    """

    letters: NDArray[np.uint8]
    bounds: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    numbers: NDArray[np.int32]
    _known: dict[str, int | None] = field(default_factory=dict, init=False)

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words_at(np.arange(len(self))))

    def __contains__(self, word: str) -> bool:
        return self.number_of(word) is not None

    def word_at(self, number: int) -> str:
        """Return the word with a number."""
        return bytes(self.letters[self.bounds[number] : self.bounds[number + 1]]).decode("utf-8", "surrogatepass")

    def words_at(self, numbers: NDArray[np.integer]) -> list[str]:
        """Return the words with some numbers, in their order."""
        firsts, lasts = self.bounds[numbers].tolist(), self.bounds[np.asarray(numbers) + 1].tolist()
        letters = self.letters.data
        return [str(letters[first:last], "utf-8", "surrogatepass") for first, last in zip(firsts, lasts, strict=True)]

    def words_beginning(self, start: str, numbers: NDArray[np.integer]) -> list[str]:
        """Return those of the words with some numbers that begin so, without reading the others whole."""
        last = len(self.letters) - 1
        for place, letter in enumerate(start.encode("utf-8", "surrogatepass")):
            numbers = numbers[self.letters[np.minimum(self.bounds[numbers] + place, last)] == letter]
        # What was compared may belong to the next word, where a word is shorter than its beginning.
        return [word for word in self.words_at(numbers) if word.startswith(start)]

    def number_of(self, word: str) -> int | None:
        """Return the number of a word, or None where it is not one of them."""
        # One lookup, not two: another thread may clear the cache in between.
        number = self._known.get(word, _NOT_SOUGHT)
        if number == _NOT_SOUGHT:
            number = self._find(word)
            if len(self._known) >= MAX_REMEMBERED_WORDS:
                self._known.clear()
            self._known[word] = number
        return number

    def _find(self, word: str) -> int | None:
        wanted = _hash(word)
        place = int(self.hashes.searchsorted(wanted))
        while place < len(self.hashes) and self.hashes[place] == wanted:
            number = int(self.numbers[place])
            if self.word_at(number) == word:
                return number
            place += 1
        return None


def build_vocabulary(words: Iterable[str]) -> Vocabulary:
    """Number distinct words in the order given."""
    spelt = [word.encode("utf-8", "surrogatepass") for word in words]
    hashes = np.fromiter((xxhash.xxh3_64_intdigest(letters) for letters in spelt), np.uint64, len(spelt))
    order = np.argsort(hashes, kind="stable")
    bounds = np.zeros(len(spelt) + 1, np.int64)
    np.cumsum([len(letters) for letters in spelt], out=bounds[1:])
    letters = np.frombuffer(b"".join(spelt), np.uint8)
    return Vocabulary(letters, bounds, hashes[order], order.astype(np.int32))


def _hash(word: str) -> np.uint64:
    return np.uint64(xxhash.xxh3_64_intdigest(word.encode("utf-8", "surrogatepass")))
