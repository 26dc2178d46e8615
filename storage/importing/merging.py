"""Merging a transcript into what is stored of its video. Pure: it computes the result and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storage.importing.versions import count_overlapping, find_shifted, keep_known_starts
from storage.models import Segment, StoredVideo, Video
from storage.sentences import plural_sentence

_DETAILS = ("title", "creator", "url", "thumbnail", "language", "published", "chapters", "track_of")


@dataclass(frozen=True, slots=True)
class MergedVideo:
    """A video as it will be stored, and how many segments differ from what is stored now.

    `shifted` of those replaced had the same words at a slightly other time. `overlapping` are new segments that begin
    while one that stays is spoken, which says something else.
    """

    stored: StoredVideo
    added: int
    replaced: int
    removed: int
    unchanged: int
    shifted: int = 0
    overlapping: int = 0

    def differs_from(self, before: StoredVideo | None) -> bool:
        """Return whether storing this makes any difference."""
        return self.stored != before

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what is to be said of rows that are not simply added, in sentences."""
        heading, notes = self.stored.video.heading, []
        if self.shifted:
            notes.append(
                plural_sentence(
                    "{video}: {count} segment replaces one with the same words at a slightly other time.",
                    "{video}: {count} segments replace those with the same words at a slightly other time.",
                    count=self.shifted,
                    video=heading,
                )
            )
        if self.overlapping:
            notes.append(
                plural_sentence(
                    "{video}: {count} new segment begins while something else is said in what was stored before; where "
                    "this is another version of the transcript, undo, remove the video and import it again.",
                    "{video}: {count} new segments begin while something else is said in what was stored before; where "
                    "this is another version of the transcript, undo, remove the video and import it again.",
                    count=self.overlapping,
                    video=heading,
                )
            )
        return tuple(notes)


def merge_video(before: StoredVideo | None, video: Video, segments: Sequence[Segment], *, whole: bool) -> MergedVideo:
    """Merge a transcript into what is stored of its video.

    Segments are matched by their start, or by their words where these are stored at a slightly other time. With `whole`
    the others are removed, without it they stay: a page of a dataset holds a slice of a video. What the file does not
    say about the video stays as it was.
    """
    old = {segment.start_second: segment for segment in before.segments} if before else {}
    segments = segments if whole else keep_known_starts(old, segments)
    new = {segment.start_second: _keep_finer_times(old.get(segment.start_second), segment) for segment in segments}
    unchanged = sum(old.get(start) == segment for start, segment in new.items())
    matched = sum(start in old for start in new) - unchanged
    shifted = {} if whole else find_shifted(old, new)
    kept = {start: segment for start, segment in old.items() if start not in shifted and start not in new}
    result = new if whole else {**kept, **new}
    return MergedVideo(
        StoredVideo(_merge_details(before, video, whole), tuple(result[start] for start in sorted(result))),
        added=len(new.keys() - old.keys()) - len(shifted),
        replaced=matched + len(shifted),
        removed=len(old.keys() - new.keys()) if whole else 0,
        unchanged=unchanged,
        shifted=len(shifted),
        overlapping=0 if whole else count_overlapping(kept, new, old),
    )


def _keep_finer_times(old: Segment | None, new: Segment) -> Segment:
    """Return the new segment, or the old one where a dataset row only repeats it: that keeps the times of its cues."""
    same = old is not None and not new.marks and (old.text, old.end_second) == (new.text, new.end_second)
    same = same and (not new.turns or (old is not None and old.turns == new.turns))
    return old if old is not None and same else new


def _merge_details(before: StoredVideo | None, video: Video, whole: bool) -> Video:
    if before is None:
        return video
    details = {name: value for name in _DETAILS if (value := getattr(video, name))}
    is_automatic = video.is_automatic if whole else before.video.is_automatic
    return replace(before.video, **details, is_automatic=is_automatic)
