"""Formats that are not read, and what to do instead."""

from __future__ import annotations

import re

from storage.formats.addresses import address_hint
from storage.sentences import Listing, sentence

# Matched at the beginning of the text, so that nothing inside a file of another format is mistaken for one of these.
_FOREIGN = (
    (
        re.compile(r"<(?:!doctype html|html)", re.I),
        sentence("an HTML page"),
        sentence("save the captions themselves, not the page"),
    ),
    (
        re.compile(r"scenarist_scc", re.I),
        sentence("an SCC caption file"),
        sentence("convert it with pip install ttconv and then tt convert -i talk.scc -o talk.srt, and import talk.srt"),
    ),
    (
        re.compile(r"\{\\rtf"),
        sentence("an RTF document"),
        sentence("open it, save it as plain text (.txt), and import that"),
    ),
)
# Of what no reader recognised.
_XML = re.compile(r"<(?:\?xml|\w)")
_BEGINNING = 10_000
_JSON_OBJECT = re.compile(r'\{\s*(?:"|\})')
_JSON_ARRAY = re.compile(r'\[\s*(?:[\[{"]|\d+\s*[,.\]]|\])')


def describe_foreign(text: str) -> str | None:
    """Return why a text of a known other format cannot be read, None when it has none of those formats."""
    beginning = text[:_BEGINNING].lstrip("\ufeff \t\n")
    hint = address_hint(text)
    if hint is not None:
        return hint
    for pattern, name, advice in _FOREIGN:
        if pattern.match(beginning):
            return sentence("is {name}, which Cuepoint does not read; {advice}", name=name, advice=advice)
    return None


def describe_unknown(text: str, readable: Listing) -> str:
    """Return why a text that no reader recognised cannot be read; `readable` lists the formats that can."""
    beginning = text[:_BEGINNING].lstrip("\ufeff \t\n")
    if _XML.match(beginning):
        return sentence(
            "is an XML file, which Cuepoint does not read unless it is TTML or YouTube’s; save captions as SubRip "
            "or WebVTT, transcripts as CSV"
        )
    if _JSON_OBJECT.match(beginning) or _JSON_ARRAY.match(beginning):
        return sentence(
            "is JSON without texts that have a start; write what is spoken as objects, each on a line of its own, "
            'such as {{"text": "so welcome", "start": 12.5}}, with the start in seconds'
        )
    return sentence(
        "is in no format that Cuepoint knows; it reads {readable}. Every text needs times, since links need them: "
        "export it with its timestamps, or make captions of the recording, for example with whisper talk.mp4",
        readable=readable,
    )
