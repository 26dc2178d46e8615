"""What a library holds, what may be wrong with it, and what was done to it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from storage.models.importing import Rejection
from storage.models.videos import Video


@dataclass(frozen=True, slots=True)
class VideoSummary:
    """A stored video with its size: segments, words and where its last segment ends."""

    video: Video
    library: str
    segments: int
    words: int
    end_second: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """The size of a scope. `spoken_second` adds up the lengths of its segments."""

    libraries: int
    videos: int
    segments: int
    words: int
    spoken_seconds: float


@dataclass(frozen=True, slots=True)
class LibrarySize:
    """How much room a library takes. `text_bytes` is its words in UTF-8; what times and indexes take is not counted.

    `last_act` is what undo would take back now (an import, a removal or a renaming) and `acted_at` when that was, ISO
    8601 in UTC; both are empty where there is nothing to undo.
    """

    library: str
    videos: int = 0
    segments: int = 0
    text_bytes: int = 0
    last_act: str = ""
    acted_at: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with what is stored, in a few words. `repairable`: it can be made good from the rest."""

    what: str
    repairable: bool


@dataclass(frozen=True, slots=True)
class Quota:
    """How large a library may become."""

    segments: int
    text_bytes: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or with `dry_run` would do.

    `unnamed` are the files, among those rejected, that lack nothing but the id of their video.
    """

    library: str
    videos_added: int = 0
    videos_changed: int = 0
    videos_unchanged: int = 0
    segments_added: int = 0
    segments_replaced: int = 0
    segments_removed: int = 0
    segments_unchanged: int = 0
    rejections: tuple[Rejection, ...] = ()
    notes: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    dry_run: bool = False

    @property
    def has_changes(self) -> bool:
        """Whether anything was (or would be) written."""
        return bool(self.videos_added or self.videos_changed)

    def with_advice(self, advice: str) -> ImportReport:
        """The same with advice on how to name a video, behind the reason of each file that lacks nothing else."""
        rejections = (
            replace(each, reason=each.reason + advice) if each.source in self.unnamed else each
            for each in self.rejections
        )
        return replace(self, rejections=tuple(rejections))


class ExportFormat(enum.StrEnum):
    """The files that videos can be exported as."""

    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    SRT = "srt"


@dataclass(frozen=True, slots=True)
class OpenIndexes:
    """The ranking indexes kept ready: of how many libraries, their segments, and the age of the oldest in seconds."""

    libraries: int
    segments: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What undoing brought back: videos as they were before, and videos that are gone again."""

    description: str
    videos_restored: int
    videos_removed: int


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """What the captions of a library make of a word: they `said` "ganz" where "GANs" is `meant`; either may be several
    words."""

    said: str
    meant: str
