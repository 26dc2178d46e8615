"""Joining the parts of a library into one index, without reading any text again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from storage.ranking.index.assemble import assemble_part
from storage.ranking.index.draft import DraftPart, join_drafts
from storage.ranking.index.index_part import IndexPart, Ints
from storage.ranking.index.lexicon import Lexicon
from storage.ranking.index.ranges import expand_ranges
from storage.ranking.index.speaker_turns import keep_turns


def merge_parts(parts: Sequence[IndexPart]) -> IndexPart:
    """Return several parts of one library as one, without deleted videos. Equal to indexing all of it from scratch,
    except for how videos and words are numbered."""
    lexicon = Lexicon()
    return assemble_part(join_drafts(parts[0].language, lexicon, [_take_live(part, lexicon) for part in parts]))


def _take_live(part: IndexPart, lexicon: Lexicon) -> DraftPart:
    """Return what is not deleted of a part, with its words numbered by another lexicon."""
    numbers = _renumber_words(part, lexicon)
    gone = part.deleted.videos if part.deleted else np.zeros(len(part.videos), np.bool_)
    videos = np.flatnonzero(~gone)
    alive = ~gone[part.video_of]
    docs = np.flatnonzero(alive)
    words = part.forward
    if part.deleted:
        # By a flag per word, not by place: for a large library places would take hundreds of megabytes.
        words = words[np.repeat(alive, np.diff(part.offsets))]
    _, title_places = expand_ranges(part.title_offsets[videos], part.title_offsets[videos + 1])
    return DraftPart(
        videos=[part.videos[video] for video in videos.tolist()],
        video_of=(np.cumsum(~gone) - 1)[part.video_of[docs]].astype(np.int32),
        starts=part.starts[docs],
        ends=part.ends[docs],
        lengths=part.lengths[docs],
        forward=numbers[words],
        text_lengths=np.diff(part.offsets)[docs],
        title_words=numbers[part.title_words[title_places]],
        title_lengths=np.diff(part.title_offsets)[videos],
        turns=keep_turns(part.turns, docs),
    )


def _renumber_words(part: IndexPart, lexicon: Lexicon) -> Ints:
    """Return the lexicon's number of every word of a part; -1 for a word that only deleted videos hold."""
    numbers = np.full(len(part.words), -1, np.int32)
    live_words = np.flatnonzero(part.word_counts_of(np.arange(len(part.words))))
    terms = part.terms.words_at(part.term_of_word[live_words])
    numbers[live_words] = [
        lexicon.number_word(word, term) for word, term in zip(part.words.words_at(live_words), terms, strict=True)
    ]
    return numbers
