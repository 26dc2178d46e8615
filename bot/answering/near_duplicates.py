"""Detects passages that say the same words: a talk given twice, or uploaded twice."""

from __future__ import annotations

import functools
import re

_WORD = re.compile(r"\w+")

SHINGLE_WORDS = 4
"""How many words in a row are compared: so many rarely agree by chance (Broder, "On the resemblance and
containment of documents", 1997)."""
MIN_OVERLAP = 0.7
"""The share of a quote's shingles that another passage must hold to say the same."""


class Wording:
    """The words of a text, case and punctuation aside."""

    def __init__(self, text: str) -> None:
        self._words = _WORD.findall(text.casefold())
        self._distinct = frozenset(self._words)

    @functools.cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        """The runs of so many words; all words as one where there are fewer."""
        if len(self._words) < SHINGLE_WORDS:
            return frozenset({tuple(self._words)})
        return frozenset(zip(*(self._words[place:] for place in range(SHINGLE_WORDS)), strict=False))

    def holds(self, quote: Wording) -> bool:
        """Return whether (nearly) all that a quote says is said here, wherever its segments were cut."""
        enough = MIN_OVERLAP * len(quote.shingles)
        # A word that is not said here takes away the shingle that begins with it, but for the last three words. This is
        # seen at once, of nearly all texts that say something else.
        missing = len(quote._distinct - self._distinct) - (SHINGLE_WORDS - 1)
        return len(quote.shingles) - missing >= enough and len(quote.shingles & self.shingles) >= enough
