"""Joins a hit with the speech around it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.answering.excerpts import QUOTE_LENGTH, quote_again, quote_whole
from bot.answering.links import link_at
from bot.answering.matching import Matcher
from bot.answering.quote_units import find_sentences, follows_sentence, split_units
from bot.answering.values import Excerpt, OpenedPassage, Paragraph, Passage, PassageRange, QuotePlace
from storage.analysis import join_texts
from storage.models import SILENCE_SECONDS, Hit, LinkHosts, Segment, Video

MAX_PASSAGES_PER_VIDEO = 2
"""How many passages of one video are shown, unless one video was asked for."""
MAX_READING_LENGTH = 2000
"""Characters that are read at once at most: with their times and links, what one card can show."""
MAX_PARAGRAPHS = 12
"""How many paragraphs are read at once at most, where they are short."""
MOVE_LENGTH = 400
"""How many characters are added at least where one reads on: half a minute of speech."""
PARAGRAPH_LENGTH = 220
"""About how many characters a paragraph has: five lines on a phone, and a quarter of a minute of speech."""


def build_passage(hit: Hit, around: Sequence[Segment], matcher: Matcher) -> Passage:
    """Return a hit with the segment before and the one after, where they continue it and hold nothing excluded.

    `around` are segments of the same video about the hit, in order, the hit's among them; those that other passages
    show already are left out.
    """
    here = around.index(hit.segment)
    joined = [hit.segment]
    if here > 0 and _continues(around[here - 1], around[here]) and not matcher.excludes(around[here - 1].text):
        joined.insert(0, around[here - 1])
    if (
        here + 1 < len(around)
        and _continues(around[here], around[here + 1])
        and not matcher.excludes(around[here + 1].text)
    ):
        joined.append(around[here + 1])
    passage = Passage(hit.video, tuple(joined), hit.score)
    # Two clean segments may spell out an excluded phrase where they meet.
    return Passage(hit.video, (hit.segment,), hit.score) if matcher.excludes(passage.text) else passage


def note_edges(passage: Passage, around: Sequence[Segment]) -> Passage:
    """Return a passage that knows whether speech runs into it and goes on after it.

    `around` are all segments of its video about it, in order, those of other passages too.
    """
    first, last = around.index(passage.segments[0]), around.index(passage.segments[-1])
    before = around[first - 1] if first > 0 and _continues(around[first - 1], around[first]) else None
    return replace(
        passage,
        continues_sentence=before is not None and not follows_sentence(before.text, len(before.text)),
        goes_on=last + 1 < len(around) and _continues(around[last], around[last + 1]),
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph of a run of segments: of which segment, by its place in the run, and which of its paragraphs.

    `start` and `end` are offsets in the text of its segment.
    """

    segment: int
    number: int
    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Reading:
    """The paragraphs of a video that are read: `first` and `last` are places in its pieces.

    `focus` is the piece around which is cut what does not fit; None where it is not in these segments.
    """

    segments: tuple[Segment, ...]
    pieces: tuple[_Piece, ...]
    first: int
    last: int
    focus: int | None

    @property
    def shows_focus(self) -> bool:
        """Return whether the focus is among the paragraphs that are read."""
        return self.focus is not None and self.first <= self.focus <= self.last

    @property
    def fits(self) -> bool:
        """Return whether one card has room for what is read."""
        count = self.last - self.first + 1
        return (
            count <= MAX_PARAGRAPHS
            and sum(piece.length for piece in self.pieces[self.first : self.last + 1]) <= MAX_READING_LENGTH
        )


@dataclass(frozen=True, slots=True)
class ReadingPlace:
    """What is to be read: a passage of an answer, what the answer quoted from it, and where somebody reads by now.

    `quoted` and `shown` are None where that is unknown, and where the passage itself is read. `step` is -1 to read what
    is said before, +1 for what is said after.
    """

    passage: PassageRange
    quoted: QuotePlace | None = None
    shown: PassageRange | None = None
    step: int = 0


def read_passage(
    passage: Passage, around: Sequence[Segment], matcher: Matcher, place: ReadingPlace, hosts: LinkHosts
) -> OpenedPassage | None:
    """Return a passage, or what is read by now, in paragraphs; None where that is not stored any more.

    `around` are segments about that, in order.
    """
    hit = quote_again(passage, matcher, place.quoted, QUOTE_LENGTH, hosts)
    reading = find_reading(around, place.shown or place.passage, _find_focus(passage, hit), matcher)
    if reading is None:
        return None
    if place.step:
        reading = move_reading(reading, place.step)
    return OpenedPassage(
        hit,
        _write_paragraphs(reading, passage.video, matcher, hosts),
        earlier=reading.first > 0,
        later=reading.last < len(reading.pieces) - 1,
        shows_hit=reading.shows_focus,
        is_moved=place.shown is not None or place.step != 0,
    )


def _find_focus(passage: Passage, hit: Excerpt) -> tuple[float, int]:
    """Return where the words are said for which a quote was chosen: the first match from the second of its link on.

    That is a segment, by its start, and an offset in its text.
    """
    places = [passage.locate(hit.offset + left) for left, _right in hit.highlights]
    said = [place for place in places if place[0].second_at(place[1]) >= hit.link_second]
    segment, offset = (said or places or [passage.locate(hit.offset)])[0]
    return segment.start_second, offset


def find_reading(
    around: Sequence[Segment], stretch: PassageRange, focus: tuple[float, int], matcher: Matcher
) -> Reading | None:
    """Return a stretch as what is read, or None where it is not stored any more; what does not fit is cut.

    `around` are segments of the video about the stretch, in order. `focus` is a segment, by its start, and an offset in
    its text: the place around which it is cut.
    """
    starts = [segment.start_second for segment in around]
    inside = [n for n, start in enumerate(starts) if stretch.first_second <= start <= stretch.last_second]
    if not inside:
        return None
    left, right = _find_run(around, inside[0], inside[-1], matcher)
    pieces = [
        _Piece(place, number, start, end)
        for place, segment in enumerate(around[left:right])
        for number, (start, end) in enumerate(split_paragraphs(segment))
    ]
    first = _find_piece(pieces, inside[0] - left, stretch.first_paragraph)
    last = _find_piece(pieces, inside[-1] - left, stretch.last_paragraph)
    places = [
        n
        for n, piece in enumerate(pieces)
        if around[left + piece.segment].start_second == focus[0] and piece.start <= focus[1]
    ]
    reading = Reading(tuple(around[left:right]), tuple(pieces), first, max(first, last), max(places, default=None))
    return _cut_around_focus(reading)


def _find_run(around: Sequence[Segment], first: int, last: int, matcher: Matcher) -> tuple[int, int]:
    """Return from where to where speech runs on about some segments, with nothing excluded in it."""

    def goes_on(left: int) -> bool:
        pair = around[left], around[left + 1]
        return _continues(*pair) and not matcher.excludes(join_texts(segment.text for segment in pair))

    while first > 0 and goes_on(first - 1):
        first -= 1
    while last + 1 < len(around) and goes_on(last):
        last += 1
    return first, last + 1


def _find_piece(pieces: Sequence[_Piece], segment: int, number: int | None) -> int:
    """Return the place of a paragraph of a segment; its last one where it has no such number (any more)."""
    own = [n for n, piece in enumerate(pieces) if piece.segment == segment]
    return own[-1] if number is None or number >= len(own) else own[number]


def _cut_around_focus(reading: Reading) -> Reading:
    """Return as much of what is read as fits a card: the focus, and what stands next to it on both sides."""
    if reading.fits:
        return reading
    here = reading.focus if reading.focus is not None and reading.shows_focus else reading.first
    kept = replace(reading, first=here, last=here)
    while True:
        wider = [
            replace(kept, first=max(kept.first - 1, reading.first)),
            replace(kept, last=min(kept.last + 1, reading.last)),
        ]
        fitting = [each for each in wider if each != kept and each.fits]
        if not fitting:
            return kept
        # The focus stays in the middle: the shorter side grows.
        kept = min(fitting, key=lambda each: abs((here - each.first) - (each.last - here)))


def move_reading(reading: Reading, step: int) -> Reading:
    """Return what is read widened by what is said before (`step` -1) or after (+1).

    What does not fit any more goes from its other end.
    """
    moved, gained, count = reading, 0, 0
    while gained < MOVE_LENGTH and count < MAX_PARAGRAPHS // 2:
        first, last = (moved.first - 1, moved.last) if step < 0 else (moved.first, moved.last + 1)
        if first < 0 or last == len(moved.pieces):
            break
        moved = replace(moved, first=first, last=last)
        gained, count = gained + moved.pieces[first if step < 0 else last].length, count + 1
    while not moved.fits:
        moved = replace(moved, last=moved.last - 1) if step < 0 else replace(moved, first=moved.first + 1)
    return moved


def split_paragraphs(segment: Segment) -> list[tuple[int, int]]:
    """Return where the paragraphs of a segment begin and end in its text, each of about PARAGRAPH_LENGTH characters.

    They begin where cues, clauses or turns of speakers do, and with a sentence where one begins near enough.
    """
    units = split_units([segment])
    if not units:
        return [(0, len(segment.text))]
    starts = [start for start, _ in units]
    good = find_sentences(segment.text, units)[0] | {turn.offset for turn in segment.turns}
    count = max(1, round(len(segment.text) / PARAGRAPH_LENGTH))
    cuts = [0]
    for number in range(1, count):
        wanted = number * len(segment.text) / count
        low = max(bisect_left(starts, wanted - PARAGRAPH_LENGTH / 2), cuts[-1] + 1)
        near = range(low, bisect_left(starts, wanted + PARAGRAPH_LENGTH / 2))
        if near:
            cuts.append(min(near, key=lambda n: abs(starts[n] - wanted) - PARAGRAPH_LENGTH / 3 * (starts[n] in good)))
    return [(starts[cut], units[end - 1][1]) for cut, end in pairwise([*cuts, len(units)])]


def _write_paragraphs(reading: Reading, video: Video, matcher: Matcher, hosts: LinkHosts) -> tuple[Paragraph, ...]:
    """Return the paragraphs that are read, matches marked, each with a link to its beginning."""
    shown = reading.pieces[reading.first : reading.last + 1]
    base = shown[0].segment
    passage = Passage(video, reading.segments[base : shown[-1].segment + 1], 0.0)
    highlights = quote_whole(passage, matcher, hosts).highlights
    return tuple(
        _write_paragraph(passage, passage.segments[piece.segment - base], piece, base, highlights, hosts)
        for piece in shown
    )


def _write_paragraph(
    passage: Passage,
    segment: Segment,
    piece: _Piece,
    base: int,
    highlights: Sequence[tuple[int, int]],
    hosts: LinkHosts,
) -> Paragraph:
    offset = passage.offsets[piece.segment - base]
    start, end = offset + piece.start, offset + piece.end
    second = segment.second_at(piece.start)
    return Paragraph(
        segment.start_second,
        piece.number,
        second,
        link_at(passage.video.url, second, hosts),
        passage.text[start:end],
        tuple(
            (max(left, start) - start, min(right, end) - start)
            for left, right in highlights
            if left < end and right > start
        ),
        passage.turns_between(start, end),
    )


def _continues(left: Segment, right: Segment) -> bool:
    return right.start_second - left.end_second <= SILENCE_SECONDS
