"""What becomes of a stored video when a transcript of it arrives. Pure: decides, writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storage.models import Segment, StoredVideo, Video


@dataclass(frozen=True, slots=True)
class MergedVideo:
    """A video as it will be stored, and how many segments differ from what was there."""

    stored: StoredVideo
    added: int
    replaced: int
    removed: int
    unchanged: int

    def differs_from(self, before: StoredVideo | None) -> bool:
        """Return whether storing this makes any difference."""
        return self.stored != before


def merge_video(before: StoredVideo | None, video: Video, segments: Sequence[Segment], *, whole: bool) -> MergedVideo:
    """Lay a transcript over what is stored of its video.

    Segments are matched by their start. With `whole` the others go, without it they stay: a page of a dataset holds a
    slice of a video. What the file does not say about the video stays as it was.
    """
    old = {segment.start_second: segment for segment in before.segments} if before else {}
    new = {segment.start_second: _keep_finer_times(old.get(segment.start_second), segment) for segment in segments}
    unchanged = sum(old.get(start) == segment for start, segment in new.items())
    replaced = sum(start in old for start in new) - unchanged
    kept = new if whole else {**old, **new}
    return MergedVideo(
        StoredVideo(_merge_details(before, video), tuple(kept[start] for start in sorted(kept))),
        added=len(new.keys() - old.keys()),
        replaced=replaced,
        removed=len(old.keys() - new.keys()) if whole else 0,
        unchanged=unchanged,
    )


def _keep_finer_times(old: Segment | None, new: Segment) -> Segment:
    """The same words again, as a data set row, do not cost a segment the times of its cues."""
    same = old is not None and not new.marks and (old.text, old.end_second) == (new.text, new.end_second)
    return old if old is not None and same else new


def _merge_details(before: StoredVideo | None, video: Video) -> Video:
    if before is None:
        return video
    told = {
        name: value for name in ("title", "creator", "url", "thumbnail", "language") if (value := getattr(video, name))
    }
    return replace(before.video, **told)
