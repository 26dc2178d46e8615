"""Which videos a `video:`, `creator:`, `after:` or `before:` filter means, and who is meant by `speaker:`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence

from storage.analysis import guess_language
from storage.dates import first_day, last_day
from storage.errors import UnknownFilter
from storage.models import Question, Video
from storage.sentences import Listing, Sentence, quote_name, sentence
from storage.video_names import fold_marks, fold_name, ids_meant, suggest_names, suggest_videos

MAX_SUGGESTIONS = 3
"""How many names are suggested for a name that matches nothing."""


def filter_videos(
    question: Question,
    libraries: Sequence[Callable[[], Mapping[int, Video]]],
    *,
    has_tracks: bool = False,
    language: str = "",
) -> list[frozenset[int] | None]:
    """Return by library the positions of the videos that the question's filters let through; None for all.

    Of the tracks of one video only that in the question's language is let through, or the one that a filter names. A
    library is asked for its videos, by position, only where there is a filter, or `has_tracks`. `language` is that of
    the libraries: a video without one counts as spoken in it.

    Raises UnknownFilter where a filter names nothing in any of them, with suggestions.
    """
    if not (question.video or question.creator or question.after or question.before or has_tracks):
        return [None] * len(libraries)
    videos_by_library = [library() for library in libraries]
    all_videos = [video for videos in videos_by_library for video in videos.values()]
    checks: list[Callable[[Video], bool]] = []
    if question.video:
        checks.append(_video_check(question.video, all_videos))
    if question.creator:
        checks.append(_creator_check(question.creator, all_videos))
    if question.after or question.before:
        checks.append(_date_check(question.after, question.before, all_videos))
    if has_tracks:
        checks.append(_track_check(question, all_videos, language))
    chosen = [
        frozenset(position for position, video in videos.items() if all(check(video) for check in checks))
        for videos in videos_by_library
    ]
    if not any(chosen):
        raise UnknownFilter(_describe_no_match(question))
    return list(chosen)


def filter_speakers(wanted: str, names: Iterable[str]) -> frozenset[str]:
    """Return the names that a `speaker:` filter means, of those who speak where it looks: the one that is written so,
    else all that hold it, whatever the capitals and the marks on letters.

    Raises UnknownFilter where none does, with suggestions.
    """
    names = sorted(set(names))
    folded = fold_marks(wanted)
    if exact := [name for name in names if fold_marks(name) == folded]:
        return frozenset(exact)
    if folded and (holding := [name for name in names if folded in fold_marks(name)]):
        return frozenset(holding)
    if not names:
        raise UnknownFilter(sentence("I can’t find “{name}” here: these videos don’t say who speaks.", name=wanted))
    near = [names[place] for place in suggest_names(wanted, names)]
    problem = sentence("Nobody who speaks here is called “{name}”.", name=wanted)
    raise UnknownFilter(_add_suggestion(problem, near))


def _describe_no_match(question: Question) -> Sentence:
    """Return the sentence for filters of which each lets something through, and all together nothing."""
    video, creator = question.video, question.creator
    if not (question.after or question.before):
        if not video:
            return sentence("No video is by “{creator}”.", creator=creator)
        return sentence("No video of “{creator}” is called “{video}”.", creator=creator, video=video)
    period = _describe_period(question)
    if video and creator:
        words = sentence(
            "No video of “{creator}” is called “{video}” and was published {period}.",
            creator=creator,
            video=video,
            period=period,
        )
    elif video:
        words = sentence("No video is called “{video}” and was published {period}.", video=video, period=period)
    else:
        words = sentence("No video of “{creator}” was published {period}.", creator=creator, period=period)
    return words


def _describe_period(question: Question) -> Sentence:
    after, before = question.after, question.before
    if after and before:
        return sentence("from {after} on and before {before}", after=after, before=before)
    return sentence("from {after} on", after=after) if after else sentence("before {before}", before=before)


def _date_check(after: str, before: str, videos: Iterable[Video]) -> Callable[[Video], bool]:
    """Match the videos that may have been published in a period; those without a date are in none."""

    def check(video: Video) -> bool:
        when = video.published
        if not when or (after and last_day(when) < first_day(after)):
            return False
        return not before or first_day(when) < first_day(before)

    videos = list(videos)
    if any(check(video) for video in videos):
        return check
    known = sorted(video.published for video in videos if video.published)
    if not known:
        raise UnknownFilter(sentence("I don’t know when any of these videos was published; ask without a date."))
    period = _describe_period(Question("", after=after, before=before))
    raise UnknownFilter(
        sentence(
            "No video was published {period}; those with a date are from {first} to {last}.",
            period=period,
            first=known[0],
            last=known[-1],
        )
    )


def _track_check(question: Question, videos: Iterable[Video], language: str) -> Callable[[Video], bool]:
    """Match, of a video that has tracks, the track in the question's language, else the video itself.

    A track that the filter `video:` names by its id is taken in any language.
    """
    ids = ids_meant(question.video) if question.video else frozenset()
    families: dict[str, dict[str, Video]] = {video.track_of: {} for video in videos if video.track_of}
    for video in videos:
        family = families.get(video.track_of or video.video_id)
        if family is not None:
            family.setdefault(video.video_id, video)
    guess = functools.cache(functools.partial(guess_language, " ".join((question.words, *question.phrases))))
    passed_over: set[str] = set()
    for video_id, family in families.items():
        if any(video.track_of for key, video in family.items() if key in ids):
            continue
        by_language = {video.language or language: key for key, video in family.items()}
        own = video_id if video_id in family else next(iter(family))
        passed_over |= family.keys() - {by_language.get(guess(frozenset(by_language)), own)}
    return lambda video: video.video_id not in passed_over


def _video_check(wanted: str, videos: Iterable[Video]) -> Callable[[Video], bool]:
    """Match by id or address if there is such a video, else by a part of the title (or of the id, if it has none)."""
    videos = list(videos)
    ids = ids_meant(wanted)
    named = next((video for video in videos if video.video_id in ids), None)
    if named is not None:
        return lambda video: video.video_id in ids or (not named.track_of and video.track_of in ids)
    folded = fold_name(wanted)
    if folded and any(folded in fold_name(video.heading) for video in videos):
        return lambda video: folded in fold_name(video.heading)
    near = [videos[place].heading for place in suggest_videos(wanted, videos)]
    raise UnknownFilter(_add_suggestion(sentence("No video is called “{name}”.", name=wanted), near))


def _creator_check(wanted: str, videos: Iterable[Video]) -> Callable[[Video], bool]:
    creators = [video.creator for video in videos if video.creator]
    folded = fold_name(wanted)
    if folded and any(folded in fold_name(creator) for creator in creators):
        return lambda video: folded in fold_name(video.creator)
    near = [creators[place] for place in suggest_names(wanted, creators)]
    raise UnknownFilter(_add_suggestion(sentence("No video is by “{creator}”.", creator=wanted), near))


def _add_suggestion(problem: Sentence, names: Iterable[str]) -> Sentence:
    near = [quote_name(name) for name in dict.fromkeys(names)][:MAX_SUGGESTIONS]
    if not near:
        return problem
    return sentence("{problem} Did you mean {names}?", problem=problem, names=Listing(tuple(near), " or "))
