"""Which videos a `video:` or `creator:` filter means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from storage.errors import UnknownFilter
from storage.formats.addresses import youtube_id
from storage.models import Question, Video

SUGGESTIONS = 3
CLOSE_ENOUGH = 60
"""How alike (0 to 100, rapidfuzz's WRatio) a name must be to be suggested."""


def filter_videos(
    question: Question, libraries: Sequence[Callable[[], Mapping[int, Video]]]
) -> list[frozenset[int] | None]:
    """Return by library the positions of the videos that the question's filters let through; None for all.

    A library is asked for its videos, by position, only where there is a filter.

    Raises UnknownFilter where a filter names nothing in any of them, with suggestions.
    """
    if not question.video and not question.creator:
        return [None] * len(libraries)
    videos_by_library = [library() for library in libraries]
    every = [video for videos in videos_by_library for video in videos.values()]
    checks: list[Callable[[Video], bool]] = []
    if question.video:
        checks.append(_video_check(question.video, every))
    if question.creator:
        checks.append(_creator_check(question.creator, every))
    chosen = [
        frozenset(position for position, video in videos.items() if all(check(video) for check in checks))
        for videos in videos_by_library
    ]
    if not any(chosen):
        raise UnknownFilter(f"No video of {question.creator!r} is called {question.video!r}.")
    return list(chosen)


def _video_check(wanted: str, videos: Iterable[Video]) -> Callable[[Video], bool]:
    """By id or address if there is such a video, else by what its title contains."""
    videos = list(videos)
    ids = {wanted, youtube_id(wanted) or wanted}
    if any(video.video_id in ids for video in videos):
        return lambda video: video.video_id in ids
    folded = _fold_name(wanted)
    if any(folded in _fold_name(video.title) for video in videos):
        return lambda video: folded in _fold_name(video.title)
    raise UnknownFilter(f"No video is called {wanted!r}." + _suggest_names(wanted, [video.heading for video in videos]))


def _creator_check(wanted: str, videos: Iterable[Video]) -> Callable[[Video], bool]:
    creators = [video.creator for video in videos if video.creator]
    folded = _fold_name(wanted)
    if any(folded in _fold_name(creator) for creator in creators):
        return lambda video: folded in _fold_name(video.creator)
    raise UnknownFilter(f"No video is by {wanted!r}." + _suggest_names(wanted, creators))


def _fold_name(text: str) -> str:
    return " ".join(text.casefold().split())


def _suggest_names(wanted: str, names: Sequence[str]) -> str:
    near = process.extract(
        wanted, list(dict.fromkeys(names)), scorer=fuzz.WRatio, limit=SUGGESTIONS, score_cutoff=CLOSE_ENOUGH
    )
    return " Did you mean " + " or ".join(f"“{name}”" for name, *_ in near) + "?" if near else ""
