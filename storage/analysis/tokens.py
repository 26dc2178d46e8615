"""What a text is read as, and how its characters are folded."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import regex

from storage.characters import INVISIBLE, RARE_VARIANTS

STOP_PREFIX = "_"
"""Begins the term of a stop word. No other term can hold it: an underscore is no letter."""

# With them the box that an emoji draws around a digit, and the rarer variants of Chinese characters.
_UNSEEN = regex.compile(rf"[{INVISIBLE}{RARE_VARIANTS}\u20E3]")

# The capital İ becomes an i with a dot above, which nobody types; a vowel of Thai, and of Lao, falls in two.
_TOGETHER = (("i\u0307", "i"), ("\u0e4d\u0e32", "\u0e33"), ("\u0ecd\u0eb2", "\u0eb3"))


class Token(NamedTuple):
    """One term and the stretch of the text it was read from, `text[start:end]`, in code points.

    A stop word carries no meaning by itself: it is too common, or a character of a run without spaces, which the pairs
    it belongs to speak for.
    """

    term: str
    word: str
    start: int
    end: int
    is_stop_word: bool = False


Part = tuple[str, str, int, int, bool]
"""A token by its place in the stretch it is part of; plain, since that is quicker to unpack."""


def fold(text: str, kept: str = "") -> str:
    """A text as it is compared: compatibility forms, capitals and invisible characters folded, except one `kept`."""
    if text.isascii():
        return text.lower()
    seen = _UNSEEN.sub(lambda unseen: unseen[0] if unseen[0] == kept else "", text, concurrent=False)
    folded = unicodedata.normalize("NFKC", seen).lower()
    for apart, whole in _TOGETHER:
        folded = folded.replace(apart, whole)
    return folded
