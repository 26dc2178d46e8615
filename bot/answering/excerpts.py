"""Chooses the words to quote from a passage, and finds when they are spoken."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from bot.answering.links import TABLE, link_at
from bot.answering.matching import Match, Matcher
from bot.answering.values import Excerpt, Passage
from storage.analysis import find_offsets
from storage.models import LinkHosts, Segment

QUOTE_LENGTH = 600
"""Characters of a quote at most, where it is shown in full. The words that answer a question stand before the words
that match it as often as after them: of the answers that stand in the right passage, three in five do with 300
characters, and nine in ten with 500 to 600."""
SHORT_QUOTE_LENGTH = 300
"""Characters at most of a quote that is read to see what it is about."""
LENGTH_RANGE = 100
"""By how many characters a quote may fall short of its length, where its passage has as many: room to begin and end at
the ends of clauses and cues. More than a unit has, so that there always is a stretch of that length."""
MIN_LENGTH_SHARE = 5 / 6
"""What share of its length a quote has at least, where there is such a stretch."""
MAX_UNIT_LENGTH = 90
"""Characters above which a stretch without any boundary is cut between words, and a word without spaces inside it."""
UNIT_LENGTH = 45
MAX_LEAD_SECONDS = 10.0
"""How long before the words that were asked for a link opens at most, as long as a cue begins in that time."""
CLUSTER_LENGTH = 200
"""Characters within which words that match belong together: about what is said in a quarter of a minute."""

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

# What a match counts at the edge of a quote, as a share of what it counts in the middle, is 1 - _EDGE_LOSS: the quote
# reaches as far to both sides of the words that match as it can, and two words that are far apart do not stretch it
# between them. What is said again counts a quarter. The rest is small, and decides between stretches with much the same
# words: beginning or ending with a sentence, and length.
_EDGE_LOSS, _AGAIN, _CLEAN_START, _CLEAN_END, _LENGTH = 0.4, 0.25, 0.1, 0.08, 0.05
# Words that are said close together are those that were asked for, rather than the same words spread out. Repetition
# counts nothing here: of the links to 116 sentences of a seed it made 10 open too early, and not 6.
_SPREAD_LOSS = 0.3


_Unit = tuple[int, int]
"""Where a unit of a quote begins and ends: a cue, a clause, or a few words."""


@dataclass(frozen=True, slots=True)
class _TextRange:
    """A candidate quote: `text[start:end]` of the passage."""

    start: int
    end: int


def quote_densest(passage: Passage, matcher: Matcher, length: int = QUOTE_LENGTH, hosts: LinkHosts = TABLE) -> Excerpt:
    """Quote the densest stretch of a passage, from cue to cue or clause to clause, its matches in the middle.

    The quote has at most `length` characters, and at most LENGTH_RANGE fewer where its passage has them. Where the
    question asks what somebody says, the quote holds their words alone.
    """
    units = _split_units(passage.segments)
    return _make_excerpt(passage, matcher, units, _find_densest(passage, matcher, units, length), hosts)


def quote_whole(passage: Passage, matcher: Matcher, hosts: LinkHosts = TABLE) -> Excerpt:
    """Quote a passage from its first word to its last."""
    return _make_excerpt(passage, matcher, _split_units(passage.segments), _TextRange(0, len(passage.text)), hosts)


def _make_excerpt(
    passage: Passage, matcher: Matcher, units: Sequence[_Unit], chosen: _TextRange, hosts: LinkHosts
) -> Excerpt:
    text = passage.text
    quote = text[chosen.start : chosen.end]
    start = _second_at(passage, chosen.start)
    opens_at = _find_link_second(passage, matcher, units, chosen)
    return Excerpt(
        video=passage.video,
        quote=quote,
        highlights=_find_highlights(passage, matcher, chosen),
        start_second=start,
        end_second=max(start, _end_second(passage, chosen.end)),
        link=link_at(passage.video.url, opens_at, hosts),
        segments=tuple(segment.start_second for segment in passage.segments),
        score=passage.score,
        starts_passage=chosen.start == 0,
        ends_passage=chosen.end == len(text),
        turns=passage.turns_between(chosen.start, chosen.end),
        opens_at_second=opens_at if opens_at > start else None,
    )


def _find_highlights(passage: Passage, matcher: Matcher, chosen: _TextRange) -> tuple[tuple[int, int], ...]:
    """Return what to mark in a quote: of what others say nothing, where the question asks what somebody says."""
    highlights = matcher.find_highlights(passage.text, chosen.start, chosen.end)
    own = passage.spoken_by(matcher.speakers) if matcher.speakers else []
    if not own:
        return highlights
    return tuple(
        (left, right)
        for left, right in highlights
        if any(start <= chosen.start + left and chosen.start + right <= end for start, end in own)
    )


def _find_link_second(passage: Passage, matcher: Matcher, units: Sequence[_Unit], chosen: _TextRange) -> float:
    """Return the second at which the link of a quote opens, at the beginning of a cue or clause.

    It is the quote's own, or, where what was asked for is said long after that, the first one in MAX_LEAD_SECONDS
    before it.
    """
    start = _second_at(passage, chosen.start)
    asked_for = _second_at(passage, _find_asked_for(passage.text, matcher, chosen))
    if asked_for - start <= MAX_LEAD_SECONDS:
        return start
    seconds = (_second_at(passage, unit) for unit, _ in units if unit > chosen.start)
    return min(next((second for second in seconds if asked_for - second <= MAX_LEAD_SECONDS), asked_for), asked_for)


def _find_asked_for(text: str, matcher: Matcher, chosen: _TextRange) -> int:
    """Return where in a quote stands what was asked for: the first quoted phrase, or else where most of the words that
    match stand together."""
    phrases = [left for left, right in matcher.find_phrases(text) if chosen.start <= left and right <= chosen.end]
    if phrases:
        return min(phrases)
    matches = [match for match in matcher.find_matches(text) if chosen.start <= match.start and match.end <= chosen.end]
    places = max(range(len(matches)), key=lambda place: _weigh_cluster(matches, place), default=None)
    return chosen.start if places is None else matches[places].start


def _weigh_cluster(matches: Sequence[Match], first: int) -> float:
    """Return how much the words of the question weigh that are said from a match on, the more the closer together."""
    weights: dict[int, float] = {}
    start, span = matches[first].start, 0
    for match in itertools.islice(matches, first, None):
        if match.start >= start + CLUSTER_LENGTH:
            break
        if match.term not in weights:
            weights[match.term], span = match.weight, match.start - start
    return sum(weights.values()) * (1 - _SPREAD_LOSS * span / CLUSTER_LENGTH)


def _find_densest(passage: Passage, matcher: Matcher, units: Sequence[_Unit], length: int) -> _TextRange:
    text = passage.text
    scorer = _QuoteScorer(matcher.find_matches(text), matcher.find_phrases(text), _find_sentences(text, units), length)
    groups = _units_of_speakers(passage, matcher, units)
    for shortest in (int(MIN_LENGTH_SHARE * length), length - LENGTH_RANGE):
        if stretches := [stretch for group in groups for stretch in _stretches(group, shortest, length)]:
            return _TextRange(*scorer.find_best(stretches))
    return _TextRange(*scorer.find_best([unit for group in groups for unit in group]))


def _units_of_speakers(passage: Passage, matcher: Matcher, units: Sequence[_Unit]) -> Sequence[Sequence[_Unit]]:
    """Return the units that a quote may join: all, or those of every stretch that the speakers asked about say."""
    own = passage.spoken_by(matcher.speakers) if matcher.speakers else []
    # The video may have been replaced since it was found: then nobody asked about speaks in it.
    clipped = [
        [(max(left, start), min(right, end)) for left, right in units if left < end and right > start]
        for start, end in own
    ]
    return [group for group in clipped if group] or [units]


def _stretches(units: Sequence[_Unit], shortest: int, length: int) -> Iterator[_Unit]:
    """Yield every stretch of whole units that has `shortest` to `length` characters; all units where they are fewer."""
    ends = [end for _, end in units]
    shortest = min(shortest, ends[-1] - units[0][0])
    for place, (start, _) in enumerate(units):
        if start + shortest > ends[-1]:
            break
        nearest = bisect_left(ends, start + shortest, place)
        farthest = bisect_right(ends, start + length, nearest)
        for end in ends[nearest:farthest]:
            yield start, end


def _find_sentences(text: str, units: Sequence[_Unit]) -> tuple[frozenset[int], frozenset[int]]:
    """Return where sentences begin and where they end, of the places where units do."""
    ends = frozenset(end for _, end in units if _ends_sentence(text, end))
    starts = {start for (_, end), (start, _) in pairwise(units) if end in ends}
    # What stands before a passage is not known. Captions without any punctuation begin in the middle of something.
    return frozenset(starts | {units[0][0]} if ends else starts), ends


def _ends_sentence(text: str, end: int) -> bool:
    """Return whether a sentence ends where a unit does. A few characters back are enough to see it."""
    last = text[end - 1]
    return last in _SENTENCE_STOPS or (
        last in _CLOSING and text[max(0, end - 5) : end].rstrip(_CLOSING)[-1:] in _SENTENCE_STOPS
    )


class _QuoteScorer:
    """Scores stretches of a passage as quotes. Made once per passage, which has about seventy stretches."""

    def __init__(
        self,
        matches: Sequence[Match],
        phrases: Sequence[tuple[int, int]],
        sentences: tuple[frozenset[int], frozenset[int]],
        length: int,
    ) -> None:
        self._matches, self._phrases, self._length = matches, phrases, length
        self._starts, self._ends = [match.start for match in matches], [match.end for match in matches]
        self._sentence_starts, self._sentence_ends = sentences
        self._total = sum({match.term: match.weight for match in matches}.values()) or 1.0

    def find_best(self, stretches: Sequence[_Unit]) -> _Unit:
        """Return the stretch with the highest score, of several the first."""
        bounds = self._bound_scores(stretches)
        highest, best = -1.0, 0
        # Most are passed over: those that could score highest are looked at first.
        for place in sorted(range(len(stretches)), key=bounds.__getitem__, reverse=True):
            if bounds[place] < highest:
                break
            score = self._score(*stretches[place])
            if score > highest or (score == highest and place < best):
                highest, best = score, place
        return stretches[best]

    def _bound_scores(self, stretches: Sequence[_Unit]) -> list[float]:
        """Return for every stretch what its score does not exceed: as if no word were said again."""
        # What matches before a place: its weight, and its weight times once and twice where it stands.
        sums = [(0.0, 0.0, 0.0)]
        for match in self._matches:
            weight, moment, square = sums[-1]
            at = match.start + match.end
            sums.append((weight + match.weight, moment + match.weight * at, square + match.weight * at * at))
        before = {start: sums[bisect_left(self._starts, start)] for start, _ in stretches}
        until = {end: sums[bisect_right(self._ends, end)] for _, end in stretches}
        loss, total = _EDGE_LOSS / self._length**2, self._total
        # More than sums of the same numbers in another order can differ by.
        rest = 2 * bool(self._phrases) + _LENGTH + 1e-6
        bounds = []
        for start, end in stretches:
            middle = start + end
            (weight, moment, square), (more, further, widest) = before[start], until[end]
            weight, moment, square = more - weight, further - moment, widest - square
            worth = max(weight - loss * (square - 2 * middle * moment + middle * middle * weight), 0.0)
            clean = _CLEAN_START * (start in self._sentence_starts) + _CLEAN_END * (end in self._sentence_ends)
            bounds.append(rest + clean + (min(worth, total) + _AGAIN * max(worth - total, 0.0)) / total)
        return bounds

    def _score(self, start: int, end: int) -> float:
        """Return how good a quote a stretch is: about 1 where it holds every word of the question."""
        # A quoted phrase is what was asked for: nothing else makes up for quoting without it.
        phrase = 2 * any(start <= left and right <= end for left, right in self._phrases)
        clean = _CLEAN_START * (start in self._sentence_starts) + _CLEAN_END * (end in self._sentence_ends)
        return phrase + self._score_matches(start, end) + clean + _LENGTH * (end - start) / self._length

    def _score_matches(self, start: int, end: int) -> float:
        best: dict[int, float] = {}
        everything = 0.0
        for match in self._matches[bisect_left(self._starts, start) : bisect_right(self._ends, end)]:
            # From -1 at the edge of the longest quote to 1 at the other one.
            place = (match.start + match.end - start - end) / self._length
            worth = match.weight * (1 - _EDGE_LOSS * place * place)
            everything += worth
            if worth > best.get(match.term, 0.0):
                best[match.term] = worth
        distinct = sum(best.values())
        return (distinct + min(_AGAIN * (everything - distinct), self._total)) / self._total


def _split_units(segments: Sequence[Segment]) -> list[_Unit]:
    """Return the units of a quote as offsets into the passage: cues, clauses, or a few words at a time."""
    units: list[_Unit] = []
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


def _split_long(text: str, left: int, right: int) -> Iterator[_Unit]:
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


def _split_at_spaces(text: str, start: int, right: int) -> Iterator[_Unit]:
    """Do as `_split_long` for short words with single spaces between them, as nearly all texts are, in less time."""
    while right - start > UNIT_LENGTH:
        end = text.rfind(" ", start, start + UNIT_LENGTH + 1)
        if end < 0 and (end := text.find(" ", start, right)) < 0:
            break
        yield start, end
        start = end + 1
    yield start, right


def _split_pieces(text: str, left: int, right: int) -> Iterator[_Unit]:
    """Yield what a stretch may be cut between: words, or the letters of a word that is too long to be one."""
    for word in _WORD.finditer(text, left, right):
        if word.end() - word.start() <= MAX_UNIT_LENGTH:
            yield word.span()
        else:
            for letters in _LETTERS.finditer(text, *word.span(), concurrent=False):
                # A character with hundreds of combining marks is no real text.
                for start in range(letters.start(), letters.end(), UNIT_LENGTH):
                    yield start, min(start + UNIT_LENGTH, letters.end())


def _second_at(passage: Passage, offset: int) -> float:
    """Return when the words at an offset of the passage begin, in seconds."""
    segment, within = _locate(passage, offset)
    return segment.second_at(within)


def _end_second(passage: Passage, offset: int) -> float:
    """Return when the words before an offset of the passage have been spoken, in seconds."""
    segment, within = _locate(passage, offset - 1)
    if not segment.marks:
        return round(segment.estimate_second(within + 1), 3)
    later = [mark.start_second for mark in segment.marks if mark.offset > within]
    return later[0] if later else segment.end_second


def _locate(passage: Passage, offset: int) -> tuple[Segment, int]:
    """Return the segment that holds an offset of the passage, and the offset within it."""
    place = max(bisect_right(passage.offsets, offset) - 1, 0)
    return passage.segments[place], offset - passage.offsets[place]
