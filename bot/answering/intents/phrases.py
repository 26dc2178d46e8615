"""The phrases of small talk and of wishes, language by language.

The folder `patterns` has a file for each language. A line `[kind]` begins the phrases of a kind, and every line below
it is a pattern of whole phrases: words in lower case, in which `(a|b|)` stands for one of several words or for none.
Accents and apostrophes may be left out, as people do. A line `name = a|b` gives a list that `{name}` stands for.

- [spelling] has ways to write a word, then `>`, then the word as the patterns have it.
- [greeting], [thanks] and [remark] are said as they stand, one after another: "ok cool thanks".
- [alone] is a remark only where it is all of a message: "test".
- [opening] and [closing] may stand around anything, and are no part of it: "so", "please".
- [help], [identity], [list] and [more] are wishes, and [request] is what may stand before one: "can you".
- [list about] has `{subject}` in it, what videos are wanted about.
- [show] has the name of a video in it: `{name}`, or `{recording name}` where a word for a recording has to stand with
  it ("the BERT talk"), or `{bare name}` where none does ("summarise XLNet").

Of the lists, `recording` has the words for a recording, `determiner` what may stand before a name, `of` what stands
between the two ("the talk about"), `asks` and `can you` the beginnings of questions, and `carry on` the words that go
on with what follows them, as in "how do you say thank you?". The others are of
follow-ups (../follow_ups.py): `pointing` has the words that stand for something said before, `pointing last` those that
do so at the end alone, `said again` what says nothing without the last question, `going on` and `what about` what a
follow-up begins with, and `before nouns` what may come then; in `empty it` *it* stands for nothing ("is it hard to").
`same one` and `other one` point to the video that was shown and away from it, by the words for one in `meant`.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources

from storage.analysis import fold

LANGUAGES = ("en", "de", "es", "fr", "ja", "pt")
"""The languages that have a file, in the order in which they are looked into."""
MAX_PHRASE_WORDS = 12
"""Words of a phrase without a name in it, at most."""

_FOLDER = resources.files("bot.answering.intents") / "patterns"
_LISTED = re.compile(r"\{([\w ]+)\}")
_SLOT = re.compile(r"\{(recording name|bare name|name|subject)\}")
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile("['’‘ʼ＇]")


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A pattern of phrases with a name in them, which is its group `name`; `slot` is what the name has to look like."""

    pattern: re.Pattern[str]
    slot: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """What is known of a language: its phrases by their kind, its lists by their name, every word in them, and
    other spellings of words."""

    whole: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    with_names: Mapping[str, list[NamePattern]] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    spellings: Mapping[str, str] = field(default_factory=dict)


def fold_word(text: str) -> str:
    """Return a text as phrases are compared: without capitals, accents and apostrophes."""
    folded = fold(text)
    if not folded.isascii():
        apart = unicodedata.normalize("NFKD", folded)
        folded = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _APOSTROPHE.sub("", folded)


@functools.lru_cache(20_000)
def find_language(phrase: str, kind: str) -> str:
    """Return the language in which words are a phrase of a kind; "" for none."""
    for language in LANGUAGES:
        pattern = phrases_of(language).whole.get(kind)
        if pattern and pattern.fullmatch(phrase):
            return language
    return ""


def find_kind(phrase: str, kinds: Sequence[str]) -> tuple[str, str]:
    """Return the first of several kinds that words are a phrase of, with its language; ("", "") for none."""
    return next(((kind, language) for kind in kinds if (language := find_language(phrase, kind))), ("", ""))


@functools.lru_cache(1_000)
def begins_question(words: str) -> bool:
    """Return whether a question, or a request to explain something, may begin with some words."""
    return _beginnings().match(words) is not None


@functools.cache
def _beginnings() -> re.Pattern[str]:
    lists = (phrases_of(language).lists.get(name) for name in ("asks", "can you") for language in LANGUAGES)
    return re.compile(rf"(?:{'|'.join(filter(None, lists))})(?: |\Z)")


@functools.cache
def listed(name: str) -> frozenset[str]:
    """Return the words of a list, of all languages."""
    lists = (phrases_of(language).lists.get(name, "") for language in LANGUAGES)
    return frozenset(word for words in lists for word in words.split("|"))


@functools.cache
def known_spellings() -> Mapping[str, str]:
    """Return other spellings of words, of all languages, with the words."""
    return {typed: meant for language in LANGUAGES for typed, meant in phrases_of(language).spellings.items()}


@functools.cache
def known_words() -> frozenset[str]:
    """Return every word of every phrase."""
    return frozenset().union(*(phrases_of(language).words for language in LANGUAGES))


@functools.cache
def phrases_of(language: str) -> Phrases:
    """Return the phrases of a language, read and compiled when they are first asked for."""
    lists: dict[str, str] = {}
    lines: dict[str, list[str]] = {}
    with_names: dict[str, list[NamePattern]] = {}
    spellings: dict[str, str] = {}
    for kind, line in _read_lines(language):
        if not kind:
            name, _, words = line.partition(" = ")
            lists[name] = _fill_lists(words, lists)
        elif kind == "spelling":
            typed, _, meant = line.partition(" > ")
            spellings |= dict.fromkeys(typed.split("|"), meant)
        elif slot := _SLOT.search(line):
            filled = _fill_lists(_SLOT.sub(r"(?P<name>[^\0]+?)", line), lists)
            with_names.setdefault(kind, []).append(NamePattern(re.compile(filled), slot[1]))
        else:
            lines.setdefault(kind, []).append(_fill_lists(line, lists))
    texts = (*lists.values(), *(line for each in lines.values() for line in each))
    return Phrases(
        {kind: re.compile("|".join(each)) for kind, each in lines.items()},
        with_names,
        lists,
        frozenset(word for text in texts for word in _WORD.findall(text)),
        spellings,
    )


def _fill_lists(line: str, lists: Mapping[str, str]) -> str:
    return _LISTED.sub(lambda match: f"(?:{lists[match[1]]})", line)


def _read_lines(language: str) -> Iterator[tuple[str, str]]:
    """Yield the lines of a language's file with their kinds; that of a list is ""."""
    kind = ""
    for typed in (_FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        line = fold_word(typed).strip()
        if line.startswith("[") and line.endswith("]"):
            kind = line[1:-1]
        elif line and not line.startswith("#"):
            yield "" if " = " in line else kind, line
