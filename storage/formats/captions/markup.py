"""Markup in captions, which is not spoken: tags, styles, escapes, readings above characters; and who speaks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

from storage.characters import EMPTY
from storage.formats.captions.line_breaks import resolve_line_breaks
from storage.formats.text_cleaning import clean_text

_WORD_TIME = re.compile(r"<\d+:[\d:.,]*>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# A tag may be broken over two lines, and not over more: a "<" that begins none would take whole captions.
_ANY_TAG = re.compile(r"</?(?:[A-Za-z][^<>\n]*(?:\n[^<>\n]*)?)?>")
# SubRip never defined escapes, so "vector<int>" is plain text: only tags that are in use are removed.
_KNOWN_TAG = re.compile(
    r"</?(?:(?:[bcisuv]|font|ruby|rt|rp|lang|span|em|strong)(?:(?:[^\S\n]|\.)[^<>\n]*)?\n?/?"
    r"|(?:[cv]|font|lang|span)[\s.][^<>\n]*(?:\n[^<>\n]*)?)>",
    re.IGNORECASE,
)
_READING = re.compile(
    r"<r[tp](?:[\s.][^<>]*)?>.*?(?:</r[tp]\s*>|(?=<r[tp](?:[\s.][^<>]*)?>|</ruby\s*>))", re.IGNORECASE | re.DOTALL
)
_VOICE = re.compile(r"<(/?)v(?:\.[^\s<>]*)?(?:\s([^<>\n]*(?:\n[^<>\n]*)?))?>", re.IGNORECASE)
_STYLE = re.compile(r"\{\\[^{}]*\}")
_ESCAPE = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
# Only what was written to keep an empty line, or left behind by an editor: a quote is what the caption says, with its
# joiners and direction marks.
_EMPTY = re.compile(f"[{EMPTY}]")
_SIGNS = re.compile(rf"[<&{{\\{EMPTY}]")

MarkupRule = Callable[[str], str]
"""Removes the tags of one format from the text of a cue."""


def has_word_times(text: str) -> bool:
    """Return whether the text's words appear one after the other, as only words that are new on the screen do."""
    return bool(_WORD_TIME.search(text))


def remove_webvtt_tags(text: str) -> str:
    """Remove the tags of WebVTT, where "<" always begins one."""
    return _ANY_TAG.sub("", text)


def remove_subrip_tags(text: str) -> str:
    """Remove the tags of SubRip, which has a few of HTML's."""
    return _KNOWN_TAG.sub("", text)


def has_markup(text: str) -> bool:
    """Return whether anything in the text of a cue may be other than words."""
    is_plain = text.isascii() and not ("<" in text or "&" in text or "{" in text or "\\" in text)
    return not is_plain and bool(_SIGNS.search(text))


def clean_cue(text: str, remove_tags: MarkupRule) -> list[tuple[str, tuple[str, ...]]]:
    """Return the lines of a cue without markup, by who speaks: a name, or "" where none is given, and the lines."""
    text = _STYLE.sub("", text) if remove_tags is remove_subrip_tags else text
    text = resolve_line_breaks(_READING.sub("", _WORD_TIME.sub("", _BREAK.sub("\n", text))))
    return [
        (speaker, tuple(_clean_words(line) for line in remove_tags(said).split("\n")))
        for speaker, said in _split_voices(text)
    ]


def escape_subrip(words: str) -> str:
    """Escape words so that they are read as they are, and no line of them is taken for a cue's times."""
    if "-->" not in words and clean_cue(words, remove_subrip_tags) == [("", (words,))]:
        return words  # not every program that shows captions knows escapes
    words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return words.replace("{", "&#123;").replace("\\", "&#92;")


def _split_voices(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is said, and by whom: a voice lasts to its end tag, or to the next voice."""
    start, speaker = 0, ""
    for voice in _VOICE.finditer(text):
        if text[start : voice.start()].strip():
            yield speaker, text[start : voice.start()]
        start, speaker = voice.end(), "" if voice[1] else _clean_words(voice[2] or "")
    if start == 0 or text[start:].strip():
        yield speaker, text[start:]


def _clean_words(line: str) -> str:
    return clean_text(_EMPTY.sub("", _ESCAPE.sub(lambda escape: html.unescape(escape[0]), line)))
