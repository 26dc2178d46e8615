"""From cues as they are shown to cues as they are spoken: every word once, in order, when it is first shown.

Automatic captions scroll, and the files repeat what stays on the screen: in the next window, and in cues that only hold
the screen. What is repeated is taken away, but only in a file that shows itself to be of that kind, for people do say
things twice. `windows` knows how one window follows from another; here the file's habits are told from its evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from storage.analysis.sound_marks import SOUND_MARK
from storage.formats.captions.rolling_windows import (
    Habits,
    Window,
    carry_by_chunk,
    carry_by_growth,
    carry_by_line,
    follow_windows,
)
from storage.formats.text_cleaning import clean_text
from storage.models import Cue

_SILENT_SECONDS = 1.0
"""Captions that come after such a pause are not held over from before it."""

_MOSTLY = 0.8
_CHIEFLY = 0.6
_CLEARLY = 0.2
_ENOUGH = 3
_LONG_CARRY_WORDS = 3


@dataclass(frozen=True, slots=True)
class RawCue:
    """A cue as a file has it: the lines on the screen, blank ones as "", and when they are there.

    `is_timed` says that words in it carry times of their own, as YouTube marks those that are new.
    """

    start_second: float
    end_second: float
    lines: tuple[str, ...]
    is_timed: bool = False


@dataclass(frozen=True, slots=True)
class _Evidence:
    """How much of a file one way of reading explains. All numbers count windows after the first."""

    followed: int  # windows
    partial: int  # with words carried over, and new ones
    partial_words: int  # carried over in those
    stale: int  # with nothing that was not on the screen
    lined: int  # of several lines, with something new
    said: int  # with something new, and followed by another
    held: int  # of those, followed by one that only holds it

    @property
    def explained_share(self) -> int:
        return self.partial + self.stale


def spoken_cues(raw: Sequence[RawCue]) -> tuple[Cue, ...]:
    """Return what is spoken, by its start. Nothing is lost or said twice that was not; sound marks are left out."""
    cues = sorted(raw, key=lambda cue: cue.start_second)
    windows = list(_make_windows(cues))
    spoken = []
    for step in follow_windows(windows, _find_habits(windows)):
        cue = cues[step.window.cue]
        words = step.window.words[step.carried :]
        spoken.append(Cue(cue.start_second, cue.end_second, " ".join(words)))
    return sort_spoken(spoken)


def sort_spoken(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Return those cues in which words are spoken, by their start, none of them ending after the next has begun."""
    spoken = []
    for cue in sorted(cues, key=lambda cue: cue.start_second):
        text = clean_text(SOUND_MARK.sub(" ", cue.text))
        if any(character.isalnum() or character == "_" for character in text):
            spoken.append(replace(cue, text=text))
    return tuple(
        replace(cue, end_second=_cue_end(cue, after.start_second if after else None))
        for cue, after in zip(spoken, [*spoken[1:], None], strict=False)
    )


def _cue_end(cue: Cue, next_second: float | None) -> float:
    if cue.end_second < cue.start_second:
        return cue.start_second if next_second is None else next_second
    return cue.end_second if next_second is None else min(cue.end_second, next_second)


def _make_windows(cues: Sequence[RawCue]) -> Iterator[Window]:
    was_cleared, shown_until = True, 0.0
    for place, (cue, after) in enumerate(zip(cues, [*cues[1:], None], strict=False)):
        lines = tuple(" ".join(line.split()) for line in cue.lines if line.strip())
        if not lines:
            was_cleared = True
            continue
        yield Window(
            cue=place,
            lines=lines,
            words=tuple(word for line in lines for word in line.split()),
            shown_seconds=_shown_seconds(cue, after),
            is_timed=cue.is_timed,
            is_fresh=was_cleared or cue.start_second - shown_until > _SILENT_SECONDS,
        )
        was_cleared, shown_until = False, max(cue.start_second, cue.end_second)


def _shown_seconds(cue: RawCue, after: RawCue | None) -> float:
    """Return how long a cue is shown before the next. Ends often overlap, and may be missing."""
    ends = [cue.end_second] if after is None else [cue.end_second, after.start_second]
    later = [second for second in ends if second > cue.start_second]
    # To the millisecond, in which files count: otherwise a tenth of a second may come out as a little more.
    return round(min(later) - cue.start_second, 3) if later else 0.0


def _find_habits(windows: Sequence[Window]) -> Habits:
    """Tell a file's habits: the plainest way of reading it that leaves little of it unexplained."""
    times_words = any(window.is_timed for window in windows)
    habits, plain = _try_habits(windows, Habits(carry_by_line, times_words=times_words))
    habits, most = replace(habits, carries=_is_scrolling(plain)), plain.explained_share
    for way, share in ((carry_by_growth, _CHIEFLY), (carry_by_chunk, _MOSTLY)):
        other, found = _try_habits(windows, Habits(way, times_words=times_words))
        is_much = found.partial >= max(_ENOUGH, share * (found.followed - found.stale))
        is_more = found.explained_share - plain.explained_share >= max(_ENOUGH, _CLEARLY * found.followed)
        if is_much and is_more and found.explained_share > most:
            habits, most = other, found.explained_share
    return habits


def _try_habits(windows: Sequence[Window], habits: Habits) -> tuple[Habits, _Evidence]:
    """Return the habits with `holds` as the file shows it, and how much of the file they then explain."""
    found = _collect_evidence(windows, habits)
    if _has_holds(found):
        return habits, found
    habits = replace(habits, holds=False)
    return habits, _collect_evidence(windows, habits)


def _collect_evidence(windows: Sequence[Window], habits: Habits) -> _Evidence:
    steps = list(follow_windows(windows, habits))
    later = steps[1:]
    pairs = [(step, after) for step, after in pairwise(steps) if not step.is_stale]
    return _Evidence(
        followed=len(later),
        partial=sum(step.is_partial for step in later),
        partial_words=sum(step.carried for step in later if step.is_partial),
        stale=sum(step.is_stale for step in later),
        lined=sum(len(step.window.lines) > 1 and not step.is_stale for step in later),
        said=len(pairs),
        held=sum(after.is_hold for _, after in pairs),
    )


def _is_scrolling(lines: _Evidence) -> bool:
    """Whether nearly every window of several lines begins with what was on the screen, and not by mere chance."""
    by_chance = lines.partial + lines.stale < 2 and lines.partial_words < _LONG_CARRY_WORDS
    return lines.partial > 0 and lines.partial >= _MOSTLY * lines.lined and not by_chance


def _has_holds(found: _Evidence) -> bool:
    """Whether what is said is then held: nearly always, for a speaker repeats himself only at times."""
    enough = 1 if found.partial else _ENOUGH
    return found.held >= max(enough, _MOSTLY * found.said)
