"""Text as it may be stored: one line, single spaces, nothing that cannot be shown or written to a database."""

from __future__ import annotations

import re

from storage.analysis import join_texts
from storage.characters import CONTROLS, SURROGATES, remove_unseen
from storage.sentences import Sentence, quote_name

_CONTROLS = re.compile(f"[{CONTROLS}]")
_SURROGATES = re.compile(f"[{SURROGATES}]")
_MAX_QUOTATION_LENGTH = 60


def clean_text(text: str) -> str:
    """Return `text` with every run of white space as one space, stripped, and without control characters.

    Between characters of a script without spaces the end of a line is no space.
    """
    if not text.isprintable():
        if not text.isascii():
            text = join_texts(line.strip() for line in text.splitlines() if line.strip())
        text = _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))
    elif "  " not in text and text[:1] != " " != text[-1:]:
        return text  # no other white space can be printed, and nearly every text is as it should be
    return " ".join(text.split())


def clean_id(text: str) -> str:
    """Return a video id, or another identifier, without its invisible characters: two that differ only in those look
    the same to everyone."""
    return clean_text(remove_unseen(clean_text(text)))


def quote_text(text: str) -> Sentence:
    """Return `text` in quotation marks for use in a sentence: on one line, and shortened where it is long."""
    line = clean_text(text[: 4 * _MAX_QUOTATION_LENGTH])
    return quote_name(line if len(line) <= _MAX_QUOTATION_LENGTH else f"{line[:_MAX_QUOTATION_LENGTH]}…")
