"""Making an index: from the texts of videos, or from indexes that are joined into one."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.analysis import STOP_PREFIX, Analyser, analyser_for
from storage.models import Segment, Video
from storage.ranking.index import Bools, Counts, Floats, Ints, LibraryIndex, Longs, shape_of
from storage.ranking.spans import spread
from storage.ranking.subwords import Subwords, build_subwords
from storage.ranking.videos import list_videos
from storage.ranking.vocabulary import build_vocabulary

POSTINGS_AT_ONCE = 2_000_000
"""How many words are sorted into postings at a time: it bounds the memory that building takes."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """What an index is made of before anything is counted; all else follows from it."""

    language: str
    videos: Sequence[Video]
    video_of: Ints
    starts: Floats
    ends: Floats
    lengths: Ints
    words: Sequence[str]
    terms: Sequence[str]
    term_of_word: Ints
    forward: Ints
    offsets: Longs
    title_words: Ints
    title_offsets: Longs


class _Numbers(dict[str, int]):
    """Gives each new key the next number."""

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self)
        return number


class _Stretches(dict[str, int]):
    """Numbers the stretches that texts consist of, and reads each into words when it first comes."""

    def __init__(self, analyser: Analyser) -> None:
        super().__init__()
        self._analyser = analyser
        self.words, self.terms = _Numbers(), _Numbers()
        self.term_of_word = array("i")
        self.spoken, self.ends = array("i"), array("q")
        self.counted = array("i")

    def __missing__(self, stretch: str) -> int:
        parts = self._analyser.read(stretch)
        for term, word, _ in parts:
            number = self.words[word]
            if number == len(self.term_of_word):
                self.term_of_word.append(self.terms[term])
            self.spoken.append(number)
        self.ends.append(len(self.spoken))
        self.counted.append(sum(not common for _, _, common in parts))
        number = self[stretch] = len(self)
        return number

    def read(self, texts: Iterable[str]) -> tuple[Ints, Longs, Ints]:
        """The word numbers of texts one after the other, where each text begins and the last ends, and how many words
        of each are no stop words."""
        heard, ends = array("i"), array("q", [0])
        for text in texts:
            heard.extend(map(self.__getitem__, self._analyser.stretches(text)))
            ends.append(len(heard))
        stretches = np.array(heard, np.int32)
        lasts = np.array(self.ends, np.int64)
        firsts = np.concatenate([[0], lasts[:-1]]).astype(np.int64)
        words, offsets = np.array(self.spoken, np.int32), np.array(ends, np.int64)
        lengths = np.diff(_sums(np.array(self.counted, np.int32)[stretches])[offsets]).astype(np.int32)
        if len(words) == len(self):  # each stretch is one word, as nearly always
            return words[stretches], offsets, lengths
        _, places = spread(firsts[stretches], lasts[stretches])
        return words[places], _sums((lasts - firsts)[stretches])[offsets], lengths


def build_index(videos: Iterable[tuple[Video, Sequence[Segment]]], language: str) -> LibraryIndex:
    """Index videos with their segments, in any order."""
    shelf = sorted(((video, sorted(segments, key=_start)) for video, segments in videos), key=_video_id)
    every = [segment for _, segments in shelf for segment in segments]
    reader = _Stretches(analyser_for(language))
    forward, offsets, lengths = reader.read(segment.text for segment in every)
    # Title words can be misspelt too: they belong to the vocabulary, not to the postings.
    title_words, title_offsets, _ = reader.read(video.title for video, _ in shelf)
    return _assembled(
        _Draft(
            language=language,
            videos=[video for video, _ in shelf],
            video_of=np.repeat(np.arange(len(shelf), dtype=np.int32), [len(segments) for _, segments in shelf]),
            starts=np.array([segment.start_second for segment in every], np.float64),
            ends=np.array([segment.end_second for segment in every], np.float64),
            lengths=lengths,
            words=list(reader.words),
            terms=list(reader.terms),
            term_of_word=np.array(reader.term_of_word, np.int32),
            forward=forward,
            offsets=offsets,
            title_words=title_words,
            title_offsets=title_offsets,
        )
    )


def join_indexes(parts: Sequence[LibraryIndex]) -> LibraryIndex:
    """Several parts of one library as one, without the videos that are gone. Equal to indexing all of it anew."""
    words, terms = _Numbers(), _Numbers()
    term_of_word = array("i")
    pieces = [_Live(part) for part in parts]
    renumbered = []
    for piece in pieces:
        part = piece.part
        new = np.full(len(part.words), -1, np.int32)
        held = np.flatnonzero(part.times_said(np.arange(len(part.words))))
        term_words = part.terms.words(part.term_of_word[held])
        for old, word, term in zip(held.tolist(), part.words.words(held), term_words, strict=True):
            new[old] = number = words[word]
            if number == len(term_of_word):
                term_of_word.append(terms[term])
        renumbered.append(new)
    first_video = np.cumsum([0, *(len(piece.videos) for piece in pieces)])
    return _assembled(
        _Draft(
            language=parts[0].language,
            videos=[piece.part.videos[v] for piece in pieces for v in piece.videos.tolist()],
            video_of=_chained(piece.video_of + base for piece, base in zip(pieces, first_video, strict=False)),
            starts=_chained(piece.part.starts[piece.docs] for piece in pieces),
            ends=_chained(piece.part.ends[piece.docs] for piece in pieces),
            lengths=_chained(piece.part.lengths[piece.docs] for piece in pieces),
            words=list(words),
            terms=list(terms),
            term_of_word=np.array(term_of_word, np.int32),
            forward=_chained(new[piece.forward] for piece, new in zip(pieces, renumbered, strict=True)),
            offsets=_sums(_chained(piece.text_lengths for piece in pieces)),
            title_words=_chained(new[piece.title_words] for piece, new in zip(pieces, renumbered, strict=True)),
            title_offsets=_sums(_chained(piece.title_lengths for piece in pieces)),
        )
    )


class _Live:
    """What of a part is not gone."""

    def __init__(self, part: LibraryIndex) -> None:
        self.part = part
        gone = part.gone.videos if part.gone else np.zeros(len(part.videos), np.bool_)
        self.videos = np.flatnonzero(~gone)
        self.docs = np.flatnonzero(~gone[part.video_of])
        self.video_of = (np.cumsum(~gone) - 1)[part.video_of[self.docs]].astype(np.int32)
        self.text_lengths = np.diff(part.offsets)[self.docs]
        self.title_lengths = np.diff(part.title_offsets)[self.videos]

    @property
    def forward(self) -> NDArray[np.integer]:
        """The words of the segments, in order."""
        return self.part.spoken(self.docs)[1] if self.part.gone else self.part.forward

    @property
    def title_words(self) -> Ints:
        """The words of the titles, in order."""
        _, places = spread(self.part.title_offsets[self.videos], self.part.title_offsets[self.videos + 1])
        return self.part.title_words[places]


def _assembled(draft: _Draft) -> LibraryIndex:
    """Count all that an index tells at a glance."""
    counted = np.array([not term.startswith(STOP_PREFIX) for term in draft.terms], np.bool_)
    content = counted[draft.term_of_word]
    bounds, docs, counts = _postings(draft)
    title_of = np.repeat(np.arange(len(draft.videos)), np.diff(draft.title_offsets))
    title_bounds, title_videos = _titles(draft, title_of, content)
    heard = np.concatenate([draft.forward, draft.title_words])
    shapes, by_shape = _shapes(draft.words)
    small = len(draft.words) <= np.iinfo(np.uint16).max
    return LibraryIndex(
        language=draft.language,
        videos=list_videos(draft.videos),
        video_of=draft.video_of,
        starts=draft.starts,
        ends=draft.ends,
        lengths=draft.lengths,
        words=build_vocabulary(draft.words),
        word_counts=np.bincount(heard, minlength=len(draft.words)).astype(np.int64),
        term_of_word=draft.term_of_word,
        by_shape=by_shape,
        shapes=shapes,
        terms=build_vocabulary(draft.terms),
        bounds=bounds,
        docs=docs,
        counts=counts,
        term_videos=_term_videos(bounds, docs, draft.video_of),
        forward=draft.forward.astype(np.uint16) if small else draft.forward,
        offsets=draft.offsets,
        title_words=draft.title_words,
        title_offsets=draft.title_offsets,
        title_bounds=title_bounds,
        title_videos=title_videos,
        subwords=_subwords(draft.words, content),
    )


def _postings(draft: _Draft) -> tuple[Longs, Ints, Counts]:
    """Turn words in order into postings: sorted some segments at a time, and then laid behind each other by term."""
    sorted_parts = [_sorted_postings(draft, first, last) for first, last in _batches(draft.offsets)]
    held = np.zeros(len(draft.terms), np.int64)
    for frequencies, _, _ in sorted_parts:
        held += frequencies
    bounds = np.concatenate([[0], np.cumsum(held)])
    docs, counts = np.empty(bounds[-1], np.int32), np.empty(bounds[-1], np.uint16)
    filled = bounds[:-1].copy()
    for frequencies, part_docs, part_counts in sorted_parts:
        _, places = spread(filled, filled + frequencies)
        docs[places], counts[places] = part_docs, part_counts
        filled += frequencies
    narrow = not len(counts) or counts.max() <= np.iinfo(np.uint8).max
    return bounds, docs, counts.astype(np.uint8) if narrow else counts


def _sorted_postings(draft: _Draft, first: int, last: int) -> tuple[Longs, Ints, NDArray[np.uint16]]:
    """Of the segments from `first` up to `last`: the frequency of each term, and by term the segments and counts."""
    size = max(last - first, 1)
    owner = np.repeat(np.arange(last - first), np.diff(draft.offsets[first : last + 1]))
    words = draft.forward[draft.offsets[first] : draft.offsets[last]]
    pairs = np.sort(draft.term_of_word[words].astype(np.int64) * size + owner)
    new = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]])) if len(pairs) else np.empty(0, np.int64)
    counts = np.diff(np.append(new, len(pairs)))
    terms, docs = np.divmod(pairs[new], size)
    frequencies = np.bincount(terms, minlength=len(draft.terms)).astype(np.int64)
    return frequencies, (docs + first).astype(np.int32), np.minimum(counts, 65_535).astype(np.uint16)


def _batches(offsets: Longs) -> Iterator[tuple[int, int]]:
    """The segments in stretches of about so many words."""
    first, size = 0, len(offsets) - 1
    while first < size:
        last = int(np.searchsorted(offsets, offsets[first] + POSTINGS_AT_ONCE))
        last = min(max(last, first + 1), size)
        yield first, last
        first = last


def _term_videos(bounds: Longs, docs: Ints, video_of: Ints) -> Ints:
    """In how many videos each term occurs: where the video changes from one posting of the term to the next."""
    if not len(docs):
        return np.zeros(len(bounds) - 1, np.int32)
    holders = video_of[docs]
    first = np.ones(len(docs), np.bool_)
    first[1:] = holders[1:] != holders[:-1]
    first[bounds[:-1][np.diff(bounds) > 0]] = True
    so_far = np.concatenate([[0], np.cumsum(first, dtype=np.int64)])
    return np.diff(so_far[bounds]).astype(np.int32)


def _titles(draft: _Draft, title_of: Longs, content: Bools) -> tuple[Longs, Ints]:
    """For each term the videos whose title holds it; stop words are in none."""
    size = max(len(draft.videos), 1)
    said = content[draft.title_words]
    pairs = np.unique(draft.term_of_word[draft.title_words[said]].astype(np.int64) * size + title_of[said])
    bounds = np.searchsorted(pairs, np.arange(len(draft.terms) + 1, dtype=np.int64) * size)
    return bounds.astype(np.int64), (pairs % size).astype(np.int32)


def _shapes(words: Sequence[str]) -> tuple[Longs, Ints]:
    """The words of letters alone in the order of their first letter and length; and those shapes, rising."""
    letters = [number for number, word in enumerate(words) if word.isalpha()]
    shapes = np.array([shape_of(words[number][0], len(words[number])) for number in letters], np.int64)
    order = np.argsort(shapes, kind="stable")
    return shapes[order], np.array(letters, np.int32)[order]


def _subwords(words: Sequence[str], content: Bools) -> Subwords:
    """The pieces of all words but the stop words."""
    counted = np.flatnonzero(content).astype(np.int32)
    return build_subwords([words[number] for number in counted.tolist()], counted)


def _chained(arrays: Iterable[NDArray[np.generic]]) -> NDArray:  # type: ignore[type-arg]
    return np.concatenate(list(arrays))


def _sums(numbers: NDArray[np.integer]) -> Longs:
    """Nought, and the sum of the numbers up to each."""
    return np.concatenate([[0], np.cumsum(numbers, dtype=np.int64)]).astype(np.int64)


def _video_id(entry: tuple[Video, list[Segment]]) -> str:
    return entry[0].video_id


def _start(segment: Segment) -> float:
    return segment.start_second
