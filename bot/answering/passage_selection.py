"""Chooses the passages of an answer: the best hits with the speech around them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

from bot.answering.matching import Matcher
from bot.answering.passages import MAX_PASSAGES_PER_VIDEO, build_passage
from bot.answering.values import Passage
from storage.models import Hit, SearchResult, Segment


class PassageSelection:
    """Selects passages from the hits of a search, batch by batch, so that only as much is read as is shown.

    The caller, which reads the database, takes `next_batch`, reads the segments around its hits, and hands them to
    `add_batch`, until no batch is left.
    """

    def __init__(self, result: SearchResult, matcher: Matcher, max_passages: int) -> None:
        self._hits = list(result.hits)
        self._matcher = matcher
        self._max_passages = max_passages
        self._max_per_video = max_passages if result.one_video else MAX_PASSAGES_PER_VIDEO
        self._selected: list[Passage] = []
        self._taken_segments: set[tuple[str, float]] = set()
        self._passages_of_video: Counter[str] = Counter()

    @property
    def passages(self) -> list[Passage]:
        """Return the passages selected so far, best first."""
        return self._selected[: self._max_passages]

    def next_batch(self) -> list[Hit]:
        """Take the next hits that may become passages; none are left once there are enough passages."""
        # A few at a time: the first that are read are nearly always enough.
        while self._hits and len(self._selected) < self._max_passages:
            batch = [hit for hit in self._hits[: self._max_passages] if self._is_wanted(hit)]
            del self._hits[: self._max_passages]
            if batch:
                return batch
        return []

    def add_batch(self, batch: Sequence[Hit], surroundings: Sequence[list[Segment]]) -> None:
        """Make passages of hits, given the segments of the video around every one of them."""
        for hit, around in zip(batch, surroundings, strict=True):
            # A better hit of the same batch may have taken it in.
            if self._is_wanted(hit):
                self._add_passage(hit, around)

    def _is_wanted(self, hit: Hit) -> bool:
        """Return whether a hit is neither shown already nor one too many of its video."""
        video_id = hit.video.video_id
        is_taken = (video_id, hit.segment.start_second) in self._taken_segments
        return not is_taken and self._passages_of_video[video_id] < self._max_per_video

    def _add_passage(self, hit: Hit, around: list[Segment]) -> None:
        """Make a passage of a hit and the segments around it that no other passage shows.

        None is made where a quoted phrase runs on into what another passage shows, or into what may not be shown.
        """
        video_id = hit.video.video_id
        taken = {start for taken_id, start in self._taken_segments if taken_id == video_id}
        passage = build_passage(hit, _free_segments(hit.segment.start_second, around, taken), self._matcher)
        if not self._matcher.holds_phrases(segment.text for segment in passage.segments):
            return
        self._taken_segments.update((video_id, segment.start_second) for segment in passage.segments)
        self._passages_of_video[video_id] += 1
        self._selected.append(passage)


def _free_segments(start_second: float, around: list[Segment], taken: set[float]) -> list[Segment]:
    """Return the segments about the one that begins at `start_second`, up to the first that another passage shows."""
    before = itertools.takewhile(
        lambda segment: segment.start_second not in taken,
        reversed([segment for segment in around if segment.start_second < start_second]),
    )
    after = itertools.takewhile(
        lambda segment: segment.start_second not in taken,
        (segment for segment in around if segment.start_second >= start_second),
    )
    return [*reversed(list(before)), *after]
