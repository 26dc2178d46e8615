"""One library as arrays: sparse postings for BM25, the words in order for phrases, and the titles.

Segments are numbered in the order (video_id, start_second), so that a lower number wins a tie.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from storage.analysis import STOP_PREFIX, Analyser, analyser_for
from storage.models import Segment, Video

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

SILENCE_SECOND = 10.0
"""A pause longer than this between two segments parts them: nothing is joined across it."""

_NO_DOCS = np.empty(0, np.int32)
_NO_COUNTS = np.empty(0, np.uint16)


@dataclass(frozen=True, slots=True, eq=False)
class LibraryIndex:
    """An immutable index of one library.

    Per segment: the position of its video in `videos`, its start and end in seconds, and its length in words that are
    no stop words. `forward[offsets[s]:offsets[s + 1]]` holds the word numbers of segment s in spoken order. The
    postings of term t are `docs` and `counts` between `bounds[t]` and `bounds[t + 1]`, by rising segment.
    """

    language: str
    videos: tuple[Video, ...]
    video_of: Ints
    starts: Floats
    ends: Floats
    lengths: Ints
    words: dict[str, int]
    word_counts: NDArray[np.int64]
    term_of_word: Ints
    terms: dict[str, int]
    bounds: NDArray[np.int64]
    docs: Ints
    counts: NDArray[np.uint16]
    forward: Ints
    offsets: NDArray[np.int64]
    title_videos: dict[str, Ints]
    _first_doc: Ints = field(init=False)

    def __post_init__(self) -> None:
        first = np.searchsorted(self.video_of, np.arange(len(self.videos) + 1)).astype(np.int32)
        object.__setattr__(self, "_first_doc", first)

    @property
    def size(self) -> int:
        """How many segments there are."""
        return len(self.starts)

    def postings(self, term: str) -> tuple[Ints, NDArray[np.uint16]]:
        """The segments that hold a term, rising, and how often each does."""
        number = self.terms.get(term)
        if number is None:
            return _NO_DOCS, _NO_COUNTS
        stretch = slice(self.bounds[number], self.bounds[number + 1])
        return self.docs[stretch], self.counts[stretch]

    def frequency(self, term: str) -> int:
        """In how many segments a term occurs."""
        number = self.terms.get(term)
        return 0 if number is None else int(self.bounds[number + 1] - self.bounds[number])

    def segments_of(self, video: int) -> range:
        """The segment numbers of a video, given its position in `videos`."""
        return range(int(self._first_doc[video]), int(self._first_doc[video + 1]))

    def connected(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each right segment directly continues its left one: same video, no long silence between."""
        inside = (left >= 0) & (right < self.size)
        a, b = np.where(inside, left, 0), np.where(inside, right, 0)
        near = self.starts[b] - self.ends[a] <= SILENCE_SECOND
        connected: NDArray[np.bool_] = inside & near & (self.video_of[a] == self.video_of[b])
        return connected

    def phrase_positions(self, words: Sequence[str]) -> tuple[Ints, Ints]:
        """Where words follow each other exactly: the segments of the first and of the last word of each place."""
        numbers = [self.words.get(word, -1) for word in words]
        if not numbers or min(numbers) < 0 or len(numbers) > len(self.forward):
            return _NO_DOCS, _NO_DOCS
        last = len(self.forward) - len(numbers) + 1
        places = np.flatnonzero(self.forward[:last] == numbers[0])
        for step, number in enumerate(numbers[1:], 1):
            places = places[self.forward[places + step] == number]
        first_docs = np.searchsorted(self.offsets, places, side="right") - 1
        last_docs = np.searchsorted(self.offsets, places + len(numbers) - 1, side="right") - 1
        whole = (first_docs == last_docs) | self.connected(first_docs, last_docs) & (last_docs == first_docs + 1)
        return first_docs[whole].astype(np.int32), last_docs[whole].astype(np.int32)


class _Numbers(dict[str, int]):
    """Gives each new key the next number."""

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self)
        return number


def build_index(videos: Iterable[tuple[Video, Sequence[Segment]]], language: str) -> LibraryIndex:
    """Index a library from its videos and their segments, in any order."""
    shelf = sorted(((video, sorted(segments, key=_start)) for video, segments in videos), key=_video_id)
    analyser = analyser_for(language)
    terms, words = _Numbers(), _Numbers()
    term_of_word: list[int] = []
    forward, offsets, lengths = array("i"), array("q", [0]), array("i")

    def read(text: str) -> int:
        spoken = 0
        for token in analyser.tokens(text):
            number = words[token.word]
            if number == len(term_of_word):
                term_of_word.append(terms[token.term])
            forward.append(number)
            spoken += not token.is_stop_word
        return spoken

    for _, segments in shelf:
        for segment in segments:
            lengths.append(read(segment.text))
            offsets.append(len(forward))
    heard = len(forward)
    titles = _title_videos([video for video, _ in shelf], analyser)
    for video, _ in shelf:
        read(video.title)  # title words can be misspelt too: they belong to the vocabulary, not to the postings
    del forward[heard:]

    every_word, every_offset = np.array(forward, np.int32), np.array(offsets, np.int64)
    term_numbers = np.array(term_of_word, np.int32)
    bounds, docs, counts = _postings(every_word, every_offset, term_numbers, len(terms))
    return LibraryIndex(
        language=language,
        videos=tuple(video for video, _ in shelf),
        video_of=np.repeat(np.arange(len(shelf), dtype=np.int32), [len(segments) for _, segments in shelf]),
        starts=np.array([s.start_second for _, segments in shelf for s in segments], np.float64),
        ends=np.array([s.end_second for _, segments in shelf for s in segments], np.float64),
        lengths=np.array(lengths, np.int32),
        words=dict(words),
        word_counts=np.bincount(every_word, minlength=len(words)).astype(np.int64),
        term_of_word=term_numbers,
        terms=dict(terms),
        bounds=bounds,
        docs=docs,
        counts=counts,
        forward=every_word,
        offsets=every_offset,
        title_videos=titles,
    )


def _postings(
    forward: Ints, offsets: NDArray[np.int64], term_of_word: Ints, terms: int
) -> tuple[NDArray[np.int64], Ints, NDArray[np.uint16]]:
    """Turn words in order into postings, by one sort of (term, segment) pairs."""
    size = max(len(offsets) - 1, 1)
    owner = np.repeat(np.arange(len(offsets) - 1, dtype=np.int64), np.diff(offsets))
    pairs, counts = np.unique(term_of_word[forward].astype(np.int64) * size + owner, return_counts=True)
    bounds = np.searchsorted(pairs, np.arange(terms + 1, dtype=np.int64) * size)
    return bounds.astype(np.int64), (pairs % size).astype(np.int32), np.minimum(counts, 65_535).astype(np.uint16)


def _title_videos(videos: Sequence[Video], analyser: Analyser) -> dict[str, Ints]:
    found: dict[str, list[int]] = {}
    for position, video in enumerate(videos):
        for term in dict.fromkeys(token.term for token in analyser.tokens(video.title)):
            if not term.startswith(STOP_PREFIX):
                found.setdefault(term, []).append(position)
    return {term: np.array(positions, np.int32) for term, positions in found.items()}


def _video_id(entry: tuple[Video, list[Segment]]) -> str:
    return entry[0].video_id


def _start(segment: Segment) -> float:
    return segment.start_second
