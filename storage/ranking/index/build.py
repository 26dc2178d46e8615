"""Building an index from the texts of videos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

import numpy as np

from storage.analysis import analyser_for, blank_sounds
from storage.models import SILENCE_SECONDS, Segment, Video
from storage.ranking.index.assemble import assemble_part
from storage.ranking.index.draft import DraftPart, join_drafts
from storage.ranking.index.index_part import IndexPart, Ints, Longs
from storage.ranking.index.lexicon import TextReader
from storage.ranking.index.ranges import prefix_sums
from storage.ranking.index.speaker_turns import SpeakerTurns, build_turns

MAX_NARROW_WORDS = int(np.iinfo(np.uint16).max)
"""How many words there may be for their numbers to take two bytes each."""


class IndexBuilder:
    """Builds one index of videos that are added some at a time, so that their texts need not be in memory together."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._reader = TextReader(analyser_for(language))
        self._parts: list[DraftPart] = []

    @property
    def size(self) -> int:
        """Return how many segments were added."""
        return sum(len(part.starts) for part in self._parts)

    def add(self, videos: Iterable[tuple[Video, Sequence[Segment]]]) -> None:
        """Read the texts of some videos with their segments, in any order; they follow upon those added before."""
        ordered = sorted(((video, sorted(segments, key=_start_second_of)) for video, segments in videos), key=_id_of)
        segments = [segment for _, segments in ordered for segment in segments]
        following = chain.from_iterable(_following_texts(segments) for _, segments in ordered)
        pieces = [_split_at_turns(segment) for segment in segments]
        words, piece_bounds, piece_lengths = self._reader.read_words(_continue_pieces(pieces, following))
        firsts = prefix_sums(np.array([len(each) for each in pieces], np.int64))
        bounds = piece_bounds[firsts]
        # Title words can be misspelt too: they belong to the vocabulary, not to the postings.
        title_words, title_bounds, _ = self._reader.read_words((video.title, "") for video, _ in ordered)
        is_narrow = len(self._reader.lexicon.words) <= MAX_NARROW_WORDS
        self._parts.append(
            DraftPart(
                videos=[video for video, _ in ordered],
                video_of=np.repeat(np.arange(len(ordered), dtype=np.int32), [len(segments) for _, segments in ordered]),
                starts=np.array([segment.start_second for segment in segments], np.float64),
                ends=np.array([segment.end_second for segment in segments], np.float64),
                lengths=np.diff(prefix_sums(piece_lengths)[firsts]).astype(np.int32),
                forward=words.astype(np.uint16) if is_narrow else words,
                text_lengths=np.diff(bounds),
                title_words=title_words,
                title_lengths=np.diff(title_bounds),
                turns=self._read_turns(segments, piece_bounds[:-1] - np.repeat(bounds[:-1], np.diff(firsts)), firsts),
            )
        )

    def build(self) -> IndexPart:
        """Return the index of all that was added; the builder is used up."""
        draft = join_drafts(self._language, self._reader.lexicon, self._parts)
        self._parts.clear()  # what they hold is in the draft, and sorting needs the memory
        return assemble_part(draft)

    def _read_turns(self, segments: Sequence[Segment], piece_words: Longs, firsts: Longs) -> SpeakerTurns:
        """Return the turns of segments, which are numbered in their order. Known are the words of a segment that stand
        before each of its pieces, and where the pieces of the segments begin."""
        turn_counts = np.array([len(segment.turns) for segment in segments], np.int64)
        is_split = (turn_counts > 0) & (np.diff(firsts) == turn_counts)
        words = np.empty(turn_counts.sum(), np.int32)
        of_pieces = np.repeat(is_split, turn_counts)
        words[of_pieces] = piece_words[np.repeat(is_split, np.diff(firsts))]
        others = [segment for segment, split in zip(segments, is_split.tolist(), strict=True) if not split]
        words[~of_pieces] = _count_before_turns(others, self._language)
        names = (turn.speaker for segment in segments for turn in segment.turns)
        return build_turns(np.repeat(np.arange(len(segments), dtype=np.int32), turn_counts), words, names)


def build_index(videos: Iterable[tuple[Video, Sequence[Segment]]], language: str) -> IndexPart:
    """Index videos with their segments, in any order."""
    builder = IndexBuilder(language)
    builder.add(videos)
    return builder.build()


def _split_at_turns(segment: Segment) -> list[str]:
    """Return the pieces of a segment's text that its turns are, where reading them apart gives the words of the whole;
    otherwise the whole. It does where white space parts them, and no sound mark could be torn."""
    text, offsets = segment.text, [turn.offset for turn in segment.turns]
    if len(offsets) < 2 or offsets[-1] >= len(text) or blank_sounds(text) != text:
        return [text]
    for before, place in pairwise(offsets):
        if before >= place or not (text[place - 1].isspace() or text[place].isspace()):
            return [text]
    return [text[start:end] for start, end in pairwise([*offsets, len(text)])]


def _continue_pieces(pieces: Iterable[Sequence[str]], following: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the pieces of every text, the last of them with the text that follows."""
    for each, after in zip(pieces, following, strict=True):
        for piece in each[:-1]:
            yield piece, ""
        yield each[-1], after


def _following_texts(segments: Sequence[Segment]) -> Iterator[str]:
    """Yield for every segment of a video the text of the one that continues it, "" where nothing does."""
    for segment, after in pairwise(segments):
        yield after.text if after.start_second - segment.end_second <= SILENCE_SECONDS else ""
    if segments:
        yield ""


def _count_before_turns(segments: Sequence[Segment], language: str) -> Ints:
    """Count the words that stand in a segment's text before each of its turns, for all turns of all segments."""
    docs, before = [], []
    for doc, segment in enumerate(segments):
        end = 0
        for turn in segment.turns:
            docs.append(doc)
            before.append((segment.text[end : turn.offset], segment.text[turn.offset :]))
            end = turn.offset
    # By a reader of their own: what a text says is the same, no matter who says it.
    _, bounds, _ = TextReader(analyser_for(language)).read_words(before)
    owners = np.array(docs, np.int32)
    # Of a running count the words of the segments before are taken away: a segment's first turn has none before it.
    counts: Ints = bounds[1:] - bounds[1:][np.searchsorted(owners, owners)]
    return counts


def _id_of(entry: tuple[Video, list[Segment]]) -> str:
    return entry[0].video_id


def _start_second_of(segment: Segment) -> float:
    return segment.start_second
