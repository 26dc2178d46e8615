"""Joins a hit with the speech around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.matching import Matcher
from bot.answering.quote_units import follows_sentence
from bot.answering.values import Passage, PassageRange
from storage.analysis import join_texts
from storage.models import SILENCE_SECONDS, Hit, Segment

MAX_PASSAGES_PER_VIDEO = 2
"""How many passages of one video are shown, unless one video was asked for."""
MAX_PASSAGE_SEGMENTS = 4
"""Segments that a passage holds at most when it is widened: about what one card can show."""


def build_passage(hit: Hit, around: Sequence[Segment], matcher: Matcher) -> Passage:
    """Return a hit with the segment before and the one after, where they continue it and hold nothing excluded.

    `around` are segments of the same video about the hit, in order, the hit's among them; those that other passages
    show already are left out.
    """
    here = around.index(hit.segment)
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


def note_edges(passage: Passage, around: Sequence[Segment]) -> Passage:
    """Return a passage that knows whether speech runs into it and goes on after it.

    `around` are all segments of its video about it, in order, those of other passages too.
    """
    first, last = around.index(passage.segments[0]), around.index(passage.segments[-1])
    before = around[first - 1] if first > 0 and _continues(around[first - 1], around[first]) else None
    return replace(
        passage,
        continues_sentence=before is not None and not follows_sentence(before.text, len(before.text)),
        goes_on=last + 1 < len(around) and _continues(around[last], around[last + 1]),
    )


def widen_passage(
    around: Sequence[Segment], stretch: PassageRange, step: int, matcher: Matcher
) -> tuple[tuple[Segment, ...], bool, bool]:
    """Return the segments of a stretch, widened by one, and whether speech goes on before it and after it.

    `step` -1 widens it to the earlier side, +1 to the later one, 0 not at all. `around` are segments of the video about
    the stretch, in order. A stretch that has grown too long is cut at its other end. No segments are returned when the
    stretch is not among them any more.
    """
    inside = [
        n for n, segment in enumerate(around) if stretch.first_second <= segment.start_second <= stretch.last_second
    ]
    if not inside:
        return (), False, False
    first, last = inside[0], inside[-1]

    def goes_on(left: int) -> bool:
        """Return whether speech runs on from one segment into the next, with nothing excluded in either."""
        if not 0 <= left < len(around) - 1 or not _continues(around[left], around[left + 1]):
            return False
        return not matcher.excludes(join_texts((around[left].text, around[left + 1].text)))

    if step < 0 and goes_on(first - 1):
        first -= 1
        last = min(last, first + MAX_PASSAGE_SEGMENTS - 1)
    if step > 0 and goes_on(last):
        last += 1
        first = max(first, last - MAX_PASSAGE_SEGMENTS + 1)
    return tuple(around[first : last + 1]), goes_on(first - 1), goes_on(last)


def _continues(left: Segment, right: Segment) -> bool:
    return right.start_second - left.end_second <= SILENCE_SECONDS
