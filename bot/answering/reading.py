"""Reads on from a passage of an answer: in paragraphs, to what is said before and after it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.answering.excerpts import QUOTE_LENGTH, quote_again, quote_whole
from bot.answering.links import link_at
from bot.answering.matching import Matcher
from bot.answering.passages import continues
from bot.answering.quote_units import find_sentences, split_units
from bot.answering.values import Excerpt, OpenedPassage, Paragraph, Passage, PassageRange, QuotePlace
from storage.analysis import join_texts
from storage.models import LinkHosts, Segment, Video

MAX_READING_LENGTH = 1500
"""Characters that are read at once at most: two screens of a phone, and with their times and links one card."""
MOVE_LENGTH = 400
"""How many characters are added at least where one reads on: half a minute of speech."""
PARAGRAPH_LENGTH = 220
"""About how many characters a paragraph has: five lines on a phone, and a quarter of a minute of speech."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a run of segments that stays together: of which segment, by its place in the run, and which of it.

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
class _Reading:
    """What is read of a video: from the first to the last of these pieces of it.

    `focus` is the piece around which is cut what does not fit; None where it is not in these segments.
    """

    segments: tuple[Segment, ...]
    pieces: tuple[_Piece, ...]
    first: int
    last: int
    focus: int | None

    @property
    def shows_focus(self) -> bool:
        """Return whether the focus is among the pieces that are read."""
        return self.focus is not None and self.first <= self.focus <= self.last

    @property
    def shown(self) -> tuple[_Piece, ...]:
        """Return the pieces that are read."""
        return self.pieces[self.first : self.last + 1]

    @property
    def fits(self) -> bool:
        """Return whether one card has room for what is read."""
        return sum(piece.length for piece in self.shown) <= MAX_READING_LENGTH

    def range_in(self, video: Video) -> PassageRange:
        """Return where in its video it is read."""
        first, last = self.pieces[self.first], self.pieces[self.last]
        return PassageRange(
            video.video_id,
            self.segments[first.segment].start_second,
            self.segments[last.segment].start_second,
            first.number,
            last.number,
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
    reading = _find_reading(around, place.shown or place.passage, _find_focus(passage, hit), matcher)
    if reading is None:
        return None
    if place.step:
        reading = _move(reading, place.step)
    return OpenedPassage(
        hit,
        _write_paragraphs(reading, passage.video, matcher, hosts),
        reading.range_in(passage.video),
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


def _find_reading(
    around: Sequence[Segment], stretch: PassageRange, focus: tuple[float, int], matcher: Matcher
) -> _Reading | None:
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
        for number, (start, end) in enumerate(split_pieces(segment))
    ]
    first = _find_piece(pieces, inside[0] - left, stretch.first_piece)
    last = _find_piece(pieces, inside[-1] - left, stretch.last_piece)
    places = [
        n
        for n, piece in enumerate(pieces)
        if around[left + piece.segment].start_second == focus[0] and piece.start <= focus[1]
    ]
    reading = _Reading(tuple(around[left:right]), tuple(pieces), first, max(first, last), max(places, default=None))
    return _cut_around_focus(reading)


def _find_run(around: Sequence[Segment], first: int, last: int, matcher: Matcher) -> tuple[int, int]:
    """Return from where to where speech runs on about some segments, with nothing excluded in it."""

    def goes_on(left: int) -> bool:
        pair = around[left], around[left + 1]
        return continues(*pair) and not matcher.excludes(join_texts(segment.text for segment in pair))

    while first > 0 and goes_on(first - 1):
        first -= 1
    while last + 1 < len(around) and goes_on(last):
        last += 1
    return first, last + 1


def _find_piece(pieces: Sequence[_Piece], segment: int, number: int | None) -> int:
    """Return the place of a piece of a segment; its last one where it has no such number (any more)."""
    own = [n for n, piece in enumerate(pieces) if piece.segment == segment]
    return own[-1] if number is None or number >= len(own) else own[number]


def _cut_around_focus(reading: _Reading) -> _Reading:
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


def _move(reading: _Reading, step: int) -> _Reading:
    """Return what is read widened by what is said before (`step` -1) or after (+1).

    What does not fit any more goes from its other end.
    """
    moved, gained = reading, 0
    while gained < MOVE_LENGTH:
        first, last = (moved.first - 1, moved.last) if step < 0 else (moved.first, moved.last + 1)
        if first < 0 or last == len(moved.pieces):
            break
        moved = replace(moved, first=first, last=last)
        gained += moved.pieces[first if step < 0 else last].length
    while not moved.fits:
        moved = replace(moved, last=moved.last - 1) if step < 0 else replace(moved, first=moved.first + 1)
    return moved


def split_pieces(segment: Segment) -> list[tuple[int, int]]:
    """Return where the pieces of a segment begin and end in its text, each of about PARAGRAPH_LENGTH characters.

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


def _write_paragraphs(reading: _Reading, video: Video, matcher: Matcher, hosts: LinkHosts) -> tuple[Paragraph, ...]:
    """Return the paragraphs that are read, matches marked, each with a link to its beginning."""
    base = reading.shown[0].segment
    passage = Passage(video, reading.segments[base : reading.shown[-1].segment + 1], 0.0)
    highlights = quote_whole(passage, matcher, hosts).highlights
    paragraphs = []
    for pieces in _join_short(reading.shown):
        first, last = pieces[0], pieces[-1]
        start = passage.offsets[first.segment - base] + first.start
        end = passage.offsets[last.segment - base] + last.end
        second = reading.segments[first.segment].second_at(first.start)
        link = link_at(video.url, second, hosts)
        marked = tuple(
            (max(left, start) - start, min(right, end) - start)
            for left, right in highlights
            if left < end and right > start
        )
        paragraphs.append(Paragraph(second, link, passage.text[start:end], marked, passage.turns_between(start, end)))
    return tuple(paragraphs)


def _join_short(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Return pieces by paragraph: short segments, such as the rows of a chat, have one together."""
    paragraphs: list[list[_Piece]] = []
    for piece in pieces:
        if paragraphs and sum(each.length for each in paragraphs[-1]) + piece.length <= PARAGRAPH_LENGTH:
            paragraphs[-1].append(piece)
        else:
            paragraphs.append([piece])
    return paragraphs
