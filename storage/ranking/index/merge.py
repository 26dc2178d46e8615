"""Joining the parts of a library into one index, without reading any text again."""

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
from storage.ranking.index.speaker_turns import merge_turns

Number = TypeVar("Number", bound=np.generic)


def merge_parts(parts: Sequence[IndexPart]) -> IndexPart:
    """Return several parts of one library as one, without deleted videos. Equal to indexing all of it from scratch,
    except for how videos and words are numbered."""
    lexicon = Lexicon()
    live = [_LivePart(part, lexicon) for part in parts]
    first_docs = accumulate((len(live_part.docs) for live_part in live), initial=0)
    first_videos = accumulate((len(live_part.videos) for live_part in live), initial=0)
    return assemble_part(
        IndexDraft(
            language=parts[0].language,
            videos=[live_part.part.videos[video] for live_part in live for video in live_part.videos.tolist()],
            video_of=_concatenate(
                live_part.video_of + first for live_part, first in zip(live, first_videos, strict=False)
            ),
            starts=_concatenate(live_part.part.starts[live_part.docs] for live_part in live),
            ends=_concatenate(live_part.part.ends[live_part.docs] for live_part in live),
            lengths=_concatenate(live_part.part.lengths[live_part.docs] for live_part in live),
            lexicon=lexicon,
            forward=_concatenate(live_part.forward for live_part in live),
            offsets=prefix_sums(_concatenate(live_part.text_lengths for live_part in live)),
            title_words=_concatenate(live_part.title_words for live_part in live),
            title_offsets=prefix_sums(_concatenate(live_part.title_lengths for live_part in live)),
            turns=merge_turns(
                [
                    (live_part.part.turns, live_part.docs, first)
                    for live_part, first in zip(live, first_docs, strict=False)
                ]
            ),
        )
    )


class _LivePart:
    """What is not deleted of a part, with its words numbered by another lexicon."""

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
        """Return the words of the segments, in order."""
        words = self.part.forward
        if self.part.deleted:
            # By a flag per word, not by place: for a large library places would take hundreds of megabytes.
            words = words[np.repeat(self.alive, np.diff(self.part.offsets))]
        return self._numbers[words]

    @property
    def title_words(self) -> Ints:
        """Return the words of the titles, in order."""
        _, places = expand_ranges(self.part.title_offsets[self.videos], self.part.title_offsets[self.videos + 1])
        return self._numbers[self.part.title_words[places]]


def _renumber_words(part: IndexPart, lexicon: Lexicon) -> Ints:
    """Return the lexicon's number of every word of a part; -1 for a word that only deleted videos hold."""
    numbers = np.full(len(part.words), -1, np.int32)
    live_words = np.flatnonzero(part.word_counts_of(np.arange(len(part.words))))
    terms = part.terms.words_at(part.term_of_word[live_words])
    numbers[live_words] = [
        lexicon.number_word(word, term) for word, term in zip(part.words.words_at(live_words), terms, strict=True)
    ]
    return numbers


def _concatenate(arrays: Iterable[NDArray[Number]]) -> NDArray[Number]:
    return np.concatenate(list(arrays))
