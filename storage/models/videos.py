"""Recordings and what is said in them.

Seconds are floats counted from the start of the recording. Positions in text count code points.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

SILENCE_SECONDS = 10.0
"""A pause longer than this separates segments: nothing is joined across it."""
_offset_of: Callable[[Any], int] = attrgetter("offset")


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of a recording, as its publisher named it."""

    start_second: float
    title: str


@dataclass(frozen=True, slots=True)
class Video:
    """One recording. Every text field except `video_id` may be empty, meaning unknown.

    `published` is a date of ISO 8601, to the day, the month or the year. `chapters` are in order of their start.
    `is_automatic` says that its transcript is known to be a machine's, by speech recognition. `track_of` is the id of
    the video of which this is the transcript in another language; `video_id` is then that id, a dot and the language.
    """

    video_id: str
    title: str = ""
    creator: str = ""
    url: str = ""
    thumbnail: str = ""
    language: str = ""
    published: str = ""
    chapters: tuple[Chapter, ...] = ()
    is_automatic: bool = False
    track_of: str = ""

    @property
    def heading(self) -> str:
        """Return what people see as the video's name: its title, or its id when it has none; of a track its language
        too."""
        if self.track_of and self.title:
            return f"{self.title} ({self.video_id.removeprefix(f'{self.track_of}.')})"
        return self.title or self.video_id

    def chapter_at(self, second: float) -> Chapter | None:
        """Return the chapter that a second belongs to; None where no chapter has begun by then."""
        place = bisect_right([chapter.start_second for chapter in self.chapters], second)
        return self.chapters[place - 1] if place else None


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: words, when they are shown, and who says them ("" where that is unknown)."""

    start_second: float
    end_second: float
    text: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class CueMark:
    """Where in a segment's text a cue begins, and when that cue is first shown."""

    offset: int
    start_second: float


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """Where in a text somebody begins to speak; `speaker` is "" where it is unknown who."""

    offset: int
    speaker: str


@dataclass(frozen=True, slots=True)
class Segment:
    """The unit that is stored and ranked. `marks` is empty where the source had no cues.

    `turns` say who speaks from which offset on: the first has offset 0, and no two that follow each other have the same
    speaker. It is empty where no speaker is known.
    """

    start_second: float
    end_second: float
    text: str
    marks: tuple[CueMark, ...] = ()
    turns: tuple[SpeakerTurn, ...] = ()

    def second_at(self, offset: int) -> float:
        """Return when the words at an offset of the text begin: exact to the cue, or estimated and a second early."""
        if self.marks:
            place = bisect_right(self.marks, offset, key=_offset_of) - 1
            return self.marks[max(place, 0)].start_second
        if offset == 0:
            return self.start_second
        return round(max(self.start_second, self.estimate_second(offset) - 1.0), 3)

    def speaker_at(self, offset: int) -> str:
        """Return who says the words at an offset of the text; "" where that is unknown."""
        place = bisect_right(self.turns, offset, key=_offset_of)
        return self.turns[place - 1].speaker if place else ""

    def estimate_second(self, offset: int) -> float:
        """Return when an offset of the text is reached, in seconds, assuming a constant speaking rate."""
        return self.start_second + (self.end_second - self.start_second) * offset / len(self.text)


@dataclass(frozen=True, slots=True)
class StoredVideo:
    """A video with everything stored of it, its segments by rising start."""

    video: Video
    segments: tuple[Segment, ...]


def join_turns(turns: Sequence[SpeakerTurn]) -> tuple[SpeakerTurn, ...]:
    """Return turns, in order of their offset, as a text keeps them: a speaker who goes on has one turn, and where
    nobody is known there are none."""
    kept: list[SpeakerTurn] = []
    for turn in turns:
        if not kept or kept[-1].speaker != turn.speaker:
            kept.append(turn)
    return tuple(kept) if any(turn.speaker for turn in kept) else ()


def chapters_to_json(chapters: Sequence[Chapter]) -> str:
    """Return chapters as they are stored; "" for none."""
    pairs = [(chapter.start_second, chapter.title) for chapter in chapters]
    return json.dumps(pairs, ensure_ascii=False, separators=(",", ":")) if pairs else ""


def chapters_from_json(text: str | None) -> tuple[Chapter, ...]:
    """Return the chapters that were stored as `text`."""
    return tuple(Chapter(second, title) for second, title in json.loads(text)) if text else ()
