"""Everything an index derives from its words in order: postings, titles, word shapes and n-grams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from storage.analysis import STOP_PREFIX
from storage.ranking.index.draft import IndexDraft
from storage.ranking.index.index_part import (
    Bools,
    IndexPart,
    Ints,
    Longs,
    shape_of,
)
from storage.ranking.index.ngrams import NgramIndex, build_ngrams
from storage.ranking.index.postings import Counts, pack_postings
from storage.ranking.index.ranges import expand_ranges
from storage.ranking.index.video_list import build_video_list
from storage.ranking.index.vocabulary import build_vocabulary

SORT_BATCH_WORDS = 2_000_000
"""How many words are sorted into postings at a time: it bounds the memory that building takes."""


def assemble_part(draft: IndexDraft) -> IndexPart:
    """Count and sort everything that an index derives from its draft."""
    words, terms, term_of_word = list(draft.lexicon.words), list(draft.lexicon.terms), draft.lexicon.term_of_word
    content = np.array([not term.startswith(STOP_PREFIX) for term in terms], np.bool_)[term_of_word]
    bounds, docs, counts = _make_postings(draft, term_of_word, len(terms))
    title_bounds, title_videos = _index_titles(draft, term_of_word, len(terms), content)
    shapes, by_shape = _index_shapes(words)
    small = len(words) <= np.iinfo(np.uint16).max
    return IndexPart(
        language=draft.language,
        videos=build_video_list(draft.videos),
        video_of=draft.video_of,
        starts=draft.starts,
        ends=draft.ends,
        lengths=draft.lengths,
        words=build_vocabulary(words),
        word_counts=_count_words(draft, len(words)),
        term_of_word=term_of_word,
        by_shape=by_shape,
        shapes=shapes,
        terms=build_vocabulary(terms),
        posting_lists=pack_postings(bounds, docs, counts),
        term_videos=_count_term_videos(bounds, docs, draft.video_of),
        forward=draft.forward.astype(np.uint16, copy=False) if small else draft.forward,
        offsets=draft.offsets,
        title_words=draft.title_words,
        title_offsets=draft.title_offsets,
        title_bounds=title_bounds,
        title_videos=title_videos,
        ngrams=_index_ngrams(words, content),
        turns=draft.turns,
    )


def _count_words(draft: IndexDraft, size: int) -> Longs:
    """Count how often every one of `size` words occurs in segments and titles."""
    counts = np.bincount(draft.title_words, minlength=size).astype(np.int64)
    for first, last in _split_batches(draft.offsets):
        counts += np.bincount(draft.forward[draft.offsets[first] : draft.offsets[last]], minlength=size)
    return counts


def _make_postings(draft: IndexDraft, term_of_word: Ints, size: int) -> tuple[Longs, Ints, Counts]:
    """Turn words in order into postings of `size` terms: sort some segments at a time, then join the lists by term."""
    batches = _split_batches(draft.offsets)
    sorted_parts = [_sort_postings(draft, term_of_word, size, first, last) for first, last in batches]
    doc_counts = np.zeros(size, np.int64)
    for frequencies, _, _ in sorted_parts:
        doc_counts += frequencies
    bounds = np.concatenate([[0], np.cumsum(doc_counts)])
    width = np.result_type(np.uint8, *(part_counts for _, _, part_counts in sorted_parts))
    docs, counts = np.empty(bounds[-1], np.int32), np.empty(bounds[-1], width)
    filled = bounds[:-1].copy()
    for frequencies, part_docs, part_counts in sorted_parts:
        _, places = expand_ranges(filled, filled + frequencies)
        docs[places], counts[places] = part_docs, part_counts
        filled += frequencies
    return bounds, docs, counts


def _sort_postings(
    draft: IndexDraft, term_of_word: Ints, size: int, first: int, last: int
) -> tuple[Longs, Ints, Counts]:
    """For segments `first` up to `last` return the frequency of every term, and by term the segments and counts."""
    height = last - first
    owner = np.repeat(np.arange(height), np.diff(draft.offsets[first : last + 1]))
    words = draft.forward[draft.offsets[first] : draft.offsets[last]]
    pairs = np.sort(term_of_word[words].astype(np.int64) * height + owner)
    new = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]])) if len(pairs) else np.empty(0, np.int64)
    counts = np.diff(np.append(new, len(pairs)))
    terms, docs = np.divmod(pairs[new], height)
    frequencies = np.bincount(terms, minlength=size).astype(np.int64)
    # A byte is nearly always enough; a wider type is used only where a count needs it.
    return frequencies, (docs + first).astype(np.int32), counts.astype(np.min_scalar_type(counts.max(initial=0)))


def _split_batches(offsets: Longs) -> Iterator[tuple[int, int]]:
    """Split the segments into stretches of about SORT_BATCH_WORDS words."""
    first, size = 0, len(offsets) - 1
    while first < size:
        last = int(np.searchsorted(offsets, offsets[first] + SORT_BATCH_WORDS))
        last = min(max(last, first + 1), size)
        yield first, last
        first = last


def _count_term_videos(bounds: Longs, docs: Ints, video_of: Ints) -> Ints:
    """Count the videos that hold a term, for every term: places where the video changes between postings of a term."""
    video_counts = np.zeros(len(bounds) - 1, np.int32)
    begins = bounds[:-1][np.diff(bounds) > 0]
    if len(begins):
        holders = video_of[docs]
        new = np.append(True, holders[1:] != holders[:-1])
        new[begins] = True
        video_counts[np.diff(bounds) > 0] = np.add.reduceat(new, begins, dtype=np.int32)
    return video_counts


def _index_titles(draft: IndexDraft, term_of_word: Ints, size: int, content: Bools) -> tuple[Longs, Ints]:
    """Return for every one of `size` terms the videos whose title holds it; none for stop words."""
    width = max(len(draft.videos), 1)
    title_of = np.repeat(np.arange(len(draft.videos)), np.diff(draft.title_offsets))
    meaningful = content[draft.title_words]
    pairs = np.unique(term_of_word[draft.title_words[meaningful]].astype(np.int64) * width + title_of[meaningful])
    bounds = np.searchsorted(pairs, np.arange(size + 1, dtype=np.int64) * width)
    return bounds.astype(np.int64), (pairs % width).astype(np.int32)


def _index_shapes(words: Sequence[str]) -> tuple[Longs, Ints]:
    """Return the shapes of the words made of letters alone, rising, and the words by first letter and length."""
    letters = [number for number, word in enumerate(words) if word.isalpha()]
    shapes = np.array([shape_of(words[number][0], len(words[number])) for number in letters], np.int64)
    order = np.argsort(shapes, kind="stable")
    return shapes[order], np.array(letters, np.int32)[order]


def _index_ngrams(words: Sequence[str], content: Bools) -> NgramIndex:
    """Index the n-grams of all words except stop words."""
    counted = np.flatnonzero(content).astype(np.int32)
    return build_ngrams([words[number] for number in counted.tolist()], counted)
