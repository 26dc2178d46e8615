"""Splits a passage into what a quote is made of: cues, clauses, or a few words at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import regex

from storage.analysis import find_offsets
from storage.models import Segment

MAX_UNIT_LENGTH = 90
"""Characters above which a stretch without any boundary is cut between words, and a word without spaces inside it."""
UNIT_LENGTH = 45

_STOPS, _WIDE_STOPS = ".!?;:,…؟،؛।॥။၊។", "。！？、，；：｡､"
# A run of full stops may be long: it is matched once, from its beginning (?<!), and without backtracking (*+). The full
# stops of Chinese and Japanese need no space behind them. Beginning with a set makes the search several times as fast.
_CLAUSE_END = re.compile(
    rf"""[{_STOPS}{_WIDE_STOPS}](?:(?<=[{_STOPS}])(?<![{_STOPS}]{{2}})[{_STOPS}]*+["'”’)\]»]*+\s+"""
    rf"""|(?<=[{_WIDE_STOPS}])[{_WIDE_STOPS}]*+["'”’)\]）］」』】》〉｣]*+\s*+)"""
)
_SENTENCE_STOPS = frozenset(".!?…؟।॥။។。！？｡")
_CLOSING = """"'”’)]»）］」』】》〉｣"""
_WORD = re.compile(r"\S+")
# A word without spaces may be cut between grapheme clusters. Names and numbers in Latin letters stay whole, and
# punctuation stays with what it ends.
_LETTERS = regex.compile(r"(?:(?:[\p{Latin}\p{N}.'’_-]\p{M}*+){1,20}+|\X)[\p{Pe}\p{Pf}\p{Po}]{0,9}+")


Unit = tuple[int, int]
"""Where a unit of a quote begins and ends: a cue, a clause, or a few words."""


def split_units(segments: Sequence[Segment]) -> list[Unit]:
    """Return the units of a quote as offsets into the passage: cues, clauses, or a few words at a time."""
    units: list[Unit] = []
    bases = find_offsets(segment.text for segment in segments)
    for base, segment in zip(bases, segments, strict=True):
        boundaries = [mark.offset for mark in segment.marks] or [
            match.end() for match in _CLAUSE_END.finditer(segment.text)
        ]
        edges = sorted({0, *boundaries, len(segment.text)})
        for left, right in pairwise(edges):
            stretch = segment.text[left:right]
            words = stretch.strip()
            start = left + stretch.find(words)
            end = start + len(words)
            if len(words) > MAX_UNIT_LENGTH:
                units += [(base + first, base + last) for first, last in _split_long(segment.text, start, end)]
            elif words:
                units.append((base + start, base + end))
    return units


def _split_long(text: str, left: int, right: int) -> Iterator[Unit]:
    """Yield the pieces of a long stretch, which begins and ends with a word."""
    words = text[left:right].split()
    if len(max(words, key=len)) <= MAX_UNIT_LENGTH and text[left:right] == " ".join(words):
        yield from _split_at_spaces(text, left, right)
        return
    pieces = list(_split_pieces(text, left, right))
    start = pieces[0][0]
    for (_, end), (following, far) in pairwise(pieces):
        if far - start > UNIT_LENGTH:
            yield start, end
            start = following
    yield start, pieces[-1][1]


def _split_at_spaces(text: str, start: int, right: int) -> Iterator[Unit]:
    """Do as `_split_long` for short words with single spaces between them, as nearly all texts are, in less time."""
    while right - start > UNIT_LENGTH:
        end = text.rfind(" ", start, start + UNIT_LENGTH + 1)
        if end < 0 and (end := text.find(" ", start, right)) < 0:
            break
        yield start, end
        start = end + 1
    yield start, right


def _split_pieces(text: str, left: int, right: int) -> Iterator[Unit]:
    """Yield what a stretch may be cut between: words, or the letters of a word that is too long to be one."""
    for word in _WORD.finditer(text, left, right):
        if word.end() - word.start() <= MAX_UNIT_LENGTH:
            yield word.span()
        else:
            for letters in _LETTERS.finditer(text, *word.span(), concurrent=False):
                # A character with hundreds of combining marks is no real text.
                for start in range(letters.start(), letters.end(), UNIT_LENGTH):
                    yield start, min(start + UNIT_LENGTH, letters.end())


def find_sentences(text: str, units: Sequence[Unit]) -> tuple[frozenset[int], frozenset[int]]:
    """Return where sentences begin and where they end, of the places where units do."""
    ends = frozenset(end for _, end in units if ends_sentence(text, end))
    starts = {start for (_, end), (start, _) in pairwise(units) if end in ends}
    # What stands before a passage is not known. Captions without any punctuation begin in the middle of something.
    return frozenset(starts | {units[0][0]} if ends else starts), ends


def ends_sentence(text: str, end: int) -> bool:
    """Return whether a sentence ends where words do. A few characters back are enough to see it."""
    last = text[end - 1 : end]
    return last in _SENTENCE_STOPS or (
        last in _CLOSING and text[max(0, end - 5) : end].rstrip(_CLOSING)[-1:] in _SENTENCE_STOPS
    )


def follows_sentence(text: str, start: int) -> bool:
    """Return whether what stands before an offset ends a sentence, spaces aside."""
    before = text[:start].rstrip()
    return ends_sentence(before, len(before))
