"""Texts as the numbers of their words."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np

from storage.analysis import Analyser, Token, blank_sounds
from storage.ranking.index.index_part import Ints, Longs
from storage.ranking.index.pieces import PAIR_SIGN, number_pieces
from storage.ranking.index.ranges import expand_ranges, prefix_sums

MAX_REMEMBERED_PIECES = 200_000
"""Pieces whose words are kept from one call to the next: names and numbers never stop coming, and in scripts without
spaces hardly a piece comes again."""


class Lexicon:
    """Words and their terms, numbered in the order they first occur. A word has one term only."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self.terms: dict[str, int] = {}
        self._term_of_word = array("i")

    def number_word(self, word: str, term: str) -> int:
        """Return the number of a word, given its term; a new word gets the next number."""
        number = self.words.get(word)
        if number is None:
            number = self.words[word] = len(self.words)
            self._term_of_word.append(self.terms.setdefault(term, len(self.terms)))
        return number

    @property
    def term_of_word(self) -> Ints:
        """Return the number of the term of every word, by word number."""
        return np.array(self._term_of_word, np.int32)


class TextReader:
    """Numbers the words of texts. What white space parts is split into words when it first occurs."""

    def __init__(self, analyser: Analyser) -> None:
        self.lexicon = Lexicon()
        self._analyser = analyser
        self._pairs: dict[str, Token] = {}
        self._forget_pieces()

    def read_words(self, texts: Iterable[tuple[str, str]]) -> tuple[Ints, Longs, Ints]:
        """Return the word numbers of texts one after the other, where every text begins and the last ends, and by text
        how many of its words are no stop words.

        With every text comes the one that goes on without a pause, "" for none: in scripts without spaces a pair of
        characters may lie across the border. It counts to the first of the two.
        """
        pieces, sequence, ends = number_pieces([self._prepare_text(*text) for text in texts])
        if len(self._known) > MAX_REMEMBERED_PIECES:
            self._forget_pieces()
        for piece in pieces:
            if piece not in self._known:
                self._learn_piece(piece)
        said = np.fromiter(map(self._known.__getitem__, pieces), np.int64, len(pieces))
        bounds, words = np.array(self._bounds, np.int64), np.array(self._words, np.int32)
        sizes = (bounds[1:] - bounds[:-1])[said]
        lengths = np.diff(prefix_sums(np.array(self._counted, np.int32)[said][sequence])[ends]).astype(np.int32)
        if (sizes == 1).all():  # every piece is one word, as in captions by machines
            return words[bounds[said]][sequence], ends, lengths
        firsts = bounds[said][sequence]
        _, places = expand_ranges(firsts, firsts + sizes[sequence])
        return words[places], prefix_sums(sizes[sequence])[ends], lengths

    def _prepare_text(self, text: str, following: str) -> str:
        """Return a text without sound marks, and behind it what stands for a pair across its end, if there is one."""
        speech = blank_sounds(text)
        if PAIR_SIGN in speech:
            speech = speech.replace(PAIR_SIGN, " ")
        pair = self._analyser.crossing_token(text, following)
        if pair is None:
            return speech
        piece = PAIR_SIGN + pair.word
        self._pairs.setdefault(piece, pair)
        return f"{speech} {piece}"

    def _learn_piece(self, piece: str) -> None:
        if piece.startswith(PAIR_SIGN):  # the pair alone, without the two characters
            pair = self._pairs[piece]
            terms = [(pair.term, pair.word, pair.is_stop_word)]
        else:
            terms = self._analyser.read_terms(piece)
        number_word, counted = self.lexicon.number_word, 0
        for term, word, common in terms:
            self._words.append(number_word(word, term))
            counted += not common
        self._known[piece] = len(self._known)
        self._bounds.append(len(self._words))
        self._counted.append(counted)

    def _forget_pieces(self) -> None:
        # By piece its number; by number its words, between two bounds, and how many of them are no stop words.
        self._known: dict[str, int] = {}
        self._words, self._bounds, self._counted = array("i"), array("q", [0]), array("i")
