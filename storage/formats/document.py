"""A file to read: its bytes, its text, and what the person importing it says about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from storage.analysis import base_language
from storage.dates import read_date
from storage.errors import InputError, UnusableLabel
from storage.formats.addresses import clean_link, link_id, youtube_id
from storage.formats.decoding import decode
from storage.formats.json_shape import describe_json
from storage.formats.text_cleaning import clean_id, clean_text, quote_text
from storage.models import FileContent, Labels, Rejection
from storage.models.limits import (
    CAPTIONS_SIZE_SHARE,
    MAX_ID_LENGTH,
    MAX_LINES_PER_ROW,
    MAX_ROW_LENGTH,
    MAX_TEXT_LENGTH,
    MEGABYTE,
    Limits,
    in_brackets,
)
from storage.sentences import about_file, about_line, sentence

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)", re.IGNORECASE)


@dataclass(frozen=True)
class Document:
    """One file to read. `labels` are clean: the url has no start time, the video id is an id and not an address."""

    name: str
    content: bytes
    labels: Labels
    limits: Limits

    @cached_property
    def text(self) -> str:
        """Return the content as text with LF line endings. Raises InputError when it is not text."""
        return decode(self.name, self.content, self.labels.encoding)

    @cached_property
    def lines(self) -> list[str]:
        """Return the lines of the text. Only LF ends a line: captions hold other separators as plain characters.

        Raises InputError for more, or longer, lines than are allowed.
        """
        limit = self.limits.rows * MAX_LINES_PER_ROW
        if self.text.count("\n") > limit:
            raise self.refusal_error(
                sentence(
                    "there are more than {limit} lines, {most} for each of the {rows} cues or rows that one file "
                    "may have; split it{setting}",
                    limit=limit,
                    most=MAX_LINES_PER_ROW,
                    rows=self.limits.rows,
                    setting=in_brackets(self.limits.names.rows),
                )
            )
        lines = self.text.split("\n")
        if max(map(len, lines)) > MAX_ROW_LENGTH:
            number, line = next((i, line) for i, line in enumerate(lines, start=1) if len(line) > MAX_ROW_LENGTH)
            raise self.too_long_error(sentence("this line"), len(line), MAX_ROW_LENGTH, number)
        return lines

    @cached_property
    def first_line(self) -> str:
        """Return the first line that is not blank."""
        return self.text.lstrip().partition("\n")[0].rstrip()

    @cached_property
    def json_shape(self) -> Mapping[str, str]:
        """Return the paths of a JSON text, as `describe_json` finds them; empty for any other text."""
        return describe_json(self.text)

    def refusal_error(self, reason: str, line: int | None = None, kind: type[InputError] = InputError) -> InputError:
        """Return the error that says why this file cannot be imported; `line` is counted from 1."""
        if line is None:
            return kind(about_file(self.name, reason))
        return kind(about_line(self.name, line, reason))

    def too_large_error(self, what: str, share: int = 1) -> InputError:
        """Return the error that says that the file, or its content when decompressed, has too many bytes.

        `share` is by how much captions must be smaller than tables.
        """
        setting = in_brackets(self.limits.names.file_bytes)
        most = round(self.limits.file_bytes / share / MEGABYTE)
        if share == 1:
            reason = sentence(
                "{what} is larger than the {most} MB that one file may have; split it{setting}",
                what=what,
                most=most,
                setting=setting,
            )
        else:
            reason = sentence(
                "{what} is larger than the {most} MB that one caption file may have; split it{setting}",
                what=what,
                most=most,
                setting=setting,
            )
        return self.refusal_error(reason)

    def require_caption_size(self) -> None:
        """Raise InputError where the file is too large for captions; a table may be larger."""
        if len(self.content) > self.limits.file_bytes // CAPTIONS_SIZE_SHARE:
            raise self.too_large_error(sentence("it"), CAPTIONS_SIZE_SHARE)

    def too_many_cues_error(self, line: int | None = None) -> InputError:
        """Return the error that says that there are more cues than one file may have."""
        reason = sentence(
            "there are more than the {most} cues that one file may have; split it{setting}",
            most=self.limits.rows,
            setting=in_brackets(self.limits.names.rows),
        )
        return self.refusal_error(reason, line)

    def too_many_rows_error(self) -> InputError:
        """Return the error that says that there are more rows than one file may have."""
        reason = sentence(
            "there are more than the {most} rows that one file may have; split it{setting}",
            most=self.limits.rows,
            setting=in_brackets(self.limits.names.rows),
        )
        return self.refusal_error(reason)

    def too_long_error(self, what: str, length: int, max_length: int, line: int | None = None) -> InputError:
        """Return the error that says that a piece of text is too long to be one."""
        return self.refusal_error(
            sentence(
                "{what} has {length} characters, and {most} are the most; break it up",
                what=what,
                length=length,
                most=max_length,
            ),
            line,
        )

    def reject_row(self, row: int, reason: str) -> Rejection:
        """Return the record of a row of this file that is not imported; `row` is counted from 1."""
        return Rejection(self.name, reason, row)


@dataclass(frozen=True, slots=True)
class Format:
    """A file format. `recognises` checks the content; `suffixes` decide when no format recognises it."""

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Document], bool]
    read: Callable[[Document], FileContent]


def clean_labels(name: str, labels: Labels) -> Labels:
    """Return `labels` cleaned for storing, or raise UnusableLabel for one that cannot be what it claims to be.

    An address that is given as the id is the link as well, where no other is given.
    """
    _require_short(name, labels)
    url = _clean_link(name, labels.url)
    language, published = base_language(labels.language), read_date(labels.published)
    if labels.language.strip() and not language:
        reason = sentence(
            "{language} is not a language code; give one such as en or de-CH", language=quote_text(labels.language)
        )
        raise _label_error(name, "language", reason)
    if labels.published.strip() and not published:
        reason = sentence(
            "{published} is not a date; give one such as 2025-06-03, 2025-06 or 2025",
            published=quote_text(labels.published),
        )
        raise _label_error(name, "published", reason)
    video_id = clean_id(labels.video_id)
    link = _clean_link(name, video_id, "video_id") if _ADDRESS.match(video_id) else ""
    return Labels(
        video_id=_clean_labelled_id(name, link_id(link) if link else video_id),
        title=clean_text(labels.title),
        url=url or ("" if youtube_id(link) else link),
        creator=clean_text(labels.creator),
        language=language,
        encoding=labels.encoding.strip(),
        published=published,
        chapters=labels.chapters,
        columns=labels.columns.strip(),
        is_automatic=labels.is_automatic,
        thumbnail=labels.thumbnail,
    )


def _require_short(name: str, labels: Labels) -> None:
    named = (
        (sentence("title"), "title", labels.title),
        (sentence("creator"), "creator", labels.creator),
        (sentence("url"), "url", labels.url),
    )
    for what, label, value in named:
        if len(value) > MAX_TEXT_LENGTH:
            reason = sentence(
                "the {what} has {count} characters, and {most} are the most",
                what=what,
                count=len(value),
                most=MAX_TEXT_LENGTH,
            )
            raise _label_error(name, label, reason)


def _clean_link(name: str, text: str, label: str = "url") -> str:
    link = clean_link(text)
    if text.strip() and not link:
        reason = sentence("{url} is not a web address; write it out from https:// on", url=quote_text(text))
        raise _label_error(name, label, reason)
    return link


def _clean_labelled_id(name: str, video_id: str) -> str:
    if len(video_id) > MAX_ID_LENGTH:
        reason = sentence(
            "{text} is too long for an id; give one of at most {most} characters",
            text=quote_text(video_id),
            most=MAX_ID_LENGTH,
        )
        raise _label_error(name, "video_id", reason)
    return youtube_id(video_id) or video_id


def _label_error(name: str, label: str, reason: str) -> UnusableLabel:
    return UnusableLabel(about_file(name, reason), label)
