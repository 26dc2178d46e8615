"""Building an index from the texts of videos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from storage.analysis import Analyser, analyser_for
from storage.models import SILENCE_SECONDS, Segment, Video
from storage.ranking.index.assemble import IndexDraft, assemble_part
from storage.ranking.index.index_part import IndexPart
from storage.ranking.index.lexicon import StretchReader
from storage.ranking.index.speaker_turns import SpeakerTurns, build_turns


def build_index(videos: Iterable[tuple[Video, Sequence[Segment]]], language: str) -> IndexPart:
    """Index videos with their segments, in any order."""
    ordered = sorted(((video, sorted(segments, key=_start_second_of)) for video, segments in videos), key=_video_id_of)
    all_segments = [segment for _, segments in ordered for segment in segments]
    analyser = analyser_for(language)
    reader = StretchReader(analyser)
    forward, offsets, lengths = reader.read_words(pair for _, segments in ordered for pair in _pair_texts(segments))
    # Title words can be misspelt too: they belong to the vocabulary, not to the postings.
    title_words, title_offsets, _ = reader.read_words((video.title, "") for video, _ in ordered)
    return assemble_part(
        IndexDraft(
            language=language,
            videos=[video for video, _ in ordered],
            video_of=np.repeat(np.arange(len(ordered), dtype=np.int32), [len(segments) for _, segments in ordered]),
            starts=np.array([segment.start_second for segment in all_segments], np.float64),
            ends=np.array([segment.end_second for segment in all_segments], np.float64),
            lengths=lengths,
            lexicon=reader.lexicon,
            forward=forward,
            offsets=offsets,
            title_words=title_words,
            title_offsets=title_offsets,
            turns=_read_turns(all_segments, analyser),
        )
    )


def _read_turns(segments: Sequence[Segment], analyser: Analyser) -> SpeakerTurns:
    """Return the turns of segments, which are numbered in their order."""
    docs, before, names = [], [], []
    for doc, segment in enumerate(segments):
        end = 0
        for turn in segment.turns:
            docs.append(doc)
            before.append((segment.text[end : turn.offset], segment.text[turn.offset :]))
            names.append(turn.speaker)
            end = turn.offset
    # How many words stand before a turn is counted apart: what a text says is the same, no matter who says it.
    _, offsets, _ = StretchReader(analyser).read_words(before)
    owners = np.array(docs, np.int32)
    # Of a running count the words of the segments before are taken away: a segment's first turn has none before it.
    firsts = np.searchsorted(owners, owners)
    return build_turns(owners, offsets[1:] - offsets[1:][firsts], names)


def _pair_texts(segments: Sequence[Segment]) -> Iterator[tuple[str, str]]:
    """Yield the texts of a video's segments, each with the one that continues it, "" where nothing does."""
    for segment, after in zip(segments, [*segments[1:], None], strict=False):
        goes_on = after is not None and after.start_second - segment.end_second <= SILENCE_SECONDS
        yield segment.text, after.text if after is not None and goes_on else ""


def _video_id_of(entry: tuple[Video, list[Segment]]) -> str:
    return entry[0].video_id


def _start_second_of(segment: Segment) -> float:
    return segment.start_second
