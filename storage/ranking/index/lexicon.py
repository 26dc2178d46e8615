"""Texts as the numbers of their words."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np

from storage.analysis import Analyser, Token
from storage.ranking.index.index_part import Ints, Longs
from storage.ranking.index.ranges import expand_ranges, prefix_sums


class _Numbering(dict[str, int]):
    """Gives a new key the next number."""

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self)
        return number


class Lexicon:
    """Words and their terms, numbered in the order they first occur. A word has one term only."""

    def __init__(self) -> None:
        self.words, self.terms = _Numbering(), _Numbering()
        self._term_of_word = array("i")

    def number_word(self, word: str, term: str) -> int:
        """Return the number of a word, given its term; a new word gets the next number."""
        number = self.words[word]
        if number == len(self._term_of_word):
            self._term_of_word.append(self.terms[term])
        return number

    @property
    def term_of_word(self) -> Ints:
        """Return the number of the term of every word, by word number."""
        return np.array(self._term_of_word, np.int32)


class StretchReader(dict[str, int]):
    """Numbers the stretches that texts consist of, and splits a stretch into words when it first occurs."""

    def __init__(self, analyser: Analyser) -> None:
        super().__init__()
        self._analyser = analyser
        self.lexicon = Lexicon()
        self._spoken, self._ends = array("i"), array("q")
        self._counted = array("i")

    def __missing__(self, stretch: str) -> int:
        parts = self._analyser.read_stretch(stretch)
        self._spoken.extend(self.lexicon.number_word(word, term) for term, word, _ in parts)
        self._ends.append(len(self._spoken))
        self._counted.append(sum(not common for _, _, common in parts))
        number = self[stretch] = len(self)
        return number

    def _number_pair(self, pair: Token) -> int:
        """Return the number of a stretch that holds a pair of characters alone, without the two characters."""
        key = f" {pair.word}"  # no stretch has a space
        if key not in self:
            self._spoken.append(self.lexicon.number_word(pair.word, pair.term))
            self._ends.append(len(self._spoken))
            self._counted.append(not pair.is_stop_word)
            self[key] = len(self)
        return self[key]

    def read_words(self, texts: Iterable[tuple[str, str]]) -> tuple[Ints, Longs, Ints]:
        """Return the word numbers of texts one after the other, where every text begins and the last ends, and by text
        how many of its words are no stop words.

        With every text comes the one that goes on without a pause, "" for none: in scripts without spaces a pair of
        characters may lie across the border. It counts to the first of the two.
        """
        stretch_numbers, ends = array("i"), array("q", [0])
        for text, following in texts:
            stretch_numbers.extend(map(self.__getitem__, self._analyser.split_stretches(text)))
            if (pair := self._analyser.crossing_token(text, following)) is not None:
                stretch_numbers.append(self._number_pair(pair))
            ends.append(len(stretch_numbers))
        stretches = np.array(stretch_numbers, np.int32)
        lasts = np.array(self._ends, np.int64)
        firsts = np.concatenate([[0], lasts[:-1]]).astype(np.int64)
        words, offsets = np.array(self._spoken, np.int32), np.array(ends, np.int64)
        lengths = np.diff(prefix_sums(np.array(self._counted, np.int32)[stretches])[offsets]).astype(np.int32)
        if (lasts - firsts == 1).all():  # every stretch is one word, which is nearly always so
            return words[stretches], offsets, lengths
        _, places = expand_ranges(firsts[stretches], lasts[stretches])
        return words[places], prefix_sums((lasts - firsts)[stretches])[offsets], lengths
