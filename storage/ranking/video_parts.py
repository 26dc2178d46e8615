"""The parts of a video, each with the words that tell it from the rest: a jump list where nobody wrote chapters.

A part is a few minutes of what is stored. Its words weigh as key terms do, by term frequency times inverse frequency,
against the other parts of the video as well as against the other videos (a class-based TF-IDF, as in Grootendorst,
"BERTopic", 2022); what is common in the language at large counts for less. Two words that stand together often say more
than one.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from storage.analysis import Analyser, WordList, analyser_for, word_list
from storage.models import MIN_GAP_SECONDS, Segment, VideoPart
from storage.ranking.index.index_part import IndexPart
from storage.ranking.key_terms import MIN_COUNT, is_meaningful

MAX_PARTS, MIN_PART_SECONDS = 10, 120.0
"""How many parts there are at most, and how long they are at least: both as much as is read at a glance."""
MAX_WORDS, MAX_WORDS_LENGTH = 3, 32
"""How many words, or pairs of words, a part is told by, and their characters together: about a line on a phone."""
MAX_CANDIDATES = 8
"""How many are looked at until so many fit."""
MAX_WEIGHED = 200
"""How many terms of a part are looked up in the libraries and the word list: those that tell most within the video."""
PAIR_BONUS = 1.6
"""How much more a pair weighs than a word: "error signal" says more than "signal", which is said more often."""
RARE_COUNT, COMMON_COUNT = 10_000, 10_000_000
"""How often the word lists met what weighs whole ("sentence") and what weighs nothing ("you"); by the logarithm between
them, so that "thing" weighs a quarter."""

Term = tuple[str, ...]
"""A term, or two that stand together."""


@dataclass(slots=True)
class _Part:
    """The segments of a part, how often which terms are said in them, and how often in which form."""

    segments: list[Segment] = field(default_factory=list)
    counts: Counter[Term] = field(default_factory=Counter)
    forms: Counter[tuple[Term, str]] = field(default_factory=Counter)

    def count_terms(self, analyser: Analyser) -> None:
        """Count what its segments say."""
        self.forms.update(form for segment in self.segments for form in _read_terms(segment.text, analyser))
        for (term, _form), count in self.forms.items():
            self.counts[term] += count

    def spell(self, terms: Collection[Term]) -> dict[Term, str]:
        """Return terms as they are most often written here."""
        wanted = set(terms)
        rising = sorted((count, form) for form, count in self.forms.items() if form[0] in wanted)
        return {term: written for _count, (term, written) in rising}


def find_video_parts(
    segments: Sequence[Segment], libraries: Sequence[IndexPart], language: str
) -> tuple[VideoPart, ...]:
    """Return the parts of a video whose segments these are, in order; none where it is too short to have several.

    `libraries` are those of its language, which its words are compared with. What is not stored is in no part.
    """
    parts = _divide(segments)
    if len(parts) < 2:
        return ()
    analyser = analyser_for(language)
    for part in parts:
        part.count_terms(analyser)
    weighing = _Weighing(parts, libraries, word_list(language))
    found = (VideoPart(_find_start(part.segments), _choose_words(part, weighing)) for part in parts)
    return tuple(part for part in found if part.words)


def _divide(segments: Sequence[Segment]) -> list[_Part]:
    """Divide segments into parts in which about as long is spoken."""
    length = max(sum(map(_spoken_seconds, segments)) / MAX_PARTS, MIN_PART_SECONDS)
    parts: dict[int, _Part] = {}
    spoken = 0.0
    for segment in segments:
        parts.setdefault(min(int(spoken / length), MAX_PARTS - 1), _Part()).segments.append(segment)
        spoken += _spoken_seconds(segment)
    return list(parts.values())


def _spoken_seconds(segment: Segment) -> float:
    return max(segment.end_second - segment.start_second, 0.0)


def _find_start(segments: Sequence[Segment]) -> float:
    """Return where to begin to listen to a part: with the longest of its stretches that no gap divides."""
    stretches = [[segments[0]]]
    for before, segment in itertools.pairwise(segments):
        if segment.start_second - before.end_second >= MIN_GAP_SECONDS:
            stretches.append([])
        stretches[-1].append(segment)
    return max(stretches, key=lambda stretch: sum(map(_spoken_seconds, stretch)))[0].start_second


def _read_terms(text: str, analyser: Analyser) -> Iterator[tuple[Term, str]]:
    """Yield the terms of a text that may tell something, and the pairs of them, each as it is written there."""
    before: tuple[str, int, int] | None = None
    for token in analyser.tokens(text):
        if token.is_stop_word or not is_meaningful(token.term):
            before = None
            continue
        yield (token.term,), text[token.start : token.end]
        if before is not None and token.start > before[2]:
            yield (before[0], token.term), " ".join(text[before[1] : token.end].split())
        before = token.term, token.start, token.end


class _Weighing:
    """How much the terms of a video's parts tell."""

    def __init__(self, parts: Sequence[_Part], libraries: Sequence[IndexPart], common: WordList) -> None:
        self._parts = len(parts)
        self._said_in = Counter(term for part in parts for term in part.counts)
        self._libraries = libraries
        self._videos = sum(library.video_count for library in libraries)
        self._common = common

    def weigh_here(self, term: Term, count: int) -> float:
        """Return how much a term that a part says so often tells it from the other parts."""
        return count * math.log(1 + self._parts / self._said_in[term]) * (PAIR_BONUS if len(term) > 1 else 1.0)

    def weigh_anywhere(self, term: Term, form: str) -> float:
        """Return how much a term, written so, tells anywhere: little where other videos say it too, or all the world
        does."""
        rare = sum(math.log(1 + self._videos / self._count_holders(word)) for word in term) / len(term)
        # A pair is no better than its commoner word: "two words", "actually shows".
        return rare * min(map(self._weigh_word, form.split()))

    def _weigh_word(self, word: str) -> float:
        count = max(self._common.count_of(word), RARE_COUNT)
        return max(math.log(COMMON_COUNT / count) / math.log(COMMON_COUNT / RARE_COUNT), 0.0)

    def _count_holders(self, word: str) -> int:
        return max(sum(library.videos_with(word) for library in self._libraries), 1)


def _choose_words(part: _Part, weighing: _Weighing) -> tuple[str, ...]:
    """Return the words that tell a part, the best first: those said at least twice, unless there is none."""
    repeated = [term for term, count in part.counts.items() if count >= MIN_COUNT] or list(part.counts)
    here = {term: weighing.weigh_here(term, part.counts[term]) for term in repeated}
    likely = heapq.nlargest(MAX_WEIGHED, repeated, key=lambda term: (here[term], term))
    written = part.spell(likely)
    weights = {term: here[term] * weighing.weigh_anywhere(term, written[term]) for term in likely}
    chosen: list[Term] = []
    for term in sorted(likely, key=lambda term: (-weights[term], term)):
        said = {word for other in chosen for word in other}
        # A pair takes the place of its word: what "signal" told, "error signal" tells.
        if len(term) > 1 and len(said & set(term)) == 1 and (word := tuple(said & set(term))) in chosen:
            chosen[chosen.index(word)] = term
        elif not said & set(term):
            chosen.append(term)
        if len(chosen) == MAX_CANDIDATES:
            break
    return _fit_words([written[term] for term in chosen])[:MAX_WORDS]


def _fit_words(words: Sequence[str]) -> tuple[str, ...]:
    """Return the first word, and of the others those that still fit beside it."""
    fitting, room = list(words[:1]), MAX_WORDS_LENGTH - len("".join(words[:1]))
    for word in words[1:]:
        if len(word) <= room:
            fitting.append(word)
            room -= len(word)
    return tuple(fitting)
