"""Parses what people type. Discord and the terminal share one grammar.

    words  "exact phrase"  -word  -"phrase"  video:name  creator:"two words"  speaker:name  after:2025-06  before:2026

Everything that is not an operator is a word. Nothing that is typed is an error, except a question without a word to
look for, one that is too long, and a date that is none. What no one says aloud is skipped: addresses, and what Discord
writes for people, channels and its own emoji.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.errors import EmptyQuestion, QuestionTooLong, UnreadableDate
from storage.analysis import analyser_for, fold
from storage.characters import STRAY
from storage.dates import parse_date
from storage.models import LeftOut, Question
from storage.sentences import Listing, Sentence, sentence

MAX_QUESTION_LENGTH = 4_000
"""Characters of a question: Discord's longest message."""
MAX_WORDS, MAX_PHRASES, MAX_EXCLUSIONS = 500, 16, 32
"""How many different words, quoted phrases and exclusions of a question are looked for; it is told what is left out.
The longest message of ordinary prose has about 350 different words. Every phrase must be said in one place, so that
more than a few find nothing; a phrase of common words is looked for in the whole library."""
MAX_TERMS = 1_000
"""Words of a question: a word may cost a search among all spellings. A script without spaces has two per character."""

# Invisible characters that could hide an operator. Joiners and variation selectors stay: words and emoji have them.
_STRAY = re.compile(f"[{STRAY}]")
# Calls to everybody in a channel are no words of a question.
_PING = re.compile(r"(?<!\S)@(?:everyone|here)\b")
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
    | (?<!\S) (?P<bound>after|before) [:：] (?P<date> \d [^\s{_ANY_QUOTE}]* )
    | (?P<minus> (?<!\S) [{_MINUS}] )? (?P<phrase>{_QUOTED})
    | (?<!\S) [{_MINUS}] (?P<word> (?=\S*[^\W\d_]) [^\s{_MINUS}{_ANY_QUOTE}] [^\s{_ANY_QUOTE}]* )
    | <?https?:// \S*
    | <(?: @[!&]?\d+ | \#\d+ | a?:\w{{1,32}}:\d+ | t:-?\d+(?: :\w)? | /[^<>:]{{1,100}}:\d+ | id:\w+ )>
    """,
    re.VERBOSE | re.IGNORECASE,
)

_FILTER = re.compile(r"(?:(?<=video)|(?<=creator)|(?<=speaker)|(?<=after)|(?<=before))[:：]", re.IGNORECASE)
_LEADING_MINUS = re.compile(rf"(?<!\S)[{_MINUS}]+")


def parse_question(
    text: str,
    *,
    video: str = "",
    creator: str = "",
    speaker: str = "",
    after: str = "",
    before: str = "",
    newest_first: bool = False,
    context: str = "",
) -> Question:
    """Parse a question. The filters that are given apart from it win over those in the text; `context` is as
    `Question` has it.

    A phrase or an exclusion that is given several times is looked for once. What is more than MAX_WORDS, MAX_PHRASES
    and MAX_EXCLUSIONS is counted in `left_out`. Raises EmptyQuestion where there is no word to look for,
    QuestionTooLong, and UnreadableDate.
    """
    if len(text) > MAX_QUESTION_LENGTH:
        raise QuestionTooLong(
            sentence(
                "Your question has {count} characters; ask with at most {most}.",
                count=len(text),
                most=MAX_QUESTION_LENGTH,
            )
        )
    filters = {"video": "", "creator": "", "speaker": "", "after": "", "before": ""}
    phrases: list[str] = []
    exclusions: list[str] = []

    def take(match: re.Match[str]) -> str:
        if match["name"]:
            filters[match["name"].lower()] = _trim(match["bare"] or match["value"][1:-1])
        elif match["bound"]:
            filters[match["bound"].lower()] = match["date"].rstrip(".,;?!")
        elif operand := _searchable_text(match["word"] or (match["phrase"] or "")[1:-1]):
            (exclusions if match["word"] or match["minus"] else phrases).append(operand)
        return " "

    words = _searchable_text(_OPERATOR.sub(take, _PING.sub(" ", _STRAY.sub("", text))))
    given = {"video": _trim(video), "creator": _trim(creator), "speaker": _trim(speaker)}
    given |= {"after": after.strip(), "before": before.strip()}
    filters |= {name: value for name, value in given.items() if value}
    if not words and not phrases:
        raise EmptyQuestion(_describe_missing(bool(exclusions), any(filters.values()), "://" in text))
    terms = sum(1 for part in (words, *phrases, *exclusions) for _ in analyser_for("").tokens(part))
    if terms > MAX_TERMS:
        raise QuestionTooLong(
            sentence(
                "Your question has {count} words to look for; ask with at most {most}.", count=terms, most=MAX_TERMS
            )
        )
    words, more_words = _cut_words(words)
    phrases, exclusions = _distinct(phrases), _distinct(exclusions)
    return Question(
        text,
        words,
        tuple(phrases[:MAX_PHRASES]),
        tuple(exclusions[:MAX_EXCLUSIONS]),
        filters["video"],
        filters["creator"],
        _read_date("after", filters["after"]),
        _read_date("before", filters["before"]),
        newest_first,
        filters["speaker"],
        LeftOut(more_words, len(phrases[MAX_PHRASES:]), len(exclusions[MAX_EXCLUSIONS:])),
        context,
    )


def _read_date(bound: str, text: str) -> str:
    try:
        return parse_date(text) if text else ""
    except ValueError as error:
        example = Listing((f"{bound}:2025-06-03", f"{bound}:2025-06", f"{bound}:2025"), " or ")
        raise UnreadableDate(
            sentence("I can’t read “{text}” as a date. Write one such as {example}.", text=text[:40], example=example)
        ) from error


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator of the grammar where it stands in a text.

    `kind` is the name of a filter, "phrase", "exclusion", or "address"; `value` is what it is about, without its sign
    and quotation marks.
    """

    kind: str
    value: str
    start: int
    end: int


def find_operators(text: str) -> list[Operator]:
    """Return the operators of a text in their order, and the addresses in it. What Discord writes for people, channels
    and emoji is left out."""
    found = []
    for match in _OPERATOR.finditer(text):
        kind = (match["name"] or match["bound"] or "").lower()
        value = match["bare"] or match["value"] or match["date"] or match["word"] or match["phrase"] or ""
        if not kind and value:
            kind = "exclusion" if match["word"] or match["minus"] else "phrase"
        if kind or "://" in match[0]:
            quoted = match["value"] or match["phrase"]
            found.append(Operator(kind or "address", _trim(value[1:-1] if quoted else value), *match.span()))
    return found


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


def _distinct(operands: Sequence[str]) -> list[str]:
    """Return what was given, in its order, each once whatever its capitals: nothing is looked for twice."""
    distinct: dict[str, str] = {}
    for operand in operands:
        distinct.setdefault(fold(operand), operand)
    return list(distinct.values())


def _cut_words(text: str) -> tuple[str, int]:
    """Return a text up to the last of its first MAX_WORDS different words, and how many more it has."""
    starts: dict[str, int] = {}
    for token in analyser_for("").tokens(text):
        starts.setdefault(token.term, token.start)
    if len(starts) <= MAX_WORDS:
        return text, 0
    return text[: list(starts.values())[MAX_WORDS]].rstrip(), len(starts) - MAX_WORDS


def _describe_missing(excluded: bool, filtered: bool, addressed: bool) -> Sentence:
    if excluded:
        return sentence("A minus only leaves out. Add at least one word to look for, for example: transformer -bert")
    if filtered:
        return sentence(
            "A filter only narrows the search. Add at least one word to look for, for example: masking video:xlnet"
        )
    if addressed:
        return sentence(
            "Nobody says an address aloud. Ask with at least one word to look for; "
            "to search one video only, write video: before its address."
        )
    return sentence("Ask with at least one word to look for, for example: what is a transformer?")
