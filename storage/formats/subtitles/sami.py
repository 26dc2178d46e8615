"""SAMI, Microsoft's captions in a kind of HTML: every `SYNC` shows a text until the next, and may do so in languages.

Read here and not with pysubs2, which runs the languages of a file together and guesses every end, though an empty
`SYNC` says it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from storage.analysis import base_language
from storage.formats.captions.rolling import sort_spoken
from storage.formats.captions.transcript import VideoDetails, build_transcript
from storage.formats.document import Document
from storage.formats.text_cleaning import clean_text, quote_text
from storage.formats.texts.plain_words import plain_words
from storage.models import Cue, FileContent, Rejection
from storage.models.limits import MAX_SECOND
from storage.sentences import sentence

_SAMI = re.compile(r"<sami[\s>]", re.IGNORECASE)
_SYNC = re.compile(r"<sync\b([^<>]*)>", re.IGNORECASE)
_START = re.compile(r"""\bstart\s*=\s*["']?\s*([^\s"'>]*)""", re.IGNORECASE)
_PARAGRAPH = re.compile(r"""<p\b(?:[^<>]*?\bclass\s*=\s*["']?\s*([^\s"'>]+))?[^<>]*>""", re.IGNORECASE)
_CLASS = re.compile(r"\.([A-Za-z][\w-]*)\s*\{([^{}]*)\}")
_LANGUAGE = re.compile(r"lang\s*:\s*([A-Za-z][\w-]*)", re.IGNORECASE)
_TITLE = re.compile(r"<title>([^<>]*)</title>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_END = re.compile(r"</(?:body|sami|sync)\s*>", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
_HEAD = 20_000


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a `SYNC` shows to one class of viewers, mostly a language; "" clears it."""

    start_second: float
    viewers: str
    text: str


def is_sami(document: Document) -> bool:
    """Return whether the file begins as this format does."""
    return bool(_SAMI.match(document.first_line))


def read_sami(document: Document) -> FileContent:
    """Read the captions of one video: of several languages the one that is asked for, or else the one with the most."""
    document.require_caption_size()
    rejections: list[Rejection] = []
    shown = list(_read_shown(document, rejections))
    head = document.text[:_HEAD]
    languages = {viewers.lower(): _find_language(style) for viewers, style in _CLASS.findall(head)}
    viewers = _choose_viewers(shown, languages, document.labels.language)
    title = _TITLE.search(head)
    details = VideoDetails(title=clean_text(title[1]) if title else "", language=languages.get(viewers, ""))
    cues = _close([each for each in shown if each.viewers == viewers])
    return build_transcript(document, sort_spoken(cues), details, rejections)


def _read_shown(document: Document, rejections: list[Rejection]) -> Iterator[_Shown]:
    text = document.text
    syncs = list(_SYNC.finditer(text))
    if len(syncs) > document.limits.rows:
        raise document.too_many_cues_error()
    line, counted = 1, 0
    for sync, after in zip(syncs, [*syncs[1:], None], strict=False):
        line += text.count("\n", counted, sync.start())
        counted = sync.start()
        start = _START.search(sync[1])
        start_second = _parse_start(start[1] if start else "")
        if start_second is None:
            reason = sentence(
                "{text} has no start in milliseconds; correct it, its text was left out", text=quote_text(sync[0])
            )
            rejections.append(document.reject_row(line, reason))
            continue
        yield from _read_paragraphs(start_second, text[sync.end() : after.start() if after else len(text)])


def _read_paragraphs(start_second: float, body: str) -> Iterator[_Shown]:
    body = _END.split(_COMMENT.sub("", body), maxsplit=1)[0]
    paragraphs = list(_PARAGRAPH.finditer(body))
    if not paragraphs:
        yield _Shown(start_second, "", plain_words(body))
    for paragraph, after in zip(paragraphs, [*paragraphs[1:], None], strict=False):
        words = plain_words(body[paragraph.end() : after.start() if after else len(body)].replace("\n", " "))
        yield _Shown(start_second, (paragraph[1] or "").lower(), words)


def _parse_start(text: str) -> float | None:
    number = text.lower().removesuffix("ms")
    if not _NUMBER.fullmatch(number) or int(number) / 1000 > MAX_SECOND:
        return None
    return int(number) / 1000


def _find_language(style: str) -> str:
    language = _LANGUAGE.search(style)
    return base_language(language[1]) if language else ""


def _choose_viewers(shown: list[_Shown], languages: dict[str, str], wanted: str) -> str:
    words: Counter[str] = Counter()
    for each in shown:
        words[each.viewers] += bool(each.text)
    asked = [viewers for viewers in words if wanted and languages.get(viewers) == wanted]
    return max(asked or words, key=lambda viewers: words[viewers], default="")


def _close(shown: list[_Shown]) -> list[Cue]:
    """Return the cues: each lasts until the next `SYNC` of its viewers, which may clear it."""
    ordered = sorted(shown, key=lambda each: each.start_second)
    return [
        Cue(each.start_second, after.start_second if after else each.start_second, each.text)
        for each, after in zip(ordered, [*ordered[1:], None], strict=False)
        if each.text
    ]
