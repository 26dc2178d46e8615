"""Joining the parts of a library into one index, without anything being read again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from storage.ranking.index.assemble import IndexDraft, assemble_part
from storage.ranking.index.index_part import IndexPart, Ints
from storage.ranking.index.lexicon import Lexicon
from storage.ranking.index.ranges import expand_ranges, prefix_sums

Number = TypeVar("Number", bound=np.generic)


def merge_parts(parts: Sequence[IndexPart]) -> IndexPart:
    """Several parts of one library as one, without the videos that are gone. Equal to indexing all of it anew, but for
    how videos and words are numbered."""
    lexicon = Lexicon()
    live = [_LivePart(part, lexicon) for part in parts]
    first_videos = accumulate((len(each.videos) for each in live), initial=0)
    return assemble_part(
        IndexDraft(
            language=parts[0].language,
            videos=[each.part.videos[video] for each in live for video in each.videos.tolist()],
            video_of=_concatenate(each.video_of + first for each, first in zip(live, first_videos, strict=False)),
            starts=_concatenate(each.part.starts[each.docs] for each in live),
            ends=_concatenate(each.part.ends[each.docs] for each in live),
            lengths=_concatenate(each.part.lengths[each.docs] for each in live),
            lexicon=lexicon,
            forward=_concatenate(each.forward for each in live),
            offsets=prefix_sums(_concatenate(each.text_lengths for each in live)),
            title_words=_concatenate(each.title_words for each in live),
            title_offsets=prefix_sums(_concatenate(each.title_lengths for each in live)),
        )
    )


class _LivePart:
    """What of a part is not gone, its words numbered by another lexicon."""

    def __init__(self, part: IndexPart, lexicon: Lexicon) -> None:
        self.part = part
        gone = part.deleted.videos if part.deleted else np.zeros(len(part.videos), np.bool_)
        self.videos = np.flatnonzero(~gone)
        self.alive = ~gone[part.video_of]
        self.docs = np.flatnonzero(self.alive)
        self.video_of = (np.cumsum(~gone) - 1)[part.video_of[self.docs]].astype(np.int32)
        self.text_lengths = np.diff(part.offsets)[self.docs]
        self.title_lengths = np.diff(part.title_offsets)[self.videos]
        self._numbers = _renumber_words(part, lexicon)

    @property
    def forward(self) -> Ints:
        """The words of the segments, in order."""
        words = self.part.forward
        if self.part.deleted:
            # By a flag for each word, not its place: of a large library that would take hundreds of megabytes.
            words = words[np.repeat(self.alive, np.diff(self.part.offsets))]
        return self._numbers[words]

    @property
    def title_words(self) -> Ints:
        """The words of the titles, in order."""
        _, places = expand_ranges(self.part.title_offsets[self.videos], self.part.title_offsets[self.videos + 1])
        return self._numbers[self.part.title_words[places]]


def _renumber_words(part: IndexPart, lexicon: Lexicon) -> Ints:
    """For each word of a part its number in the lexicon; -1 for a word that only videos said that are gone."""
    numbers = np.full(len(part.words), -1, np.int32)
    held = np.flatnonzero(part.word_counts_of(np.arange(len(part.words))))
    terms = part.terms.words_at(part.term_of_word[held])
    numbers[held] = [
        lexicon.number_word(word, term) for word, term in zip(part.words.words_at(held), terms, strict=True)
    ]
    return numbers


def _concatenate(arrays: Iterable[NDArray[Number]]) -> NDArray[Number]:
    return np.concatenate(list(arrays))
