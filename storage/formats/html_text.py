"""The words of a text that may hold HTML: escapes decoded, tags left out."""

from __future__ import annotations

import html
import re

from storage.formats.text_cleaning import clean_text

_ESCAPE = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_MAX_ESCAPES = 3
"""How often a text may have been escaped: once by the platform, again by the program that made the table."""
_BREAK = re.compile(r"<(?:br|hr|wbr)\s*/?>|</?p>", re.IGNORECASE)
_WORD_TIME = re.compile(r"<\d{1,4}:\d\d(?::\d\d)?\.\d{3}>")
_ATTRIBUTES = r"(?:\s+[\w-]{1,30}=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s<>\"']+))*\s*"
# Only pairs are taken for tags, and only of tags that are in use: "a <b and c> d" and "vector<i>" are plain text.
_PAIR = re.compile(
    rf"<(b|i|u|em|strong|font|span|small|sub|sup|lang|c)(?:\.[\w.-]{{1,60}})?{_ATTRIBUTES}>"
    r"((?:[^<]|<(?!/?\1[\s>.]))*+)</\1>",
    re.IGNORECASE,
)
_VOICE = re.compile(r"\s*<v(?:\.[\w.-]{1,60})?\s+([^<>]{1,200})>\s*")


def decode_text(text: str) -> str:
    """Return the words of a cell on one line, with escapes such as "&amp;" decoded and tags left out."""
    if "&" in text or "<" in text:
        for _ in range(_MAX_ESCAPES):
            before, text = text, _decode_once(text)
            if text == before:
                break
    return clean_text(text)


def split_voice(text: str) -> tuple[str, str]:
    """Return the speaker that a WebVTT tag names at the beginning of a cell, "" for none, and the rest of the cell."""
    match = _VOICE.match(text) if "<v" in text else None
    if match is None:
        return "", text
    return clean_text(match[1]), text[match.end() :].replace("</v>", " ")


def _decode_once(text: str) -> str:
    if "<" in text:
        text = _WORD_TIME.sub("", _BREAK.sub(" ", text))
    found = 1
    while found and "</" in text:
        text, found = _PAIR.subn(r"\2", text)
    return _ESCAPE.sub(lambda escape: html.unescape(escape[0]), text)
