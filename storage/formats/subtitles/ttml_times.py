"""The times of TTML: clock times, with fractions or frames, and offsets in every unit.

The grammar is that of TTML 2, section 12.3.1 (https://www.w3.org/TR/ttml2/#timing-value-time-expression). What files
write beyond it is read too: minutes without hours, bare seconds, a comma for the point.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,5}):(\d{1,2}(?:[.,]\d{1,12})?)(?:[:;](\d{1,4})(?:\.(\d{1,4}))?)?", re.ASCII)
_OFFSET = re.compile(r"(\d{1,18}(?:[.,]\d{1,12})?)\s*(h|m|s|ms|f|t)?", re.ASCII)
_DEFAULT_FRAME_RATE = 30.0
_RATIO = re.compile(r"(\d{1,9})[\s:/]+(\d{1,9})", re.ASCII)
_MAX_RATE = 1e12


@dataclass(frozen=True, slots=True)
class TtmlClock:
    """How a file counts: frames a second, parts of a frame, and ticks a second."""

    frame_rate: float = _DEFAULT_FRAME_RATE
    sub_frames: float = 1.0
    tick_rate: float = 1.0

    def parse(self, text: str) -> float | None:
        """Return a time in seconds; None for what is none."""
        text = text.strip()
        clock = _CLOCK.fullmatch(text)
        if clock is not None:
            hours, minutes, seconds = int(clock[1] or 0), int(clock[2]), float(clock[3].replace(",", "."))
            if seconds >= 61 or (clock[1] is not None and minutes > 59):
                return None
            frames = int(clock[4] or 0) + int(clock[5] or 0) / self.sub_frames
            return round((hours * 60 + minutes) * 60 + seconds + frames / self.frame_rate, 3)
        offset = _OFFSET.fullmatch(text)
        if offset is None:
            return None
        return round(float(offset[1].replace(",", ".")) * self._seconds_of(offset[2] or "s"), 3)

    def _seconds_of(self, unit: str) -> float:
        if unit == "f":
            return 1 / self.frame_rate
        if unit == "t":
            return 1 / self.tick_rate
        return {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}[unit]


def read_clock(attributes: Mapping[str, str]) -> TtmlClock:
    """Return how a file counts, by the attributes of its `tt`; what is missing or no number is as TTML has it."""
    frames = _positive(attributes.get("frameRate"))
    multiplier = _RATIO.search(attributes.get("frameRateMultiplier", ""))
    factor = (
        int(multiplier[1]) / int(multiplier[2]) if multiplier and int(multiplier[1]) and int(multiplier[2]) else 1.0
    )
    sub_frames = _positive(attributes.get("subFrameRate")) or 1.0
    frame_rate = (frames or _DEFAULT_FRAME_RATE) * factor
    ticks = _positive(attributes.get("tickRate")) or (frame_rate * sub_frames if frames else 1.0)
    return TtmlClock(frame_rate, sub_frames, ticks)


def _positive(text: str | None) -> float | None:
    try:
        number = float(text or 0)
    except ValueError:
        return None
    return number if 0 < number < _MAX_RATE else None
