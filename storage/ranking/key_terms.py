"""The words that tell a video from others: said often in it, and in few besides.

Term frequency times inverse video frequency (Spärck Jones, "A statistical interpretation of term specificity and its
application in retrieval", 1972), over the videos of a scope that speak the same language.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from storage.analysis import STOP_PREFIX, analyser_for
from storage.models import KeyTerm, Segment
from storage.ranking.index.index_part import IndexPart

MIN_COUNT = 2
"""A word said less often tells of a slip of the tongue as soon as of the subject; but a short video may say nothing
twice."""

HESITATION = frozenset({"uh", "uhm", "um", "er", "erm", "hm", "hmm", "mm", "mhm"})
"""What some captions write and others leave out: it tells how the captions were made."""


@dataclass(frozen=True, slots=True)
class ScoredTerm:
    """A term, how telling it is, how often the video says it, and the start of the segment that says it most."""

    term: str
    weight: float
    count: int
    segment_start: float


def find_key_terms(
    libraries: Sequence[IndexPart], own: Iterable[int], video_id: str, limit: int
) -> tuple[ScoredTerm, ...]:
    """The most telling terms of a video, which is in one of the libraries `own`; none where it is in none of them.

    A term that every video says tells nothing, unless there is only one.
    """
    for place in own:
        library = libraries[place]
        video = next((v for v, each in _live_videos(library) if each == video_id), None)
        if video is not None:
            alike = [each for each in libraries if each.language == library.language]
            return _rank_terms(library, video, alike, limit)
    return ()


def _live_videos(library: IndexPart) -> Iterable[tuple[int, str]]:
    gone = library.deleted.videos if library.deleted else np.zeros(len(library.videos), np.bool_)
    return ((video, library.videos.video_id_at(video)) for video in np.flatnonzero(~gone).tolist())


def _rank_terms(library: IndexPart, video: int, alike: Sequence[IndexPart], limit: int) -> tuple[ScoredTerm, ...]:
    docs = library.segments_of(video)
    owner, words, _ = library.words_in(docs)
    terms = library.term_of_word[words].astype(np.int64)
    numbers, counts = np.unique(terms, return_counts=True)
    videos = sum(each.video_count for each in alike)
    found: list[tuple[float, str, int, int]] = []
    for number, term, count in zip(numbers.tolist(), library.terms.words_at(numbers), counts.tolist(), strict=True):
        if _is_meaningful(term):
            weight = count * _inverse_video_frequency(sum(each.videos_with(term) for each in alike), videos)
            found.append((weight, term, count, number))
    often = [each for each in found if each[2] >= MIN_COUNT]
    best = sorted((each for each in often or found if each[0] > 0), key=lambda each: (-each[0], each[1]))[:limit]
    return tuple(
        ScoredTerm(term, weight, count, float(library.starts[docs[np.bincount(owner[terms == number]).argmax()]]))
        for weight, term, count, number in best
    )


def _inverse_video_frequency(holders: int, videos: int) -> float:
    """The inverse video frequency: nought for what every video says. In a single video only the count tells."""
    return math.log(videos / holders) if videos > 1 else 1.0


def _is_meaningful(term: str) -> bool:
    """Whether a term is neither a stop word nor a sound of hesitation, a letter by itself or a number."""
    said = len(term) > 1 and not term.startswith(STOP_PREFIX) and term not in HESITATION
    return said and any(letter.isalpha() for letter in term)


def locate_terms(terms: Sequence[ScoredTerm], segments: Sequence[Segment], language: str) -> tuple[KeyTerm, ...]:
    """The terms as they are most often spoken in the segments of a video, each with the second where it is said."""
    analyser = analyser_for(language)
    spoken: dict[str, Counter[str]] = {each.term: Counter() for each in terms}
    seconds: dict[tuple[str, float], float] = {}
    for segment in segments:
        for token in analyser.tokens(segment.text):
            if token.term in spoken:
                spoken[token.term][segment.text[token.start : token.end]] += 1
                seconds.setdefault((token.term, segment.start_second), segment.second_at(token.start))
    return tuple(
        KeyTerm(spoken[each.term].most_common(1)[0][0], each.weight, each.count, second)
        for each in terms
        # The video may have been replaced since it was indexed.
        if (second := seconds.get((each.term, each.segment_start))) is not None
    )
