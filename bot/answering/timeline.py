"""Combines the strips of several timelines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from storage.models import Strip, Timeline

MAX_STRIPS = 6
"""How many videos a timeline shows at most: more make a picture that is higher than the screen of a phone."""


def combine_strips(timelines: Sequence[Timeline], spoken_in: Collection[str], limit: int) -> tuple[Strip, ...]:
    """Return the strips of several languages' timelines, at most `limit`, those that speak of the question most first.

    Strengths become shares of the strongest segment of all. Of the videos `spoken_in`, by id, none is left out as long
    as there is room.
    """
    peak = max((timeline.peak for timeline in timelines), default=0.0) or 1.0
    strips = [_dim_strip(strip, timeline.peak / peak) for timeline in timelines for strip in timeline.strips]
    strips.sort(key=lambda strip: (strip.video.video_id not in spoken_in, -strip.presence))
    return tuple(sorted(strips[:limit], key=lambda strip: -strip.presence))


def _dim_strip(strip: Strip, share: float) -> Strip:
    if share == 1:
        return strip
    columns = (replace(column, strength=column.strength * share) for column in strip.columns)
    return replace(strip, columns=tuple(columns))
