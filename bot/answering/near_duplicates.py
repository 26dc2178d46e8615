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
        self._text = text.casefold()

    @functools.cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        """The runs of so many words; all words as one where there are fewer."""
        if len(self._words) < SHINGLE_WORDS:
            return frozenset({tuple(self._words)})
        return frozenset(zip(*(self._words[place:] for place in range(SHINGLE_WORDS)), strict=False))

    def holds(self, quote: Wording) -> bool:
        """Return whether (nearly) all that a quote says is said here, wherever its segments were cut."""
        enough = MIN_OVERLAP * len(quote.shingles)
        left = len(quote.shingles)
        # Most texts say something else, and need not be divided into words for that to be seen.
        for word in quote._distant_words:
            if word not in self._text:
                left -= SHINGLE_WORDS
                if left < enough:
                    return False
        return len(quote.shingles & self.shingles) >= enough

    @functools.cached_property
    def _words(self) -> list[str]:
        return _WORD.findall(self._text)

    @functools.cached_property
    def _distant_words(self) -> list[str]:
        """Words so far apart that no shingle has two of them, each in as many shingles as a shingle has words, the
        longest first, which are the rarest; none where a shingle comes again."""
        count = len(self._words) - SHINGLE_WORDS + 1
        distant = self._words[SHINGLE_WORDS - 1 : count : SHINGLE_WORDS] if len(self.shingles) == count else []
        return sorted(distant, key=len, reverse=True)
