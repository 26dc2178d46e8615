"""The rules by language: its stemmer, its stop words, and what its apostrophes do."""

from __future__ import annotations

import functools
import re

import stop_words
from Stemmer import Stemmer, algorithms

# Snowball's name for a language code; languages without a stemmer are matched word for word.
_SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "st": "sesotho", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
# Stop words are packaged for these too. Vietnamese is left out: among the syllables it lists are "water" and "year".
_STOP_LISTS = _SNOWBALL | {"bg": "bulgarian", "sk": "slovak", "uk": "ukrainian"}

# Common in spoken questions, and missing from the packaged list.
_MORE_STOP_WORDS = {"en": {"can", "will", "just", "now", "don't", "doesn't"}}
# The packaged Turkish list was saved as Latin-5 and read as Latin-1.
_MISREAD = {"tr": str.maketrans("ýþðÝÞÐ", "ışğİŞĞ")}
WORDS_IN_THEIR_OWN_RIGHT = frozenset({"shell", "shed", "hell", "well", "wed", "ill", "id", "were", "cant", "wont"})
"""Contractions that are other words once the apostrophe is gone ("she'll", "shell")."""

_ELIDED = {
    "ca": "d l m n s t",
    "fr": "c d j jusqu l lorsqu m n puisqu qu quoiqu s t",
    "it": "agl all c coll com cos d dagl dall degl dell dov gl l m negl nell pell quell quest s sugl sull t un v",
}
POSSESSIVE = frozenset({"en", "de", "nl"})
"""Languages in which an apostrophe and s at the end do not belong to the word: "BERT's", "geht's", "foto's"."""
SUFFIXED = frozenset({"tr"})
"""Languages that attach endings to a name with an apostrophe: "İstanbul'da"."""

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]+)?")


def base_language(tag: str) -> str:
    """Return the language of a BCP 47 tag or a caption track: "pt" of "pt-BR", "en" of "en-orig"; "" if neither."""
    match = _TAG.fullmatch(tag.strip())
    return match[1].lower() if match else ""


def stemmer_for(language: str) -> Stemmer | None:
    """Return Snowball's stemmer of a language, or None where the installed Snowball has none."""
    name = _SNOWBALL.get(language)
    # No cache of its own: the analyser caches, and a stemmer without one may be called from several threads.
    return Stemmer(name, 0) if name in algorithms() else None


def elided_words(language: str) -> frozenset[str]:
    """Return the words that a language attaches to the next one with an apostrophe ("l'arte"), without it."""
    return frozenset(_ELIDED.get(language, "").split())


@functools.cache
def stop_words_of(language: str) -> frozenset[str]:
    """Return the words of a language too common to carry meaning, lower case, with and without their apostrophe."""
    name = _STOP_LISTS.get(language)
    packaged = stop_words.get_stop_words(name) if name in stop_words.AVAILABLE_LANGUAGES else []
    listed = {word.strip("\ufeff").replace("’", "'").translate(_MISREAD.get(language, {})).lower() for word in packaged}
    listed |= _MORE_STOP_WORDS.get(language, set())
    bare = {word.replace("'", "") for word in listed if "'" in word} - WORDS_IN_THEIR_OWN_RIGHT
    return frozenset((listed | bare) - {""})
