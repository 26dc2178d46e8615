"""Chapters from a file of their own: lines as in a video's description, Podcasting 2.0's JSON, yt-dlp's, ffmetadata."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from storage.errors import InputError
from storage.formats.decoding import decode
from storage.formats.text_cleaning import clean_text
from storage.models import MAX_SECOND, MEGABYTE, Chapter, Source
from storage.sentences import about_file, sentence

MAX_CHAPTERS = 1000
MAX_TITLE_LENGTH = 300
_MAX_BYTES = 2 * MEGABYTE
_TIME = r"(?:(?P<hours{0}>\d{{1,3}}):)?(?P<minutes{0}>\d{{1,3}}):(?P<seconds{0}>[0-5]\d)(?:[.,]\d{{1,3}})?"
_FIRST = re.compile(
    r"\s*(?:[-*•]\s*)?(?:\d{1,3}[.)]\s+)?[\[(]?"
    + _TIME.format("")
    + r"[\])]?(?:\s*[-–—]\s*[\d:.,]+(?=\s))?[\s\-–—:|]+(?P<title>\S.*)",
    re.ASCII,
)
_LAST = re.compile(r"\s*(?P<title>\S.*?)[\s\-–—:|]+[\[(]?" + _TIME.format("") + r"[\])]?\s*", re.ASCII)
_METADATA = ";FFMETADATA1"
_ESCAPED = re.compile(r"\\(.)")
# yt-dlp's name for what lies before the first chapter, or has none: nobody called it so.
_INVENTED = re.compile(r"<Untitled Chapter \d+>")


class _Listed(BaseModel):
    chapters: list[Any]


def read_chapters(source: Source) -> tuple[Chapter, ...]:
    """Return the chapters in a file, by their start. Raises InputError where there are none."""
    if len(source.content) > _MAX_BYTES:
        raise InputError(
            about_file(
                source.name,
                sentence("is larger than the {number} MB of a list of chapters", number=str(_MAX_BYTES // MEGABYTE)),
            )
        )
    text = decode(source.name, source.content)
    if text.lstrip().startswith("{"):
        chapters = _read_json(text)
    elif text.lstrip().startswith(_METADATA):
        chapters = _make_chapters(_read_metadata(text))
    else:
        chapters = _make_chapters(_read_lines(text))
    if not chapters:
        raise InputError(
            about_file(
                source.name,
                sentence(
                    "there is no chapter in it; write one a line, as in 0:00 Introduction, or give the JSON of "
                    "Podcasting 2.0, yt-dlp’s info.json, or ffmetadata"
                ),
            )
        )
    return chapters


def clean_chapters(listed: object) -> tuple[Chapter, ...]:
    """Return the chapters of a JSON list of objects, by their start, without those that are none."""
    entries = listed[: 10 * MAX_CHAPTERS] if isinstance(listed, list) else []
    shown = (entry for entry in entries if isinstance(entry, dict) and entry.get("toc") is not False)
    return _make_chapters((entry.get("startTime", entry.get("start_time")), entry.get("title")) for entry in shown)


def _make_chapters(pairs: Iterable[tuple[object, object]]) -> tuple[Chapter, ...]:
    chapters: dict[float, Chapter] = {}
    for start, title in pairs:
        if isinstance(start, bool) or not isinstance(start, int | float) or not isinstance(title, str):
            continue
        name = clean_text(title[: 4 * MAX_TITLE_LENGTH])[:MAX_TITLE_LENGTH].strip()
        if 0 <= start <= MAX_SECOND and math.isfinite(start) and name and not _INVENTED.fullmatch(name):
            chapters.setdefault(float(start), Chapter(float(start), name))
    return tuple(chapters[start] for start in sorted(chapters)[:MAX_CHAPTERS])


def _read_json(text: str) -> tuple[Chapter, ...]:
    try:
        return clean_chapters(_Listed.model_validate_json(text).chapters)
    except ValidationError:
        return ()


def _read_lines(text: str) -> Iterator[tuple[float, str]]:
    for line in text.split("\n"):
        match = None if len(line) > 4 * MAX_TITLE_LENGTH else _FIRST.fullmatch(line) or _LAST.fullmatch(line)
        if match:
            hours, minutes, seconds = (int(match[part] or 0) for part in ("hours", "minutes", "seconds"))
            yield float(hours * 3600 + minutes * 60 + seconds), match["title"]


def _read_metadata(text: str) -> Iterator[tuple[float, str]]:
    for section in text.split("\n[")[1:]:
        head, _, body = section.partition("\n")
        if head.strip() != "CHAPTER]":
            continue
        fields = dict(line.partition("=")[::2] for line in body.split("\n") if "=" in line)
        base = re.fullmatch(r"(\d{1,9})/(\d{1,12})", fields.get("TIMEBASE", "1/1000000000").strip(), re.ASCII)
        start = re.fullmatch(r"\d{1,18}", fields.get("START", "").strip(), re.ASCII)
        if base and start and int(base[2]):
            yield int(start[0]) * int(base[1]) / int(base[2]), _ESCAPED.sub(r"\1", fields.get("title", ""))
