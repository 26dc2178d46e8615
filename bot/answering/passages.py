"""Joining a hit with the speech around it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.matching import Matcher
from bot.answering.values import Passage
from storage.models import Hit, Segment

SILENCE_SECOND = 10.0
"""A passage never crosses a silence longer than this."""
PASSAGES_PER_VIDEO = 2
"""How many passages of one video are shown, unless one video was asked for."""


def join(hit: Hit, around: Sequence[Segment], matcher: Matcher) -> Passage:
    """A hit with the segment before and the one after, where they continue it and hold nothing that was excluded.

    `around` are segments of the same video about the hit, in order, the hit's among them.
    """
    starts = [segment.start_second for segment in around]
    if hit.segment.start_second not in starts:
        return Passage(hit.video, (hit.segment,), hit.score)
    here = starts.index(hit.segment.start_second)
    joined = [hit.segment]
    if here > 0 and _continues(around[here - 1], around[here]) and not matcher.excludes(around[here - 1].text):
        joined.insert(0, around[here - 1])
    if (
        here + 1 < len(around)
        and _continues(around[here], around[here + 1])
        and not matcher.excludes(around[here + 1].text)
    ):
        joined.append(around[here + 1])
    passage = Passage(hit.video, tuple(joined), hit.score)
    # Two clean segments may spell out an excluded phrase where they meet.
    return Passage(hit.video, (hit.segment,), hit.score) if matcher.excludes(passage.text) else passage


def _continues(left: Segment, right: Segment) -> bool:
    return right.start_second - left.end_second <= SILENCE_SECOND
