"""Untrusted text made safe for Discord: it cannot ping, link, hide, break out of a quote or pose as the bot's own.

Discord accepts a backslash before any character that is neither letter, digit nor space, and shows the character
as it is. So only invisible characters are removed from a text; unescaped, it is the original text.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from storage.characters import remove_unseen

_SPACE = re.compile(r"\s+")
# Beginning with one set of characters makes the search several times as fast.
_MEANS_SOMETHING = re.compile(
    r"""
    [\\*_~`|<>\[\]@:./\#+)-] (?:
        (?<= [\\*_~`|<>\[\]@] )     # emphasis, code, spoilers, mentions, custom emoji, timestamps, masked links
        | (?<= : ) (?= / )           # addresses
        | (?<= \w\. ) (?= [\w.-]{1,63} / )  # invites and addresses without a scheme
        | (?<= ^[#+-] )              # headers, lists and small print
        | (?<= \A\d[.)] ) | (?<= \A\d\d[.)] ) | (?<= \A\d\d\d[.)] )   # numbered lists
    )
    """,
    re.VERBOSE,
)
_ESCAPED = re.compile(rf"\\([{re.escape(string.punctuation)}])")
_CODE = re.compile(r"(?<!`)(?P<ticks>`{1,3})(?!`)(?P<words>\s*[^`\s][^`]*)(?P=ticks)(?!`)")
_ELLIPSIS = "…"
MAX_URL_LENGTH = 300
"""Characters of an address within a text: it counts towards the 4,000 of the card."""
MAX_REMEMBERED_URLS = 200
"""A card looks at an address up to four times, and at the same pictures as the card before."""


def clean_line(text: str) -> str:
    """Return text on one line, without invisible characters."""
    return _flatten(text).strip()


def _flatten(text: str) -> str:
    if text.isascii() and text.isprintable() and "  " not in text:
        return text  # as most texts are, which is seen much faster
    # White space first: some of it counts as control characters too.
    return _SPACE.sub(" ", remove_unseen(_SPACE.sub(" ", text)))


def escape(text: str) -> str:
    """Return cleaned text that Discord shows as it is at any position."""
    return _escape_flat(clean_line(text))


def _escape_flat(text: str) -> str:
    return _MEANS_SOMETHING.sub(r"\\\g<0>", text)


def unescape(text: str) -> str:
    """Return what people see of an escaped text."""
    return _ESCAPED.sub(r"\1", text)


def shorten(text: str, length: int) -> str:
    """Return cleaned text of at most `length` characters, cut between words where there is a space to cut at."""
    text = clean_line(text)
    return text if len(text) <= length else _cut_at_word(text, length - 1) + _ELLIPSIS


def escape_to_fit(text: str, length: int) -> str:
    """Return escaped text of at most `length` characters, cut in the text and never within an escape; "" for 0."""
    text = clean_line(text)
    escaped, size = _escape_flat(text), len(text)
    while len(escaped) > length:
        if not size:
            return ""
        size = _next_size(size, length, escaped)
        escaped = escape(_cut_at_word(text, size)) + _ELLIPSIS
    return escaped


def escape_with_code(text: str, length: int) -> str:
    """Return escaped text of at most `length` characters in which code is shown as code, on the same line as the rest.

    Where that does not fit, the words of the code are shown as all others are.
    """
    flat, parts, end = clean_line(text), list[str](), 0
    for code in _CODE.finditer(flat):
        parts += [_escape_inner(flat[end : code.start()]), f"`{code['words'].strip()}`"]
        end = code.end()
    shown = "".join([*parts, _escape_inner(flat[end:])]).strip()
    return shown if len(shown) <= length else escape_to_fit(_CODE.sub(r"\g<words>", flat), length)


def bold_highlights(text: str, highlights: Sequence[tuple[int, int]], length: int) -> tuple[str, bool]:
    """Return a quote escaped, with its highlights bold, in at most `length` characters, and whether it is complete."""
    size = len(text)
    escaped = _bold_ranges(text, highlights)
    while len(escaped) > length and size:
        size = _next_size(size, length, escaped)
        escaped = _bold_ranges(_cut_at_word(text, size), highlights)
    return escaped, size == len(text)


def _next_size(size: int, length: int, escaped: str) -> int:
    """Return how many characters to try next where `size` of them escape to more than `length`; always fewer, min 0."""
    return max(0, min(size - 1, size * length // len(escaped)))


def _bold_ranges(text: str, highlights: Sequence[tuple[int, int]]) -> str:
    # The parts of a text that is flat are flat.
    clean_inner = _escape_inner if _flatten(text) == text else _clean_inner
    parts: list[str] = []
    end = 0
    for start, stop in highlights:
        stop = min(stop, len(text))
        if start < stop and (words := clean_inner(text[start:stop])).strip():
            parts += [clean_inner(text[end:start]), f"**{words}**"]
            end = stop
    return "".join([*parts, clean_inner(text[end:])]).strip()


def _clean_inner(text: str) -> str:
    """Return a part of a longer text escaped, with the spaces at its ends, which belong to the text."""
    return _escape_inner(_flatten(text))


def _escape_inner(flat: str) -> str:
    inside = _escape_flat(flat.strip())
    return " " * flat.startswith(" ") + inside + " " * flat.endswith(" ") if inside else flat


def _cut_at_word(text: str, length: int) -> str:
    """Return the beginning of a text, up to the last space where that keeps most of it."""
    beginning = text[: max(length, 0)]
    words = beginning.rsplit(" ", 1)[0]
    return (words if len(words) > len(beginning) // 2 and len(beginning) < len(text) else beginning).rstrip()


def safe_url(url: str, length: int) -> str:
    """Return a web address in the form that a card may contain, or "" where it is invalid or too long."""
    safe = _make_safe(url)
    return safe if len(safe) <= length else ""


@functools.lru_cache(MAX_REMEMBERED_URLS)
def _make_safe(url: str) -> str:
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
    return quote(parts.geturl(), safe="%/:?#@!$&',;=+~-._")


def masked_link(words: str, url: str, length: int = MAX_URL_LENGTH) -> str:
    """Return a text of the bot's own as a masked link, or as it is where the address cannot be used."""
    target = safe_url(url, length)
    return f"[{words}]({target})" if target else words
