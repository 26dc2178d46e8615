"""Chooses the words to quote from a passage, and finds when they are spoken."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from bot.answering.links import link_at
from bot.answering.matching import Match, Matcher
from bot.answering.values import Excerpt, Passage
from storage.models import Segment

QUOTE_LENGTH = 300
"""About how many characters are quoted."""
MIN_QUOTE_LENGTH = 160
"""Characters a quote has at least, where the passage has them: fewer say too little by themselves."""
LEAD_IN = 80
"""Characters that may precede the first match without a penalty: a match needs the words that lead up to it."""
MAX_UNIT_LENGTH = 90
"""Characters above which a stretch without any boundary is cut between words, and a word without spaces inside it."""
UNIT_LENGTH = 45

_STOPS = ".!?;:,…؟،؛।॥။၊។"
# A run of full stops may be long: it is matched once, from its beginning (?<!), and without backtracking (++). The full
# stops of Chinese and Japanese need no space behind them.
_CLAUSE_END = re.compile(
    rf"""(?<![{_STOPS}])[{_STOPS}]++["'”’)\]»]*+\s+|[。！？、，；：｡､]++["'”’)\]）］」』】》〉｣]*+\s*+"""
)
_SENTENCE_END = re.compile(r"""[.!?…؟।॥။។。！？｡]["'”’)\]»）］」』】》〉｣]*\s*$""")
_WORD = re.compile(r"\S+")
# A word without spaces may be cut between grapheme clusters. Names and numbers in Latin letters stay whole, and
# punctuation stays with what it ends.
_LETTERS = regex.compile(r"(?:(?:[\p{Latin}\p{N}.'’_-]\p{M}*+){1,20}+|\X)[\p{Pe}\p{Pf}\p{Po}]{0,9}+")

# What a stretch gains or loses besides the words it holds, in shares of the question's weight: for words said again,
# for beginning or ending with a sentence, for full length, and for a first match far in. Small: they only decide
# between stretches with much the same words.
_AGAIN, _CLEAN_START, _CLEAN_END, _LENGTH, _LATE = 0.04, 0.06, 0.05, 0.05, 0.15


@dataclass(frozen=True, slots=True)
class _TextRange:
    """A candidate quote: `text[start:end]` of the passage."""

    start: int
    end: int


def quote_densest(passage: Passage, matcher: Matcher, length: int = QUOTE_LENGTH) -> Excerpt:
    """Quote the densest stretch of a passage, about `length` characters, from cue to cue or clause to clause."""
    text = passage.text
    return _make_excerpt(passage, matcher, _find_densest(text, passage, matcher, length))


def quote_whole(passage: Passage, matcher: Matcher) -> Excerpt:
    """Quote a passage from its first word to its last."""
    return _make_excerpt(passage, matcher, _TextRange(0, len(passage.text)))


def _make_excerpt(passage: Passage, matcher: Matcher, chosen: _TextRange) -> Excerpt:
    text = passage.text
    quote = text[chosen.start : chosen.end]
    start = _second_at(passage.segments, chosen.start)
    return Excerpt(
        video=passage.video,
        quote=quote,
        highlights=matcher.find_highlights(quote),
        start_second=start,
        end_second=max(start, _end_second(passage.segments, chosen.end)),
        link=link_at(passage.video.url, start),
        segments=tuple(segment.start_second for segment in passage.segments),
        score=passage.score,
        starts_passage=chosen.start == 0,
        ends_passage=chosen.end == len(text),
    )


def _find_densest(text: str, passage: Passage, matcher: Matcher, length: int) -> _TextRange:
    units = _split_units(passage.segments)
    best, best_worth = _TextRange(*units[0]), float("-inf")
    worth_of = _QuoteScorer(text, matcher.find_matches(text), matcher.find_phrases(text), length)
    for first, (start, _) in enumerate(units):
        for _, end in units[first:]:
            size = end - start
            if size > length and end != units[first][1]:
                break
            if size < min(MIN_QUOTE_LENGTH, len(text) - start):
                continue
            worth = worth_of(start, end)
            if worth > best_worth + 1e-9:
                best, best_worth = _TextRange(start, end), worth
    return best


class _QuoteScorer:
    """Scores stretches of a passage as quotes. Made once per passage, which has about a hundred stretches."""

    def __init__(self, text: str, matches: Sequence[Match], phrases: Sequence[tuple[int, int]], length: int) -> None:
        self._text, self._matches, self._phrases, self._length = text, matches, phrases, length
        self._starts, self._ends = [match.start for match in matches], [match.end for match in matches]
        self._total = sum({match.term: match.weight for match in matches}.values()) or 1.0

    def __call__(self, start: int, end: int) -> float:
        inside = self._matches[bisect_left(self._starts, start) : bisect_right(self._ends, end)]
        # A quoted phrase is what was asked for: nothing else makes up for quoting without it.
        phrase = float(any(start <= left and right <= end for left, right in self._phrases))
        if not inside:
            return phrase
        weights = {match.term: match.weight for match in inside}
        distinct = sum(weights.values()) / self._total
        again = min(len(inside) - len(weights), 4)
        late = max(0, inside[0].start - start - LEAD_IN) / self._length
        clean = _CLEAN_START * (start == 0 or self._ends_sentence(start)) + _CLEAN_END * self._ends_sentence(end)
        return phrase + distinct + _AGAIN * again + clean + _LENGTH * (end - start) / self._length - _LATE * late

    def _ends_sentence(self, position: int) -> bool:
        """Return whether a sentence ends just before a position: a few characters back are enough to see it."""
        return _SENTENCE_END.search(self._text, max(0, position - 5), position) is not None


def _split_units(segments: Sequence[Segment]) -> list[tuple[int, int]]:
    """Return the units of a quote as offsets into the passage: cues, clauses, or a few words at a time."""
    units: list[tuple[int, int]] = []
    base = 0
    for segment in segments:
        boundaries = [mark.offset for mark in segment.marks] or [
            match.end() for match in _CLAUSE_END.finditer(segment.text)
        ]
        edges = sorted({0, *boundaries, len(segment.text)})
        for left, right in pairwise(edges):
            units += [(base + start, base + end) for start, end in _split_long(segment.text, left, right)]
        base += len(segment.text) + 1
    return units


def _split_long(text: str, left: int, right: int) -> Iterator[tuple[int, int]]:
    """Yield a stretch without the spaces around it, or the pieces of a long one."""
    pieces = list(_split_pieces(text, left, right))
    if not pieces:
        return
    start, end = pieces[0][0], pieces[-1][1]
    if end - start > MAX_UNIT_LENGTH:
        for (_, end), (following, far) in pairwise(pieces):
            if far - start > UNIT_LENGTH:
                yield start, end
                start = following
    yield start, pieces[-1][1]


def _split_pieces(text: str, left: int, right: int) -> Iterator[tuple[int, int]]:
    """Yield what a stretch may be cut between: words, or the letters of a word that is too long to be one."""
    for word in _WORD.finditer(text, left, right):
        if word.end() - word.start() <= MAX_UNIT_LENGTH:
            yield word.span()
        else:
            for letters in _LETTERS.finditer(text, *word.span(), concurrent=False):
                # A character with hundreds of combining marks is no real text.
                for start in range(letters.start(), letters.end(), UNIT_LENGTH):
                    yield start, min(start + UNIT_LENGTH, letters.end())


def _second_at(segments: Sequence[Segment], offset: int) -> float:
    """Return when the words at an offset of the passage begin, in seconds."""
    segment, within = _locate(segments, offset)
    return segment.second_at(within)


def _end_second(segments: Sequence[Segment], offset: int) -> float:
    """Return when the words before an offset of the passage have been spoken, in seconds."""
    segment, within = _locate(segments, offset - 1)
    if not segment.marks:
        return round(segment.estimate_second(within + 1), 3)
    later = [mark.start_second for mark in segment.marks if mark.offset > within]
    return later[0] if later else segment.end_second


def _locate(segments: Sequence[Segment], offset: int) -> tuple[Segment, int]:
    """Return the segment that holds an offset of the passage, and the offset within it."""
    for segment in segments[:-1]:
        if offset <= len(segment.text):
            return segment, offset
        offset -= len(segment.text) + 1
    return segments[-1], offset
