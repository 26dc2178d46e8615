"""A file on its way through a reader: its bytes, its text, and what the person importing says about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from storage.analysis import base_language
from storage.errors import InputError
from storage.formats.addresses import clean_url, youtube_id
from storage.formats.decoding import decode
from storage.formats.text_cleaning import clean, clean_id, quoted
from storage.models import Labels, Reading, Rejection
from storage.models.limits import (
    CAPTIONS_SHARE,
    FILE_BYTES_SETTING,
    LINES_A_ROW,
    LONGEST_ID,
    LONGEST_ROW,
    LONGEST_TEXT,
    MEGABYTE,
    ROWS_SETTING,
    Limits,
)

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)", re.IGNORECASE)


@dataclass(frozen=True)
class Document:
    """One file to read. `labels` are clean: its url has no time, its video id is an id and no address."""

    name: str
    content: bytes
    labels: Labels
    limits: Limits

    @cached_property
    def text(self) -> str:
        """The content as text with LF line ends; raises InputError when it is no text."""
        return decode(self.name, self.content, self.labels.encoding)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text. Only LF ends one: captions hold other separators as plain characters.

        Raises InputError for more, or longer, lines than may be.
        """
        most = self.limits.rows * LINES_A_ROW
        if self.text.count("\n") > most:
            raise self.refusal(
                f"there are more than {most:,} lines, {LINES_A_ROW} for each of the {self.limits.rows:,} cues or rows "
                f"that one file may have; split it ({ROWS_SETTING})"
            )
        lines = self.text.split("\n")
        for number, line in enumerate(lines, start=1):
            if len(line) > LONGEST_ROW:
                raise self.too_long("this line", len(line), LONGEST_ROW, number)
        return lines

    @cached_property
    def first_line(self) -> str:
        """The first line that is not blank."""
        return self.text.lstrip().partition("\n")[0].rstrip()

    def refusal(self, reason: str, line: int | None = None, kind: type[InputError] = InputError) -> InputError:
        """Return the error that says why this file cannot be imported; `line` is counted from 1."""
        where = self.name if line is None else f"{self.name}, line {line}"
        return kind(f"{where}: {reason}")

    def too_large(self, what: str, kind: str = "file", share: int = 1) -> InputError:
        """Return the error that says that the file, or what it unfolds to, has too many bytes."""
        most = f"{self.limits.file_bytes / share / MEGABYTE:,.0f} MB"
        return self.refusal(
            f"{what} is larger than the {most} that one {kind} may have; split it ({FILE_BYTES_SETTING})"
        )

    def require_size_of_captions(self) -> None:
        """Raise InputError where the file is too large for captions, as a table of its size would not be."""
        if len(self.content) > self.limits.file_bytes // CAPTIONS_SHARE:
            raise self.too_large("it", "caption file", CAPTIONS_SHARE)

    def too_many(self, what: str, line: int | None = None) -> InputError:
        """Return the error that says that there are more cues or rows, `what`, than one file may have."""
        most = f"{self.limits.rows:,} {what}"
        return self.refusal(f"there are more than the {most} that one file may have; split it ({ROWS_SETTING})", line)

    def too_long(self, what: str, length: int, longest: int, line: int | None = None) -> InputError:
        """Return the error that says that a piece of text is too long to be one."""
        return self.refusal(f"{what} has {length:,} characters, and {longest:,} are the most; break it up", line)

    def rejection(self, row: int, reason: str) -> Rejection:
        """Return the record of a row of this file that is not imported; `row` is counted from 1."""
        return Rejection(self.name, reason, row)


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. `recognises` goes by the content; `suffixes` are asked when no kind recognises it."""

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Document], bool]
    read: Callable[[Document], Reading]


def clean_labels(name: str, labels: Labels) -> Labels:
    """Return `labels` made fit to store, or raise InputError for one that cannot be what it claims to be."""
    for what, said in (("title", labels.title), ("creator", labels.creator), ("url", labels.url)):
        if len(said) > LONGEST_TEXT:
            raise InputError(f"{name}: the {what} has {len(said):,} characters, and {LONGEST_TEXT:,} are the most")
    url, language = clean_url(labels.url), base_language(labels.language)
    if labels.url.strip() and not url:
        raise InputError(f"{name}: the url {quoted(labels.url)} is not a web address; write it out from https:// on")
    if labels.language.strip() and not language:
        raise InputError(f"{name}: {quoted(labels.language)} is not a language code; give one such as en or de-CH")
    return Labels(
        video_id=_labelled_id(name, labels.video_id),
        title=clean(labels.title),
        url=url,
        creator=clean(labels.creator),
        language=language,
        encoding=labels.encoding.strip(),
    )


def _labelled_id(name: str, text: str) -> str:
    video_id = clean_id(text)
    if _ADDRESS.match(video_id) and youtube_id(video_id) is None:
        raise InputError(
            f"{name}: {quoted(text)} is not the address of a YouTube video; give an id of your own as video id, "
            "and this address as url"
        )
    if len(video_id) > LONGEST_ID:
        raise InputError(f"{name}: {quoted(text)} is too long for an id; give one of at most {LONGEST_ID} characters")
    return youtube_id(video_id) or video_id
