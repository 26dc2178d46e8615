"""Rolling captions as YouTube and the converters after it write them, with what was really said.

A talk is a list of spoken lines. A shape turns it into cues as they are shown, and a writer into a file. Every talk
opens with lines that nobody repeats, as talks do: a file in which one word is all that is ever said cannot show what
kind it is of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from hypothesis import strategies as st

OPENING = ("good morning everyone", "today we look at", "how machines learn", "from very few examples")
WORDS = ("no", "well", "yes")


@dataclass(frozen=True, slots=True)
class Said:
    """One line of speech, from its first word to the next line's, less `pause_ms` of silence."""

    text: str
    start_ms: int
    end_ms: int
    pause_ms: int

    @property
    def start_second(self) -> float:
        return self.start_ms / 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """A cue as it is written: `new` is the number of the line whose words appear one by one, if there is one."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    new: int | None = None


Shape = Callable[[Sequence[Said]], list[Shown]]


@st.composite
def talks(draw: st.DrawFn) -> list[Said]:
    """Lines of few different words, so that many follow their like."""
    line = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
    texts = [*OPENING, *draw(st.lists(line, max_size=12))]
    pauses = draw(st.lists(st.sampled_from((0, 0, 0, 300, 4000)), min_size=len(texts), max_size=len(texts)))
    # Slow lines that all last alike, each shown twice, may as well be said twice.
    lengths = draw(
        st.lists(st.integers(400, 4000), min_size=len(texts), max_size=len(texts)).filter(
            lambda drawn: max(drawn[:-1]) > 1.1 * min(drawn[:-1])
        )
    )
    starts = accumulate(
        (length + pause for length, pause in zip(lengths, pauses, strict=True)), initial=draw(st.integers(0, 9000))
    )
    return [
        Said(text, start, start + length, pause)
        for text, start, length, pause in zip(texts, starts, lengths, pauses, strict=False)
    ]


def _hold_ms(said: Said, is_long: bool) -> int:
    return (said.end_ms - said.start_ms) // 2 if is_long else 10


def _two_lines_with_holds(is_long: bool, clears: bool) -> Shape:
    """[line before, new line], then a hold [new line, blank]; after a pause the screen may be empty."""

    def shape(talk: Sequence[Said]) -> list[Shown]:
        cues, above = [], ""
        for said in talk:
            held = said.end_ms - _hold_ms(said, is_long)
            cues.append(Shown(said.start_ms, held, (above, said.text), new=1))
            cues.append(Shown(held, said.end_ms, (said.text, "")))
            above = "" if clears and said.pause_ms > 1000 else said.text
        return cues

    return shape


def _one_line_with_holds(is_long: bool) -> Shape:
    """[new line], then a hold that shows it again."""

    def shape(talk: Sequence[Said]) -> list[Shown]:
        cues = []
        for said in talk:
            held = said.end_ms - _hold_ms(said, is_long)
            cues += [Shown(said.start_ms, held, (said.text,), new=0), Shown(held, said.end_ms, (said.text,))]
        return cues

    return shape


def _two_lines(talk: Sequence[Said]) -> list[Shown]:
    """[line before, new line], and no holds."""
    above = ["", *(said.text for said in talk)]
    return [
        Shown(said.start_ms, said.end_ms, (before, said.text), new=1) for before, said in zip(above, talk, strict=False)
    ]


def _each_line_its_own(talk: Sequence[Said]) -> list[Shown]:
    """The easy kind: each line until the next one's end, and a blank hold from just before the next."""
    cues = []
    for said, after in zip(talk, [*talk[1:], None], strict=True):
        end = after.end_ms if after and not said.pause_ms else said.end_ms
        cues.append(Shown(said.start_ms, end, (said.text,)))
        if after:
            cues.append(Shown(after.start_ms - 10, end if not said.pause_ms else after.start_ms - 10, ("",)))
    return cues


def _flattened(with_holds: bool) -> Shape:
    """The two lines of a window joined to one by a converter."""

    def shape(talk: Sequence[Said]) -> list[Shown]:
        cues = _two_lines_with_holds(is_long=False, clears=False)(talk) if with_holds else _two_lines(talk)
        return [Shown(cue.start_ms, cue.end_ms, (" ".join(filter(None, cue.lines)),)) for cue in cues]

    return shape


LINE_SHAPES: dict[str, Shape] = {
    "two lines, short holds": _two_lines_with_holds(is_long=False, clears=False),
    "two lines, short holds, cleared in pauses": _two_lines_with_holds(is_long=False, clears=True),
    "two lines, long holds": _two_lines_with_holds(is_long=True, clears=False),
    "two lines, long holds, cleared in pauses": _two_lines_with_holds(is_long=True, clears=True),
    "one line, short holds": _one_line_with_holds(is_long=False),
    "one line, long holds": _one_line_with_holds(is_long=True),
    "two lines, no holds": _two_lines,
    "each line its own": _each_line_its_own,
    "flattened": _flattened(with_holds=False),
    "flattened, short holds": _flattened(with_holds=True),
}
"""Those in which a line is shown whole when its first word is spoken."""


def growing(talk: Sequence[Said]) -> tuple[list[Shown], list[tuple[float, str]]]:
    """Two lines, the lower growing word by word; with each word and the second in which it appears."""
    cues: list[Shown] = []
    words: list[tuple[float, str]] = []
    above = ""
    for said in talk:
        parts = said.text.split()
        step = (said.end_ms - said.start_ms) // len(parts)
        for i, word in enumerate(parts):
            start = said.start_ms + i * step
            words.append((start / 1000, word))
            cues.append(Shown(start, start + step, (above, " ".join(parts[: i + 1]))))
        above = said.text
    return cues, words


def overlapping(cues: Sequence[Shown], by_ms: int) -> list[Shown]:
    """The same cues, each shown until some time after the next has begun."""
    return [Shown(cue.start_ms, cue.end_ms + by_ms, cue.lines, cue.new) for cue in cues]


def _clock(ms: int, mark: str, hours: bool = True) -> str:
    rest = f"{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{mark}{ms % 1000:03}"
    return f"{ms // 3_600_000:02}:{rest}" if hours or ms >= 3_600_000 else rest


def as_subrip(cues: Sequence[Shown]) -> str:
    """Write SubRip; a blank line is one space, as in the files that come from YouTube's captions."""
    blocks = (
        f"{number}\n{_clock(cue.start_ms, ',')} --> {_clock(cue.end_ms, ',')}\n"
        + "\n".join(line or " " for line in cue.lines)
        for number, cue in enumerate(cues, start=1)
    )
    return "\n\n".join(blocks) + "\n"


def as_webvtt(cues: Sequence[Shown], word_times: bool = False, hours: bool = True) -> str:
    """Write WebVTT as YouTube does, with a language and positions, and times before each new word if wanted."""
    blocks = ["WEBVTT\nKind: captions\nLanguage: en"]
    for cue in cues:
        lines = [
            _timed(line, cue) if word_times and number == cue.new else line or " "
            for number, line in enumerate(cue.lines)
        ]
        times = f"{_clock(cue.start_ms, '.', hours)} --> {_clock(cue.end_ms, '.', hours)} align:start position:0%"
        blocks.append("\n".join([times, *lines]))
    return "\n\n".join(blocks) + "\n"


def _timed(line: str, cue: Shown) -> str:
    first, *rest = line.split()
    step = (cue.end_ms - cue.start_ms) // (len(rest) + 1)
    return first + "".join(
        f"<{_clock(cue.start_ms + step * i, '.')}><c> {word}</c>" for i, word in enumerate(rest, start=1)
    )
