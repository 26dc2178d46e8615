"""Finds the name of a video, or a subject, in a wish for it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bot.answering.intents.phrases import begins_question, listed, phrases_of
from bot.answering.intents.words import QUOTED, Word, write_phrase

MAX_BARE_NAME_WORDS = 4
"""Words of a name without a word for a recording, at most: what is longer is a subject."""


def find_name(text: str, words: Sequence[Word], kind: str, language: str) -> str | None:
    """Return the name in a wish of a kind, the shortest of several; None where it is no such wish."""
    phrase, names = write_phrase(words), []
    for known in phrases_of(language).with_names.get(kind, ()):
        if (match := known.pattern.fullmatch(phrase)) is not None:
            first = phrase.count(" ", 0, match.start("name"))
            named = words[first : first + match["name"].count(" ") + 1]
            names.append(_read_name(text, named, known.slot, language))
    # "give me a summary of the BERT video" asks for no video called "summary of the BERT".
    return min((name for name in names if name is not None), key=len, default=None)


def _read_name(text: str, words: Sequence[Word], slot: str, language: str) -> str | None:
    """Return a name as it was typed, without the word for a recording beside it; "" for the video that was spoken of
    last, None where it does not fit a slot."""
    if slot == "bare name" and all(word.folded in listed("pointing") | listed("pointing last") for word in words):
        return ""  # "how long is it?"
    bare = _drop_determiners(words)
    if slot == "subject":
        return _name_of(text, bare) or None
    if slot == "recording name" and not _names_recording(bare, language):
        return None
    if slot == "bare name" and (len(bare) < len(words) or len(bare) > MAX_BARE_NAME_WORDS or not _is_plain(bare)):
        return None
    if len(bare) > 2 and bare[0].folded in listed("recording") and bare[1].folded in listed("of"):
        bare = _drop_determiners(bare[2:])
    elif bare and bare[-1].folded in listed("recording"):
        bare = bare[:-1]
    elif len(bare) > 1 and bare[0].folded in listed("recording") and not _is_number(bare[1]):
        bare = bare[1:]
    name = _name_of(text, bare)
    return name if name or slot == "recording name" else None


def _names_recording(words: Sequence[Word], language: str) -> bool:
    """Return whether words name a recording: "BERT talk", "video about BERT", "lecture 2", or a title in quotation
    marks; "video codec" does not, though in other languages than English the name comes last ("vidéo BERT")."""
    if [word.folded for word in words] == [QUOTED]:
        return True
    if _is_part_of_something(words):
        return False
    for place, word in enumerate(words):
        if word.folded in listed("recording"):
            following = words[place + 1] if place + 1 < len(words) else None
            if following is None or following.folded == QUOTED or _is_number(following):
                return True
            if place == 0 and (language != "en" or following.folded in listed("of")):
                return True
    return False


def _is_part_of_something(words: Sequence[Word]) -> bool:
    """Return whether words name something of a video, and not the video: "the context window of the BERT talk"."""
    inside = any(
        word.folded in listed("of") and following.folded in listed("determiner") for word, following in pairwise(words)
    )
    return inside and words[0].folded not in listed("recording")


def _is_number(word: Word) -> bool:
    return word.folded.isdecimal()


def _drop_determiners(words: Sequence[Word]) -> Sequence[Word]:
    first = next((place for place, word in enumerate(words) if word.folded not in listed("determiner")), len(words))
    return words[first:]


def _is_plain(words: Sequence[Word]) -> bool:
    """Return whether words may be a title by themselves: "XLNet", but not "how attention works"."""
    return not begins_question(write_phrase(words)) and not any(
        word.folded in listed("carry on") | listed("determiner") for word in words
    )


def _name_of(text: str, words: Sequence[Word]) -> str:
    """Return words as they were typed, without quotation marks."""
    if any(word.value for word in words):
        return " ".join(word.value or text[word.start : word.end] for word in words)
    return text[words[0].start : words[-1].end] if words else ""
