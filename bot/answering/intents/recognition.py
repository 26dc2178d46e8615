"""Recognises what a message is. Precision comes first: a message is a question unless every word of it is known to be
something else."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from bot.answering.intents.names import find_name
from bot.answering.intents.phrases import (
    LANGUAGES,
    MAX_PHRASE_WORDS,
    begins_question,
    find_kind,
    find_language,
    listed,
)
from bot.answering.intents.words import (
    Word,
    is_blank,
    is_expression,
    parts_sentences,
    read_words,
    strip_mentions,
    write_phrase,
)
from storage.characters import STRAY


class IntentKind(enum.Enum):
    """What a message is. THANKS are farewells too, and EMPTY is nothing but a mention."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    REMARK = "remark"
    HELP = "help"
    IDENTITY = "identity"
    LIST_VIDEOS = "list"
    SHOW_VIDEO = "show"
    MORE = "more"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Intent:
    """What a message is, and the words of it that matter.

    `words` are what a question searches for, without polite words at its ends; for LIST_VIDEOS the subject, or ""; for
    SHOW_VIDEO the name of the video, or "" for the one that was spoken of last ("what is this video about?"). Whether
    a subject or a name is one, only the library knows: where no video is called so, the message is best searched for.
    `language` is that of the phrase which told, "" for a question.
    """

    kind: IntentKind
    words: str = ""
    language: str = ""


MAX_WISH_WORDS = 24
"""Words of a wish with the name of a video in it, at most."""
MIN_SENTENCE_WORDS = 3
"""Words from which what follows a greeting and a comma is taken for a sentence: "Hello, Dolly" is one name."""
_SOCIAL = ("thanks", "greeting", "remark", "closing", "opening")
"""What is said beside questions; of several the first tells what a message is."""
_BEFORE_QUESTIONS = ("greeting", "thanks", "opening", "closing", "remark")
_WISHES = ("help", "identity", "list", "more")
_KINDS = {
    "thanks": IntentKind.THANKS,
    "greeting": IntentKind.GREETING,
    "help": IntentKind.HELP,
    "identity": IntentKind.IDENTITY,
    "list": IntentKind.LIST_VIDEOS,
    "list about": IntentKind.LIST_VIDEOS,
    "show": IntentKind.SHOW_VIDEO,
    "more": IntentKind.MORE,
}
_STRAY = regex.compile(f"[{STRAY}]")
_CLOSING_SIGNS = "?!.…)]}»”\"'"


def recognize_intent(text: str) -> Intent:
    """Tell what a message is. Never raises, whatever the text is, and takes time in proportion to its length."""
    text = _STRAY.sub("", text, concurrent=False)
    words = read_words(text)
    if not words:
        return _recognize_wordless(text)
    if (intent := _recognize_small_talk(words)) is not None:
        return intent
    start, end = _trim(text, words)
    kept = words[start:end]
    intent = _recognize_wish(text, kept) or _recognize_small_talk(kept)
    return intent or Intent(IntentKind.QUESTION, _cut_question(text, words, start, end))


def _recognize_wordless(text: str) -> Intent:
    if is_blank(text):
        return Intent(IntentKind.EMPTY)
    # A row of dashes is asked, and told that it has no word.
    return Intent(
        IntentKind.REMARK if is_expression(text) else IntentKind.QUESTION, "" if is_expression(text) else text
    )


def _recognize_small_talk(words: Sequence[Word]) -> Intent | None:
    """Tell what a message is that consists of known phrases alone, of which at most one is a wish."""
    found: dict[str, str] = {}
    at = 0
    while at < len(words) and (length := _measure_phrase(words[at:], (*_WISHES, *_SOCIAL))):
        kind, language = find_kind(write_phrase(words[at : at + length]), (*_WISHES, *_SOCIAL))
        found.setdefault(kind, language)
        at += length
    if at < len(words) or sum(kind in _WISHES for kind in found) > 1:
        language = find_language(write_phrase(words), "alone") if len(words) <= MAX_PHRASE_WORDS else ""
        return Intent(IntentKind.REMARK, language=language) if language else None
    kind = next(kind for kind in (*_WISHES, *_SOCIAL) if kind in found)
    return Intent(_KINDS.get(kind, IntentKind.REMARK), language=found[kind])


def _measure_phrase(words: Sequence[Word], kinds: Sequence[str]) -> int:
    """Return how many words from the beginning are the longest phrase of some kinds; 0 for none."""
    for length in range(min(MAX_PHRASE_WORDS, len(words)), 0, -1):
        if find_kind(write_phrase(words[:length]), kinds)[0]:
            return length
    return 0


def _trim(text: str, words: Sequence[Word]) -> tuple[int, int]:
    """Return from which to which word a message goes without what is polite at its ends."""
    start, end = 0, len(words)
    while True:
        before = start, end
        start = _trim_beginning(text, words, start, end)
        end = _trim_end(text, words, start, end)
        if before == (start, end):
            return before


def _trim_beginning(text: str, words: Sequence[Word], start: int, end: int) -> int:
    """Return where a message begins behind as many polite phrases as there are."""
    begins = place = start
    while length := _measure_phrase(words[place:end], _SOCIAL):
        phrase = write_phrase(words[place : place + length])
        place += length
        if place < end and _may_begin(text, words, place, end, find_kind(phrase, _BEFORE_QUESTIONS)[0]):
            begins = place
    return begins


def _may_begin(text: str, words: Sequence[Word], start: int, end: int, before: str) -> bool:
    """Return whether a message may begin at a word, behind a phrase of a kind.

    "hi what is attention" and "hi. attention" do so, "hello world programs" does not, and "no, low and high" neither.
    """
    gap = text[words[start - 1].end : words[start].start]
    if begins_question(write_phrase(words[start : min(start + MIN_SENTENCE_WORDS, end)])):
        return bool(gap.strip()) or before != "remark"
    return before in ("greeting", "thanks") and (
        parts_sentences(gap) or (bool(gap.strip()) and end - start >= MIN_SENTENCE_WORDS)
    )


def _trim_end(text: str, words: Sequence[Word], start: int, end: int) -> int:
    for place in range(max(start + 1, end - MAX_PHRASE_WORDS), end):
        gap = text[words[place - 1].end : words[place].start]
        is_apart = bool(gap.strip()) or (place - start > 1 and words[place - 1].folded not in listed("carry on"))
        kinds = (*(("closing",) if is_apart else ()), *(("thanks",) if parts_sentences(gap) else ()))
        if kinds and find_kind(write_phrase(words[place:end]), kinds)[0]:
            return place
    return end


def _cut_question(text: str, words: Sequence[Word], start: int, end: int) -> str:
    """Return a text from one word to another, with the punctuation that belongs to them."""
    left = words[start].start if start else 0
    if end == len(words):
        return strip_mentions(text[left:])
    following = text[words[end - 1].end : words[end].start]
    return strip_mentions(text[left : words[end - 1].end + len(following) - len(following.lstrip(_CLOSING_SIGNS))])


def _recognize_wish(text: str, words: Sequence[Word]) -> Intent | None:
    """Tell which wish a whole message is, with the video or the subject that it names."""
    if not words or len(words) > MAX_WISH_WORDS:
        return None
    asked = _measure_phrase(words, ("request",))
    for wish in (words, words[asked:]) if 0 < asked < len(words) else (words,):
        kind, language = find_kind(write_phrase(wish), _WISHES)
        if kind:
            return Intent(_KINDS[kind], language=language)
        for kind in ("list about", "show"):
            for language in LANGUAGES:
                if (name := find_name(text, wish, kind, language)) is not None:
                    return Intent(_KINDS[kind], name, language)
    return None
