"""Turning cues as they are shown into cues as they are spoken: every word once, in order, when it is first shown.

Automatic captions scroll, and the files repeat what stays on the screen: in the next window, and in cues that only hold
the screen. Repetitions are removed, but only in a file that is evidently of that kind, because people do say things
twice. `rolling_windows` knows how one window follows from another; this module finds the habits of a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

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


class RawCue(NamedTuple):
    """A cue as a file has it: the lines on the screen, blank ones as "", and when they are shown. A tuple, as a file
    may have 200,000.

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


@dataclass(slots=True)
class _Shown:
    """What a file shows: its cues, without those that show nothing, and their texts, with line feeds between lines.

    `runs` are the windows that may begin with words of the one before, one after the other, each time with that one
    first. All others hold nothing but new words; most files have hardly any but those. `lined` counts the cues of
    several lines after the first.
    """

    cues: list[RawCue] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    runs: list[list[Window]] = field(default_factory=list)
    lined: int = 0
    times_words: bool = False

    @property
    def may_carry(self) -> int:
        """Return how many windows may begin with words of the one before."""
        return sum(len(run) - 1 for run in self.runs)


def spoken_cues(raw: Sequence[RawCue]) -> tuple[Cue, ...]:
    """Return the spoken cues by their start, with every spoken word as often as it was said, and no sound marks."""
    shown = _read_shown(_sort_cues(raw))
    habits = _find_habits(shown)
    for run in shown.runs:
        for step in follow_windows(run, habits):
            if step.carried:
                shown.texts[step.window.cue] = "\n".join(_drop_words(step.window.lines, step.carried))
    return sort_spoken(
        [
            Cue(cue.start_second, cue.end_second, text, cue.speaker)
            for cue, text in zip(shown.cues, shown.texts, strict=True)
        ]
    )


def sort_spoken(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Return the cues that contain spoken words, by their start, none of them ending after the next has begun, with
    their speakers where the text names them. Lines of a cue are parted by line feeds, or not at all."""
    spoken = []
    for cue in find_speakers(sorted(cues, key=attrgetter("start_second"))):
        text = cue.text if "\n" not in cue.text else join_texts(cue.text.split("\n"))
        text = clean_text(remove_sounds(text))
        if _WORD.search(text) or holds_spaceless(text):  # a line may break before a vowel of Thai or Burmese
            spoken.append((cue, text))
    starts = [cue.start_second for cue, _ in spoken]
    ends = map(_cue_end, (cue for cue, _ in spoken), [*starts[1:], None])
    # A new one only where it differs: a file may have 200,000.
    return tuple(
        cue if text == cue.text and end == cue.end_second else Cue(cue.start_second, end, text, cue.speaker)
        for (cue, text), end in zip(spoken, ends, strict=True)
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
    ordered = sorted(raw, key=attrgetter("start_second"))
    starts = {left.start_second for left, right in pairwise(ordered) if left.start_second == right.start_second}
    seen: set[RawCue] = set()
    result: list[RawCue] = []
    for cue in ordered:
        if cue.start_second in starts:
            same = cue._replace(lines=tuple(filter(str.strip, cue.lines)), is_timed=False)
            if same in seen:
                continue
            seen.add(same)
        result.append(cue)
    return result


def _cue_end(cue: Cue, next_second: float | None) -> float:
    if next_second is None:
        return max(cue.start_second, cue.end_second)
    return cue.end_second if cue.start_second <= cue.end_second <= next_second else next_second


def _read_shown(cues: Sequence[RawCue]) -> _Shown:
    """Return what cues show, which are in order of their start."""
    shown = _Shown()
    was_cleared, shown_until = True, 0.0
    before: tuple[int, tuple[str, ...], Sequence[str]] = (0, (), ())  # the place, lines and words of the window before
    is_run = False
    for place, cue in enumerate(cues):
        start, end, raw_lines, is_timed, _, part = cue
        if len(raw_lines) == 1 and raw_lines[0].isascii():  # as most cues of large files, and faster
            words = raw_lines[0].split()
            lines: tuple[str, ...] = (" ".join(words),) if words else ()
        else:
            lines = tuple([" ".join(parts) for line in raw_lines if (parts := line.split())])
            words = [word for line in lines for word in split_words(line)]
        if not lines:
            was_cleared = True
            continue
        words_before = before[2]
        # Every way of carrying words over begins a window with the last words of the one before. The parts of one cue
        # are on the screen together.
        may_carry = not part and bool(words_before) and words[0] in words_before and words_before[-1] in words
        if may_carry:
            if not is_run:
                shown.runs.append([_make_window(shown, cues, before, may_carry=False)])
            is_fresh = was_cleared or start - shown_until > _SILENT_SECONDS
            shown.runs[-1].append(_make_window(shown, cues, (place, lines, words), may_carry=True, is_fresh=is_fresh))
        is_run = may_carry
        shown.lined += len(lines) > 1 and bool(shown.cues)
        shown.times_words = shown.times_words or is_timed
        shown.cues.append(cue)
        shown.texts.append(lines[0] if len(lines) == 1 else "\n".join(lines))
        before, was_cleared, shown_until = (place, lines, words), False, end if end > start else start
    return shown


def _make_window(
    shown: _Shown,
    cues: Sequence[RawCue],
    window: tuple[int, tuple[str, ...], Sequence[str]],
    *,
    may_carry: bool,
    is_fresh: bool = True,
) -> Window:
    """Return a window, which is the next that is shown, or the last that is where it may carry nothing."""
    place, lines, words = window
    seconds = _shown_seconds(cues[place], cues[place + 1] if place + 1 < len(cues) else None)
    number = len(shown.cues) if may_carry else len(shown.cues) - 1
    return Window(number, lines, tuple(words), seconds, cues[place].is_timed, is_fresh, may_carry)


def _shown_seconds(cue: RawCue, after: RawCue | None) -> float:
    """Return how long a cue is shown before the next. Ends often overlap, and may be missing."""
    start, end = cue.start_second, cue.end_second
    if after is not None and start < after.start_second and not start < end < after.start_second:
        end = after.start_second
    # Rounded to the millisecond, the unit of the files: as a float a tenth of a second may become slightly more.
    return round(end - start, 3) if end > start else 0.0


def _find_habits(shown: _Shown) -> Habits:
    """Return a file's habits: the simplest way of reading it that leaves little of it unexplained."""
    times_words = shown.times_words
    habits, plain = _try_habits(shown, Habits(carry_by_line, times_words=times_words))
    habits, most_explained = replace(habits, carries=_is_scrolling(plain)), plain.explained_share
    least_more = max(_MIN_WINDOWS, _LOW_SHARE * plain.followed)
    if shown.may_carry - most_explained < least_more:
        return habits  # another way of reading it cannot explain so much more
    for carry_rule, share in ((carry_by_growth, _MEDIUM_SHARE), (carry_by_chunk, _HIGH_SHARE)):
        other, evidence = _try_habits(shown, Habits(carry_rule, times_words=times_words))
        is_much = evidence.partial >= max(_MIN_WINDOWS, share * (evidence.followed - evidence.stale))
        is_more = evidence.explained_share - plain.explained_share >= least_more
        if is_much and is_more and evidence.explained_share > most_explained:
            habits, most_explained = other, evidence.explained_share
    return habits


def _try_habits(shown: _Shown, habits: Habits) -> tuple[Habits, _Evidence]:
    """Return the habits with `holds` as the file shows it, and how much of the file they then explain."""
    evidence = _collect_evidence(shown, habits)
    if _has_holds(evidence):
        return habits, evidence
    habits = replace(habits, holds=False)
    return habits, evidence if not evidence.stale else _collect_evidence(shown, habits)


def _collect_evidence(shown: _Shown, habits: Habits) -> _Evidence:
    followed = max(len(shown.cues) - 1, 0)
    partial = stale = lined_stale = said_stale = 0
    partial_words = 0.0
    held: list[tuple[Window, Window]] = []
    for run in shown.runs:
        before, *steps = follow_windows(run, habits)
        for step in steps:
            if step.is_partial:
                partial_words = partial_words or _count_carried_words(step)
                partial += 1
            if step.is_hold and not before.is_stale:
                held.append((before.window, step.window))
            stale += step.is_stale
            lined_stale += step.is_stale and len(step.window.lines) > 1
            said_stale += step.is_stale and step.window.cue < followed  # another follows upon it
            before = step
    # Where words are carried over beside new ones, captions scroll, and then holds are no wonder.
    is_repetition = bool(held) and not partial and is_said_twice(held)
    lined, said = shown.lined - lined_stale, followed - said_stale
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
