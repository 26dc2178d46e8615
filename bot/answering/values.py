"""What answering makes of hits: passages, excerpts and the answer. Positions count code points."""

from __future__ import annotations

import enum
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field

from storage.models import LeftOut, Segment, SpeakerTurn, Strip, Video, join_turns


@dataclass(frozen=True, slots=True)
class Passage:
    """A hit with the segments around it that continue it, in spoken order. `score` is the hit's.

    `continues_sentence` says that a sentence runs into it from before, and `goes_on` that speech goes on after it.
    `text` are the segments' texts joined, with a space between two of them where one belongs, and `offsets` is where
    each of them begins in it.
    """

    video: Video
    segments: tuple[Segment, ...]
    score: float
    continues_sentence: bool = False
    goes_on: bool = False
    text: str = field(init=False, repr=False, compare=False)
    offsets: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        from storage.analysis import join_with_offsets  # loads stemmers, which --help need not wait for

        text, offsets = join_with_offsets(segment.text for segment in self.segments)
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "offsets", tuple(offsets))

    def locate(self, offset: int) -> tuple[Segment, int]:
        """Return the segment that holds an offset of `text`, and the offset within it."""
        place = max(bisect_right(self.offsets, offset) - 1, 0)
        return self.segments[place], offset - self.offsets[place]

    def second_at(self, offset: int) -> float:
        """Return when the words at an offset of `text` begin, in seconds, as their segment tells it."""
        segment, within = self.locate(offset)
        return segment.second_at(within)

    def turns_between(self, start: int, end: int) -> tuple[SpeakerTurn, ...]:
        """Return who speaks in `text[start:end]`, by offsets from `start`."""
        turns: list[SpeakerTurn] = []
        for base, segment in zip(self.offsets, self.segments, strict=True):
            for turn in segment.turns or (SpeakerTurn(0, ""),):
                if base + turn.offset <= start:
                    turns = [SpeakerTurn(0, turn.speaker)]
                elif base + turn.offset < end:
                    turns.append(SpeakerTurn(base + turn.offset - start, turn.speaker))
        return join_turns(turns)

    def spoken_by(self, speakers: Collection[str]) -> list[tuple[int, int]]:
        """Return the stretches of `text` that are said by some speakers alone, without the spaces around them."""
        text = self.text
        turns = self.turns_between(0, len(text))
        ends = [*(turn.offset for turn in turns[1:]), len(text)]
        stretches: list[tuple[int, int]] = []
        for turn, end in zip(turns, ends, strict=False):
            if turn.speaker not in speakers:
                continue
            if stretches and stretches[-1][1] == turn.offset:
                stretches[-1] = stretches[-1][0], end
            else:
                stretches.append((turn.offset, end))
        return [(start, start + len(text[start:end].rstrip())) for start, end in stretches if text[start:end].strip()]


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """Another place where the words of an excerpt are said, nearly the same: the video, and where its link opens."""

    video: Video
    link_second: float
    link: str


@dataclass(frozen=True, slots=True)
class QuoteLengths:
    """How many characters the quotes of an answer have at most: the `first` one, and each of the `others`."""

    first: int
    others: int


@dataclass(frozen=True, slots=True)
class SpokenPart:
    """A part of a quote that one speaker says; `speaker` is "" where it is unknown who."""

    speaker: str
    words: str
    highlights: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The words quoted from a passage.

    `highlights` are the stretches of `quote` that match, from where the link opens on; of a passage that is quoted
    whole, all. `start_second` is when the quote itself begins: exact to the cue where cues are known, else estimated, a
    second early. `link` opens there, or, where the words that were asked for come later in the quote, at
    `opens_at_second`; it is the plain address where addresses of its host cannot say a second. `other_places` are
    places that say the same. `turns` say who speaks from which offset of `quote` on, as those of a segment do: the
    first is at 0, and where nobody is known there are none. `starts_sentence` and `ends_sentence` say whether it begins
    and ends where a sentence does, or all speech: elsewhere an ellipsis belongs.
    """

    video: Video
    quote: str
    highlights: tuple[tuple[int, int], ...]
    start_second: float
    end_second: float
    link: str
    segments: tuple[float, ...]
    score: float
    starts_sentence: bool
    ends_sentence: bool
    other_places: tuple[OtherPlace, ...] = ()
    turns: tuple[SpeakerTurn, ...] = ()
    opens_at_second: float | None = None

    @property
    def link_second(self) -> float:
        """Return the second at which the link opens, which is the one that people are shown."""
        return self.start_second if self.opens_at_second is None else self.opens_at_second


def split_by_speaker(excerpt: Excerpt) -> list[SpokenPart]:
    """Return a quote part by part as its speakers change, without the spaces between the parts."""
    turns = excerpt.turns or (SpeakerTurn(0, ""),)
    ends = [*(turn.offset for turn in turns[1:]), len(excerpt.quote)]
    parts = []
    for turn, end in zip(turns, ends, strict=True):
        words = excerpt.quote[turn.offset : end].rstrip()
        start = turn.offset + len(words) - len(words.lstrip())
        inside = ((max(left - start, 0), min(right, end) - start) for left, right in excerpt.highlights)
        parts.append(SpokenPart(turn.speaker, words.lstrip(), tuple((a, b) for a, b in inside if a < b)))
    return [part for part in parts if part.words]


@dataclass(frozen=True, slots=True)
class PassageRange:
    """A stretch of a video, named by the starts of its first and its last segment."""

    video_id: str
    first_second: float
    last_second: float


@dataclass(frozen=True, slots=True)
class OpenedPassage:
    """A passage by itself, quoted whole; `earlier` and `later` say whether it can be widened."""

    excerpt: Excerpt
    earlier: bool
    later: bool

    @property
    def range(self) -> PassageRange:
        """Return where the passage lies in its video."""
        segments = self.excerpt.segments
        return PassageRange(self.excerpt.video.video_id, segments[0], segments[-1])


class AnswerLevel(enum.Enum):
    """How sure an answer is."""

    CONFIDENT = "confident"
    CLOSEST = "closest"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Answer:
    """The excerpts for a question, best first, with how sure it is.

    With `AnswerLevel.NOTHING` there are no excerpts; `near_misses` then hold the nearest there is. `searched_for` is
    the wording that was searched, where it had to be changed; `unknown_terms` are words and quoted phrases that no
    video in scope says, and `unmatched` exclusions of which the same is true. `sureness`, from 0 to 1, is what `level`
    was decided by. `left_out` is what of the question was not looked for, and `is_partial` says that the search ended
    before it had looked at everything. `is_whole` says that there are no more excerpts than these, as far as is known.
    """

    question: str
    level: AnswerLevel
    excerpts: tuple[Excerpt, ...] = ()
    searched_for: str | None = None
    unknown_terms: tuple[str, ...] = ()
    near_misses: tuple[Excerpt, ...] = ()
    sureness: float = 0.0
    unmatched: tuple[str, ...] = ()
    left_out: LeftOut = field(default_factory=LeftOut)
    is_partial: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class AnsweredTimeline:
    """Where in the videos a question is spoken of: the strips of the videos, those first that speak of it most, and an
    answer whose excerpts are the best moments, numbered from 1 in their order.

    With `AnswerLevel.NOTHING` there are no strips.
    """

    answer: Answer
    strips: tuple[Strip, ...] = ()
