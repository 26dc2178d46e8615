"""Parses what people type. Discord and the terminal share one grammar.

    words  "exact phrase"  -word  -"phrase"  video:name  creator:"two words"  speaker:name

Everything that is not an operator is a word. Nothing that is typed is an error, except a question without a word to
look for, and one that is too long. What no one says aloud is skipped: addresses, and what Discord writes for people,
channels and its own emoji.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.errors import EmptyQuestion, QuestionTooLong
from storage.analysis import analyser_for
from storage.characters import STRAY
from storage.models import Question

MAX_QUESTION_LENGTH = 4_000
"""Characters of a question: Discord's longest message."""
MAX_TERMS = 1_000
"""Words of a question: a word may cost a search among all spellings. A script without spaces has two per character."""

# Invisible characters that could hide an operator. Joiners and variation selectors stay: words and emoji have them.
_STRAY = re.compile(f"[{STRAY}]")
# Brackets are punctuation here: in a transcript they may stand for a sound, which never counts.
_BRACKETS = str.maketrans("[]()", "    ")
_MINUS = r"\-－−"
_STRAIGHT = '"“”„‟＂'
_ANY_QUOTE = _STRAIGHT + "«»「」『』"
# One kind of quotation mark may stand inside another. None is read past one of its own kind, so that a thousand of them
# do not cost a thousand scans of the text.
_QUOTED = rf"(?:[{_STRAIGHT}][^{_STRAIGHT}]+[{_STRAIGHT}]|«[^«»]+»|»[^«»]+«|「[^「」]+」|『[^『』]+』)"
_OPERATOR = re.compile(
    rf"""
    (?<!\S) (?P<name>video|creator|speaker) [:：] (?: (?P<value>{_QUOTED}) | (?P<bare>[^\s{_ANY_QUOTE}]+) )
    | (?P<minus> (?<!\S) [{_MINUS}] )? (?P<phrase>{_QUOTED})
    | (?<!\S) [{_MINUS}] (?P<word> (?=\S*[^\W\d_]) [^\s{_MINUS}{_ANY_QUOTE}] [^\s{_ANY_QUOTE}]* )
    | <?https?:// \S*
    | <(?: @[!&]?\d+ | \#\d+ | a?:\w{{1,32}}:\d+ | t:-?\d+(?: :\w)? | /[^<>:]{{1,100}}:\d+ | id:\w+ )>
    """,
    re.VERBOSE | re.IGNORECASE,
)

_FILTER = re.compile(r"(?:(?<=video)|(?<=creator)|(?<=speaker))[:：]", re.IGNORECASE)
_LEADING_MINUS = re.compile(rf"(?<!\S)[{_MINUS}]+")


def parse_question(text: str, *, video: str = "", creator: str = "", speaker: str = "") -> Question:
    """Parse a question. `video`, `creator` and `speaker` are filters given apart from it, which win over those in the
    text.

    A phrase or an exclusion that is given several times is looked for once. Raises EmptyQuestion where there is no word
    to look for, and QuestionTooLong.
    """
    if len(text) > MAX_QUESTION_LENGTH:
        raise QuestionTooLong(f"Your question has {len(text):,} characters; ask with at most {MAX_QUESTION_LENGTH:,}.")
    filters = {"video": "", "creator": "", "speaker": ""}
    phrases: list[str] = []
    exclusions: list[str] = []

    def take(match: re.Match[str]) -> str:
        if match["name"]:
            filters[match["name"].lower()] = _trim(match["bare"] or match["value"][1:-1])
        elif operand := _searchable_text(match["word"] or (match["phrase"] or "")[1:-1]):
            (exclusions if match["word"] or match["minus"] else phrases).append(operand)
        return " "

    words = _searchable_text(_OPERATOR.sub(take, _STRAY.sub("", text)))
    video, creator = _trim(video) or filters["video"], _trim(creator) or filters["creator"]
    speaker = _trim(speaker) or filters["speaker"]
    if not words and not phrases:
        raise EmptyQuestion(_describe_missing(bool(exclusions), bool(video or creator or speaker), "://" in text))
    terms = sum(1 for part in (words, *phrases, *exclusions) for _ in analyser_for("").tokens(part))
    if terms > MAX_TERMS:
        raise QuestionTooLong(f"Your question has {terms:,} words to look for; ask with at most {MAX_TERMS:,}.")
    return Question(text, words, _distinct(phrases), _distinct(exclusions), video, creator, speaker)


def drop_phrases(question: Question) -> Question:
    """Return a question with its phrases as plain words, to find what comes near to a phrase that no one says."""
    words = " ".join(part for part in (question.words, *question.phrases) if part)
    return replace(question, words=words, phrases=())


def remove_operators(text: str) -> str:
    """Return a text without anything that would be read as an operator, for words that are not meant as one."""
    plain = re.sub(f"[{_ANY_QUOTE}]", " ", _STRAY.sub("", text))
    return _LEADING_MINUS.sub(" ", _FILTER.sub(" ", plain))


def _searchable_text(text: str) -> str:
    """Return a text as it is searched for; "" where it holds no word."""
    plain = _trim(text.translate(_BRACKETS))
    # The language hardly matters for whether there is a word at all.
    return plain if any(analyser_for("").tokens(plain)) else ""


def _trim(text: str) -> str:
    return " ".join(text.split())


def _distinct(operands: Sequence[str]) -> tuple[str, ...]:
    """Return what was given, in its order, each once: nothing is looked for twice."""
    return tuple(dict.fromkeys(operands))


def _describe_missing(excluded: bool, filtered: bool, addressed: bool) -> str:
    if excluded:
        return "A minus only leaves out. Add at least one word to look for, for example: transformer -bert"
    if filtered:
        return "A filter only narrows the search. Add at least one word to look for, for example: masking video:xlnet"
    if addressed:
        return (
            "Nobody says an address aloud. Ask with at least one word to look for; "
            "to search one video only, write video: before its address."
        )
    return "Ask with at least one word to look for, for example: what is a transformer?"
