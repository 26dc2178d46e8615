"""How much each speaker of a video says, and a quote by which to know them again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from storage.models import Segment, SpeakerSummary, SpeakerTurn, StoredVideo, VideoSpeakers

MAX_QUOTE_LENGTH = 90
"""Characters of a speaker's quote at most."""
_MIN_QUOTE_WORDS = 4
"""Words from which on a turn is worth quoting: many begin with "yes" and end with it."""


def summarize_speakers(stored: StoredVideo) -> VideoSpeakers:
    """Return the known speakers of a video."""
    words: dict[str, int] = {}
    seconds: dict[str, float] = {}
    quotes: dict[str, tuple[str, float]] = {}
    for segment in stored.segments:
        for turn, end in _spans(segment):
            text, start_second = segment.text[turn.offset : end], segment.second_at(turn.offset)
            count = len(text.split())
            words[turn.speaker] = words.get(turn.speaker, 0) + count
            end_second = segment.end_second if end == len(segment.text) else segment.second_at(end)
            seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + max(end_second - start_second, 0.0)
            known = quotes.get(turn.speaker)
            if known is None or (len(known[0].split()) < _MIN_QUOTE_WORDS <= count):
                quotes[turn.speaker] = text.strip(), start_second
    summaries = [
        SpeakerSummary(name, words[name], round(seconds[name], 3), _shorten(quote), start_second)
        for name, (quote, start_second) in quotes.items()
    ]
    return VideoSpeakers(stored.video, tuple(sorted(summaries, key=lambda summary: -summary.words)))


def _spans(segment: Segment) -> Iterator[tuple[SpeakerTurn, int]]:
    """Yield the turns of known speakers in a segment, and where they end."""
    after = SpeakerTurn(len(segment.text), "")
    return ((turn, following.offset) for turn, following in pairwise([*segment.turns, after]) if turn.speaker)


def _shorten(quote: str) -> str:
    """Return the first words of a quote. An ellipsis says that there are more."""
    if len(quote) <= MAX_QUOTE_LENGTH:
        return quote
    kept = quote[:MAX_QUOTE_LENGTH]
    return (kept.rsplit(" ", 1)[0] or kept).rstrip() + " …"
