"""What an index is made of before anything is counted, and joining that of several parts into one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storage.models import Video
from storage.ranking.index.index_part import Floats, Ints, Longs
from storage.ranking.index.lexicon import Lexicon
from storage.ranking.index.ranges import prefix_sums
from storage.ranking.index.speaker_turns import SpeakerTurns, merge_turns


@dataclass(frozen=True, slots=True)
class IndexDraft:
    """What an index is made of; everything else is derived from it."""

    language: str
    videos: Sequence[Video]
    video_of: Ints
    starts: Floats
    ends: Floats
    lengths: Ints
    lexicon: Lexicon
    forward: NDArray[np.uint16] | Ints
    offsets: Longs
    title_words: Ints
    title_offsets: Longs
    turns: SpeakerTurns


@dataclass(frozen=True, slots=True, eq=False)
class DraftPart:
    """Some videos of a draft, by rising position: everything is counted from their own first video and segment, but
    words are numbered by the lexicon of the draft."""

    videos: Sequence[Video]
    video_of: Ints
    starts: Floats
    ends: Floats
    lengths: Ints
    forward: NDArray[np.uint16] | Ints
    text_lengths: Longs
    title_words: Ints
    title_lengths: Longs
    turns: SpeakerTurns


def join_drafts(language: str, lexicon: Lexicon, parts: Sequence[DraftPart]) -> IndexDraft:
    """Return the draft that the parts, at least one, are together."""

    def concatenate(pick: Callable[[DraftPart], NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate([pick(part) for part in parts])

    first_videos = prefix_sums(np.array([len(part.videos) for part in parts], np.int64)).tolist()
    first_docs = prefix_sums(np.array([len(part.starts) for part in parts], np.int64)).tolist()
    video_of = [part.video_of + np.int32(first) for part, first in zip(parts, first_videos, strict=False)]
    return IndexDraft(
        language=language,
        videos=[video for part in parts for video in part.videos],
        video_of=np.concatenate(video_of),
        starts=concatenate(lambda part: part.starts),
        ends=concatenate(lambda part: part.ends),
        lengths=concatenate(lambda part: part.lengths),
        lexicon=lexicon,
        forward=concatenate(lambda part: part.forward),
        offsets=prefix_sums(concatenate(lambda part: part.text_lengths)),
        title_words=concatenate(lambda part: part.title_words),
        title_offsets=prefix_sums(concatenate(lambda part: part.title_lengths)),
        turns=merge_turns([(part.turns, first) for part, first in zip(parts, first_docs, strict=False)]),
    )
