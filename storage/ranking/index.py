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
from storage.ranking.spans import spread
from storage.ranking.subwords import Subwords, build_subwords

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
    postings of term t are `docs` and `counts` between `bounds[t]` and `bounds[t + 1]`, by rising segment, and it occurs
    in `term_videos[t]` videos. Video v has the segments from `first_doc[v]` up to `first_doc[v + 1]`, together
    `video_lengths[v]` words long.
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
    term_videos: Ints
    subwords: Subwords
    first_doc: Ints = field(init=False)
    video_lengths: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        first = np.searchsorted(self.video_of, np.arange(len(self.videos) + 1)).astype(np.int32)
        sums = np.concatenate([[0], np.cumsum(self.lengths, dtype=np.int64)])
        object.__setattr__(self, "first_doc", first)
        object.__setattr__(self, "video_lengths", np.diff(sums[first]))

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

    def videos_with(self, term: str) -> int:
        """In how many videos a term occurs."""
        number = self.terms.get(term)
        return 0 if number is None else int(self.term_videos[number])

    def segments_of(self, video: int) -> range:
        """The segment numbers of a video, given its position in `videos`."""
        return range(int(self.first_doc[video]), int(self.first_doc[video + 1]))

    def spoken(self, docs: NDArray[np.int64]) -> tuple[NDArray[np.int64], Ints, NDArray[np.int64]]:
        """Every word of the given segments, in order: which of them it is in, its number, its place in the library."""
        owner, places = spread(self.offsets[docs], self.offsets[docs + 1])
        return owner, self.forward[places], places

    def said_in_videos(self, term: str, videos: NDArray[np.int64]) -> Floats:
        """How often a term is said in each of the given videos."""
        docs, counts = self.postings(term)
        first = np.searchsorted(docs, self.first_doc[videos])
        last = np.searchsorted(docs, self.first_doc[videos + 1])
        owner, places = spread(first, last)
        said: Floats = np.bincount(owner, weights=counts[places], minlength=len(videos)).astype(np.float64)
        return said

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
    video_of = np.repeat(np.arange(len(shelf), dtype=np.int32), [len(segments) for _, segments in shelf])
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
        video_of=video_of,
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
        term_videos=_term_videos(bounds, docs, video_of),
        subwords=_subwords(words, term_numbers, terms),
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


def _term_videos(bounds: NDArray[np.int64], docs: Ints, video_of: Ints) -> Ints:
    """In how many videos each term occurs: where the video changes from one posting of the term to the next."""
    if not len(docs):
        return np.zeros(len(bounds) - 1, np.int32)
    holders = video_of[docs]
    first = np.ones(len(docs), np.bool_)
    first[1:] = holders[1:] != holders[:-1]
    first[bounds[:-1][np.diff(bounds) > 0]] = True
    so_far = np.concatenate([[0], np.cumsum(first)])
    return np.diff(so_far[bounds]).astype(np.int32)


def _subwords(words: dict[str, int], term_of_word: Ints, terms: dict[str, int]) -> Subwords:
    """The pieces of all words but the stop words."""
    stop_terms = {number for term, number in terms.items() if term.startswith(STOP_PREFIX)}
    counted = {word: number for word, number in words.items() if int(term_of_word[number]) not in stop_terms}
    return build_subwords(list(counted), np.fromiter(counted.values(), np.int32, len(counted)))


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
