"""Finds videos by words of their title or creator, for people who do not remember them exactly."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from storage.models import VideoSummary

ALIKE = 80
"""How much of a word (in percent, rapidfuzz's partial ratio) a name must hold: one slip in a word of five letters."""
MIN_GUESSED_LENGTH = 4
"""Letters from which a word may be misspelt: a shorter one nearly matches almost every name."""


def find_videos(search: str, videos: Sequence[VideoSummary]) -> list[VideoSummary]:
    """Return the videos whose title, creator or id holds every word of a search, in any order, the closest first.

    Without words to look for, all of them in their own order.
    """
    words = search.casefold().split()
    if not words:
        return list(videos)
    scored = [
        (min(_held_percent(word, name) for word in words), summary)
        for summary in videos
        for name in [_search_name(summary)]
    ]
    matching = [(score, summary) for score, summary in scored if score >= ALIKE]
    return [summary for _, summary in sorted(matching, key=lambda pair: -pair[0])]


def _search_name(summary: VideoSummary) -> str:
    video = summary.video
    return f"{video.title} {video.creator} {video.video_id}".casefold()


def _held_percent(word: str, name: str) -> float:
    """Return how much of a word a name holds, from 0 to 100."""
    if word in name:
        return 100.0
    return fuzz.partial_ratio(word, name) if len(word) >= MIN_GUESSED_LENGTH else 0.0
