"""The rules of one language, and what they make of a text.

`regex` releases Python's lock while it looks for a match, unless `concurrent=False` forbids it. A thread that releases
the lock for a moment with every word keeps waking the threads that wait for it, and hardly any of them gets it in time:
they start to wait again. The event loop waited 200 ms and more.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator

import regex
import Stemmer

from storage.analysis.british_spelling import spell_american
from storage.analysis.joining import find_joint
from storage.analysis.languages import (
    POSSESSIVE,
    SUFFIXED,
    WORDS_IN_THEIR_OWN_RIGHT,
    base_language,
    elided_words,
    stemmer_for,
    stop_words_of,
)
from storage.analysis.sound_marks import blank_sounds
from storage.analysis.tokens import STOP_PREFIX, Part, Token, fold
from storage.analysis.unspaced import is_unspaced, split_run, split_runs
from storage.characters import INVISIBLE, NON_JOINER

ANALYSIS_VERSION = 5
"""Raised whenever the same text gives other terms, so that stored indexes are rebuilt."""
ANALYSED_BY = (
    f"rules {ANALYSIS_VERSION}, PyStemmer {Stemmer.version()}, regex {regex.__version__}, "
    f"Unicode {unicodedata.unidata_version}"
)
"""All that the terms of a text depend on: with other stems, or letters, the same text gives other terms too."""

ASCII_BETWEEN_WORDS = "".join(sign for sign in map(chr, range(128)) if not (sign.isalnum() or sign in "',+#"))
"""The characters of ASCII that part words wherever they stand: a space in their place leaves the same terms."""

_APOSTROPHE = "'’‘ʼ＇"
_SHARP = "+＋#＃♯"
_MARK = re.compile(f"[{_APOSTROPHE}]")
_APOSTROPHES = str.maketrans(dict.fromkeys(_APOSTROPHE, "'") | {"♯": "#"})
# Letters of any script with their combining marks, or digits. Inside there may be an apostrophe before a letter (or the
# dot of Catalan's "col·lega"), a comma before three digits, and invisible characters; behind a single letter, the signs
# that make it a programming language or a note. A lookahead keeps all that from slowing down words without it.
_WORD = regex.compile(
    rf"""
    [\p{{L}}\p{{N}}] [\p{{L}}\p{{M}}\p{{N}}]*+
    (?: (?= [{_APOSTROPHE}·\u0387,{INVISIBLE}{_SHARP}] )
        (?: (?: [{_APOSTROPHE}·\u0387] (?=\p{{L}}) | [{INVISIBLE}]++ | , (?<=\p{{Nd}},) (?=\p{{Nd}}{{3}}(?!\p{{Nd}})) )
            [\p{{L}}\p{{M}}\p{{N}}]++ )*+
        (?: (?: [+＋]{{2}} | [{_SHARP}] (?<![+＋]) )
            (?<= (?<! [\p{{Latin}}\p{{M}}\p{{N}}{INVISIBLE}{_APOSTROPHE}] ) [A-Za-z] [{_SHARP}]{{1,2}} )
            (?! \p{{Latin}} ) )?+
    )?+
    """,
    regex.VERBOSE,
)
# The same for text of ASCII alone, which is read several times as fast this way.
_ASCII_WORD = re.compile(
    r"""
    (?<! [A-Za-z0-9'] ) [A-Za-z] (?: \+\+ | \# ) (?! [A-Za-z] )
    | [A-Za-z0-9]++ (?: (?: ' (?=[A-Za-z]) | , (?<=[0-9],) (?=[0-9]{3}(?![0-9])) ) [A-Za-z0-9]++ )*+
    """,
    re.VERBOSE,
)
# The zero-width non-joiner stays where the language's stemmer wants it.
_PART = regex.compile(rf"[\p{{L}}\p{{N}}][\p{{L}}\p{{M}}\p{{N}}{NON_JOINER}]*")
_DROPPED = str.maketrans("", "", "'·,")
_AROUND_WORD = '.,!?;:"()-…“”'
"""Marks beside a word that are no part of it, whatever it is."""


_MAX_WORD_LENGTH, _MAX_RUN_LENGTH = 40, 8
"""Characters up to which a word, or a run of a script without spaces, is likely to come again."""
_MAX_KNOWN_WORDS = 5_000
"""Words with marks in them, such as "don't", whose tokens are kept."""
_BORDER_LENGTH = 16
"""Characters in which the last or the first one of a text stands, with its marks."""


class Analyser:
    """The rules for one language. Cheap to keep, costly to make: get one from `analyser_for`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._stemmer = stemmer_for(language)
        self._stop_words = stop_words_of(language)
        self._elided = elided_words(language)
        self._kept_character = NON_JOINER if language == "fa" else ""
        # Only the term of a plain word: that many tuples would keep the garbage collector busy, and stop all threads.
        # A plain dict, which threads may share: an LRU cache takes six times as long for a look-up.
        self._known: dict[str, str | tuple[Part, ...]] = {}
        self._known_words: dict[str, tuple[Token, ...]] = {}

    def tokens(self, text: str) -> Iterator[Token]:
        """Yield the terms of `text` in order. Sound marks such as [Music] are skipped."""
        return self._read_speech(blank_sounds(text))

    def _read_speech(self, speech: str) -> Iterator[Token]:
        for match in _ASCII_WORD.finditer(speech) if speech.isascii() else _WORD.finditer(speech, concurrent=False):
            at = match.start()
            for term, word, start, end, common in self._stretch_parts(match.group()):
                # Token(...) by its shortest way: this line runs once for every word that is asked or shown.
                yield tuple.__new__(Token, (term, word, at + start, at + end, common))

    def read_terms(self, speech: str) -> list[tuple[str, str, bool]]:
        """Return what `tokens` yields for a text without sound marks, but for the places: the terms in order, with
        their words and whether they are stop words there.

        No term reaches over white space, and none depends on what stands beyond it: what it parts may be read apart.
        For many texts that is far faster, since the same words come again and again.
        """
        stretches: list[str]
        if not speech.isascii():
            stretches = _WORD.findall(speech, concurrent=False)
        else:
            stretches = [speech] if speech.isalnum() else _ASCII_WORD.findall(speech)
        return [(term, word, common) for each in stretches for term, word, _, _, common in self._stretch_parts(each)]

    def crossing_token(self, left: str, right: str) -> Token | None:
        """Return the pair of characters that two texts have across their border, where they are joined without a space;
        its places are those in the end of one and the beginning of the other."""
        if not left or not right or find_joint(left, right):
            return None
        end = left[-_BORDER_LENGTH:]
        tokens = self.tokens(end + right[:_BORDER_LENGTH])
        return next((token for token in tokens if token.start < len(end) < token.end), None)

    def find_tokens(self, text: str, wanted: Container[str]) -> list[Token]:
        """Return those of `tokens` whose terms are wanted.

        No term reaches over white space, so that each different word is read once, and most by a look at what is known
        of it: this takes a fifth of the time, or less where a text is not of ASCII alone.
        """
        speech = blank_sounds(text)
        found: list[Token] = []
        for word in set(speech.split()):
            term = self._known.get(word) or self._find_plain_term(word.strip(_AROUND_WORD))
            if isinstance(term, str) and term not in wanted:
                continue
            tokens = [token for token in self._read_word(word) if token.term in wanted]
            for at in _find_word(speech, word) if tokens else ():
                found += [token._replace(start=at + token.start, end=at + token.end) for token in tokens]
        found.sort(key=lambda token: token.start)
        return found

    def _find_plain_term(self, word: str) -> str | tuple[Part, ...] | None:
        """Return what is known of a word; of plain letters and digits its term, learnt if need be."""
        if word not in self._known and word.isascii() and word.isalnum():
            self._stretch_parts(word)
        return self._known.get(word)

    def _read_word(self, word: str) -> tuple[Token, ...]:
        """Return the tokens of what stands between white spaces."""
        tokens = self._known_words.get(word)
        if tokens is None:
            tokens = tuple(self._read_speech(word))
            if len(word) <= _MAX_WORD_LENGTH:
                if len(self._known_words) >= _MAX_KNOWN_WORDS:
                    self._known_words.clear()
                self._known_words[word] = tokens
        return tokens

    def term_of(self, word: str) -> str:
        """Return the term of a single surface word, such as a token's."""
        parts = self._stretch_parts(word)
        longest = max(parts, key=lambda part: part[3] - part[2], default=None)
        return longest[0] if longest else ""

    def _stretch_parts(self, raw: str) -> tuple[Part, ...]:
        """Return what a stretch without spaces consists of."""
        known = self._known.get(raw)
        if known is None:
            known = self._read_parts(raw)
        if isinstance(known, tuple):
            return known
        return ((known, raw.lower(), 0, len(raw), known.startswith(STOP_PREFIX)),)

    def _read_parts(self, raw: str) -> str | tuple[Part, ...]:
        if len(raw) <= _MAX_WORD_LENGTH and raw.isascii() and raw.isalnum():
            return self._remember(raw, self._read_plain_word(raw.lower()))
        unspaced = is_unspaced(raw)
        parts = tuple(self._read_unspaced(raw) if unspaced else self._read_words(raw))
        return self._remember(raw, parts) if len(raw) <= (_MAX_RUN_LENGTH if unspaced else _MAX_WORD_LENGTH) else parts

    def _read_plain_word(self, word: str) -> str:
        """Return the term of a word of plain letters and digits, as most are, with nothing to take apart."""
        return STOP_PREFIX + word if word in self._stop_words else self._stem_word(word)

    def _remember(self, raw: str, known: str | tuple[Part, ...]) -> str | tuple[Part, ...]:
        if len(self._known) >= 200_000:  # bounded: names and numbers never stop coming
            self._known.clear()
        self._known[raw] = known
        return known

    def _read_unspaced(self, raw: str) -> Iterator[Part]:
        parts = split_runs(raw)
        if len(parts) == 1:
            yield from split_run(raw)
            return
        for run, at, unspaced in parts:
            if unspaced:
                yield from _move_parts(self._stretch_parts(run), at)
            else:
                for match in _WORD.finditer(run, concurrent=False):
                    yield from _move_parts(self._stretch_parts(match.group()), at + match.start())

    def _read_words(self, raw: str) -> Iterator[Part]:
        head, mark, rest = self._split_elision(raw)
        if mark:
            cut = len(raw) - len(rest)
            yield f"{STOP_PREFIX}{head}'", f"{head}'", 0, cut, True
            yield from _move_parts(self._stretch_parts(rest), cut)
            return
        folded = fold(raw, self._kept_character).translate(_APOSTROPHES)
        if folded in self._stop_words:
            plain = folded.replace("'", "")
            # A word has one term only: "she'll" keeps its apostrophe, or it would be the word "shell".
            word = folded if plain in WORDS_IN_THEIR_OWN_RIGHT else plain
            yield STOP_PREFIX + word, word, 0, len(raw), True
            return
        if folded.endswith(("+", "#")):
            yield folded, folded, 0, len(raw), False
            return
        for word in _PART.findall(self._strip_apostrophes(folded), concurrent=False):
            common = word in self._stop_words
            yield STOP_PREFIX + word if common else self._stem_word(word), word, 0, len(raw), common

    def _split_elision(self, raw: str) -> tuple[str, str, str]:
        """Return an elided word, its apostrophe, and the word it is attached to; without elision, ("", "", raw)."""
        if self._elided and (mark := _MARK.search(raw)):
            head = fold(raw[: mark.start()])
            if head in self._elided:
                return head, mark.group(), raw[mark.end() :]
        return "", "", raw

    def _strip_apostrophes(self, folded: str) -> str:
        """Return a word without its apostrophes and the endings attached by them."""
        if self.language in POSSESSIVE:
            folded = folded.removesuffix("'s")
        elif self.language in SUFFIXED:
            folded = folded.split("'")[0]
        return folded.translate(_DROPPED)

    def _stem_word(self, word: str) -> str:
        if self._stemmer is None:
            return word
        stem: str = self._stemmer.stemWord(spell_american(word) if self.language == "en" else word)
        return stem or word


def analyser_for(language: str) -> Analyser:
    """Return the analyser of a language tag such as "en" or "pt-BR"; in an unknown language words match as they are."""
    return _make_analyser(base_language(language))


_make_analyser = functools.cache(Analyser)


def _find_word(text: str, word: str) -> Iterator[int]:
    """Yield where a word stands in a text between white spaces."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if (at == 0 or text[at - 1].isspace()) and (end == len(text) or text[end].isspace()):
            yield at
        at = text.find(word, at + 1)


def _move_parts(parts: Iterable[Part], by: int) -> Iterator[Part]:
    return ((term, word, start + by, end + by, common) for term, word, start, end, common in parts)
