"""The metadata of the videos of an index, as bytes that can be mapped from a file and are read one video at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from storage.models import Video, chapters_from_json, chapters_to_json

FIELDS = len(fields(Video))
CREATOR_FIELD = [field.name for field in fields(Video)].index("creator")
TRACK_FIELD = [field.name for field in fields(Video)].index("track_of")
_AUTOMATIC = "automatic"
MAX_REMEMBERED_VIDEOS = 4_000
"""Videos that stay read, of an index: about 3 MB. Every question finds dozens, and many of them again."""


@dataclass(frozen=True, slots=True, eq=False)
class VideoList:
    """Videos by position. Field f of video v is `letters[bounds[n]:bounds[n + 1]]` in UTF-8, n being v * FIELDS + f."""

    letters: NDArray[np.uint8]
    bounds: NDArray[np.int64]
    _known: dict[int, Video] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return (len(self.bounds) - 1) // FIELDS

    def __getitem__(self, video: int) -> Video:
        known = self._known.get(video)
        if known is None:
            known = self._read_video(video)
            if len(self._known) >= MAX_REMEMBERED_VIDEOS:
                self._known.clear()
            self._known[video] = known
        return known

    def _read_video(self, video: int) -> Video:
        first = video * FIELDS
        bounds = self.bounds[first : first + FIELDS + 1].tolist()
        letters = bytes(self.letters[bounds[0] : bounds[-1]].data)
        spelt = [
            letters[start - bounds[0] : end - bounds[0]].decode("utf-8", "surrogatepass")
            for start, end in itertools.pairwise(bounds)
        ]
        video_id, title, creator, url, thumbnail, language, published, chapters, made_by, track_of = spelt
        is_automatic = made_by == _AUTOMATIC
        return Video(
            *(video_id, title, creator, url, thumbnail, language, published),
            chapters_from_json(chapters),
            is_automatic,
            track_of,
        )

    def __iter__(self) -> Iterator[Video]:
        return map(self._read_video, range(len(self)))

    def video_id_at(self, video: int) -> str:
        """Return the id of a video alone: it is the first field."""
        return self._field_at(video * FIELDS)

    def video_ids_at(self, videos: NDArray[np.int64]) -> list[str]:
        """Return the ids of some videos, in their order."""
        firsts, lasts = self.bounds[videos * FIELDS].tolist(), self.bounds[videos * FIELDS + 1].tolist()
        letters = self.letters.data
        return [str(letters[first:last], "utf-8", "surrogatepass") for first, last in zip(firsts, lasts, strict=True)]

    def track_places(self) -> list[int]:
        """Return the positions of the videos that are tracks of another."""
        places = np.arange(len(self), dtype=np.int64) * FIELDS + TRACK_FIELD
        tracks: list[int] = np.flatnonzero(self.bounds[places + 1] > self.bounds[places]).tolist()
        return tracks

    def creators_of(self, videos: NDArray[np.integer]) -> set[str]:
        """Return the different creators of some videos."""
        places = videos.astype(np.int64) * FIELDS + CREATOR_FIELD
        firsts, lasts = self.bounds[places].tolist(), self.bounds[places + 1].tolist()
        letters = self.letters.data
        spelt = {bytes(letters[first:last]) for first, last in zip(firsts, lasts, strict=True)}
        return {str(creator, "utf-8", "surrogatepass") for creator in spelt}

    def _field_at(self, place: int) -> str:
        return str(self.letters[self.bounds[place] : self.bounds[place + 1]].data, "utf-8", "surrogatepass")


def build_video_list(videos: Iterable[Video]) -> VideoList:
    """Encode videos in the order given."""
    spelt = [field.encode("utf-8", "surrogatepass") for video in videos for field in _spell_fields(video)]
    bounds = np.zeros(len(spelt) + 1, np.int64)
    np.cumsum([len(letters) for letters in spelt], out=bounds[1:])
    return VideoList(np.frombuffer(b"".join(spelt), np.uint8), bounds)


def _spell_fields(video: Video) -> tuple[str, ...]:
    """Return the fields of a video as texts, in their order."""
    labels = (video.video_id, video.title, video.creator, video.url, video.thumbnail, video.language, video.published)
    return *labels, chapters_to_json(video.chapters), _AUTOMATIC if video.is_automatic else "", video.track_of
