"""Detects passages that say the same words: a talk given twice, or uploaded twice."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")

SHINGLE_WORDS = 4
"""How many words in a row are compared: so many rarely agree by chance (Broder, "On the resemblance and
containment of documents", 1997)."""
MIN_OVERLAP = 0.7
"""The share of a quote's shingles that another passage must hold to say the same."""


def shingles_of(text: str) -> frozenset[tuple[str, ...]]:
    """Return the shingles of a text, case and punctuation aside; all its words as one where it has fewer."""
    words = _WORD.findall(text.casefold())
    if len(words) < SHINGLE_WORDS:
        return frozenset({tuple(words)})
    return frozenset(zip(*(words[place:] for place in range(SHINGLE_WORDS)), strict=False))


def says_the_same(quote: frozenset[tuple[str, ...]], passage: frozenset[tuple[str, ...]]) -> bool:
    """Return whether a passage holds (nearly) all that a quote says, wherever its segments were cut."""
    return len(quote & passage) >= MIN_OVERLAP * len(quote)
