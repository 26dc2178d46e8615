"""Part of a library as arrays: sparse postings for BM25, the words in order for the second stage, and the titles.

A part is immutable and can be mapped from a file. A library consists of a base part and the parts added later; a video
that was removed or replaced since stays in its part and is marked as deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from storage.models import SILENCE_SECONDS, Video
from storage.ranking.index.deletions import Deletions, count_deletions
from storage.ranking.index.ngrams import NgramIndex
from storage.ranking.index.postings import Counts, PostingLists, Postings
from storage.ranking.index.ranges import expand_ranges, prefix_sums
from storage.ranking.index.runs import (
    RememberedRuns,
    RunPostings,
    find_phrase,
    find_run,
    find_titles_with_run,
    is_run,
)
from storage.ranking.index.speaker_turns import SpeakerTurns
from storage.ranking.index.video_list import VideoList
from storage.ranking.index.vocabulary import Vocabulary

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class IndexPart:
    """An immutable index of (part of) a library.

    By segment: the position of its video in `videos`, its start and end in seconds, and its length in words that are no
    stop words. By word: its term, and how often it occurs in segments and titles.

    `forward[offsets[s]:offsets[s + 1]]` holds the word numbers of segment s in spoken order, `title_words` with
    `title_offsets` those of the titles by video. `posting_lists` are the segments that hold a term; `term_videos[t]`
    videos hold term t, and the titles of `title_videos` between `title_bounds[t]` and `title_bounds[t + 1]`. Video v
    has the segments from `first_doc[v]` up to `first_doc[v + 1]`. `by_shape` are the words in the order of their first
    letter and length, packed in `shapes`. `turns` say who speaks.
    """

    language: str
    videos: VideoList
    video_of: Ints
    starts: Floats
    ends: Floats
    lengths: Ints
    words: Vocabulary
    word_counts: Longs
    term_of_word: Ints
    by_shape: Ints
    shapes: Longs
    terms: Vocabulary
    posting_lists: PostingLists
    term_videos: Ints
    forward: NDArray[np.uint16] | Ints
    offsets: Longs
    title_words: Ints
    title_offsets: Longs
    title_bounds: Longs
    title_videos: Ints
    ngrams: NgramIndex
    turns: SpeakerTurns
    deleted: Deletions | None = None
    first_doc: Ints = field(init=False)
    video_lengths: Longs = field(init=False)
    """How many words that are no stop words a video has, by video; deleted videos included."""
    length: int = field(init=False)
    _runs: RememberedRuns = field(default_factory=RememberedRuns, init=False)

    def __post_init__(self) -> None:
        first = np.searchsorted(self.video_of, np.arange(len(self.videos) + 1)).astype(np.int32)
        object.__setattr__(self, "first_doc", first)
        object.__setattr__(self, "video_lengths", np.diff(prefix_sums(self.lengths)[first]))
        object.__setattr__(self, "length", int(self.lengths.sum()) - (self.deleted.length if self.deleted else 0))

    @property
    def max_doc(self) -> int:
        """Return how many segments have a number here, those of deleted videos included."""
        return len(self.starts)

    @property
    def size(self) -> int:
        """Return how many segments there are, without those of deleted videos."""
        return self.max_doc - (len(self.deleted.docs) if self.deleted else 0)

    @property
    def video_count(self) -> int:
        """Return how many videos there are, without deleted ones."""
        return len(self.videos) - (int(self.deleted.videos.sum()) if self.deleted else 0)

    def live_videos(self) -> dict[int, Video]:
        """Return the videos that are not deleted, by position."""
        videos = enumerate(self.videos)
        return {place: video for place, video in videos if self.deleted is None or not self.deleted.videos[place]}

    def has_tracks(self) -> bool:
        """Return whether any video that is not deleted is a track of another."""
        return any(self.deleted is None or not self.deleted.videos[place] for place in self.videos.track_places())

    def without_videos(self, videos: Iterable[int]) -> IndexPart:
        """Return the same index with the videos at these positions deleted too."""
        leaving = np.zeros(len(self.videos), np.bool_)
        leaving[list(videos)] = True
        if self.deleted is None:
            return replace(self, deleted=count_deletions(self, leaving))
        return replace(self, deleted=self.deleted.merged_with(count_deletions(self, leaving & ~self.deleted.videos)))

    def postings(self, term: str) -> tuple[Longs, Counts | Longs]:
        """Return the segments that hold a term, rising, and their counts of it; those of deleted videos included, where
        it is no run."""
        if is_run(term):
            run = self.run_postings(term)
            return run.docs, run.counts
        number = self.terms.number_of(term)
        if number is None:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return self.posting_lists.docs_of(number), self.posting_lists.counts_of(number)

    def repeated_postings(self, term: str) -> Postings:
        """Return the same segments, and the counts of those that hold the term more than once."""
        if is_run(term):
            run = self.run_postings(term)
            repeated = np.flatnonzero(run.counts > 1)
            return Postings(run.docs, repeated, run.counts[repeated])
        number = self.terms.number_of(term)
        return Postings(*np.empty((3, 0), np.int64)) if number is None else self.posting_lists.postings_of(number)

    def document_frequency(self, term: str) -> int:
        """Return how many segments hold a term."""
        if is_run(term):
            return len(self.run_postings(term).docs)
        number = self.terms.number_of(term)
        if number is None:
            return 0
        gone = self.deleted.term_docs[number] if self.deleted else 0
        return self.posting_lists.frequency(number) - int(gone)

    def videos_with(self, term: str) -> int:
        """Return how many videos hold a term."""
        if is_run(term):
            return len(np.unique(self.video_of[self.run_postings(term).docs]))
        number = self.terms.number_of(term)
        if number is None:
            return 0
        return int(self.term_videos[number] - (self.deleted.term_videos[number] if self.deleted else 0))

    def videos_titled(self, term: str) -> Ints:
        """Return the positions of the videos whose title holds a term."""
        if is_run(term):
            return find_titles_with_run(self, term)
        number = self.terms.number_of(term)
        if number is None:
            return self.title_videos[:0]
        titled = self.title_videos[self.title_bounds[number] : self.title_bounds[number + 1]]
        return titled[~self.deleted.videos[titled]] if self.deleted else titled

    def word_count(self, word: str) -> int:
        """Return how often a word occurs in segments and titles."""
        number = self.words.number_of(word)
        return 0 if number is None else int(self.word_counts_of(np.array([number]))[0])

    def word_counts_of(self, words: NDArray[np.integer]) -> Longs:
        """Return how often words, given by number, occur in segments and titles."""
        counts: Longs = self.word_counts[words]
        return counts - self.deleted.word_counts[words] if self.deleted else counts

    def words_like(self, first: str, length: int) -> list[str]:
        """Return the words made of letters alone that begin with a letter and have a length in code points."""
        return self.words.words_at(self._words_shaped(first, length, length))

    def words_beginning(self, start: str, shortest: int, longest: int) -> list[str]:
        """Return the words made of letters alone that begin so and have a length in code points between two."""
        numbers = self._words_shaped(start[0], shortest, longest)
        return self.words.words_at(numbers) if len(start) == 1 else self.words.words_beginning(start, numbers)

    def first_letters(self) -> set[str]:
        """Return what words made of letters alone begin with; those of deleted videos included."""
        return {chr(letter) for letter in set((self.shapes >> 32).tolist())}

    def creators(self) -> set[str]:
        """Return the creators of the videos that are not deleted."""
        live = np.ones(len(self.videos), np.bool_) if self.deleted is None else ~self.deleted.videos
        return self.videos.creators_of(np.flatnonzero(live))

    def speakers(self, videos: Collection[int] | None = None) -> list[str]:
        """Return who is known to speak in some videos, given by position, or in all that are not deleted."""
        chosen = np.ones(len(self.videos), np.bool_) if self.deleted is None else ~self.deleted.videos
        if videos is not None:
            chosen = np.zeros(len(self.videos), np.bool_)
            chosen[list(videos)] = True
        return self.turns.named_turns(chosen[self.video_of[self.turns.docs]])

    def _words_shaped(self, first: str, shortest: int, longest: int) -> Ints:
        """Return the numbers of the words made of letters alone with a first letter, from a length to another."""
        ends = np.searchsorted(self.shapes, [shape_of(first, shortest), shape_of(first, longest + 1)])
        numbers: Ints = self.by_shape[ends[0] : ends[1]]
        return numbers[self.word_counts_of(numbers) > 0] if self.deleted else numbers

    def words_in(self, docs: Longs) -> tuple[Longs, NDArray[np.integer], Longs]:
        """Return the words of some segments in order: the position of the segment in `docs`, the word, and its place in
        `forward`."""
        owner, places = expand_ranges(self.offsets[docs], self.offsets[docs + 1])
        return owner, self.forward[places], places

    def matching_words(self, docs: Longs, wanted: Bools) -> tuple[Longs, NDArray[np.integer], Longs]:
        """Return the same as `words_in`, but only for words that `wanted`, a flag by word number, asks for."""
        firsts, lasts = self.offsets[docs], self.offsets[docs + 1]
        begins = np.append(True, firsts[1:] != lasts[:-1])[: len(docs)]
        stretches = zip(firsts[begins].tolist(), lasts[np.roll(begins, -1)].tolist(), strict=True)
        forward = self.forward
        # By slices: copying a few hundred segments, many of them adjacent, is faster than computing the place of every
        # one of their words.
        words = np.concatenate([forward[:0], *[forward[first:last] for first, last in stretches]])
        # Cast first: numpy takes by narrower numbers more slowly than it casts them.
        matches = np.flatnonzero(wanted.take(words.astype(np.intp)))
        ends = np.cumsum(lasts - firsts)
        owner = np.searchsorted(ends, matches, side="right")
        return owner, words[matches], matches + (lasts - ends)[owner]

    def term_counts_in_videos(self, terms: Sequence[Postings], videos: NDArray[np.integer]) -> Floats:
        """Return how often videos (rows) hold terms (columns), given by their postings here."""
        totals = np.empty((len(videos), len(terms)))
        bounds = np.stack([self.first_doc[videos], self.first_doc[videos + 1]], axis=1).astype(np.int64)
        for column, postings in enumerate(terms):
            totals[:, column] = postings.count_between(bounds)
        return totals

    def segments_of(self, video: int) -> Longs:
        """Return the segment numbers of a video, given its position in `videos`."""
        return np.arange(self.first_doc[video], self.first_doc[video + 1], dtype=np.int64)

    def count_segments(self, videos: Collection[int]) -> int:
        """Return how many segments some videos have, given by position."""
        places = np.fromiter(videos, np.int64, len(videos))
        return int((self.first_doc[places + 1] - self.first_doc[places]).sum())

    def are_connected(self, left: Longs, right: Longs) -> Bools:
        """Return whether a right segment directly continues its left one: same video, no long silence between."""
        inside = (left >= 0) & (right < self.max_doc)
        a, b = np.where(inside, left, 0), np.where(inside, right, 0)
        near = self.starts[b] - self.ends[a] <= SILENCE_SECONDS
        connected: Bools = inside & near & (self.video_of[a] == self.video_of[b])
        return connected

    def phrase_positions(self, words: Sequence[str]) -> tuple[Longs, Longs]:
        """Return where words follow one another exactly, in videos that are not deleted: the segments of the first and
        of the last word, by place."""
        _, first_docs, last_docs = self.phrase_places(words)
        return first_docs, last_docs

    def phrase_places(self, words: Sequence[str], within: Bools | None = None) -> tuple[Longs, Longs, Longs]:
        """Return the same, and before it the places of the first words in `forward`; where `within` is given, only what
        begins in a segment that it flags."""
        return find_phrase(self, words, within)

    def run_postings(self, name: str) -> RunPostings:
        """Return where a run is said, given its name, in videos that are not deleted."""
        postings = self._runs.get(name)
        if postings is None:
            postings = find_run(self, name)
            self._runs.add(name, postings)
        return postings


def shape_of(first: str, length: int) -> int:
    """Return a first letter and a length in code points as one number."""
    return ord(first) << 32 | length
