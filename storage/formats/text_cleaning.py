"""Text as it may be stored: one line, single spaces, nothing that cannot be shown or written to a database."""

from __future__ import annotations

import re

import regex

# The control characters that `str.split` does not treat as white space.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
# Lone surrogates: JSON can spell them, but UTF-8, and with it SQLite, cannot store them.
_SURROGATES = re.compile(r"[\ud800-\udfff]")
# Two ids that differ only in these look the same: joiners, direction marks, variation selectors.
_UNSEEN = regex.compile(r"[\p{Cf}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]")
_MAX_QUOTATION_LENGTH = 60


def clean_text(text: str) -> str:
    """Return `text` with every run of white space as one space, stripped, and without control characters."""
    if not text.isprintable():
        text = _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))
    return " ".join(text.split())


def clean_id(text: str) -> str:
    """Return a video id, or another identifier, without its invisible characters."""
    return clean_text(_UNSEEN.sub("", text, concurrent=False))


def quote_text(text: str) -> str:
    """Return `text` in quotation marks for use in a sentence: on one line, and shortened where it is long."""
    line = clean_text(text[: 4 * _MAX_QUOTATION_LENGTH])
    return f"'{line}'" if len(line) <= _MAX_QUOTATION_LENGTH else f"'{line[:_MAX_QUOTATION_LENGTH]}…'"
