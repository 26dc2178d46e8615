"""Which segments a question lets through: its filters, quoted phrases and exclusions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

import numpy as np

from storage.analysis import Analyser
from storage.models import Question
from storage.ranking.index.index_part import Bools, IndexPart, Longs
from storage.ranking.query.speakers import SpokenShares

WantedVideos = Sequence[frozenset[int] | None]
"""By library the positions of the videos that may be searched; None for all."""
WantedSpeakers = Sequence[SpokenShares] | None
"""By library what is said by the speakers that a question asks about; None where it asks about nobody."""


class Restrictions:
    """Reads the restrictions of questions for one scope."""

    def __init__(self, libraries: Sequence[IndexPart], analyser: Analyser) -> None:
        self._libraries = tuple(libraries)
        self._analyser = analyser
        self._shadowed = _shadowed_videos(libraries)

    def allowed_segments(
        self, question: Question, videos: WantedVideos, speakers: WantedSpeakers = None
    ) -> Bools | None:
        """Return for every segment of the scope whether it may be shown; None where all may be."""
        unfiltered = all(wanted is None for wanted in videos) and not any(self._shadowed)
        if unfiltered and speakers is None and not question.phrases and not question.exclusions:
            return None
        parts = [
            self._allowed_in_library(library, wanted, shadowed, question, spoken)
            for library, wanted, shadowed, spoken in zip(
                self._libraries, videos, self._shadowed, speakers or repeat(None), strict=False
            )
        ]
        return np.concatenate(parts) if parts else None

    def _allowed_in_library(
        self,
        library: IndexPart,
        wanted: frozenset[int] | None,
        shadowed: frozenset[int],
        question: Question,
        spoken: SpokenShares | None,
    ) -> Bools:
        chosen = np.full(len(library.videos), wanted is None)
        if wanted:
            chosen[list(wanted)] = True
        chosen[list(shadowed)] = False
        clean: Bools = chosen[library.video_of]
        for exclusion in question.exclusions:
            clean[self._excluded_segments(library, exclusion)] = False
        allowed = clean.copy() if spoken is None else clean & spoken.speaking
        for phrase in question.phrases:
            words = self._words_of(phrase)
            places, first, last = library.phrase_places(words)
            # A phrase that runs on into a segment that may not be shown cannot be quoted.
            whole = clean[first] & clean[last]
            if spoken is not None:
                whole &= spoken.are_said(first, places) & spoken.are_said(last, places + len(words) - 1)
            holding = np.zeros(library.max_doc, np.bool_)
            holding[np.concatenate([first[whole], last[whole]])] = True
            allowed &= holding
        return allowed

    def unmatched_exclusions(self, question: Question) -> tuple[str, ...]:
        """Return the exclusions that match nothing in the scope, so that they leave nothing out."""
        return tuple(
            exclusion
            for exclusion in dict.fromkeys(question.exclusions)
            if not any(len(self._excluded_segments(library, exclusion)) for library in self._libraries)
        )

    def unmatched_phrases(self, question: Question) -> tuple[str, ...]:
        """Return the quoted phrases of several words that match nothing in the scope."""
        return tuple(
            phrase
            for phrase in dict.fromkeys(question.phrases)
            if len(words := self._words_of(phrase)) > 1
            and not any(len(library.phrase_positions(words)[0]) for library in self._libraries)
        )

    def _excluded_segments(self, library: IndexPart, exclusion: str) -> Longs:
        tokens = list(self._analyser.tokens(exclusion))
        if len(tokens) == 1:
            return library.postings(tokens[0].term)[0].astype(np.int64)
        return np.concatenate(library.phrase_positions([token.word for token in tokens]))

    def _words_of(self, phrase: str) -> list[str]:
        return [token.word for token in self._analyser.tokens(phrase)]


def _shadowed_videos(libraries: Sequence[IndexPart]) -> list[frozenset[int]]:
    """Return by library the videos that an earlier library of the scope has too: the earlier library's version wins."""
    if len(libraries) < 2:
        return [frozenset()] * len(libraries)
    seen: set[str] = set()
    result = []
    for library in libraries:
        deleted = library.deleted.videos if library.deleted else np.zeros(len(library.videos), np.bool_)
        ids = {place: library.videos.video_id_at(place) for place in np.flatnonzero(~deleted).tolist()}
        result.append(frozenset(place for place, video_id in ids.items() if video_id in seen))
        seen.update(ids.values())
    return result
