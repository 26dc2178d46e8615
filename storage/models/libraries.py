"""What a library holds, what may be wrong with it, and what was done to it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from storage.models.importing import Rejection
from storage.models.videos import Video
from storage.sentences import Sentence, plural_sentence


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
    """The size of a scope. `spoken_seconds` adds up the lengths of its segments."""

    libraries: int
    videos: int
    segments: int
    words: int
    spoken_seconds: float


@dataclass(frozen=True, slots=True)
class LibrarySize:
    """How much space a library takes. `text_bytes` is its words in UTF-8; times and indexes are not counted.

    `last_act` is what undo would revert now (such as an import or a removal) and `acted_at` when that was, ISO
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
    """Something wrong with what is stored, in a few words. `repairable`: it can be repaired from the rest."""

    what: str
    repairable: bool


@dataclass(frozen=True, slots=True)
class Quota:
    """How large a library may become."""

    segments: int
    text_bytes: int


@dataclass(frozen=True, slots=True)
class UncheckedVideos:
    """The videos of a library that were written since it was last checked, by their ids, as of a revision of it."""

    revision: int
    video_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class ImportedVideo:
    """A video that an import added or changed, as it is stored now, and the second at which its last segment ends."""

    video: Video
    end_second: float
    is_new: bool


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or with `dry_run` would do.

    `videos` are those that it added or changed, in the order of the files.
    `unnamed` are the files whose videos nothing names: they have the names of the files as ids. `misread` are those,
    among the rejected, that lack only the name of their encoding, each with the one that is likely, or "". `unclear`
    are the tables of which it is not clear which column is which, each with an answer that makes it readable, as
    `Labels.columns` has it. `mislabelled` are those of which it is not said well enough what they are, each with
    the name of that in `Labels`. `act` is the number of this import among the acts that can be undone, None where
    nothing changed.
    """

    library: str
    videos_added: int = 0
    videos_changed: int = 0
    videos_unchanged: int = 0
    segments_added: int = 0
    segments_replaced: int = 0
    segments_removed: int = 0
    segments_unchanged: int = 0
    videos: tuple[ImportedVideo, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    notes: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    misread: tuple[tuple[str, str], ...] = ()
    unclear: tuple[tuple[str, str], ...] = ()
    mislabelled: tuple[tuple[str, str], ...] = ()
    act: int | None = None
    dry_run: bool = False

    @property
    def has_changes(self) -> bool:
        """Return whether anything was (or would be) written."""
        return bool(self.videos_added or self.videos_changed)

    def with_advice(self, advice: str) -> ImportReport:
        """Return the report with a note on the files that bear their own names; `advice` says how to link one."""
        if not self.unnamed:
            return self
        first, count = self.unnamed[0], len(self.unnamed)
        note = plural_sentence(
            "{file}: its own name is its id and title, as nothing says which video it is; {advice}",
            "{count} files, {file} the first of them, have their own names as ids and titles, as nothing says which "
            "video it is; {advice}",
            count=count,
            file=first,
            advice=advice,
        )
        return replace(self, notes=(*self.notes, note))

    def with_columns_advice(self, advise: Callable[[str], str]) -> ImportReport:
        """Return the report with advice after the reasons of tables of which it is not clear which column is which.

        `advise` makes it of an answer that makes the table readable.
        """
        return self._with_reasons({name: advise(example) for name, example in self.unclear})

    def with_encoding_advice(self, advise: Callable[[str], str]) -> ImportReport:
        """Return the report with advice on how to name an encoding, after the reason of every file that lacks that.

        `advise` makes it of the likely encoding, or of NAME where none is.
        """
        return self._with_reasons({name: advise(likely or "NAME") for name, likely in self.misread})

    def _with_reasons(self, advices: Mapping[str, str]) -> ImportReport:
        rejections = (
            replace(rejection, reason=_join(rejection.reason, advices[rejection.source]))
            if rejection.source in advices and rejection.row is None
            else rejection
            for rejection in self.rejections
        )
        return replace(self, rejections=tuple(rejections))


def _join(reason: str, advice: str) -> Sentence:
    # Not by `sentence`: there is nothing to translate in it.
    return Sentence("{reason}{advice}", "", None, {"reason": reason, "advice": advice})


class ExportFormat(enum.StrEnum):
    """The file formats that videos can be exported in."""

    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    SRT = "srt"
    VTT = "vtt"


@dataclass(frozen=True, slots=True)
class OpenIndexes:
    """The ranking indexes kept open: the libraries and segments they cover, and the age of the oldest in seconds."""

    libraries: int
    segments: int
    oldest_seconds: float


class CompiledRankingState(enum.Enum):
    """Whether the running bot ranks by the compiled loop of the extra `fast`, or why it does not."""

    NOT_INSTALLED = "not installed"
    FEW_SEGMENTS = "few segments"
    NOT_TRIED = "not tried"
    FAILED = "failed"
    USED = "used"


@dataclass(frozen=True, slots=True)
class CompiledRankingReport:
    """The state of the compiled ranking, its compiler with the version, "" where none is installed, and why the last
    start of the bot could not use it."""

    state: CompiledRankingState
    compiler: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DatabaseRoom:
    """The room that the database takes and does not use, in bytes; and whether it may hold what was deleted, so that it
    is due to be rewritten."""

    free_bytes: int
    is_due: bool


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What undo did: how many videos it restored as they were before, and how many new ones it removed."""

    description: str
    videos_restored: int
    videos_removed: int


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """A word that a library's captions get wrong: what is `said` in them, "ganz", where "GANs" is `meant`. Both may be
    several words."""

    said: str
    meant: str
