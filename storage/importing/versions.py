"""Two versions of one transcript: rows with the same words at slightly other times. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from storage.models import Segment

MAX_SHIFT_SECONDS = 2.0
"""How far apart two versions of a transcript have the same words."""
_SAME_SECOND = 0.0205
"""Rows of the same second are stored a millisecond apart: up to twenty of them are known again by their words."""
_MIN_SHARE = 0.5
"""How much of what is stored in the time of the new segments has their words, where those are another version."""
_MARGIN_SECONDS = 0.5
"""Rows of one transcript overlap by so much at their ends."""
_WORD = re.compile(r"\w+")


def keep_known_starts(old: Mapping[float, Segment], segments: Sequence[Segment]) -> list[Segment]:
    """Return new segments, those with the stored words of one of the same second at that one's start.

    A page may hold one of two rows of a second: it is known by its words, and replaces no other.
    """
    starts = sorted(old)
    taken = {segment.start_second for segment in segments}
    return [_at_known_start(old, starts, taken, segment) for segment in segments]


def find_shifted(old: Mapping[float, Segment], new: Mapping[float, Segment]) -> dict[float, float]:
    """Return the starts of stored segments that new ones replace, with the new starts: their words are the same, and
    their times overlap.

    None where most of what is stored in that time has other words: then the new segments are no other version of it.
    """
    starts = sorted(start for start in old if start not in new)
    added = [segment for start, segment in sorted(new.items()) if start not in old]
    if not starts or not added:
        return {}
    pairs: dict[float, float] = {}
    for segment in added:
        first = bisect_left(starts, segment.start_second - MAX_SHIFT_SECONDS)
        last = bisect_right(starts, segment.start_second + MAX_SHIFT_SECONDS)
        near = sorted(starts[first:last], key=lambda start: abs(start - segment.start_second))
        for start in near:
            if start not in pairs and _is_same(old[start], segment):
                pairs[start] = segment.start_second
                break
    within = (added[0].start_second - MAX_SHIFT_SECONDS, added[-1].start_second + MAX_SHIFT_SECONDS)
    in_time = bisect_right(starts, within[1]) - bisect_left(starts, within[0])
    return pairs if len(pairs) >= _MIN_SHARE * in_time else {}


def count_overlapping(kept: Mapping[float, Segment], new: Mapping[float, Segment], old: Mapping[float, Segment]) -> int:
    """Return how many added segments begin inside a stored one that stays; 0 for one alone among several, as at the
    border of two pages."""
    starts = sorted(kept)
    added = [start for start in new if start not in old]
    count = 0
    for start in added:
        place = bisect_right(starts, start - _MARGIN_SECONDS) - 1
        count += place >= 0 and start + _MARGIN_SECONDS < kept[starts[place]].end_second
    return count if count > 1 or count == len(new) else 0


def _at_known_start(
    old: Mapping[float, Segment], starts: Sequence[float], taken: set[float], segment: Segment
) -> Segment:
    here = old.get(segment.start_second)
    if here is None or here.text == segment.text:
        return segment
    first = bisect_right(starts, segment.start_second)
    for start in starts[first : bisect_right(starts, segment.start_second + _SAME_SECOND)]:
        if start not in taken and old[start].text == segment.text:
            return replace(segment, start_second=start, end_second=max(start, segment.end_second))
    return segment


def _is_same(old: Segment, new: Segment) -> bool:
    is_together = old.start_second < new.end_second and new.start_second < old.end_second
    return is_together and _words(old.text) == _words(new.text)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold()) or [text]
