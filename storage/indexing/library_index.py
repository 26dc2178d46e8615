"""The index of one library as it is read now: its parts, and in which of them each video is. Pure, and immutable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from storage.indexing.index_files import CachedIndex
from storage.models import StoredVideo
from storage.ranking.index.build import build_index
from storage.ranking.index.index_part import IndexPart
from storage.ranking.index.merge import merge_parts

MAX_QUICK_MERGE_SEGMENTS = 2_000
"""Segments up to which parts are joined as soon as they are about as large as each other: it takes a moment."""
MAX_PARTS = 12
"""From so many parts on they are joined: each costs every question a little."""
LATER_SHARE, LATER_AT_LEAST = 0.02, 2_000
"""How much, of all segments and at least, may have come later or gone since before all is joined into one again. What
came later is not kept on disk, and read anew at the next start."""


@dataclass(frozen=True, slots=True)
class VideoPlace:
    """Where a video is: the part, its position in it, and which version of it that is."""

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
        """A library as it was kept on disk."""
        videos = cached.index.videos
        places = {
            videos.video_id_at(video): VideoPlace(0, video, version)
            for video, version in enumerate(cached.versions.tolist())
        }
        return cls(cached.index.language, (cached.index,), places)

    @property
    def size(self) -> int:
        """How many segments there are."""
        return sum(part.size for part in self.parts)

    @property
    def needs_merge(self) -> bool:
        """Whether it is time to join everything into one part."""
        base = self.parts[0].size if self.parts else 0
        gone = sum(part.max_doc - part.size for part in self.parts)
        later = self.size - base + gone
        return len(self.parts) > MAX_PARTS or later > max(LATER_AT_LEAST, LATER_SHARE * self.size)

    def find_stale(self, versions: Mapping[str, int]) -> set[str]:
        """Which videos are there otherwise than here, or not at all; given the version of each as it is now."""
        return {video_id for video_id, place in self.places.items() if versions.get(video_id) != place.version}

    def find_outdated(self, versions: Mapping[str, int]) -> list[str]:
        """Which videos have to be read, given the version of each as it is now."""
        return [
            video_id
            for video_id, version in versions.items()
            if (place := self.places.get(video_id)) is None or place.version != version
        ]

    def without_videos(self, video_ids: Collection[str]) -> LibraryIndex:
        """The same without some of its videos."""
        if not video_ids:
            return self
        gone: defaultdict[int, list[int]] = defaultdict(list)
        for video_id in video_ids:
            gone[self.places[video_id].part].append(self.places[video_id].video)
        parts = tuple(part.without_videos(gone[n]) if n in gone else part for n, part in enumerate(self.parts))
        return LibraryIndex(
            self.language, parts, {key: place for key, place in self.places.items() if key not in video_ids}
        )

    def with_videos(self, videos: Sequence[StoredVideo], versions: Mapping[str, int]) -> LibraryIndex:
        """The same with more videos, which it does not have yet."""
        if not videos:
            return self
        part = build_index([(each.video, each.segments) for each in videos], self.language)
        places = {
            (video_id := part.videos.video_id_at(video)): VideoPlace(len(self.parts), video, versions[video_id])
            for video in range(len(part.videos))
        }
        return LibraryIndex(self.language, (*self.parts, part), {**self.places, **places})._merge_small_parts()

    def _merge_small_parts(self) -> LibraryIndex:
        """Join the last parts while they are small and the one before is not much larger than what follows it."""
        shelf, first = self, len(self.parts) - 1
        while first > 0 and shelf.parts[first - 1].size <= 2 * sum(part.size for part in shelf.parts[first:]):
            first -= 1
        if first < len(self.parts) - 1 and sum(part.size for part in shelf.parts[first:]) <= MAX_QUICK_MERGE_SEGMENTS:
            return shelf.merge_parts(first)
        return shelf

    def merge_parts(self, first: int = 0) -> LibraryIndex:
        """The same with the parts from one on joined into a single one."""
        if len(self.parts) == first + 1 and not self.parts[first].deleted:
            return self
        part = merge_parts(self.parts[first:])
        places = dict(self.places)
        for video in range(len(part.videos)):
            video_id = part.videos.video_id_at(video)
            places[video_id] = VideoPlace(first, video, places[video_id].version)
        return LibraryIndex(self.language, (*self.parts[:first], part), places)

    def as_cached(self) -> CachedIndex:
        """As it is kept on disk; only where it is a single part, of which nothing is gone."""
        [index] = self.parts
        ids = (index.videos.video_id_at(video) for video in range(len(index.videos)))
        versions = np.fromiter((self.places[video_id].version for video_id in ids), np.int64, len(index.videos))
        return CachedIndex(index, versions)
