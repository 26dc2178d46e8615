"""What is spoken, as a JSON file has it, before anything of it is checked; and how values are found in such a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `is_attached` says that it is written onto the word before it, as punctuation is."""

    text: object
    start: object = None
    end: object = None
    speaker: object = None
    is_attached: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """What somebody says in one go, from a word to a paragraph. `text` may be left out where there are `words`."""

    text: object
    start: object = None
    end: object = None
    duration: object = None
    speaker: object = None
    words: Sequence[Word] = ()


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording: what is spoken in it, and what the file says about it. Facts are not checked either."""

    phrases: Iterable[Phrase]
    language: object = None
    video_id: object = None
    title: object = None
    url: object = None
    is_automatic: bool | None = None


def value_at(value: object, *keys: str) -> object:
    """Return what stands under `keys`, one inside the other; None where one is missing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def list_at(value: object, *keys: str) -> Sequence[object]:
    """Return the array that stands under `keys`, empty where there is none."""
    found = value_at(value, *keys)
    return found if isinstance(found, list) else ()


def first_at(value: object, *keys: str) -> object:
    """Return the first element of the array that stands under `keys`; services put their best guess first."""
    found = list_at(value, *keys)
    return found[0] if found else None


def either(value: object, *names: str) -> object:
    """Return the first of `names` that an object has; services spell a name in more than one way."""
    if isinstance(value, dict):
        for name in names:
            if value.get(name) is not None:
                return value[name]
    return None


def name_words(
    words: Iterable[object], text: str, start: str = "start", end: str = "end", speaker: str = "speaker"
) -> list[Word]:
    """Return words that are objects with these keys. `text` may name several, the best first, with commas."""
    return [
        Word(either(word, *text.split(",")), value_at(word, start), value_at(word, end), value_at(word, speaker))
        for word in words
        if isinstance(word, Mapping)
    ]
