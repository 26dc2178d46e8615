"""Words without the tags and escapes that web pages and players put around them."""

from __future__ import annotations

import html
import re

from storage.analysis import join_texts
from storage.characters import EMPTY
from storage.formats.text_cleaning import clean_text

# Only tags that are in use are removed: "vector<int>" is what somebody said.
_TAG = re.compile(r"</?(?:[abcisuvp]|font|ruby|lang|span|em|strong|div|br)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_READING = re.compile(r"<(r[tp])(?:\s[^<>]*)?>[^<>]*</\1\s*>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ESCAPE = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_EMPTY = re.compile(f"[{EMPTY}]")


def plain_words(text: str) -> str:
    """Return the words of one line: without the tags and readings of HTML, its escapes decoded."""
    if "<" in text:
        text = _TAG.sub("", _READING.sub("", _BREAK.sub(" ", text)))
    return clean_text(_EMPTY.sub("", decode_escapes(text)))


def decode_escapes(text: str) -> str:
    """Return the text with HTML's escapes as the characters they stand for; an ampersand of its own is kept."""
    return _ESCAPE.sub(lambda escape: html.unescape(escape[0]), text) if "&" in text else text


def join_lines(lines: list[str]) -> str:
    """Return the lines of one cue as one text."""
    return join_texts(line for line in lines if line)
