"""Chooses the passages of an answer: the best hits with the speech around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.answering.matching import Matcher
from bot.answering.passages import MAX_PASSAGES_PER_VIDEO, build_passage, note_edges
from bot.answering.values import Passage
from storage.models import Hit, RankedPlace, SearchResult, Segment


class PassageSelection:
    """Selects passages from the ranked places of a search, batch by batch, so that only as much is read as is shown.

    The caller, which reads the database, takes `next_batch`, reads the segments at and beside its places, and hands
    them to `add_batch`, until no batch is left.
    """

    def __init__(self, result: SearchResult, matcher: Matcher, max_passages: int) -> None:
        self._places = list(result.ranked)
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

    def next_batch(self) -> list[RankedPlace]:
        """Take the next places that may become passages; none are left once there are enough passages."""
        # A few at a time: the first that are read are nearly always enough.
        while self._places and len(self._selected) < self._max_passages:
            batch = [place for place in self._places[: self._max_passages] if self._is_wanted(place)]
            del self._places[: self._max_passages]
            if batch:
                return batch
        return []

    def add_batch(self, batch: Sequence[RankedPlace], surroundings: Sequence[Sequence[Segment]]) -> None:
        """Make passages of places, given for every one its segment between those beside it; none where it is gone."""
        for place, around in zip(batch, surroundings, strict=True):
            # A better place of the same batch may have taken it in.
            if around and self._is_wanted(place):
                own = next(segment for segment in around if segment.start_second == place.start_second)
                self._add_passage(Hit(place.video, own, place.score), around)

    def _is_wanted(self, place: RankedPlace) -> bool:
        """Return whether a place is neither shown already nor one too many of its video."""
        video_id = place.video.video_id
        is_taken = (video_id, place.start_second) in self._taken_segments
        return not is_taken and self._passages_of_video[video_id] < self._max_per_video

    def _add_passage(self, hit: Hit, around: Sequence[Segment]) -> None:
        """Make a passage of a hit and the segments around it that no other passage shows.

        None is made where a quoted phrase runs on into what another passage shows, or into what may not be shown.
        """
        video_id = hit.video.video_id
        free = [each for each in around if (video_id, each.start_second) not in self._taken_segments]
        passage = build_passage(hit, free, self._matcher)
        if not self._matcher.holds_phrases(segment.text for segment in passage.segments):
            return
        self._taken_segments.update((video_id, segment.start_second) for segment in passage.segments)
        self._passages_of_video[video_id] += 1
        self._selected.append(note_edges(passage, around))
