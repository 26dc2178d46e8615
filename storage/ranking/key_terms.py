"""The words that distinguish a video from others: spoken often in it, and in few others.

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
"""A word spoken less often may as well be a slip of the tongue as the subject; but a short video may say nothing
twice."""

HESITATION = frozenset({"uh", "uhm", "um", "er", "erm", "hm", "hmm", "mm", "mhm"})
"""What some captions write and others leave out: it shows only how the captions were made."""


@dataclass(frozen=True, slots=True)
class ScoredTerm:
    """A term, how well it distinguishes the video, how often the video says it, and the start of the segment that says
    it most."""

    term: str
    weight: float
    count: int
    segment_start: float


def find_key_terms(
    libraries: Sequence[IndexPart], own: Iterable[int], video_id: str, limit: int
) -> tuple[ScoredTerm, ...]:
    """Return the key terms of a video, which is in one of the libraries `own`, best first; none where it is in none.

    A term that every video says distinguishes nothing, unless there is only one video.
    """
    for place in own:
        library = libraries[place]
        video = next((number for number, live_id in _live_videos(library) if live_id == video_id), None)
        if video is not None:
            same_language = [part for part in libraries if part.language == library.language]
            return _rank_terms(library, video, same_language, limit)
    return ()


def _live_videos(library: IndexPart) -> Iterable[tuple[int, str]]:
    deleted = library.deleted.videos if library.deleted else np.zeros(len(library.videos), np.bool_)
    return ((video, library.videos.video_id_at(video)) for video in np.flatnonzero(~deleted).tolist())


def _rank_terms(library: IndexPart, video: int, parts: Sequence[IndexPart], limit: int) -> tuple[ScoredTerm, ...]:
    docs = library.segments_of(video)
    owner, words, _ = library.words_in(docs)
    terms = library.term_of_word[words].astype(np.int64)
    numbers, counts = np.unique(terms, return_counts=True)
    videos = sum(part.video_count for part in parts)
    candidates: list[tuple[float, str, int, int]] = []
    for number, term, count in zip(numbers.tolist(), library.terms.words_at(numbers), counts.tolist(), strict=True):
        if is_meaningful(term):
            weight = count * _inverse_video_frequency(sum(part.videos_with(term) for part in parts), videos)
            candidates.append((weight, term, count, number))
    frequent = [candidate for candidate in candidates if candidate[2] >= MIN_COUNT] or candidates
    best = sorted((candidate for candidate in frequent if candidate[0] > 0), key=lambda c: (-c[0], c[1]))[:limit]
    return tuple(
        ScoredTerm(term, weight, count, float(library.starts[docs[np.bincount(owner[terms == number]).argmax()]]))
        for weight, term, count, number in best
    )


def _inverse_video_frequency(holders: int, videos: int) -> float:
    """Return the inverse video frequency: 0 for what every video says. In a single video only the count matters: 1."""
    return math.log(videos / holders) if videos > 1 else 1.0


def is_meaningful(term: str) -> bool:
    """Return whether a term is neither a stop word nor a sound of hesitation, a letter by itself or a number."""
    is_word = len(term) > 1 and not term.startswith(STOP_PREFIX) and term not in HESITATION
    return is_word and any(letter.isalpha() for letter in term)


def locate_terms(terms: Sequence[ScoredTerm], segments: Sequence[Segment], language: str) -> tuple[KeyTerm, ...]:
    """Return the terms as most often spoken in the segments of a video, with the second where they are spoken."""
    analyser = analyser_for(language)
    spoken: dict[str, Counter[str]] = {scored.term: Counter() for scored in terms}
    seconds: dict[tuple[str, float], float] = {}
    for segment in segments:
        for token in analyser.tokens(segment.text):
            if token.term in spoken:
                spoken[token.term][segment.text[token.start : token.end]] += 1
                seconds.setdefault((token.term, segment.start_second), segment.second_at(token.start))
    return tuple(
        KeyTerm(spoken[scored.term].most_common(1)[0][0], scored.weight, scored.count, second)
        for scored in terms
        # The video may have been replaced since it was indexed.
        if (second := seconds.get((scored.term, scored.segment_start))) is not None
    )
