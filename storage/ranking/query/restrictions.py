"""Which segments a question lets through: its filters, quoted phrases and exclusions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from storage.analysis import Analyser
from storage.models import Question
from storage.ranking.budget import WorkBudget
from storage.ranking.index.index_part import Bools, IndexPart, Longs
from storage.ranking.query.speakers import SpokenShares

WantedVideos = Sequence[frozenset[int] | None]
"""By library the positions of the videos that may be searched; None for all."""
WantedSpeakers = Sequence[SpokenShares] | None
"""By library what is said by the speakers that a question asks about; None where it asks about nobody."""


@dataclass(frozen=True, slots=True)
class _Operand:
    """A quoted phrase or an exclusion: as it is typed, and its words. `term` is that of its first word, "" for none."""

    typed: str
    words: tuple[str, ...]
    term: str


@dataclass(frozen=True, slots=True, eq=False)
class RestrictedScope:
    """What a question lets through. `allowed` says by segment of the scope whether it may be shown; None where all may
    be. `unmatched_exclusions` match nothing in the scope, so that they leave nothing out; `said_phrases` are those that
    are known to be said in it."""

    allowed: Bools | None
    unmatched_exclusions: tuple[str, ...] = ()
    said_phrases: frozenset[str] = frozenset()


class Restrictions:
    """Reads the restrictions of questions for one scope."""

    def __init__(self, libraries: Sequence[IndexPart], analyser: Analyser) -> None:
        self._libraries = tuple(libraries)
        self._analyser = analyser
        self._shadowed = _shadowed_videos(libraries)

    def read(
        self, question: Question, videos: WantedVideos, speakers: WantedSpeakers, budget: WorkBudget
    ) -> RestrictedScope:
        """Find what a question lets through. Where the budget ends before a library is read, nothing of it is shown:
        what is shown holds every phrase and no exclusion."""
        unfiltered = all(wanted is None for wanted in videos) and not any(self._shadowed)
        if unfiltered and speakers is None and not question.phrases and not question.exclusions:
            return RestrictedScope(None)
        reading = _RestrictionReading(self._read(question.phrases), self._read(question.exclusions), budget)
        allowed = [
            reading.read_library(library, _shown_segments(library, wanted, shadowed), spoken)
            for library, wanted, shadowed, spoken in zip(
                self._libraries, videos, self._shadowed, speakers or repeat(None), strict=False
            )
        ]
        unmatched = [exclusion.typed for exclusion in reading.exclusions if exclusion not in reading.matched]
        return RestrictedScope(
            np.concatenate(allowed) if allowed else None,
            () if budget.cut_short else tuple(unmatched),
            frozenset(phrase.typed for phrase in reading.phrases if phrase in reading.matched),
        )

    def unmatched_phrases(self, question: Question, said: Collection[str], budget: WorkBudget) -> tuple[str, ...]:
        """Return the quoted phrases of several words that match nothing in the scope; `said` are known to."""
        return tuple(
            phrase.typed
            for phrase in self._read(question.phrases)
            if len(phrase.words) > 1
            and phrase.typed not in said
            and not budget.is_spent()
            and not any(len(library.phrase_positions(phrase.words)[0]) for library in self._libraries)
        )

    def _read(self, operands: Iterable[str]) -> list[_Operand]:
        """Return phrases or exclusions with their words, each once, however it is written."""
        distinct: dict[tuple[str, ...], _Operand] = {}
        for typed in operands:
            tokens = list(self._analyser.tokens(typed))
            words = tuple(token.word for token in tokens)
            distinct.setdefault(words, _Operand(typed, words, tokens[0].term if tokens else ""))
        return list(distinct.values())


class _RestrictionReading:
    """Looks for the phrases and exclusions of one question, library by library. `matched` are those that are said."""

    def __init__(self, phrases: Sequence[_Operand], exclusions: Sequence[_Operand], budget: WorkBudget) -> None:
        self.phrases, self.exclusions = phrases, exclusions
        self.matched: set[_Operand] = set()
        self._budget = budget

    def read_library(self, library: IndexPart, shown: Bools, spoken: SpokenShares | None) -> Bools:
        """Return by segment of a library whether it may be shown, as `shown` lets it.

        The rarest phrase comes first: the others are looked for only in what it leaves.
        """
        clean = shown.copy()
        for exclusion in self.exclusions:
            if self._budget.is_spent():
                return np.zeros_like(shown)
            clean[self._find_excluded(library, exclusion)] = False
        allowed = clean.copy() if spoken is None else clean & spoken.speaking
        for phrase in sorted(self.phrases, key=lambda phrase: min(map(library.word_count, phrase.words), default=0)):
            if not allowed.any():
                break
            if self._budget.is_spent():
                return np.zeros_like(shown)
            allowed &= self._find_holders(library, phrase, clean, allowed, spoken)
        return allowed

    def _find_excluded(self, library: IndexPart, exclusion: _Operand) -> Longs:
        if len(exclusion.words) == 1:
            docs = library.postings(exclusion.term)[0].astype(np.int64)
        else:
            docs = np.concatenate(library.phrase_positions(exclusion.words))
        if len(docs):
            self.matched.add(exclusion)
        return docs

    def _find_holders(
        self, library: IndexPart, phrase: _Operand, clean: Bools, allowed: Bools, spoken: SpokenShares | None
    ) -> Bools:
        """Return which segments hold a phrase, at least of those that are still allowed."""
        # A phrase may begin in the segment before.
        within = allowed | np.append(allowed[1:], False)
        places, first, last = library.phrase_places(phrase.words, within)
        if len(places):
            self.matched.add(phrase)
        # A phrase that runs on into a segment that may not be shown cannot be quoted.
        whole = clean[first] & clean[last]
        if spoken is not None:
            whole &= spoken.are_said(first, places) & spoken.are_said(last, places + len(phrase.words) - 1)
        holding = np.zeros(library.max_doc, np.bool_)
        holding[first[whole]] = holding[last[whole]] = True
        return holding


def _shown_segments(library: IndexPart, wanted: frozenset[int] | None, shadowed: frozenset[int]) -> Bools:
    """Return by segment whether its video is among those that may be searched."""
    chosen = np.full(len(library.videos), wanted is None)
    if wanted:
        chosen[list(wanted)] = True
    chosen[list(shadowed)] = False
    shown: Bools = chosen[library.video_of]
    return shown


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
