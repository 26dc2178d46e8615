"""What stands between the words of a caption and is not spoken: tags, styles, escapes."""

from __future__ import annotations

import html
import re

from storage.characters import EMPTY
from storage.formats.text_cleaning import clean_text

_WORD_TIME = re.compile(r"<\d+:[\d:.,]*>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?(?:[A-Za-z][^<>]*)?>")
# SubRip never defined escapes, so "vector<int>" stands as it is written: only tags that are in use are taken out.
_KNOWN_TAG = re.compile(r"</?(?:[bcisuv]|font|ruby|rt|lang|span|em|strong)(?:[\s.][^<>]*)?/?>", re.IGNORECASE)
_STYLE = re.compile(r"\{\\[^{}]*\}")
_ESCAPE = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
# Nothing else that is unseen: a quote is what the caption says, joiners and directions included.
_EMPTY = re.compile(f"[{EMPTY}]")


def has_word_times(line: str) -> bool:
    """Whether the line's words appear one after the other, as only words that are new to the screen do."""
    return bool(_WORD_TIME.search(line))


def clean_webvtt_line(line: str) -> str:
    """Return the words of a line of WebVTT, where "<" always begins a tag."""
    return _clean_words(_ANY_TAG.sub("", _remove_word_times(line)))


def clean_subrip_line(line: str) -> str:
    """Return the words of a line of SubRip, which knows a few tags of HTML and styles in braces."""
    return _clean_words(_KNOWN_TAG.sub("", _STYLE.sub("", _remove_word_times(line))))


def escape_subrip(words: str) -> str:
    """Spell words so that `subrip_words` gives them back, and no line of them is taken for a cue's times."""
    if "-->" not in words and clean_subrip_line(words) == words:
        return words  # programs that show captions do not all know escapes
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("{", "&#123;")


def _remove_word_times(line: str) -> str:
    return _WORD_TIME.sub("", _BREAK.sub(" ", line))


def _clean_words(line: str) -> str:
    return clean_text(_EMPTY.sub("", _ESCAPE.sub(lambda escape: html.unescape(escape[0]), line)))
