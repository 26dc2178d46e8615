"""Untrusted text made safe for Discord: it cannot ping, link, hide, break out of a quote or pretend to be ours.

Discord lets a backslash stand before any character that is neither letter, digit nor space, and shows the character
as it is. So nothing is taken out of a text but what cannot be seen; unescaped, it is the text again.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from storage.characters import remove_unseen

_SPACE = re.compile(r"\s+")
_MEANS_SOMETHING = re.compile(
    r"""
    [\\*_~`|<>\[\]@]       # emphasis, code, spoilers, mentions, custom emoji, timestamps, masked links
    | :(?=/)               # addresses
    | (?<=\w)[./](?=\w)    # invites and addresses without a scheme
    | ^[#+-]               # headers, lists and small print
    | (?<=\A\d)[.)] | (?<=\A\d\d)[.)] | (?<=\A\d\d\d)[.)]   # numbered lists
    """,
    re.VERBOSE,
)
_ESCAPED = re.compile(rf"\\([{re.escape(string.punctuation)}])")
_ELLIPSIS = "…"
MAX_URL_LENGTH = 300
"""Characters of an address within a text: it counts towards the 4,000 of the card."""


def clean_line(text: str) -> str:
    """Text on one line, without what cannot be seen."""
    return _flatten(text).strip()


def _flatten(text: str) -> str:
    # White space first: some of it counts as control characters too.
    return _SPACE.sub(" ", remove_unseen(_SPACE.sub(" ", text)))


def escape(text: str) -> str:
    """Cleaned text that Discord shows as it is, wherever it stands."""
    return _MEANS_SOMETHING.sub(r"\\\g<0>", clean_line(text))


def unescape(text: str) -> str:
    """What people see of an escaped text."""
    return _ESCAPED.sub(r"\1", text)


def shorten(text: str, length: int) -> str:
    """Cleaned text of at most `length` characters, cut between words where there is a space to cut at."""
    text = clean_line(text)
    return text if len(text) <= length else _cut_at_word(text, length - 1) + _ELLIPSIS


def escape_to_fit(text: str, length: int) -> str:
    """Escaped text of at most `length` characters, cut in the text itself, never within an escape; "" for no length."""
    text = clean_line(text)
    shown, size = escape(text), len(text)
    while len(shown) > length:
        if not size:
            return ""
        size = _next_size(size, length, shown)
        shown = escape(_cut_at_word(text, size)) + _ELLIPSIS
    return shown


def bold_highlights(text: str, highlights: Sequence[tuple[int, int]], length: int) -> tuple[str, bool]:
    """A quote escaped, with its highlights bold, in at most `length` characters; and whether it is all of the quote."""
    size = len(text)
    shown = _bold_ranges(text, highlights)
    while len(shown) > length and size:
        size = _next_size(size, length, shown)
        shown = _bold_ranges(_cut_at_word(text, size), highlights)
    return shown, size == len(text)


def _next_size(size: int, length: int, shown: str) -> int:
    """How much of a text to try next where `size` of it are shown as too much; less each time, and never below 0."""
    return max(0, min(size - 1, size * length // len(shown)))


def _bold_ranges(text: str, highlights: Sequence[tuple[int, int]]) -> str:
    pieces: list[str] = []
    end = 0
    for start, stop in highlights:
        stop = min(stop, len(text))
        if start < stop and (words := _clean_inner(text[start:stop])).strip():
            pieces += [_clean_inner(text[end:start]), f"**{words}**"]
            end = stop
    return "".join([*pieces, _clean_inner(text[end:])]).strip()


def _clean_inner(text: str) -> str:
    """A piece of a longer text: the spaces at its ends belong to it."""
    flat = _flatten(text)
    inside = escape(flat)
    return " " * flat.startswith(" ") + inside + " " * flat.endswith(" ") if inside else flat


def _cut_at_word(text: str, length: int) -> str:
    """The beginning of a text, up to the last space where that keeps most of it."""
    beginning = text[: max(length, 0)]
    words = beginning.rsplit(" ", 1)[0]
    return (words if len(words) > len(beginning) // 2 and len(beginning) < len(text) else beginning).rstrip()


def safe_url(url: str, length: int) -> str:
    """A web address as it may stand in a card, or "" for one that is none or is too long."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        # A name in another script travels in its ASCII form.
        parts = parts._replace(netloc=parts.netloc.encode("idna").decode())
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or clean_line(url) != url:
        return ""
    # Parentheses and the like end a masked link; an address means the same with them encoded.
    safe = quote(parts.geturl(), safe="%/:?#@!$&',;=+~-._")
    return safe if len(safe) <= length else ""


def masked_link(words: str, url: str, longest: int = MAX_URL_LENGTH) -> str:
    """Our own words as a masked link, or as they are where the address cannot be used."""
    target = safe_url(url, longest)
    return f"[{words}]({target})" if target else words
