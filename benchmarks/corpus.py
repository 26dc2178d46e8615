"""Talks of made-up words, the same for the same seed, kept as word numbers in a folder.

Speech is imitated where it matters to an index: how common words are (Zipf's law), how long segments are, and how many
make a video. Words do not gather by subject, as they would in real talks: the segments that hold a word lie scattered
all over the library, which is the hardest case for caches and for memory that is only mapped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storage.models import Segment, SpeakerTurn, Video

LANGUAGE = "xx"
"""A code that has neither a stemmer nor stop words: every engine indexes the words as they are."""
SEED = 20_000
SEGMENTS_A_VIDEO, SECONDS_A_SEGMENT = 60, 30.0
WORDS_A_SEGMENT, SPREAD, MIN_WORDS = 70, 10, 30
VOCABULARY = 40_000
STOP_WORDS = 100
"""The commonest words are in the talks but in no question: they stand for the stop words, which are left out."""
MIN_ASKED, MAX_ASKED = 2, 8

_CONSONANTS, _VOWELS, _ENDS = "bcdfghjklmnpqrstvwxz", "aeiou", "nrstl"
_SYLLABLES = [consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS]

Numbers = NDArray[np.uint16]


def word(rank: int) -> str:
    """Return the made-up word of a rank: shorter for commoner ones, and never two words in one."""
    syllables, rest = [], rank
    while rest >= 0:
        rest, syllable = divmod(rest, len(_SYLLABLES))
        syllables.append(_SYLLABLES[syllable])
        rest -= 1
    return "".join(syllables) + _ENDS[rank // len(_CONSONANTS) % len(_ENDS)]


@cache
def vocabulary() -> NDArray[np.object_]:
    """Return every word by its rank."""
    return np.array([word(rank) for rank in range(VOCABULARY)], object)


class _Speech:
    """Draws words that are as common as Zipf's law says, without the first `without` ranks."""

    def __init__(self, stream: int, without: int = 0) -> None:
        self.chance = np.random.default_rng([SEED, stream])
        weights = 1 / np.arange(1, VOCABULARY + 1)
        weights[:without] = 0
        self._reach = np.cumsum(weights / weights.sum())

    def words(self, count: int) -> Numbers:
        drawn = np.searchsorted(self._reach, self.chance.random(count), side="right")
        return np.minimum(drawn, VOCABULARY - 1).astype(np.uint16)


def write_corpus(folder: Path, segments: int) -> None:
    """Make up at least so many segments, in whole videos. A smaller corpus is the beginning of a larger one."""
    folder.mkdir(parents=True, exist_ok=True)
    speech, titles = _Speech(0), _Speech(1, STOP_WORDS)
    lengths, heads = [], []
    with (folder / "words").open("wb") as file:
        for _ in range(-(-segments // SEGMENTS_A_VIDEO)):
            drawn = speech.chance.normal(WORDS_A_SEGMENT, SPREAD, SEGMENTS_A_VIDEO)
            lengths.append(np.maximum(drawn.round(), MIN_WORDS).astype(np.int64))
            file.write(speech.words(int(lengths[-1].sum())).tobytes())
            heads.append(titles.words(int(titles.chance.integers(3, 7))))
    np.save(folder / "offsets.npy", np.concatenate([[0], np.cumsum(np.concatenate(lengths))]))
    np.save(folder / "titles.npy", np.concatenate(heads))
    np.save(folder / "title_offsets.npy", np.cumsum([0, *map(len, heads)]))


@dataclass(frozen=True)
class Corpus:
    """The videos of a folder from `first` up to `last`. Read, never mapped: it must not count as an engine's memory."""

    folder: Path
    first: int
    last: int

    @classmethod
    def of(cls, folder: Path, segments: int) -> Corpus:
        """Return the first `segments` segments of what `write_corpus` made, in whole videos."""
        return cls(folder, 0, -(-segments // SEGMENTS_A_VIDEO))

    @property
    def segments(self) -> int:
        """Return how many segments there are."""
        return (self.last - self.first) * SEGMENTS_A_VIDEO

    def next(self, videos: int) -> Corpus:
        """Return the videos that come after these."""
        return Corpus(self.folder, self.last, self.last + videos)

    def single_videos(self) -> Iterator[Corpus]:
        """Yield every video by itself."""
        return (Corpus(self.folder, video, video + 1) for video in range(self.first, self.last))

    @cached_property
    def offsets(self) -> NDArray[np.int64]:
        """Return where the segments begin in `words`, counted from the first one here, and where the last ends."""
        every = np.load(self.folder / "offsets.npy")
        return np.asarray(every[self.first * SEGMENTS_A_VIDEO : self.last * SEGMENTS_A_VIDEO + 1], np.int64)

    def terms(self) -> Iterator[list[str]]:
        """Yield the words of every segment."""
        words, offsets = vocabulary(), self.offsets
        with (self.folder / "words").open("rb") as file:
            file.seek(int(offsets[0]) * 2)
            for first in range(0, len(offsets) - 1, SEGMENTS_A_VIDEO):
                ends = offsets[first : first + SEGMENTS_A_VIDEO + 1] - offsets[first]
                numbers = np.frombuffer(file.read(int(ends[-1]) * 2), np.uint16)
                spoken = words[numbers].tolist()
                bounds = ends.tolist()
                yield from (spoken[start:end] for start, end in pairwise(bounds))

    def texts(self) -> Iterator[str]:
        """Return the texts of the segments."""
        return map(" ".join, self.terms())

    def numbered_texts(self) -> Iterator[tuple[int, str]]:
        """Return the texts of the segments with their numbers in the whole corpus."""
        return enumerate(self.texts(), self.first * SEGMENTS_A_VIDEO)

    def videos(self, turns: int = 0) -> Iterator[tuple[Video, list[Segment]]]:
        """Yield the videos with their segments, in each of which so many speakers take turns."""
        titles, ends = np.load(self.folder / "titles.npy"), np.load(self.folder / "title_offsets.npy").tolist()
        texts = self.texts()
        for number in range(self.first, self.last):
            title = " ".join(vocabulary()[titles[ends[number] : ends[number + 1]]])
            starts = [SECONDS_A_SEGMENT * n for n in range(SEGMENTS_A_VIDEO)]
            spoken = [(start, next(texts)) for start in starts]
            segments = [
                Segment(start, start + SECONDS_A_SEGMENT, text, turns=_take_turns(text, turns))
                for start, text in spoken
            ]
            yield Video(f"v{number:010}", title, "Speaker", f"https://videos.example.org/{number}", ""), segments


def _take_turns(text: str, turns: int) -> tuple[SpeakerTurn, ...]:
    """Return turns of about equal length, each beginning with a word."""
    places = [text.rfind(" ", 0, len(text) * turn // turns) + 1 for turn in range(turns)]
    return tuple(SpeakerTurn(place, f"Speaker {turn}") for turn, place in enumerate(places))


def questions(count: int) -> list[list[str]]:
    """Return questions of two to eight words (five on average), as common as they are spoken, none twice in one."""
    speech = _Speech(2, STOP_WORDS)
    asked = []
    for length in speech.chance.integers(MIN_ASKED, MAX_ASKED + 1, count).tolist():
        distinct = dict.fromkeys(speech.words(2 * MAX_ASKED).tolist())
        asked.append([str(vocabulary()[rank]) for rank in list(distinct)[:length]])
    return asked
