"""Cues whose end a file does not say: they last until the next, or as long as their words take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.formats.pace import SPOKEN_CHARACTERS_PER_SECOND
from storage.models import SILENCE_SECONDS, Cue


@dataclass(frozen=True, slots=True)
class OpenCue:
    """Words, when they begin, and who says them; `end_second` is None where the file does not say it."""

    start_second: float
    text: str
    speaker: str = ""
    end_second: float | None = None


def close_cues(cues: Sequence[OpenCue]) -> list[Cue]:
    """Return the cues in order of their start, each with an end.

    One without an end lasts until the next begins. Where that is more than a pause later than its words take at the
    pace of speech, it ends with its words: what follows was not filled with them.
    """
    ordered = sorted(cues, key=lambda cue: cue.start_second)
    starts: list[float | None] = [cue.start_second for cue in ordered[1:]]
    closed = []
    for cue, next_second in zip(ordered, [*starts, None], strict=False):
        end_second = _find_end(cue, next_second) if cue.end_second is None else cue.end_second
        closed.append(Cue(cue.start_second, end_second, cue.text, cue.speaker))
    return closed


def _find_end(cue: OpenCue, next_second: float | None) -> float:
    spoken_until = round(cue.start_second + len(cue.text) / SPOKEN_CHARACTERS_PER_SECOND, 3)
    if next_second is None or next_second - spoken_until > SILENCE_SECONDS:
        return spoken_until
    return next_second
