"""Speakers and languages as JSON transcripts name them."""

from __future__ import annotations

import functools
import re

from storage.analysis import base_language
from storage.formats.text_cleaning import clean_text

_MAX_SPEAKER_LENGTH = 100
# Speechmatics writes UU, whisper.cpp a question mark, others a word, for somebody who is not known.
_UNKNOWN_SPEAKERS = frozenset({"", "?", "uu", "unknown", "none", "null", "nan"})
_NUMBER_OR_LETTER = re.compile(r"[A-Z]|\d{1,4}", re.ASCII)
_NO_LANGUAGES = frozenset({"und", "mul", "zxx", "mis"})
"""Codes of ISO 639 that stand for no language."""
# Whisper's name where it differs from Babel's:
# https://github.com/openai/whisper/blob/main/whisper/tokenizer.py, LANGUAGES
_OTHER_NAMES = {"myanmar": "my", "nynorsk": "nn", "castilian": "es", "flemish": "nl", "mandarin": "zh"}


def speaker_label(value: object) -> str:
    """Return a speaker as stored, "" for one who is not known.

    Labels stay as they are, SPEAKER_00 too, so that they can be found again in the file and given names. Services that
    count speakers, with numbers or letters, get the word before it: "Speaker 0", "Speaker A".
    """
    if isinstance(value, dict):
        named = (value.get(key) for key in ("name", "label", "id"))
        return next((label for each in named if (label := speaker_label(each))), "")
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    label = clean_text(str(value)[:_MAX_SPEAKER_LENGTH]) if isinstance(value, str) else str(value)[:20]
    if label.lower() in _UNKNOWN_SPEAKERS:
        return ""
    return f"Speaker {label}" if _NUMBER_OR_LETTER.fullmatch(label) else label


def language_code(value: object) -> str:
    """Return the code of a language given as a code ("en-US", "eng") or by its English name ("english")."""
    if not isinstance(value, str):
        return ""
    name = clean_text(value[:100]).lower().partition(" (")[0]  # "English (auto-generated)"
    code = base_language(name.replace("_", "-")) or _codes_by_name().get(name, "")
    if len(code) == 3:
        code = _two_letters(code)
    return "" if code in _NO_LANGUAGES else code


def _two_letters(code: str) -> str:
    """Return the code of ISO 639-1 for one of three letters, itself where there is none: "en" for "eng"."""
    from babel.core import get_global

    return base_language(get_global("language_aliases").get(code, code))


@functools.cache
def _codes_by_name() -> dict[str, str]:
    # Imported here: nothing but a file that names its language needs it.
    from babel import Locale

    names = Locale("en").languages
    return {str(name).lower(): base_language(code) for code, name in names.items() if "_" not in code} | _OTHER_NAMES
