"""Text to terms with positions: one function for indexing, questions and highlighting.

Because all three use it, what matched is what is painted. The rules, measured on spoken transcripts: compatibility
forms folded (NFKC), lower case, apostrophes and the English possessive dropped, hyphens split, Snowball stems, stop
words recognised but kept (a question made of nothing else must still be answerable).
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import regex
import stop_words
from Stemmer import Stemmer

from storage.sound_marks import SOUND_MARK

ANALYSIS_VERSION = 1
"""Raised whenever the same text gives other terms, so that stored indexes are rebuilt."""

STOP_PREFIX = "_"
"""Begins the term of a stop word. No other term can hold it: an underscore is no letter."""

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "＇": "'"})
# Letters of any script with their combining marks, or digits; an apostrophe only between letters.
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’‘ʼ＇][\p{L}\p{M}]+)*")
_MAY_BE_SOUND = regex.compile(r"[\[(♩♪♫♬]")
_PART = regex.compile(r"[\p{L}\p{M}\p{N}]+")

# Snowball's name for a language code; languages without a stemmer are matched word for word.
_SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english", "fi": "finnish",
    "fr": "french", "de": "german", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "it": "italian",
    "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "es": "spanish", "sv": "swedish", "tr": "turkish",
}  # fmt: skip

# Common in spoken questions, and missing from the packaged list.
_MORE_STOP_WORDS = {"en": {"can", "will", "just", "now", "don't", "doesn't"}}
# Contractions that are words of their own once the apostrophe is gone ("she'll", "shell").
_WORDS_IN_THEIR_OWN_RIGHT = {"shell", "shed", "hell", "well", "wed", "ill", "id", "were", "cant", "wont"}


class Token(NamedTuple):
    """One term and the stretch of the text it was read from, `text[start:end]`, in code points."""

    term: str
    word: str
    start: int
    end: int

    @property
    def is_stop_word(self) -> bool:
        """Whether the word is too common to carry meaning by itself."""
        return self.term.startswith(STOP_PREFIX)


class Analyser:
    """The rules for one language. Cheap to keep, costly to make: get one from `analyser_for`."""

    def __init__(self, language: str) -> None:
        self.language = language
        name = _SNOWBALL.get(language)
        # No cache of its own: ours serves, and without one a stemmer may be called from several threads.
        self._stemmer = Stemmer(name, 0) if name else None
        self._stop_words = _stop_words(language, name)
        self._terms: dict[str, tuple[tuple[str, str], ...]] = {}

    def tokens(self, text: str) -> Iterator[Token]:
        """Read the terms of `text` in order. Sound marks such as [Music] are passed over."""
        if _MAY_BE_SOUND.search(text):  # most texts hold none, and this is far quicker than reading for marks
            text = SOUND_MARK.sub(lambda mark: " " * len(mark.group()), text)
        for match in _WORD.finditer(text):
            start, end = match.span()
            for term, word in self._of(match.group()):
                yield Token(term, word, start, end)

    def term(self, word: str) -> str:
        """The term of a single surface word."""
        parts = self._of(word)
        return parts[0][0] if parts else ""

    def _of(self, raw: str) -> tuple[tuple[str, str], ...]:
        known = self._terms.get(raw)
        if known is None:
            known = self._terms[raw] = tuple(self._analyse(raw))
            if len(self._terms) > 200_000:  # bounded: names and numbers never stop coming
                self._terms.clear()
        return known

    def _analyse(self, raw: str) -> Iterator[tuple[str, str]]:
        folded = unicodedata.normalize("NFKC", raw).translate(_APOSTROPHES).lower()
        if folded in self._stop_words:
            plain = folded.replace("'", "")
            # A word has one term only: "she'll" keeps its apostrophe, or it would be the word "shell".
            word = folded if plain in _WORDS_IN_THEIR_OWN_RIGHT else plain
            yield STOP_PREFIX + word, word
            return
        if folded.endswith("'s"):
            folded = folded[:-2]
        for word in _PART.findall(folded.replace("'", "")):
            yield (STOP_PREFIX + word if word in self._stop_words else self._stem(word)), word

    def _stem(self, word: str) -> str:
        if self._stemmer is None:
            return word
        stem: str = self._stemmer.stemWord(word)
        return stem or word


@functools.cache
def analyser_for(language: str) -> Analyser:
    """The analyser of a language code such as "en"; any code is accepted."""
    return Analyser(language)


def _stop_words(language: str, name: str | None) -> frozenset[str]:
    if name is None or name not in stop_words.AVAILABLE_LANGUAGES:
        return frozenset()
    listed = {word.translate(_APOSTROPHES).lower() for word in stop_words.get_stop_words(name)}
    listed |= _MORE_STOP_WORDS.get(language, set())
    bare = {word.replace("'", "") for word in listed if "'" in word} - _WORDS_IN_THEIR_OWN_RIGHT
    return frozenset(listed | bare)
