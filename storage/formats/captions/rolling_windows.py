"""How one window of rolling captions follows from the one before it.

Live and automatic captions scroll: a cue holds lines that were on the screen already and adds what was just said. Files
show that in three ways; a function for every way yields how many words of a window may have been carried over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from storage.analysis import split_words

SHORT_SECONDS = 0.1
"""No one says a line in this time; a cue this short only holds the screen until the next begins."""

# A rolling window has two to four lines. The limits keep a malicious file from being slow to read.
_MAX_LINES = 8
_MAX_CHUNKS = 64


class Window(NamedTuple):
    """What one cue shows, without its blank lines. `words` are those of `split_words`: in scripts without spaces a line
    grows by characters. A tuple, as a file may have 200,000.

    `cue` is its place among the cues, `shown_seconds` how long it is shown. `is_timed` says that words in it appear one
    by one, so some are new; `is_fresh` that the screen was empty before it. `may_carry` is False where it cannot begin
    with the last words of the window before it, in whichever way a file shows that.
    """

    cue: int
    lines: tuple[str, ...]
    words: tuple[str, ...]
    shown_seconds: float
    is_timed: bool
    is_fresh: bool
    may_carry: bool = True

    @property
    def is_short(self) -> bool:
        """Return whether it is shown too briefly for anything to be said."""
        return self.shown_seconds <= SHORT_SECONDS


@dataclass(frozen=True, slots=True)
class ScreenState:
    """What is shown before a window: its lines, and its words in the chunks in which they arrived."""

    lines: tuple[str, ...] = ()
    chunks: tuple[tuple[str, ...], ...] = ()


CarryRule = Callable[[ScreenState, Window], Iterator[int]]
"""Yields how many words of a window may have been carried over from the screen, the largest number first."""


def carry_by_line(screen: ScreenState, window: Window) -> Iterator[int]:
    """Yield the counts of carried words where whole lines scroll: the screen's last lines are the window's first."""
    for count in range(min(len(screen.lines), len(window.lines), _MAX_LINES), 0, -1):
        if screen.lines[-count:] == window.lines[:count]:
            yield _count_words(window.lines[:count])


def carry_by_growth(screen: ScreenState, window: Window) -> Iterator[int]:
    """Yield the counts as `carry_by_line` does, where the screen's last line may have grown into a longer one."""
    last = tuple(split_words(screen.lines[-1])) if screen.lines else ()
    for count in range(min(len(screen.lines), len(window.lines), _MAX_LINES), 0, -1):
        grown = tuple(split_words(window.lines[count - 1]))
        if screen.lines[-count:-1] == window.lines[: count - 1] and grown[: len(last)] == last:
            yield _count_words(window.lines[: count - 1]) + len(last)


def carry_by_chunk(screen: ScreenState, window: Window) -> Iterator[int]:
    """Yield the counts where a converter joined a window into one line, which begins with the screen's last chunks."""
    for first, chunk in enumerate(screen.chunks):
        if chunk[0] == window.words[0]:
            carried = tuple(word for piece in screen.chunks[first:] for word in piece)
            if carried == window.words[: len(carried)]:
                yield len(carried)


def _count_words(lines: Iterable[str]) -> int:
    return sum(len(split_words(line)) for line in lines)


class WindowStep(NamedTuple):
    """A window after the one before it: how many of its words are not new, and whether it only holds the screen.

    `is_stale` says that the screen showed all of it already, whether or not it was said again. A tuple, because one is
    made for every window in every way of reading a file.
    """

    window: Window
    carried: int
    is_stale: bool
    is_hold: bool

    @property
    def is_partial(self) -> bool:
        """Return whether some words were carried over and some are new."""
        return not self.is_stale and self.carried > 0


@dataclass(frozen=True, slots=True)
class Habits:
    """How a file shows its captions. `carries` says that words are carried over into windows with new ones;
    `holds` that new text is always held afterwards, maybe for seconds; `times_words` that new words carry times.
    """

    carry_rule: CarryRule = carry_by_line
    carries: bool = True
    holds: bool = True
    times_words: bool = False


def follow_windows(windows: Iterable[Window], habits: Habits) -> Iterator[WindowStep]:
    """Go through the windows in order and yield what every window adds."""
    screen, before = ScreenState(), None
    after_hold = False
    for window in windows:
        if not window.may_carry:  # as nearly every window of captions that do not roll
            yield WindowStep(window, 0, is_stale=False, is_hold=False)
            before, after_hold = window, False
            continue
        if before is not None:
            screen, before = ScreenState(before.lines, (before.words,)), None
        counts = list(habits.carry_rule(screen, window))
        is_stale = bool(counts) and counts[0] == len(window.words)
        is_hold = is_stale and _is_hold(window, habits, after_hold)
        carried = len(window.words) if is_hold else _count_carried(window, habits, counts, is_stale)
        yield WindowStep(window, carried, is_stale, is_hold)
        screen = ScreenState(window.lines, _split_chunks(screen.chunks, window.words, carried))
        after_hold = is_hold


def _is_hold(window: Window, habits: Habits, after_hold: bool) -> bool:
    """Return whether a window that shows nothing new only holds the screen, and is not the same words said again."""
    if window.is_timed:
        return False
    if window.is_short:
        return True
    if window.is_fresh:
        return False
    # Where new words carry times, only a new line of a single word comes without them.
    is_marked_old = habits.times_words and " " in window.lines[-1]
    return is_marked_old or (habits.holds and not after_hold)


def _count_carried(window: Window, habits: Habits, counts: Sequence[int], is_stale: bool) -> int:
    """Return how many words were carried over into a window that is no hold."""
    if not habits.carries:
        return 0
    if len(counts) > is_stale:
        # Of chunks that repeat the same words only the last is left on a screen of two lines; of lines, all that match.
        # A window that may be entirely old, but does not only hold the screen, has scrolled by less.
        return counts[-1] if habits.carry_rule is carry_by_chunk else counts[is_stale]
    if not is_stale:
        return 0
    # A single line was said again. Several lines cannot be said at once, so they are only shown again.
    return 0 if habits.carry_rule is carry_by_line and len(window.lines) == 1 else len(window.words)


def _split_chunks(
    before: tuple[tuple[str, ...], ...], words: tuple[str, ...], carried: int
) -> tuple[tuple[str, ...], ...]:
    """Return a window's words in the chunks in which they arrived: the screen's that are left, and the new one."""
    left: list[tuple[str, ...]] = []
    missing = carried
    for chunk in reversed(before):
        if missing <= 0 or len(left) == _MAX_CHUNKS:
            break
        left.append(chunk)
        missing -= len(chunk)
    left.reverse()
    return (*left, words[carried:]) if carried < len(words) else tuple(left)
