"""What the files of one import hold, by video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from storage.errors import InputError
from storage.importing.merging import merge_video
from storage.importing.segmenting import segment_cues
from storage.importing.speaker_turns import clean_turns
from storage.models import FileContent, Limits, Rejection, Source, StoredVideo
from storage.models.limits import in_brackets
from storage.sentences import about_file, leave_out_file, sentence


@dataclass(frozen=True, slots=True)
class PendingVideo:
    """What one import has of a video, ready to be stored. `source` is the file that holds all of it, "" for rows."""

    stored: StoredVideo
    whole: bool
    source: str = ""


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file that holds an entire video. The rest is that of `Transcript`."""

    source: Source
    stored: StoredVideo
    named_by_file: bool = False
    titled_by_file: bool = False
    given_title: str = ""
    is_linked: bool = False


@dataclass(slots=True)
class ImportBatch:
    """Combines what several files say: pages of a data set are merged, files with entire videos kept side by side.

    `rows` are by video, `wholes` too: there may be several of one video, in its languages. `arrived` are the videos in
    the order in which they were first named.
    """

    limits: Limits
    rows: dict[str, PendingVideo] = field(default_factory=dict)
    wholes: dict[str, list[WholeFile]] = field(default_factory=dict)
    arrived: dict[str, None] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    misread: list[tuple[str, str]] = field(default_factory=list)
    unclear: list[tuple[str, str]] = field(default_factory=list)
    mislabelled: list[tuple[str, str]] = field(default_factory=list)

    def reject(self, source: str, reason: str) -> None:
        """Add why a file cannot be imported."""
        # A rejection names its file, and `reason` may name it too: "FILE: reason" or "FILE, line 3: reason".
        self.rejections.append(Rejection(source, leave_out_file(reason, source)))

    def add_rows(self, source: str, content: FileContent) -> None:
        """Add the pages of a data set in a file. Raises InputError, with nothing added, for too many videos."""
        pages = [transcript for transcript in content.transcripts if not transcript.whole]
        self._require_few(source, [page.video.video_id for page in pages])
        self.rejections += content.rejections
        self.notes += [about_file(source, note) for note in content.notes]
        for page in pages:
            video_id = page.video.video_id
            known = self.rows.get(video_id)
            segments = clean_turns(page.segments or segment_cues(page.cues))
            merged = merge_video(known.stored if known else None, page.video, segments, whole=False)
            self.notes += merged.notes
            self.rows[video_id] = PendingVideo(merged.stored, whole=False)
            self.arrived[video_id] = None

    def add_whole(self, file: WholeFile) -> None:
        """Add a file with an entire video. Raises InputError, with nothing added, for too many videos."""
        video_id = file.stored.video.video_id
        self._require_few(file.source.name, [video_id])
        self.wholes.setdefault(video_id, []).append(file)
        self.arrived[video_id] = None
        if file.named_by_file:
            self.unnamed.append(file.source.name)

    def _require_few(self, source: str, video_ids: Sequence[str]) -> None:
        videos = self.arrived.keys() | set(video_ids)
        if len(videos) > self.limits.videos:
            raise InputError(
                sentence(
                    "{file}: with it the import would bring {count} videos, and {most} are allowed at once; import "
                    "fewer at a time{setting}",
                    file=source,
                    count=len(videos),
                    most=self.limits.videos,
                    setting=in_brackets(self.limits.names.videos),
                )
            )


def make_whole_files(source: Source, content: FileContent) -> list[WholeFile]:
    """Return the entire videos of a file, cut into segments."""
    return [
        WholeFile(
            source,
            StoredVideo(transcript.video, tuple(clean_turns(transcript.segments or segment_cues(transcript.cues)))),
            transcript.named_by_file,
            transcript.titled_by_file,
            transcript.given_title,
            transcript.is_linked,
        )
        for transcript in content.transcripts
        if transcript.whole
    ]
