"""Telling lines that are said twice from lines that a caption file only shows twice, by the pace of speech.

A line that is held on the screen is shown twice in about the time it takes to say it once, so each time too briefly to
say it. Who teaches a language, or answers in chorus, has time for it both times.
"""

from __future__ import annotations

from collections.abc import Sequence

from storage.analysis import FIRST_SPACELESS
from storage.formats.captions.rolling_windows import Window

_FAST_LETTERS, _USUAL_LETTERS, _SLOW_LETTERS = 20.0, 15.0, 10.0
"""Letters a second of hurried speech, of speech as usual, and of the slow speech of people who want to be repeated."""
_ENOUGH_LETTERS = 0.8
"""The share of the letters for which there must be time."""
_SOME_LINES = 0.2
_SAME_LENGTH = 0.05
"""By what share the lengths of two cues may differ and still count as the same."""


def is_said_twice(pairs: Sequence[tuple[Window, Window]]) -> bool:
    """Return whether windows that show the one before them again may be saying it again.

    Either there is time for slow speech. Or the windows are not halves of one: some lines are shown for a shorter time
    the second time, though there is time for hurried speech; or every window is as long as every other, and there is
    time for speech as usual.
    """
    if _share_with_time(pairs, _SLOW_LETTERS) >= _ENOUGH_LETTERS:
        return True
    if _share_with_time(pairs, _FAST_LETTERS) < _ENOUGH_LETTERS:
        return False
    shorter = sum(again.shown_seconds < first.shown_seconds * (1 - _SAME_LENGTH) for first, again in pairs)
    if shorter >= _SOME_LINES * len(pairs):
        return True
    lengths = [window.shown_seconds for pair in pairs for window in pair]
    is_steady = max(lengths) <= min(lengths) * (1 + _SAME_LENGTH)
    return is_steady and _share_with_time(pairs, _USUAL_LETTERS) >= _ENOUGH_LETTERS


def _share_with_time(pairs: Sequence[tuple[Window, Window]], letters_a_second: float) -> float:
    """Return for what share of their letters there is time to say them at a pace, both times that they are shown."""
    total = said = 0
    for first, again in pairs:
        letters = sum(map(_count_letters, first.lines))
        total += letters
        if min(first.shown_seconds, again.shown_seconds) * letters_a_second >= letters:
            said += letters
    return said / total if total else 0.0


def _count_letters(line: str) -> int:
    """Return how long a line takes to say, in letters. A character of a script without spaces takes twice as long."""
    return len(line) if line.isascii() else len(line) + sum(character >= FIRST_SPACELESS for character in line)
