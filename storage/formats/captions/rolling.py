"""Turning cues as they are shown into cues as they are spoken: every word once, in order, when it is first shown.

Automatic captions scroll, and the files repeat what stays on the screen: in the next window, and in cues that only hold
the screen. Repetitions are removed, but only in a file that is evidently of that kind, because people do say things
twice. `rolling_windows` knows how one window follows from another; this module finds the habits of a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby

from storage.analysis import FIRST_SPACELESS, drop_words, holds_spaceless, join_texts, remove_sounds, split_words
from storage.formats.captions.repetition import is_said_twice
from storage.formats.captions.rolling_windows import (
    Habits,
    Window,
    WindowStep,
    carry_by_chunk,
    carry_by_growth,
    carry_by_line,
    follow_windows,
)
from storage.formats.speaker_names import find_speakers
from storage.formats.text_cleaning import clean_text
from storage.models import Cue

_SILENT_SECONDS = 1.0
"""After a pause this long, nothing is left on the screen from before it."""

_HIGH_SHARE = 0.8
_MEDIUM_SHARE = 0.6
_LOW_SHARE = 0.2
_MIN_WINDOWS = 3
_LONG_CARRY_WORDS = 3
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class RawCue:
    """A cue as a file has it: the lines on the screen, blank ones as "", and when they are shown.

    `is_timed` says that words in it carry times of their own, as YouTube marks new words; `speaker` who says them,
    where the file does. `part` counts the parts of a cue in which several people speak, from 0.
    """

    start_second: float
    end_second: float
    lines: tuple[str, ...]
    is_timed: bool = False
    speaker: str = ""
    part: int = 0


@dataclass(frozen=True, slots=True)
class _Evidence:
    """How much of a file one way of reading it explains. All numbers count windows after the first."""

    followed: int  # windows
    partial: int  # with words carried over, and new ones
    partial_words: float  # carried over in the first of those
    stale: int  # with nothing that was not on the screen
    lined: int  # of several lines, with something new
    said: int  # with something new, and followed by another
    held: int  # of those, followed by one that only holds it
    is_repetition: bool  # what looks like holding may be saying the same again

    @property
    def explained_share(self) -> int:
        return self.partial + self.stale


def spoken_cues(raw: Sequence[RawCue]) -> tuple[Cue, ...]:
    """Return the spoken cues by their start, with every spoken word as often as it was said, and no sound marks."""
    cues = _sort_cues(raw)
    windows = list(_make_windows(cues))
    spoken = []
    for step in follow_windows(windows, _find_habits(windows)):
        cue = cues[step.window.cue]
        lines = _drop_words(step.window.lines, step.carried) if step.carried else step.window.lines
        spoken.append(Cue(cue.start_second, cue.end_second, "\n".join(lines), cue.speaker))
    return sort_spoken(spoken)


def sort_spoken(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Return the cues that contain spoken words, by their start, none of them ending after the next has begun, with
    their speakers where the text names them. Lines of a cue are parted by line feeds, or not at all."""
    spoken = []
    for cue in find_speakers(sorted(cues, key=lambda cue: cue.start_second)):
        text = clean_text(remove_sounds(join_texts(cue.text.split("\n"))))
        if _WORD.search(text) or holds_spaceless(text):  # a line may break before a vowel of Thai or Burmese
            spoken.append((cue, text))
    starts = [cue.start_second for cue, _ in spoken]
    # Made and not replaced: that takes a third of the time, and a file may have 200,000.
    return tuple(
        Cue(cue.start_second, _cue_end(cue, next_second), text, cue.speaker)
        for (cue, text), next_second in zip(spoken, [*starts[1:], None], strict=False)
    )


def _drop_words(lines: Sequence[str], count: int) -> Iterator[str]:
    """Yield what is left of lines without their first `count` words."""
    for line in lines:
        words = split_words(line)
        if count < len(words):
            yield drop_words(line, words[:count]) if count > 0 else line
        count -= len(words)


def _sort_cues(raw: Sequence[RawCue]) -> list[RawCue]:
    """Return cues by their start. Cues with the same times and lines are one: where files were joined, both have what
    was said across the border."""
    ordered = sorted(raw, key=lambda cue: cue.start_second)
    result: list[RawCue] = []
    for _, together in groupby(ordered, lambda cue: cue.start_second):
        unlike = {(cue.end_second, cue.speaker, cue.part, tuple(filter(str.strip, cue.lines))): cue for cue in together}
        result += unlike.values()
    return result


def _cue_end(cue: Cue, next_second: float | None) -> float:
    if cue.end_second < cue.start_second:
        return cue.start_second if next_second is None else next_second
    return cue.end_second if next_second is None else min(cue.end_second, next_second)


def _make_windows(cues: Sequence[RawCue]) -> Iterator[Window]:
    was_cleared, shown_until = True, 0.0
    before: tuple[str, ...] = ()
    for place, (cue, after) in enumerate(zip(cues, [*cues[1:], None], strict=False)):
        split = [parts for line in cue.lines if (parts := line.split())]
        if not split:
            was_cleared = True
            continue
        lines = tuple(map(" ".join, split))
        words = tuple(chain.from_iterable(map(split_words, lines)))
        yield Window(
            place,
            lines,
            words,
            _shown_seconds(cue, after),
            cue.is_timed,
            is_fresh=was_cleared or cue.start_second - shown_until > _SILENT_SECONDS,
            # Every way of carrying words over begins a window with the last words of the one before.
            may_carry=bool(before) and words[0] in before and before[-1] in words,
        )
        before, was_cleared, shown_until = words, False, max(cue.start_second, cue.end_second)


def _shown_seconds(cue: RawCue, after: RawCue | None) -> float:
    """Return how long a cue is shown before the next. Ends often overlap, and may be missing."""
    start, end = cue.start_second, cue.end_second
    if after is not None and start < after.start_second and not start < end < after.start_second:
        end = after.start_second
    # Rounded to the millisecond, the unit of the files: as a float a tenth of a second may become slightly more.
    return round(end - start, 3) if end > start else 0.0


def _find_habits(windows: Sequence[Window]) -> Habits:
    """Return a file's habits: the simplest way of reading it that leaves little of it unexplained."""
    times_words = any(window.is_timed for window in windows)
    habits, plain = _try_habits(windows, Habits(carry_by_line, times_words=times_words))
    habits, most_explained = replace(habits, carries=_is_scrolling(plain)), plain.explained_share
    least_more = max(_MIN_WINDOWS, _LOW_SHARE * plain.followed)
    if sum(window.may_carry for window in windows) - most_explained < least_more:
        return habits  # another way of reading it cannot explain so much more
    for carry_rule, share in ((carry_by_growth, _MEDIUM_SHARE), (carry_by_chunk, _HIGH_SHARE)):
        other, evidence = _try_habits(windows, Habits(carry_rule, times_words=times_words))
        is_much = evidence.partial >= max(_MIN_WINDOWS, share * (evidence.followed - evidence.stale))
        is_more = evidence.explained_share - plain.explained_share >= least_more
        if is_much and is_more and evidence.explained_share > most_explained:
            habits, most_explained = other, evidence.explained_share
    return habits


def _try_habits(windows: Sequence[Window], habits: Habits) -> tuple[Habits, _Evidence]:
    """Return the habits with `holds` as the file shows it, and how much of the file they then explain."""
    evidence = _collect_evidence(windows, habits)
    if _has_holds(evidence):
        return habits, evidence
    habits = replace(habits, holds=False)
    return habits, evidence if not evidence.stale else _collect_evidence(windows, habits)


def _collect_evidence(windows: Sequence[Window], habits: Habits) -> _Evidence:
    followed = partial = stale = lined = said = 0
    partial_words = 0.0
    held: list[tuple[Window, Window]] = []
    before: WindowStep | None = None
    for step in follow_windows(windows, habits):
        if before is not None:
            followed += 1
            stale += step.is_stale
            lined += not step.is_stale and len(step.window.lines) > 1
            if step.is_partial:
                partial_words = partial_words or _count_carried_words(step)
                partial += 1
            if not before.is_stale:
                said += 1
                if step.is_hold:
                    held.append((before.window, step.window))
        before = step
    # Where words are carried over beside new ones, captions scroll, and then holds are no wonder.
    is_repetition = bool(held) and not partial and is_said_twice(held)
    return _Evidence(followed, partial, partial_words, stale, lined, said, len(held), is_repetition)


def _count_carried_words(step: WindowStep) -> float:
    """Return how many words a window carried over. A word of a script without spaces has about two characters."""
    return sum(0.5 if word >= FIRST_SPACELESS else 1.0 for word in step.window.words[: step.carried])


def _is_scrolling(lines: _Evidence) -> bool:
    """Return whether nearly every window of several lines begins with what was on the screen, and not by chance."""
    by_chance = lines.partial + lines.stale < 2 and lines.partial_words < _LONG_CARRY_WORDS
    return lines.partial > 0 and lines.partial >= _HIGH_SHARE * lines.lined and not by_chance


def _has_holds(evidence: _Evidence) -> bool:
    """Return whether new text is held afterwards, nearly always: a speaker repeats words only sometimes."""
    min_held = 1 if evidence.partial else _MIN_WINDOWS
    return evidence.held >= max(min_held, _HIGH_SHARE * evidence.said) and not evidence.is_repetition
