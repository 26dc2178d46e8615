"""Recordings and what is said in them.

Seconds are floats counted from the start of the recording. Positions in text count code points.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

SILENCE_SECONDS = 10.0
"""A pause longer than this parts what is said: nothing is joined across it."""


@dataclass(frozen=True, slots=True)
class Video:
    """One recording. Every text field except `video_id` may be empty, meaning unknown."""

    video_id: str
    title: str = ""
    creator: str = ""
    url: str = ""
    thumbnail: str = ""
    language: str = ""

    @property
    def heading(self) -> str:
        """What to call the video in front of people: its title, or its id when it has none."""
        return self.title or self.video_id


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: words, and when they are shown."""

    start_second: float
    end_second: float
    text: str


@dataclass(frozen=True, slots=True)
class CueMark:
    """Where in a segment's text a cue begins, and when that cue is first shown."""

    offset: int
    start_second: float


@dataclass(frozen=True, slots=True)
class Segment:
    """The unit that is stored and ranked. `marks` is empty where the source had no cues."""

    start_second: float
    end_second: float
    text: str
    marks: tuple[CueMark, ...] = ()

    def second_at(self, offset: int) -> float:
        """When the words at an offset of the text begin: exact to the cue, else estimated and a second early."""
        if self.marks:
            place = bisect_right([mark.offset for mark in self.marks], offset) - 1
            return self.marks[max(place, 0)].start_second
        if offset == 0:
            return self.start_second
        return round(max(self.start_second, self.estimate_second(offset) - 1.0), 3)

    def estimate_second(self, offset: int) -> float:
        """When an offset of the text is reached, in seconds: speech runs at an even pace, as far as we know."""
        return self.start_second + (self.end_second - self.start_second) * offset / len(self.text)


@dataclass(frozen=True, slots=True)
class StoredVideo:
    """A video with everything stored of it, its segments by rising start."""

    video: Video
    segments: tuple[Segment, ...]
