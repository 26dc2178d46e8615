"""What captions write for sounds that are not speech: "[Music]", "(audience laughing)", a note sign.

Brackets hold words that were spoken too: the name of a button ("[text field]"), mathematics ("[a, b]"), what an editor
or translator put in ("[the]"). So what stands in brackets is a sound only where it is made of sounds that are known,
which `sounds.txt` lists by language, or where its cue holds nothing else.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib import resources

from storage.analysis.joining import split_words
from storage.analysis.tokens import fold
from storage.analysis.unspaced import is_unspaced

_LIST = resources.files("storage.analysis") / "sounds.txt"
_MAX_LENGTH = 80
"""Characters of a sound mark at most."""
_MAX_WORDS = 12
"""Words of an entry of the lists at most; of scripts without spaces the characters count."""
_OPENING, _CLOSING = "[(［（【", "])］）】"
_MAY_BE_SOUND = re.compile(rf"[{re.escape(_OPENING)}♩♪♫♬]")
_MARK = re.compile(
    rf"[♩♪♫♬]+|[{re.escape(_OPENING)}](?P<content>[^{re.escape(_OPENING + _CLOSING)}]{{1,{_MAX_LENGTH}}})"
    rf"[{re.escape(_CLOSING)}]"
)
_NOTES = re.compile(r"[\s♩♪♫♬]+")
# What parts the words of a mark, and the time that transcribers write beside a word that they did not hear. Other signs
# are part of a word, and then it is in no list: what holds a number or a formula was said.
_BETWEEN = re.compile(r"""[\s,;.!?…/&+\-–—'’"“”_~*♩♪♫♬、。，・！？]+|\b\d{1,2}(?::\d\d){1,2}\b""")
# A word or a few: no number, no list, and none of the single letters and tokens that talks on mathematics and language
# models put in brackets. "[ __ ]", a word that was bleeped, was spoken.
_REMARK = re.compile(r"(?=.{0,60}\Z)(?=.*[^\W\d_]{2})[^\d_,;=+*/<>|\\{}]+")
_SPOKEN_NAME = re.compile(r"(?i:cls|sep|mask|pad|unk|bos|eos|inst)|[A-Z]{2,4}")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _SoundList:
    """The lists of one language in `sounds.txt`, as sequences of words: see there."""

    sounds: frozenset[Words]
    beside: frozenset[Words]
    alone: frozenset[Words]


def blank_sounds(text: str) -> str:
    """Return a text with the sounds in it replaced by as many blanks."""
    if not _MAY_BE_SOUND.search(text):  # most texts hold none, and this is far faster than looking for marks
        return text
    return _MARK.sub(lambda mark: " " * len(mark[0]) if _is_sound_within(mark) else mark[0], text)


def remove_sounds(text: str) -> str:
    """Return what is spoken in a cue, with a blank in place of every sound; "" where it holds nothing else."""
    if not _MAY_BE_SOUND.search(text):
        return text
    if any(character.isalnum() or character == "_" for character in _MARK.sub("", text)):
        return _MARK.sub(lambda mark: " " if _is_sound_within(mark) else mark[0], text)
    return " ".join(mark[0] for mark in _MARK.finditer(text) if not _is_sound_alone(mark))


def _is_sound_within(mark: re.Match[str]) -> bool:
    """Return whether a mark is a sound wherever it stands. Next to a letter it is none, as in "f[music]", but where
    words have no spaces between them."""
    content = mark["content"]
    if content is None:
        return True
    text = mark.string
    around = text[max(mark.start() - 1, 0) : mark.start()] + text[mark.end() : mark.end() + 1]
    is_attached = any((beside.isalnum() or beside == "_") and not is_unspaced(beside) for beside in around)
    return is_made_of_sounds(content, is_alone=False) and (not is_attached or is_unspaced(content))


def _is_sound_alone(mark: re.Match[str]) -> bool:
    """Return whether a mark is a sound in a cue that holds nothing else. People also write asides in round brackets."""
    content = mark["content"]
    if content is None or is_made_of_sounds(content, is_alone=True):
        return True
    name = content.strip()
    is_remark = _REMARK.fullmatch(name) and not _SPOKEN_NAME.fullmatch(name)
    return mark[0][0] not in "(（" and bool(is_remark)


@functools.lru_cache(10_000)
def is_made_of_sounds(content: str, is_alone: bool) -> bool:
    """Return whether what stands in brackets names sounds that are known, and nothing else.

    What follows upon a colon is free: "Music: Clair de lune". `is_alone` says that the cue holds nothing else.
    """
    if _NOTES.fullmatch(content):
        return True
    head = re.split(r"[:：](?!\d)", content, maxsplit=1)[0]
    takes_alone = is_alone or content.isupper()
    return any(
        _is_made_of(words, known, takes_alone)
        for words in dict.fromkeys((_read_words(content), _read_words(head)))
        for known in _load_lists()
    )


def _is_made_of(words: Words, known: _SoundList, takes_alone: bool) -> bool:
    """Return whether words can be divided into sounds and what may stand beside them, with at least one sound."""
    reached = {(0, False)}  # how many words are read, and whether a sound is among them
    for place in range(len(words)):
        for has_sound in (False, True):
            if (place, has_sound) not in reached:
                continue
            for end in range(place + 1, min(place + _MAX_WORDS, len(words)) + 1):
                part = words[place:end]
                if part in known.sounds or (takes_alone and part in known.alone):
                    reached.add((end, True))
                if part in known.beside:
                    reached.add((end, has_sound))
    return (len(words), True) in reached


def _read_words(text: str) -> Words:
    return tuple(split_words(_BETWEEN.sub(" ", fold(text))))


@functools.cache
def _load_lists() -> tuple[_SoundList, ...]:
    languages = _LIST.read_text(encoding="utf-8").split("\n\n")[1:]
    return tuple(
        _SoundList(*(_read_entries(text, name) for name in ("sounds", "beside", "alone"))) for text in languages
    )


def _read_entries(text: str, name: str) -> frozenset[Words]:
    lines = re.findall(rf"^{name}: (.*)", text, re.MULTILINE)
    return frozenset(_read_words(entry) for line in lines for entry in line.split(","))
