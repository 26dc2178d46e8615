"""Words that are spelt right although nobody in the scope says them: they are never taken for others."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from storage.analysis import Analyser, spell_american, word_list
from storage.ranking.index.index_part import IndexPart
from storage.ranking.query.glossary import GlossaryMatcher


class KnownWords:
    """The names that a scope has, and the ordinary words of languages."""

    def __init__(self, parts: Sequence[IndexPart], analyser: Analyser, glossary: GlossaryMatcher) -> None:
        self._parts = tuple(parts)
        self._analyser = analyser
        self._glossary = glossary

    def is_name(self, term: str) -> bool:
        """Return whether a title, a creator or the glossary of the scope has a term."""
        return self.is_in_title(term) or term in self._glossary.terms or term in self._creators

    def is_in_title(self, term: str) -> bool:
        """Return whether the title of a video in the scope has a term."""
        return any(len(part.videos_titled(term)) for part in self._parts)

    def is_ordinary(self, word: str, languages: Iterable[str]) -> bool:
        """Return whether a word, or how it is spelt in America, is in the list of one of the languages."""
        return any(_is_listed(word, language) for language in languages)

    @functools.cached_property
    def _creators(self) -> frozenset[str]:
        """All terms of all creators; read when a question first needs them."""
        creators = set().union(*(part.creators() for part in self._parts)) - {""}
        return frozenset(
            token.term for creator in creators for token in self._analyser.tokens(creator) if not token.is_stop_word
        )


def _is_listed(word: str, language: str) -> bool:
    listed = word_list(language)
    return word in listed or (language == "en" and spell_american(word) in listed)
