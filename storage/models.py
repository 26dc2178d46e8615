"""The values that cross storage's doors. Frozen, plain, and free of any database or file format.

Seconds are floats counted from the start of the recording. Positions in text count code points.
"""

from __future__ import annotations

import enum
from bisect import bisect_right
from dataclasses import dataclass

from storage.limits import UNLIMITED as UNLIMITED
from storage.limits import Limits as Limits
from storage.models_of_use import CastVote as CastVote
from storage.models_of_use import Known as Known
from storage.models_of_use import Miss as Miss
from storage.models_of_use import ServerSettings as ServerSettings
from storage.models_of_use import Sighting as Sighting
from storage.models_of_use import Verdict as Verdict
from storage.models_of_use import Vote as Vote
from storage.models_of_use import VoteCount as VoteCount


@dataclass(frozen=True, slots=True)
class Video:
    """One recording. Every text field except `video_id` may be empty, meaning unknown."""

    video_id: str
    title: str = ""
    creator: str = ""
    url: str = ""
    thumbnail: str = ""
    language: str = ""

    @property
    def heading(self) -> str:
        """What to call the video in front of people: its title, or its id when it has none."""
        return self.title or self.video_id


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: words, and when they are shown."""

    start_second: float
    end_second: float
    text: str


@dataclass(frozen=True, slots=True)
class CueMark:
    """Where in a segment's text a cue begins, and when that cue is first shown."""

    offset: int
    start_second: float


@dataclass(frozen=True, slots=True)
class Segment:
    """The unit that is stored and ranked. `marks` is empty where the source had no cues."""

    start_second: float
    end_second: float
    text: str
    marks: tuple[CueMark, ...] = ()

    def second_at(self, offset: int) -> float:
        """When the words at an offset of the text begin: exact to the cue, else estimated and a second early."""
        if self.marks:
            place = bisect_right([mark.offset for mark in self.marks], offset) - 1
            return self.marks[max(place, 0)].start_second
        if offset == 0:
            return self.start_second
        return round(max(self.start_second, self.estimate(offset) - 1.0), 3)

    def estimate(self, offset: int) -> float:
        """When an offset of the text is reached, in seconds: speech runs at an even pace, as far as we know."""
        return self.start_second + (self.end_second - self.start_second) * offset / len(self.text)


@dataclass(frozen=True, slots=True)
class StoredVideo:
    """A video with everything stored of it, its segments by rising start."""

    video: Video
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A file somebody handed over: `name` as they know it, `content` as its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Labels:
    """What the person importing says about a file. An empty field says nothing."""

    video_id: str = ""
    title: str = ""
    url: str = ""
    creator: str = ""
    language: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A video as read from a file: with `cues` (a caption file) or `segments` (dataset rows).

    `whole` says that the file holds the entire video, so that importing replaces what is stored;
    dataset rows may be one page of a video and are merged by their start.
    """

    video: Video
    cues: tuple[Cue, ...] = ()
    segments: tuple[Segment, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something in a file that was not imported. `row` is the line or row number, counted from 1."""

    source: str
    reason: str
    row: int | None = None

    def __str__(self) -> str:
        where = self.source if self.row is None else f"{self.source}, row {self.row}"
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file held: the transcripts that can be stored and the rows that cannot."""

    transcripts: tuple[Transcript, ...]
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """The libraries that may be seen, by key, the asker's own server first. Only `storage.access` makes one."""

    libraries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, parsed.

    `words` is the free text, `phrases` must occur as they stand, no hit contains an exclusion. `video` and `creator`
    are filters as typed, empty for none.
    """

    text: str
    words: str = ""
    phrases: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    video: str = ""
    creator: str = ""


@dataclass(frozen=True, slots=True)
class QuestionTerm:
    """One word of a question as it was searched for.

    `alternatives` are the ways of saying it in the index, each a run of terms: its own term, its repair, the two halves
    of a compound; none when the word is unknown. `weight` is its inverse document frequency in the scope; an unknown
    word has the highest there is. `repaired_to` is the wording tried in its place, empty when it was searched as typed;
    `credit`, from 0 to 1, is how far such a guess may be trusted to be what was meant.
    """

    word: str
    alternatives: tuple[tuple[str, ...], ...]
    weight: float
    repaired_to: str = ""
    credit: float = 1.0

    @property
    def terms(self) -> tuple[str, ...]:
        """Every term that stands for the word."""
        return tuple(dict.fromkeys(term for alternative in self.alternatives for term in alternative))


@dataclass(frozen=True, slots=True)
class Hit:
    """One segment with its final score: finite, never negative."""

    video: Video
    segment: Segment
    score: float


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found, best first, and how the question was understood.

    `ideal` is about the highest score that the question's words can have. `searched_for` is the wording that was
    searched when words had to be repaired. `one_video` says that everything in reach of the question is a single video.
    `unsaid` are the question's exclusions that no video says.
    """

    hits: tuple[Hit, ...]
    terms: tuple[QuestionTerm, ...]
    language: str
    ideal: float = 0.0
    searched_for: str | None = None
    one_video: bool = False
    unsaid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TellingTerm:
    """A word that tells one video from the others of its scope, as it is most often spoken in it.

    `weight` is how telling it is, `count` how often the video says it. `start_second` is where it is first said in the
    segment that says it most: exact to the cue where cues are known, else estimated and a second early.
    """

    word: str
    weight: float
    count: int
    start_second: float


@dataclass(frozen=True, slots=True)
class Column:
    """One segment of a strip: when it is spoken, and how strongly it speaks of the question, from 0 to 1."""

    start_second: float
    end_second: float
    strength: float


@dataclass(frozen=True, slots=True)
class Strip:
    """One video of a timeline from its beginning to `end_second`: a column a segment, in spoken order."""

    video: Video
    end_second: float
    columns: tuple[Column, ...]

    @property
    def presence(self) -> float:
        """How strongly the video speaks of the question: its three strongest columns together, so that dwelling on it
        counts for more than a single mention, and length for nothing."""
        return sum(sorted((column.strength for column in self.columns), reverse=True)[:3])


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where in the videos a question is spoken of: a strip a video, those first that speak of it most.

    Strengths are shares of `peak`, the score of the strongest segment. The hits of `findings` are the best moments, all
    of them in videos that have a strip.
    """

    strips: tuple[Strip, ...]
    peak: float
    findings: Findings


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
    spoken_second: float


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
    def changed(self) -> bool:
        """Whether anything was (or would be) written."""
        return bool(self.videos_added or self.videos_changed)


@dataclass(frozen=True, slots=True)
class OpenIndexes:
    """The ranking indexes kept ready: of how many libraries, their segments, and the age of the oldest in seconds."""

    libraries: int
    segments: int
    oldest_second: float


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What undoing brought back: videos as they were before, and videos that are gone again."""

    description: str
    videos_restored: int
    videos_removed: int


class Step(enum.StrEnum):
    """What the ranking does beyond plain BM25; any of it can be left out, to see what it adds."""

    REPAIR = "repair"
    COMPOUNDS = "compounds"
    NEIGHBOURS = "neighbours"
    PROXIMITY = "proximity"
    TITLES = "titles"
    VIDEO = "video"
    SUBWORDS = "subwords"


ALL_STEPS = frozenset(Step)


class Peer(enum.StrEnum):
    """rank-bm25 as it is shipped, which the ranking is measured against: how it gets its words."""

    SPLIT = "split"
    TERMS = "terms"


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """What the captions of a library make of a word: they `said` "ganz" where "GANs" is `meant`; either may be several
    words."""

    said: str
    meant: str
