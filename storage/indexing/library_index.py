"""The index of one library as it is read now: its parts, and which part a video is in. Pure, and immutable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from storage.indexing.index_files import CachedIndex
from storage.ranking.index.index_part import IndexPart
from storage.ranking.index.merge import merge_parts

MAX_QUICK_MERGE_SEGMENTS = 2_000
"""Segments up to which parts are merged as soon as they are about equally large: it takes a moment."""
MAX_PARTS = 12
"""The number of parts above which they are merged: every part adds a little to the cost of a question."""
LATER_SHARE, LATER_AT_LEAST = 0.02, 2_000
"""The share of all segments, and at least the number, that may have been added or deleted since the base part was built
before everything is merged into one part. Later parts are not cached on disk, and are indexed again at the next
start."""


def later_limit(segments: int) -> float:
    """Return how many of so many segments may have been added or deleted before everything is merged into one part."""
    return max(LATER_AT_LEAST, LATER_SHARE * segments)


@dataclass(frozen=True, slots=True)
class VideoPlace:
    """Where a video is: the part, its position in it, and the version of the video."""

    part: int
    video: int
    version: int


@dataclass(frozen=True, slots=True, eq=False)
class LibraryIndex:
    """The parts, the largest first, and the place of every video."""

    language: str
    parts: tuple[IndexPart, ...] = ()
    places: Mapping[str, VideoPlace] = field(default_factory=dict)

    @classmethod
    def from_cached(cls, cached: CachedIndex) -> LibraryIndex:
        """Return the index of a library as it was cached on disk."""
        videos = cached.index.videos
        places = {
            videos.video_id_at(video): VideoPlace(0, video, version)
            for video, version in enumerate(cached.versions.tolist())
        }
        return cls(cached.index.language, (cached.index,), places)

    @property
    def size(self) -> int:
        """Return how many segments there are."""
        return sum(part.size for part in self.parts)

    @property
    def needs_merge(self) -> bool:
        """Return whether it is time to merge everything into one part."""
        base = self.parts[0].size if self.parts else 0
        gone = sum(part.max_doc - part.size for part in self.parts)
        later = self.size - base + gone
        return len(self.parts) > MAX_PARTS or later > later_limit(self.size)

    def find_stale(self, versions: Mapping[str, int]) -> set[str]:
        """Return the ids of the videos here that the current `versions` do not have, or have in another version."""
        return {video_id for video_id, place in self.places.items() if versions.get(video_id) != place.version}

    def find_outdated(self, versions: Mapping[str, int]) -> list[str]:
        """Return the ids of the videos that have to be read, given the current versions by video."""
        return [
            video_id
            for video_id, version in versions.items()
            if (place := self.places.get(video_id)) is None or place.version != version
        ]

    def without_videos(self, video_ids: Collection[str]) -> LibraryIndex:
        """Return the same index without some of its videos."""
        if not video_ids:
            return self
        gone: defaultdict[int, list[int]] = defaultdict(list)
        for video_id in video_ids:
            gone[self.places[video_id].part].append(self.places[video_id].video)
        parts = tuple(part.without_videos(gone[n]) if n in gone else part for n, part in enumerate(self.parts))
        return LibraryIndex(
            self.language, parts, {key: place for key, place in self.places.items() if key not in video_ids}
        )

    def with_part(self, part: IndexPart, versions: Mapping[str, int]) -> LibraryIndex:
        """Return the same index with a part more, of videos that it does not have yet."""
        places = {
            (video_id := part.videos.video_id_at(video)): VideoPlace(len(self.parts), video, versions[video_id])
            for video in range(len(part.videos))
        }
        return LibraryIndex(self.language, (*self.parts, part), {**self.places, **places})._merge_small_parts()

    def _merge_small_parts(self) -> LibraryIndex:
        """Merge the last parts while they are small and the one before is not much larger than what follows it."""
        first = len(self.parts) - 1
        while first > 0 and self.parts[first - 1].size <= 2 * sum(part.size for part in self.parts[first:]):
            first -= 1
        if first < len(self.parts) - 1 and sum(part.size for part in self.parts[first:]) <= MAX_QUICK_MERGE_SEGMENTS:
            return self.merge_parts(first)
        return self

    def merge_parts(self, first: int = 0) -> LibraryIndex:
        """Return the same index with the parts from `first` on merged into one."""
        if len(self.parts) <= first or (len(self.parts) == first + 1 and not self.parts[first].deleted):
            return self
        part = merge_parts(self.parts[first:])
        places = dict(self.places)
        for video in range(len(part.videos)):
            video_id = part.videos.video_id_at(video)
            places[video_id] = VideoPlace(first, video, places[video_id].version)
        return LibraryIndex(self.language, (*self.parts[:first], part), places)

    def as_cached(self) -> CachedIndex:
        """Return the index as it is cached on disk; only for a single part without deleted videos."""
        [index] = self.parts
        ids = (index.videos.video_id_at(video) for video in range(len(index.videos)))
        versions = np.fromiter((self.places[video_id].version for video_id in ids), np.int64, len(index.videos))
        return CachedIndex(index, versions)
