"""The ordinary words of a language, which are spelt right whether or not a library says them.

The lists are those that pyspellchecker carries (MIT); nothing else of it is used. Reading the JSON of a large one would
hold Python's lock for half a second, and with it the event loop, and a set of its words would take 44 MB. So a list
stays the bytes that it is, and words are looked up where they stand in it.
"""

from __future__ import annotations

import functools
import gzip
from bisect import bisect_left
from importlib.metadata import distribution

import numpy as np

from storage.analysis.languages import base_language
from storage.analysis.tokens import fold

_NEWLINE = ord("\n")


class WordList:
    """A set of words that is as small as the file it is read from. Immutable; empty where there is no list.

    `lines` hold a quoted word each, with how often it was met ("word": 50), by rising word; that is how the file is
    written.
    """

    __slots__ = ("_lines", "_starts")

    def __init__(self, lines: bytes = b"") -> None:
        self._lines = lines
        starts = np.flatnonzero(np.frombuffer(lines, np.uint8) == _NEWLINE) + 1
        # The first line is the bracket that opens the object, the last one the bracket that closes it.
        self._starts = starts[:-1].astype(np.int32)

    def __len__(self) -> int:
        return len(self._starts)

    def __contains__(self, word: object) -> bool:
        """Return whether the list has a word, in any case; a noun that it has in the genitive alone ("unix's") too."""
        if not isinstance(word, str) or not word:
            return False
        wanted = fold(word).encode("utf-8", "surrogatepass")
        place = bisect_left(range(len(self)), wanted, key=self._word_at)
        return place < len(self) and self._word_at(place) in (wanted, wanted + b"'s")

    def _word_at(self, place: int) -> bytes:
        start = int(self._starts[place]) + 1
        return self._lines[start : self._lines.index(b'"', start)]


def word_list(language: str) -> WordList:
    """Return the ordinary words of a language tag such as "en" or "pt-BR"; none where there is no list of them.

    A list is read when it is first asked for, which takes up to 50 ms; most of them without Python's lock.
    """
    return _read_list(base_language(language))


@functools.cache
def _read_list(language: str) -> WordList:
    packaged = distribution("pyspellchecker").locate_file(f"spellchecker/resources/{language}.json.gz")
    try:
        with open(str(packaged), "rb") as file:
            return WordList(gzip.decompress(file.read()))
    except FileNotFoundError:
        return WordList()
