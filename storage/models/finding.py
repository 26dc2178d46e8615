"""A question and what is found for it."""

from __future__ import annotations

import enum
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

from storage.models.scope import Scope
from storage.models.videos import Segment, Video

MIN_GAP_SECONDS = 30.0
"""How long nothing must be stored of a video to be told: that much silence is rare where people talk."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How much of a question is not looked for, because it has too much of it."""

    words: int = 0
    phrases: int = 0
    exclusions: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, parsed.

    `words` is the free text, `phrases` must occur as they stand, no hit contains an exclusion. `video`, `creator` and
    `speaker` are filters as typed, empty for none. `after` and `before` are dates as `storage.dates` writes them: only
    videos published from the first day of `after` on, and before the first day of `before`, may answer. `newest_first`
    orders what answers nearly as well as the best by when it was published. `left_out` is what of `text` is in none of
    these. `context` are words that need not be said: they only decide among what says the question's own.
    """

    text: str
    words: str = ""
    phrases: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    video: str = ""
    creator: str = ""
    after: str = ""
    before: str = ""
    newest_first: bool = False
    speaker: str = ""
    left_out: LeftOut = LeftOut()
    context: str = ""


class RepairKind(enum.StrEnum):
    """What was done to a word of a question to find it."""

    MARKS = "other marks"
    """Marks on its letters ("evenement", "événement")."""
    JOINED = "joined"
    """It and its neighbour are one word ("word piece", "wordpiece")."""
    SPLIT = "split"
    """It is two words ("xlnet", "xl net")."""
    FAMILY = "family"
    """Another spelling or form of the same word ("colours", "colors")."""
    RESPELT = "respelt"
    """Another word, which is spelt nearly like it ("transfomer", "transformer")."""


@dataclass(frozen=True, slots=True)
class QuestionTerm:
    """One word of a question as it was searched for.

    `alternatives` are the sequences of index terms that stand for it: its own term, its spelling correction, the two
    halves of a compound; none when the word is unknown. A sequence of several terms is a run: it stands for the word
    only where its terms are said one after the other. `weight` is its inverse document frequency in the scope; an
    unknown word has the highest there is. `repaired_to` is the wording tried in its place, empty when it was searched
    as typed; `credit`, from 0 to 1, is how far such a guess can be trusted to be what was meant; it is also low for the
    words of a question that has only stop words. `repair_kind` says what kind of guess it is.
    `is_detail` says that it is the number of a name, and that the name is said, but never with this number.
    """

    word: str
    alternatives: tuple[tuple[str, ...], ...]
    weight: float
    repaired_to: str = ""
    credit: float = 1.0
    repair_kind: RepairKind | None = None
    is_detail: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        """Return every term that stands for the word; a run under the name of its terms with spaces between them."""
        return tuple(dict.fromkeys(map(" ".join, self.alternatives)))


@dataclass(frozen=True, slots=True)
class RankedPlace:
    """Where a hit stands, without its text: the segment of a library, by its key, that begins at a second of a video.

    Its other values are those of the hit.
    """

    library: str
    video: Video
    start_second: float
    score: float
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One segment with its final score: finite, never negative.

    `similarity`, from -1 to 1, is how near in meaning the segment is to the question; None where no model read it.
    Among hits that a model has put in order, a score is that of the place, see `storage/meaning/reordering.py`.
    `library` is the key of its library, "" where that does not matter.
    """

    video: Video
    segment: Segment
    score: float
    similarity: float | None = None
    library: str = ""

    @property
    def place(self) -> RankedPlace:
        """Return where the hit stands."""
        return RankedPlace(self.library, self.video, self.segment.start_second, self.score, self.similarity)


@dataclass(frozen=True, slots=True)
class ScoreBound:
    """How high some segments can score for a question: never above `score`. The question's ideal score, as a search
    result has it, is not below `ideal_score`. It is answered from so many `segments`, 0 where any number may be meant.
    """

    score: float
    ideal_score: float
    segments: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, best first, and how the question was understood.

    `ranked` is where the hits stand; `hits` are those with their texts, where these were read too: an answer shows only
    the first few.
    `ideal_score` is about the highest score that the question's words can have, `segments_in_reach` how many segments
    there are in the videos that the question may be answered from. `searched_for` is the wording that was
    searched when words had to be corrected. `one_video` says that everything in reach of the question is one video.
    `unmatched_exclusions` are the question's exclusions that no video says, `unmatched_phrases` such quoted phrases of
    several words. `speakers` are the names that the filter `speaker:` means: what matched is said by them. `is_partial`
    says that the question took too long to search everything: the hits are the best found until then.
    """

    hits: tuple[Hit, ...]
    terms: tuple[QuestionTerm, ...]
    language: str
    ideal_score: float = 0.0
    searched_for: str | None = None
    one_video: bool = False
    unmatched_exclusions: tuple[str, ...] = ()
    unmatched_phrases: tuple[str, ...] = ()
    segments_in_reach: int = 0
    speakers: frozenset[str] = frozenset()
    is_partial: bool = False
    ranked: tuple[RankedPlace, ...] = field(default=(), kw_only=True)
    scope: Scope = field(kw_only=True)
    """The libraries that were searched: those of one language, or the sample talks where nothing is stored."""


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """A word that distinguishes one video from the others of its scope, in the form most often spoken in it.

    `weight` is how distinctive it is, `count` how often the video says it. `start_second` is where it is first said in
    the segment that says it most: exact to the cue where cues are known, otherwise estimated and a second early.
    """

    word: str
    weight: float
    count: int
    start_second: float


@dataclass(frozen=True, slots=True)
class VideoPart:
    """A few minutes of a video: when they begin, and the words that tell them from the rest of it, the best first.

    A word may be a pair of words that stand together. Words are in the form most often spoken there.
    """

    start_second: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One segment of a strip: when it is spoken, and how strongly it is about the question, from 0 to 1."""

    start_second: float
    end_second: float
    strength: float


@dataclass(frozen=True, slots=True)
class Strip:
    """One video of a timeline from its beginning to `end_second`: one column per segment, in spoken order."""

    video: Video
    end_second: float
    columns: tuple[Column, ...]

    @property
    def presence(self) -> float:
        """Return how strongly the video is about the question."""
        return measure_presence(column.strength for column in self.columns)

    def stretches_without_words(self) -> tuple[tuple[float, float], ...]:
        """Return from when to when nothing is stored for `MIN_GAP_SECONDS` or longer: a shorter pause says nothing."""
        return _find_stretches_between([(column.start_second, column.end_second) for column in self.columns])


def _find_stretches_between(stretches: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Return from when to when none of the stretches, which begin in rising order, is, from the beginning of the video
    on: the gaps of `MIN_GAP_SECONDS` or longer."""
    gaps, reached = [], 0.0
    for start, end in stretches:
        if start - reached >= MIN_GAP_SECONDS:
            gaps.append((reached, start))
        reached = max(reached, end)
    return tuple(gaps)


def measure_presence(strengths: Iterable[float]) -> float:
    """Return how strongly a video is about a question: the sum of the three strongest of its segments, so that several
    mentions count for more than one, and the video's length for nothing."""
    return sum(heapq.nlargest(3, strengths))


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where in the videos a question is spoken about: one strip per video, the strongest videos first.

    Strengths are shares of `peak`, the score of the strongest segment. What is `ranked` in `result` are the best
    moments, all of them in videos that have a strip.
    """

    strips: tuple[Strip, ...]
    peak: float
    result: SearchResult


class RankingFeature(enum.StrEnum):
    """A feature of the ranking beyond plain BM25; any of them can be left out, to see what it adds."""

    SPELLING = "repair"
    COMPOUNDS = "compounds"
    NEIGHBOURS = "neighbours"
    PROXIMITY = "proximity"
    TITLES = "titles"
    VIDEO = "video"
    NGRAMS = "subwords"


ALL_FEATURES = frozenset(RankingFeature)


class Baseline(enum.StrEnum):
    """How unmodified rank-bm25, against which the ranking is measured, gets its words."""

    SPLIT = "split"
    TERMS = "terms"
