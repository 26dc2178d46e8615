"""Which videos a `video:` or `creator:` filter means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from storage.errors import UnknownFilter
from storage.models import Question, Video
from storage.video_names import fold_name, ids_meant, rank_names, rank_videos

MAX_SUGGESTIONS = 3
"""How many names are suggested in place of one that nothing is called."""


def filter_videos(
    question: Question, libraries: Sequence[Callable[[], Mapping[int, Video]]]
) -> list[frozenset[int] | None]:
    """For each library the positions of the videos that the question's filters let through; None for all.

    A library is asked for its videos, by position, only where there is a filter.

    Raises UnknownFilter where a filter names nothing in any of them, with suggestions.
    """
    if not question.video and not question.creator:
        return [None] * len(libraries)
    shelves = [library() for library in libraries]
    every = [video for shelf in shelves for video in shelf.values()]
    checks: list[Callable[[Video], bool]] = []
    if question.video:
        checks.append(_video_check(question.video, every))
    if question.creator:
        checks.append(_creator_check(question.creator, every))
    chosen = [
        frozenset(position for position, video in shelf.items() if all(check(video) for check in checks))
        for shelf in shelves
    ]
    if not any(chosen):
        raise UnknownFilter(f"No video of {question.creator!r} is called {question.video!r}.")
    return list(chosen)


def _video_check(wanted: str, videos: Iterable[Video]) -> Callable[[Video], bool]:
    """By id or address if there is such a video, else by what its title contains (or its id, if it has none)."""
    videos = list(videos)
    ids = ids_meant(wanted)
    if any(video.video_id in ids for video in videos):
        return lambda video: video.video_id in ids
    folded = fold_name(wanted)
    if any(folded in fold_name(video.heading) for video in videos):
        return lambda video: folded in fold_name(video.heading)
    near = [videos[place].heading for place in rank_videos(wanted, videos)]
    raise UnknownFilter(f"No video is called {wanted!r}." + _suggest_names(near))


def _creator_check(wanted: str, videos: Iterable[Video]) -> Callable[[Video], bool]:
    creators = [video.creator for video in videos if video.creator]
    folded = fold_name(wanted)
    if any(folded in fold_name(creator) for creator in creators):
        return lambda video: folded in fold_name(video.creator)
    near = [creators[place] for place in rank_names(wanted, creators)]
    raise UnknownFilter(f"No video is by {wanted!r}." + _suggest_names(near))


def _suggest_names(names: Iterable[str]) -> str:
    near = list(dict.fromkeys(names))[:MAX_SUGGESTIONS]
    return " Did you mean " + " or ".join(f"“{name}”" for name in near) + "?" if near else ""
