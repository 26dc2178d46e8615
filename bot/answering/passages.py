"""Joins a hit with the speech around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.matching import Matcher
from bot.answering.quote_units import follows_sentence
from bot.answering.values import Passage
from storage.models import SILENCE_SECONDS, Hit, Segment

MAX_PASSAGES_PER_VIDEO = 2
"""How many passages of one video are shown, unless one video was asked for."""


def build_passage(hit: Hit, around: Sequence[Segment], matcher: Matcher) -> Passage:
    """Return a hit with the segment before and the one after, where they continue it and hold nothing excluded.

    `around` are segments of the same video about the hit, in order, the hit's among them; those that other passages
    show already are left out.
    """
    here = around.index(hit.segment)
    joined = [hit.segment]
    if here > 0 and continues(around[here - 1], around[here]) and not matcher.excludes(around[here - 1].text):
        joined.insert(0, around[here - 1])
    if (
        here + 1 < len(around)
        and continues(around[here], around[here + 1])
        and not matcher.excludes(around[here + 1].text)
    ):
        joined.append(around[here + 1])
    passage = Passage(hit.video, tuple(joined), hit.score)
    # Two clean segments may spell out an excluded phrase where they meet.
    return Passage(hit.video, (hit.segment,), hit.score) if matcher.excludes(passage.text) else passage


def note_edges(passage: Passage, around: Sequence[Segment]) -> Passage:
    """Return a passage that knows whether speech runs into it and goes on after it.

    `around` are all segments of its video about it, in order, those of other passages too.
    """
    first, last = around.index(passage.segments[0]), around.index(passage.segments[-1])
    before = around[first - 1] if first > 0 and continues(around[first - 1], around[first]) else None
    return replace(
        passage,
        continues_sentence=before is not None and not follows_sentence(before.text, len(before.text)),
        goes_on=last + 1 < len(around) and continues(around[last], around[last + 1]),
    )


def continues(left: Segment, right: Segment) -> bool:
    """Return whether speech goes on from one segment into the next, without a silence between them."""
    return right.start_second - left.end_second <= SILENCE_SECONDS
