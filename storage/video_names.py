"""Which videos a name means: one rule for the search among videos, for suggestions and for the filter `video:`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from rapidfuzz import fuzz, process

from storage.characters import remove_unseen
from storage.formats.addresses import youtube_id
from storage.models import Video, VideoSummary

MIN_LIKENESS = 80
"""How much of a word (in percent, rapidfuzz's partial ratio) a name must hold: one slip in a word of five letters."""
NAMES_AT_ONCE = 1_000
"""How many names are compared with a word in one call: of usual titles that takes half a millisecond."""
MIN_GUESSED_LENGTH = 4
"""Letters from which a word may be misspelt: a shorter one is in nearly every name, somehow."""

_NUMBER = re.compile(r"0*(\d+)")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def find_videos(search: str, videos: Sequence[VideoSummary]) -> list[VideoSummary]:
    """Return the videos that a name may mean, in the order of `rank_videos`; all of them for an empty name.

    Where some have every word of it in their names, as it is typed, these are meant, and none that is spelt nearly so:
    "brain" is no slip for "training".
    """
    found = [videos[place] for place in rank_videos(search, [summary.video for summary in videos])]
    words = fold_name(search).split()
    named = [each for each in found if all(word in _names_of(each.video) for word in words)]
    return named or found


def _names_of(video: Video) -> str:
    return fold_name(f"{video.heading} {video.creator} {video.video_id}")


def find_called(name: str, videos: Sequence[VideoSummary]) -> list[VideoSummary]:
    """Return the videos that people mean by a name in a sentence: one that is called so, else those with all of its
    words in title or creator, else one whose name is nearly so; none where that may be several. All for no name."""
    found, wanted = find_videos(name, videos), fold_name(name)
    called = [each for each in found if wanted in (fold_name(each.video.heading), fold_name(each.video.video_id))]
    if not wanted or called:
        return called[:1] if wanted else found
    texts = [fold_name(f"{each.video.heading} {each.video.creator}") for each in found]
    named = [each for each, text in zip(found, texts, strict=True) if all(word in text for word in wanted.split())]
    return named or (found if len(found) == 1 else [])


def rank_videos(search: str, videos: Sequence[Video]) -> list[int]:
    """Return the positions of the videos that a name may mean, best first; all in their order for an empty name.

    An id or address is that video. The words of a name may stand in title, creator and id in any order, every one with
    a slip; titles that hold the name as it stands come before those.
    """
    ids = ids_meant(search)
    by_id = [place for place, video in enumerate(videos) if video.video_id in ids]
    names = [f"{video.heading} {video.creator} {video.video_id}" for video in videos]
    return list(dict.fromkeys([*by_id, *_rank(search, names, [video.heading for video in videos])]))


def rank_names(search: str, names: Sequence[str]) -> list[int]:
    """Return the positions of the names that are meant, best first, as for videos."""
    return _rank(search, names, names)


def suggest_videos(search: str, videos: Sequence[Video]) -> list[int]:
    """Rank the videos to suggest for a name that none is called: as `rank_videos`, else by any longer word of it."""
    if not fold_name(search):
        return []
    return rank_videos(search, videos) or _rank_by_any_word(search, lambda word: rank_videos(word, videos))


def suggest_names(search: str, names: Sequence[str]) -> list[int]:
    """Rank the names to suggest for one that is none of them, as for videos."""
    if not fold_name(search):
        return []
    return rank_names(search, names) or _rank_by_any_word(search, lambda word: rank_names(word, names))


def _rank_by_any_word(search: str, rank: Callable[[str], list[int]]) -> list[int]:
    words = (word for word in fold_name(search).split() if len(word) >= MIN_GUESSED_LENGTH)
    return list(dict.fromkeys(place for word in words for place in rank(word)))


def ids_meant(search: str) -> frozenset[str]:
    """Return the ids that a name may be, or hold as an address."""
    return frozenset({search, youtube_id(search) or search})


def fold_name(text: str) -> str:
    """Return a name as it is compared: casefolded, without invisible characters, its white space collapsed."""
    folded = " ".join(text.split())
    return (folded if folded.isascii() else " ".join(remove_unseen(folded).split())).casefold()


def fold_marks(name: str) -> str:
    """Return a name as it is compared where marks on its letters do not count either."""
    folded = fold_name(name)
    if folded.isascii():
        return folded
    apart = unicodedata.normalize("NFKD", folded)
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if not unicodedata.combining(letter)))


def natural_order(name: str) -> str:
    """Return what names are sorted by as people expect it: in any case, and "Talk 2" before "Talk 10"."""
    # Before its digits stands how many they are: a longer number is the larger one.
    return _NUMBER.sub(lambda number: f"{min(len(number[1]), 99):02}{number[1]}", fold_marks(name))


def find_wording(search: str, video: Video) -> str:
    """Return the words of a search as the video that it found has them: its own, where one was misspelt."""
    if video.video_id in ids_meant(search):
        return search
    name = _names_of(video)
    words = _WORD.findall(name)
    return " ".join(word if word in name else _closest_word(word, words) for word in fold_name(search).split())


def _closest_word(word: str, words: Sequence[str]) -> str:
    found = process.extractOne(word, words, scorer=fuzz.ratio)
    return found[0] if found else word


def _rank(search: str, names: Sequence[str], titles: Sequence[str]) -> list[int]:
    wanted = fold_name(search)
    if not wanted:
        return list(range(len(names)))
    likeness = _measure_likeness(wanted, [fold_name(name) for name in names])

    def order(place: int) -> tuple[bool, bool, bool, bool, float]:
        title, exact = fold_name(titles[place]), titles[place].casefold().strip() == search.casefold().strip()
        return not exact, title != wanted, not title.startswith(wanted), wanted not in title, -likeness[place]

    return sorted(likeness, key=order)


def _measure_likeness(wanted: str, names: Sequence[str]) -> dict[int, float]:
    """Return by position how much of `wanted` a name holds (0 to 100), for the names that hold enough: the better of
    the whole and of the worst of its words."""
    words = wanted.split()
    whole, by_word = _measure_word(wanted, names), [_measure_word(word, names) for word in words]
    worst = {place: min(scores[place] for scores in by_word) for place in set.intersection(*map(set, by_word))}
    # "lecture 12" as a whole is much like "lecture 7": a number is never a slip.
    numbers = [word for word in words if any(character.isdigit() for character in word)]
    likely = {place: score for place, score in whole.items() if all(number in names[place] for number in numbers)}
    return {place: max(likely.get(place, 0.0), worst.get(place, 0.0)) for place in sorted(likely | worst)}


def _measure_word(word: str, names: Sequence[str]) -> dict[int, float]:
    found = {place: 100.0 for place, name in enumerate(names) if word in name}
    if len(word) < MIN_GUESSED_LENGTH:
        return found
    # A call keeps Python's lock, and so the event loop, however long it takes.
    for first in range(0, len(names), NAMES_AT_ONCE):
        some = names[first : first + NAMES_AT_ONCE]
        near = process.extract(word, some, scorer=fuzz.partial_ratio, score_cutoff=MIN_LIKENESS, limit=None)
        for name, score, place in near:
            # For a name shorter than the word the partial ratio would say how much of the name the word holds.
            score = score if len(name) >= len(word) else fuzz.ratio(word, name)
            if score >= MIN_LIKENESS:
                found.setdefault(first + place, score)
    return found
