"""Who speaks in the segments of an index, as arrays that can be mapped from a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class SpeakerTurns:
    """The turns of the segments whose speakers are known, by segment and word.

    By turn: the segment, which of its words it begins with, counted from 0, and the number of the speaker. The first
    turn of a segment begins with its first word. Name n is `letters[bounds[n]:bounds[n + 1]]` in UTF-8; "" is unknown.
    """

    docs: Ints
    words: Ints
    speakers: Ints
    letters: NDArray[np.uint8]
    bounds: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.docs)

    def names(self) -> list[str]:
        """Return every name, by number; also those of deleted videos."""
        letters = self.letters.data
        edges = self.bounds.tolist()
        return [str(letters[a:b], "utf-8", "surrogatepass") for a, b in pairwise(edges)]

    def named_turns(self, chosen: NDArray[np.integer] | NDArray[np.bool_]) -> list[str]:
        """Return the names of the speakers of some turns, each once, without the unknown."""
        names = self.names()
        return [names[number] for number in np.unique(self.speakers[chosen]).tolist() if names[number]]

    def speakers_at(self, docs: NDArray[np.integer], words: NDArray[np.integer]) -> NDArray[np.integer]:
        """Return who says some words, given by segment and place in it; -1 where no speaker of the segment is known."""
        # One number for both, so that they are found by one search.
        width = max(int(self.words.max(initial=0)), int(words.max(initial=0))) + 1
        starts = self.docs.astype(np.int64) * width + self.words
        turns = np.searchsorted(starts, docs.astype(np.int64) * width + words, side="right") - 1
        known = turns >= 0
        known[known] = self.docs[turns[known]] == docs[known]
        speakers = np.full(len(docs), -1, np.int32)
        speakers[known] = self.speakers[turns[known]]
        return speakers


def build_turns(docs: Sequence[int] | Ints, words: Sequence[int] | Ints, names: Iterable[str]) -> SpeakerTurns:
    """Encode turns, which are given in order of segment and word."""
    numbers: dict[str, int] = {}
    speakers = [numbers.setdefault(name, len(numbers)) for name in names]
    spelt = [name.encode("utf-8", "surrogatepass") for name in numbers]
    bounds = np.zeros(len(spelt) + 1, np.int64)
    np.cumsum([len(letters) for letters in spelt], out=bounds[1:])
    letters = np.frombuffer(b"".join(spelt), np.uint8)
    return SpeakerTurns(
        np.asarray(docs, np.int32), np.asarray(words, np.int32), np.array(speakers, np.int32), letters, bounds
    )


def keep_turns(turns: SpeakerTurns, docs: NDArray[np.integer]) -> SpeakerTurns:
    """Return the turns of some segments, given rising, which are numbered from 0. Names stay as they are."""
    kept = np.isin(turns.docs, docs)
    return replace(
        turns,
        docs=np.searchsorted(docs, turns.docs[kept]).astype(np.int32),
        words=turns.words[kept],
        speakers=turns.speakers[kept],
    )


def merge_turns(parts: Sequence[tuple[SpeakerTurns, int]]) -> SpeakerTurns:
    """Merge the turns of several parts, given with the number that the first segment of each gets."""
    docs, words, names = [np.empty(0, np.int32)], [np.empty(0, np.int32)], list[str]()
    for turns, first in parts:
        docs.append((turns.docs + first).astype(np.int32))
        words.append(turns.words)
        own = turns.names()
        names += [own[number] for number in turns.speakers.tolist()]
    return build_turns(np.concatenate(docs), np.concatenate(words), names)
