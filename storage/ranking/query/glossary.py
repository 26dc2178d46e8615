"""A glossary as the ranking reads it: which stretch of a question means a word that the captions mishear.

It is applied to questions only. The index and the quotes do not depend on it, so an entry takes effect at once, and
removing it leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storage.analysis import Analyser, Token
from storage.models import GlossaryEntry

Terms = tuple[str, ...]
"""One way of saying something: a run of terms."""


@dataclass(frozen=True, slots=True)
class GlossaryMatch:
    """Tokens of a question, from `first` to `last` inclusive, that mean a word of the glossary; and what the captions
    say for it."""

    first: int
    last: int
    said: tuple[Terms, ...]


class GlossaryMatcher:
    """The glossary entries of a scope, read by the rules of its language. Immutable."""

    def __init__(self, entries: Iterable[GlossaryEntry], analyser: Analyser) -> None:
        said: dict[Terms, dict[Terms, None]] = {}
        for entry in entries:
            meant = tuple(token.term for token in analyser.tokens(entry.meant))
            way = run_of(entry.said, analyser)
            if meant and way:
                said.setdefault(meant, {})[way] = None
        self._said = {meant: tuple(ways) for meant, ways in said.items()}
        self.terms = frozenset(term for meant, ways in said.items() for way in (meant, *ways) for term in way)
        """All terms of what is meant and of what is said for it."""
        self._lengths = sorted({len(meant) for meant in said}, reverse=True)

    def find_matches(self, tokens: Sequence[Token]) -> Iterator[GlossaryMatch]:
        """Find where a question uses what an entry means, from left to right, the longest first; no two share a token.

        Terms are compared, so that "GAN", "gans" and "GANs?" are one word. `tokens` are all of the question's, stop
        words too: a name may contain some.
        """
        terms = tuple(token.term for token in tokens)
        first = 0
        while first < len(terms):
            length = self._longest_match(terms, first)
            if length:
                yield GlossaryMatch(first, first + length - 1, self._said[terms[first : first + length]])
            first += length or 1

    def _longest_match(self, terms: Terms, first: int) -> int:
        """Return how many terms from `first` on are a word of the glossary; 0 for none."""
        lengths = (length for length in self._lengths if first + length <= len(terms))
        return next((length for length in lengths if terms[first : first + length] in self._said), 0)


def run_of(text: str, analyser: Analyser) -> Terms:
    """Return the terms to look for, one after the other, where `text` is spoken: without the stop words that it begins
    and ends with, unless it has only stop words."""
    tokens = list(analyser.tokens(text))
    content = [place for place, token in enumerate(tokens) if not token.is_stop_word]
    inner = tokens[content[0] : content[-1] + 1] if content else tokens
    return tuple(token.term for token in inner)
