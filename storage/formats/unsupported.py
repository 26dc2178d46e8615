"""Formats that are not read, and what to do instead."""

from __future__ import annotations

import re

from storage.formats.addresses import address_hint

_CONVERT = "convert it to SubRip or WebVTT"
# Matched at the beginning of the text, so that nothing inside a file of another format is mistaken for one of these.
_FOREIGN = (
    (re.compile(r"<(?:!doctype html|html)", re.I), "an HTML page", "save the captions themselves, not the page"),
    (re.compile(r"\[script info\]", re.I), "an ASS or SSA subtitle file", _CONVERT),
    (re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:\w+:)?tt[\s>]", re.I | re.S), "a TTML file", _CONVERT),
    (
        re.compile(r"(?:<\?xml[^>]*>\s*)?<(?:transcript|timedtext)[\s>]", re.I),
        "YouTube's XML captions",
        "download them as json3 or WebVTT, or " + _CONVERT,
    ),
    (re.compile(r"<sami", re.I), "a SAMI subtitle file", _CONVERT),
    (re.compile(r"\d+:\d\d:\d\d\.\d{3},\d+:\d\d:\d\d\.\d{3}\s*(?:\n|\Z)"), "an SBV caption file", _CONVERT),
    (re.compile(r"\{\d+\}\{\d+\}"), "a MicroDVD subtitle file", _CONVERT),
    (re.compile(r"\[(?:ar|ti|al|by|offset|\d+):[^\]\n]*\]"), "an LRC lyrics file", _CONVERT),
    (re.compile(r"\{\\rtf"), "an RTF document", "save it as plain text"),
    (re.compile(r"<(?:\?xml|\w)"), "an XML file", "save captions as SubRip or WebVTT, transcripts as CSV"),
)
_BEGINNING = 10_000
_JSON_OBJECT = re.compile(r'\{\s*(?:"|\})')
_JSON_ARRAY = re.compile(r'\[\s*(?:[\[{"\d]|\])')


def describe_foreign(text: str) -> str | None:
    """Return why a text of a known other format cannot be read, None when it has none of those formats."""
    beginning = text[:_BEGINNING].lstrip("\ufeff \t\n")
    hint = address_hint(text)
    if hint is not None:
        return hint
    for pattern, name, advice in _FOREIGN:
        if pattern.match(beginning):
            return f"is {name}, which Cuepoint does not read; {advice}"
    return None


def describe_unknown(text: str, readable: str) -> str:
    """Return why a text that no reader recognised cannot be read; `readable` lists the formats that can."""
    beginning = text[:_BEGINNING].lstrip("\ufeff \t\n")
    if _JSON_OBJECT.match(beginning) or _JSON_ARRAY.match(beginning):
        return (
            "is JSON without texts that have a start; write what is spoken as objects, each on a line of its own, such "
            'as {"text": "so welcome", "start": 12.5}, with the start in seconds'
        )
    return f"is in no format that Cuepoint knows; it reads {readable}"
