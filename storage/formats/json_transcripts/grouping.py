"""Grouping words that have times of their own into cues: by speaker, sentence, pause and length."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from storage.analysis import find_joint
from storage.models import Cue

_PAUSE_SECONDS = 1.0
_MAX_CUE_SECONDS = 6.0
_MAX_CUE_LENGTH = 90
_MIN_SENTENCE_LENGTH = 20
"""A sentence shorter than this does not end a cue: "Yes. Of course." is one."""

_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔]['\"”’»)\]」』）]*\s*\Z")
# Scripts that put no space between words, and their punctuation.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ーｰ、-】〔-〟！-／：-？［-｀｛-･"
_ENDS_UNSPACED = regex.compile(rf"[{_UNSPACED}]\Z")
_BEGINS_UNSPACED = regex.compile(rf"[{_UNSPACED}]")
_BETWEEN_SPACES = re.compile(r"\s*\S+\s*")
_CLOSING = re.compile(r"[.,!?;:…%)\]}»”]+\Z")


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word with its times in seconds. `text` has what stands between it and the next word: signs, and a space."""

    text: str
    start_second: float
    end_second: float
    speaker: str = ""


def join_words(texts: Sequence[str]) -> str:
    """Return words as a text: with the spaces that they bring along, as Whisper's do, otherwise with those of their
    script. A sign that closes is written onto the word before it."""
    if any(text[:1].isspace() or text[-1:].isspace() for text in texts):
        return "".join(texts)
    joined: list[str] = []
    for text in texts:
        if joined and _needs_space(joined[-1], text):
            joined.append(" ")
        joined.append(text)
    return "".join(joined)


def _needs_space(before: str, text: str) -> bool:
    if not before or not text or _CLOSING.fullmatch(text):
        return False
    return find_joint(before, text) == " "


def _ends_unspaced(text: str) -> bool:
    return _ENDS_UNSPACED.search(text[-1:], concurrent=False) is not None


def split_text(text: str, words: Sequence[str]) -> list[str] | None:
    """Return the text in as many pieces as it has `words`, each a word with all that follows it until the next.

    None where these are not the words of the text: what is left out of `words` may be signs, but neither letters nor
    digits, unless the text has as many words, only in another spelling.
    """
    lowered = text.lower()
    lowered = lowered if len(lowered) == len(text) else text
    places: list[int] = []
    place = 0
    for word in words:
        own = word.strip()
        found = lowered.find(own.lower() if lowered is not text else own, place)
        if found < 0 or any(character.isalnum() for character in text[place:found]):
            return _split_by_spaces(text, len(words))
        places.append(found)
        place = found + len(own)
    if any(character.isalnum() for character in text[place:]):
        return _split_by_spaces(text, len(words))
    return [text[start:end] for start, end in pairwise([0, *places[1:], len(text)])]


def _split_by_spaces(text: str, count: int) -> list[str] | None:
    pieces = _BETWEEN_SPACES.findall(text)
    return pieces if len(pieces) == count else None


def group_words(words: Iterable[TimedWord]) -> Iterator[Cue]:
    """Yield cues of the words, every word once and in order."""
    group: list[TimedWord] = []
    length = 0
    for word in words:
        if group and _ends_before(group, length, word):
            yield _make_cue(group)
            group, length = [], 0
        group.append(word)
        length += len(word.text)
    if group:
        yield _make_cue(group)


def _ends_before(group: Sequence[TimedWord], length: int, word: TimedWord) -> bool:
    last = group[-1]
    if not last.text[-1:].isspace() and not word.text[:1].isspace() and not _is_between_unspaced(last, word):
        return False  # a part of a word, or a sign that is written onto it
    if word.speaker != last.speaker:
        return True
    if word.start_second - last.end_second > _PAUSE_SECONDS or length + len(word.text.rstrip()) > _MAX_CUE_LENGTH:
        return True
    if word.end_second - group[0].start_second > _MAX_CUE_SECONDS:
        return True
    return length >= _MIN_SENTENCE_LENGTH and bool(_SENTENCE_END.search(last.text))


def _is_between_unspaced(last: TimedWord, word: TimedWord) -> bool:
    """Return whether two words that stand together are words by themselves, as in Japanese."""
    begins = _BEGINS_UNSPACED.match(word.text, concurrent=False) is not None
    return any(character.isalnum() for character in word.text) and (begins or _ends_unspaced(last.text))


def _make_cue(group: Sequence[TimedWord]) -> Cue:
    text = "".join(word.text for word in group)
    end_second = max(word.end_second for word in group)
    return Cue(group[0].start_second, end_second, text.strip(), group[0].speaker)
