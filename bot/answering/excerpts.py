"""Chooses the words to quote from a passage, and finds when they are spoken."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering.links import TABLE, link_at
from bot.answering.matching import Match, Matcher
from bot.answering.quote_scorer import QuoteScorer, iterate_stretches
from bot.answering.quote_units import Unit, ends_sentence, find_sentences, follows_sentence, split_units
from bot.answering.values import Excerpt, Passage, QuotePlace
from storage.analysis import split_text
from storage.models import LinkHosts, SpeakerTurn

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
RUN_IN_SECONDS = 3.0
"""How long before the words that were asked for a link opens at most, as long as a cue or clause begins in that time:
long enough to hear how the sentence begins, short enough not to be waited for."""
CLUSTER_LENGTH = 200
"""Characters within which words that match belong together: about what is said in a quarter of a minute."""

# Words that are said close together are those that were asked for, rather than the same words spread out. Repetition
# counts nothing here: of the links to 116 sentences of a seed it made 10 open too early, and not 6.
_SPREAD_LOSS = 0.3
LINE_LENGTH = 90
"""Characters at most of a quote that has to do with one line."""


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """The words of a quote about its first match, for one line; `highlights` are places in `words`.

    `starts_sentence` and `ends_sentence` are false where an ellipsis belongs, as in an excerpt. `speaker` is "" where
    it is unknown who says the words.
    """

    words: str
    highlights: tuple[tuple[int, int], ...]
    starts_sentence: bool
    ends_sentence: bool
    speaker: str = ""


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
    units = split_units(passage.segments)
    return _make_excerpt(passage, matcher, units, _find_densest(passage, matcher, units, length), hosts)


def quote_whole(passage: Passage, matcher: Matcher, hosts: LinkHosts = TABLE) -> Excerpt:
    """Quote a passage from its first word to its last, all its matches marked wherever its link opens."""
    chosen = _TextRange(0, len(passage.text))
    excerpt = _make_excerpt(passage, matcher, split_units(passage.segments), chosen, hosts)
    return replace(excerpt, highlights=_find_highlights(passage, matcher, chosen))


def quote_line(excerpt: Excerpt, length: int = LINE_LENGTH) -> QuoteLine:
    """Quote the words of an excerpt about its first match, in at most `length` characters of one speaker.

    They begin and end with words, and with a sentence where one begins or ends near enough.
    """
    quote = excerpt.quote
    first = excerpt.highlights[0][0] if excerpt.highlights else 0
    speaker, left, right = _turn_at(excerpt, first)
    # A line lies within its length before and after the first match: the words beyond are not looked at.
    near = max(quote.rfind(" ", left, max(first - length, left)) + 1, left)
    far = quote.find(" ", min(first + length, right), right)
    words = [(near + begin, near + end) for begin, end in split_text(quote[near : right if far < 0 else far], 1)]
    start = _line_start(quote, [begin for begin, _ in words], first, length)
    # A line is filled from before its first match where little comes after.
    start = min(start, next((begin for begin, _ in words if right - begin <= length), start))
    fitting = [end for _, end in words if start < end <= start + length]
    end = _line_end(quote, fitting or [min(start + length, right)], start + length // 2)
    inside = ((max(begin, start) - start, min(stop, end) - start) for begin, stop in excerpt.highlights)
    return QuoteLine(
        quote[start:end],
        tuple((begin, stop) for begin, stop in inside if begin < stop),
        starts_sentence=excerpt.starts_sentence if start == 0 else start == left or follows_sentence(quote, start),
        ends_sentence=excerpt.ends_sentence if end == len(quote) else ends_sentence(quote, end),
        speaker=speaker,
    )


def _turn_at(excerpt: Excerpt, offset: int) -> tuple[str, int, int]:
    """Return who speaks at an offset of a quote, and from where to where in it, spaces aside."""
    turns = excerpt.turns or (SpeakerTurn(0, ""),)
    place = max(bisect_right(turns, offset, key=lambda turn: turn.offset) - 1, 0)
    end = turns[place + 1].offset if place + 1 < len(turns) else len(excerpt.quote)
    words = excerpt.quote[turns[place].offset : end].rstrip()
    end = turns[place].offset + len(words)
    return turns[place].speaker, end - len(words.lstrip()), end


def _line_start(quote: str, starts: Sequence[int], first: int, length: int) -> int:
    """Return where a line begins: at most a quarter of its length before the first match, so that its link opens near
    its words, and with a sentence where one begins there."""
    near = [start for start in starts if first - length // 4 <= start <= first] or [first]
    return next((start for start in near if follows_sentence(quote, start)), near[0])


def _line_end(quote: str, ends: Sequence[int], enough: int) -> int:
    """Return where a line ends: with a sentence that ends from `enough` on, or where no more words fit."""
    return next((end for end in reversed(ends) if end >= enough and ends_sentence(quote, end)), ends[-1])


def quote_again(
    passage: Passage, matcher: Matcher, place: QuotePlace | None, length: int, hosts: LinkHosts = TABLE
) -> Excerpt:
    """Quote the words that were quoted from a passage before, with a link to the same second.

    Where other words stand there by now, or the place is unknown, quote the densest stretch of `length` characters.
    """
    if place is None or QuotePlace.checksum_of(passage.text[place.start : place.end]) != place.checksum:
        return quote_densest(passage, matcher, length, hosts)
    chosen = _TextRange(place.start, place.end)
    excerpt = _make_excerpt(passage, matcher, split_units(passage.segments), chosen, hosts)
    link = link_at(passage.video.url, place.link_second, hosts)
    return replace(excerpt, link=link, opens_at_second=place.link_second)


def _make_excerpt(
    passage: Passage, matcher: Matcher, units: Sequence[Unit], chosen: _TextRange, hosts: LinkHosts
) -> Excerpt:
    text = passage.text
    quote = text[chosen.start : chosen.end]
    start = passage.second_at(chosen.start)
    opening = _find_opening(passage, units, chosen, _find_asked_for(text, matcher, chosen))
    highlights = _find_highlights(passage, matcher, chosen, opening)
    first_match = chosen.start + highlights[0][0] if highlights else opening
    # Where segments overlap, what stands later may be spoken sooner.
    opens_at = max(start, min(passage.second_at(opening), passage.second_at(first_match)))
    return Excerpt(
        video=passage.video,
        quote=quote,
        highlights=highlights,
        start_second=start,
        end_second=max(start, _end_second(passage, chosen.end)),
        link=link_at(passage.video.url, opens_at, hosts),
        segments=tuple(segment.start_second for segment in passage.segments),
        score=passage.score,
        starts_sentence=follows_sentence(text, chosen.start) if chosen.start else not passage.continues_sentence,
        ends_sentence=ends_sentence(text, chosen.end) or (chosen.end == len(text) and not passage.goes_on),
        turns=passage.turns_between(chosen.start, chosen.end),
        opens_at_second=opens_at if opens_at > start else None,
        offset=chosen.start,
    )


def _find_highlights(
    passage: Passage, matcher: Matcher, chosen: _TextRange, opening: int = 0
) -> tuple[tuple[int, int], ...]:
    """Return what to mark in a quote, as places in it: what matches from the opening on, so that all that is marked is
    heard after its link; of what others say nothing, where the question asks what somebody says."""
    start = max(chosen.start, opening)
    shift = start - chosen.start
    highlights = tuple(
        (left + shift, right + shift) for left, right in matcher.find_highlights(passage.text, start, chosen.end)
    )
    own = passage.spoken_by(matcher.speakers) if matcher.speakers else []
    if not own:
        return highlights
    return tuple(
        (left, right)
        for left, right in highlights
        if any(start <= chosen.start + left and chosen.start + right <= end for start, end in own)
    )


def _find_opening(passage: Passage, units: Sequence[Unit], chosen: _TextRange, asked_for: int) -> int:
    """Return the place of a quote at which its link opens: where the first cue or clause begins in the RUN_IN_SECONDS
    before what was asked for, or else the cue that says it."""
    said = passage.second_at(asked_for)
    earliest = min(said, _estimate_second(passage, asked_for) - RUN_IN_SECONDS)
    starts = (start for start, _ in units if chosen.start <= start <= asked_for)
    return next((start for start in starts if passage.second_at(start) >= earliest), asked_for)


def _estimate_second(passage: Passage, offset: int) -> float:
    """Return when the words at an offset are spoken within their cue, as if every character took the same time."""
    segment, within = passage.locate(offset)
    place = bisect_right(segment.marks, within, key=lambda mark: mark.offset)
    if not place:
        return segment.second_at(within)
    mark = segment.marks[place - 1]
    end, last = segment.end_second, len(segment.text)
    if place < len(segment.marks):
        end, last = segment.marks[place].start_second, segment.marks[place].offset
    return mark.start_second + (end - mark.start_second) * (within - mark.offset) / (last - mark.offset)


def _find_asked_for(text: str, matcher: Matcher, chosen: _TextRange) -> int:
    """Return where in a quote stands what was asked for: the first quoted phrase or the question's own wording, or else
    where most of the words that match stand together."""
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


def _find_densest(passage: Passage, matcher: Matcher, units: Sequence[Unit], length: int) -> _TextRange:
    text = passage.text
    scorer = QuoteScorer(matcher.find_matches(text), matcher.find_phrases(text), find_sentences(text, units), length)
    groups = _units_of_speakers(passage, matcher, units)
    for shortest in (int(MIN_LENGTH_SHARE * length), length - LENGTH_RANGE):
        if stretches := [stretch for group in groups for stretch in iterate_stretches(group, shortest, length)]:
            return _TextRange(*scorer.find_best(stretches))
    return _TextRange(*scorer.find_best([unit for group in groups for unit in group]))


def _units_of_speakers(passage: Passage, matcher: Matcher, units: Sequence[Unit]) -> Sequence[Sequence[Unit]]:
    """Return the units that a quote may join: all, or those of every stretch that the speakers asked about say."""
    own = passage.spoken_by(matcher.speakers) if matcher.speakers else []
    # The video may have been replaced since it was found: then nobody asked about speaks in it.
    clipped = [
        [(max(left, start), min(right, end)) for left, right in units if left < end and right > start]
        for start, end in own
    ]
    return [group for group in clipped if group] or [units]


def _end_second(passage: Passage, offset: int) -> float:
    """Return when the words before an offset of the passage have been spoken, in seconds."""
    segment, within = passage.locate(offset - 1)
    if not segment.marks:
        return round(segment.estimate_second(within + 1), 3)
    later = [mark.start_second for mark in segment.marks if mark.offset > within]
    return later[0] if later else segment.end_second
