"""Finding videos by words of their title or creator, for those who do not remember them to the letter."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from storage.models import VideoSummary

ALIKE = 80
"""How much of a word (in percent, rapidfuzz's partial ratio) a name must hold: one slip in a word of five letters."""
SHORTEST_GUESSED = 4
"""Letters from which a word may be misspelt: a shorter one is in nearly every name, somehow."""


def find(search: str, videos: Sequence[VideoSummary]) -> list[VideoSummary]:
    """The videos whose title, creator or id holds every word of a search, in any order, the closest first.

    All of them, in their own order, where nothing is looked for.
    """
    words = search.casefold().split()
    if not words:
        return list(videos)
    scored = [(min(_held(word, name) for word in words), each) for each in videos for name in [_name(each)]]
    found = [(score, each) for score, each in scored if score >= ALIKE]
    return [each for _, each in sorted(found, key=lambda pair: -pair[0])]


def _name(summary: VideoSummary) -> str:
    video = summary.video
    return f"{video.title} {video.creator} {video.video_id}".casefold()


def _held(word: str, name: str) -> float:
    """How much of a word a name holds, from 0 to 100."""
    if word in name:
        return 100.0
    return fuzz.partial_ratio(word, name) if len(word) >= SHORTEST_GUESSED else 0.0
