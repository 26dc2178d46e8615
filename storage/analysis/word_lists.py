"""The ordinary words of a language, which are spelt right whether or not a library says them.

The lists are those that pyspellchecker carries (MIT); nothing else of it is used. Reading the JSON of a large one would
hold Python's lock for half a second, and with it the event loop, and a set of its words would take 44 MB. So a list
stays the bytes that it is, and words are looked up where they stand in it.
"""

from __future__ import annotations

import functools
import gzip
from bisect import bisect_left
from importlib.metadata import distribution

import numpy as np

from storage.analysis.languages import base_language
from storage.analysis.tokens import fold

LISTED_LANGUAGES = ("ar", "de", "en", "es", "eu", "fa", "fr", "it", "lv", "nl", "pt", "ru")
"""The languages with a list."""

# Younger than the packaged list, and common where people ask about videos. Compounds ("dataset") are left out: they are
# seldom taken for others, and may be said in two words.
_MORE_WORDS = {
    "en": "api apis app apps async backprop bitcoin bokeh bool bot bots cli cmyk codec codecs colab config configs "
    "cosplay covid cpus crypto css csv cuda dev devops devs dms emoji emojis enum eps esports faq faqs fintech "
    "fps gif gifs github gitlab golang googled gpt gpu gpus haskell hdr ide instagram int ios iso jpeg jpg json "
    "jupyter kaggle keras kotlin kubernetes linux llm llms logout lol malware manga meme memes metadata minecraft "
    "ml mmo nft nlp npc numpy openai pandas pdf phishing php png podcast podcasts pokemon psd ransomware rebase "
    "reddit refactor refactoring regex regexes relu repo repos rgb roblox rpg scala sdk selfie selfies shader "
    "shaders sklearn spotify sql ssd svg texted texting tiktok tokenize tokenizer tpu tuple uber url urls usb "
    "usernames utf vlog vlogs voxel vpn vr webinar webinars wifi xml yaml",
}

_NEWLINE = ord("\n")


class WordList:
    """A set of words that is as small as the file it is read from. Immutable; empty where there is no list.

    `lines` hold a quoted word each, with how often it was met ("word": 50), by rising word; that is how the file is
    written. `more` are words that it lacks.
    """

    __slots__ = ("_lines", "_more", "_starts")

    def __init__(self, lines: bytes = b"", more: frozenset[str] = frozenset()) -> None:
        self._lines = lines
        self._more = more
        starts = np.flatnonzero(np.frombuffer(lines, np.uint8) == _NEWLINE) + 1
        # The first line is the bracket that opens the object, the last one the bracket that closes it.
        self._starts = starts[:-1].astype(np.int32)

    def __len__(self) -> int:
        return len(self._starts) + len(self._more)

    def __contains__(self, word: object) -> bool:
        """Return whether the list has a word, in any case; a noun that it has in the genitive alone ("unix's") too."""
        if not isinstance(word, str) or not word:
            return False
        folded = fold(word)
        wanted = folded.encode("utf-8", "surrogatepass")
        place = self._find_place(wanted)
        return folded in self._more or (place < len(self._starts) and self._word_at(place) in (wanted, wanted + b"'s"))

    def count_of(self, word: str) -> int:
        """Return how often a word was met where the list was made: 0 for one that it lacks."""
        wanted = fold(word).encode("utf-8", "surrogatepass")
        place = self._find_place(wanted)
        if place >= len(self._starts) or self._word_at(place) != wanted:
            return 0
        after = int(self._starts[place]) + len(wanted) + len(b'"": ')
        return int(self._lines[after : self._lines.index(b"\n", after)].strip(b", \r"))

    def _find_place(self, wanted: bytes) -> int:
        return bisect_left(range(len(self._starts)), wanted, key=self._word_at)

    def _word_at(self, place: int) -> bytes:
        start = int(self._starts[place]) + 1
        return self._lines[start : self._lines.index(b'"', start)]


def word_list(language: str) -> WordList:
    """Return the ordinary words of a language tag such as "en" or "pt-BR"; none where there is no list of them.

    A list is read when it is first asked for, which takes up to 50 ms; most of them without Python's lock.
    """
    return _read_list(base_language(language))


@functools.cache
def _read_list(language: str) -> WordList:
    packaged = distribution("pyspellchecker").locate_file(f"spellchecker/resources/{language}.json.gz")
    try:
        with open(str(packaged), "rb") as file:
            return WordList(gzip.decompress(file.read()), frozenset(_MORE_WORDS.get(language, "").split()))
    except FileNotFoundError:
        return WordList()
