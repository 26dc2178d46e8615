"""YouTube's captions in XML: `srv1` and `srv2` with one element a caption, `srv3` with the words in parts.

They are described nowhere; what is read is what YouTube's `timedtext` address sends, and pytube, youtube-transcript-api
and yt-dlp store. Escapes are written twice there: `Let&amp;#39;s`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from storage.formats.captions.rolling import sort_spoken
from storage.formats.captions.transcript import VideoDetails, build_transcript
from storage.formats.document import Document
from storage.formats.subtitles.xml_events import find_root, read_xml
from storage.formats.text_cleaning import quote_text
from storage.formats.texts.open_cues import OpenCue, close_cues
from storage.formats.texts.plain_words import plain_words
from storage.models import FileContent, Rejection
from storage.models.limits import MAX_SECOND
from storage.sentences import sentence

_ROOT = re.compile(r"<(?:timedtext|transcript(?:\s[^>]*)?>\s*(?:<text\s|</transcript|\Z)|transcript\s*/)")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,12})?", re.ASCII)


def is_youtube_xml(document: Document) -> bool:
    """Return whether the root of the file is YouTube's, with what YouTube puts in it."""
    return bool(_ROOT.match(find_root(document.text)))


def read_youtube_xml(document: Document) -> FileContent:
    """Read the captions of one video."""
    document.require_caption_size()
    reader = _YoutubeReader(document)
    read_xml(document, reader, sentence("download it again, or as json3 or WebVTT"))
    details = VideoDetails(is_automatic=reader.is_automatic)
    return build_transcript(document, sort_spoken(close_cues(reader.cues)), details, reader.rejections)


class _YoutubeReader:
    """Collects the captions. A `text` counts in seconds (`start`) or milliseconds (`t`), a `p` in milliseconds."""

    def __init__(self, document: Document) -> None:
        self.cues: list[OpenCue] = []
        self.rejections: list[Rejection] = []
        self.is_automatic = False
        self._document = document
        self._open: tuple[str, float, float | None] | None = None  # the element, its start and its end
        self._words: list[str] = []

    def start_element(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        if name in ("text", "p") and self._open is None:
            self._open_caption(name, attributes, line)
        elif name == "s" and "t" in attributes:
            self.is_automatic = True  # YouTube knows the time of a word only where it heard it itself
        elif name == "br" and self._open:
            self._words.append(" ")

    def end_element(self, name: str) -> None:
        if self._open is None or name != self._open[0]:
            return
        _, start_second, end_second = self._open
        text, self._open, self._words = plain_words("".join(self._words)), None, []
        if text:
            if len(self.cues) == self._document.limits.rows:
                raise self._document.too_many_cues_error()
            self.cues.append(OpenCue(start_second, text, end_second=end_second))

    def add_text(self, text: str) -> None:
        if self._open:
            self._words.append(text)

    def _open_caption(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        start, length, per_second = (
            ("start", "dur", 1) if name == "text" and "start" in attributes else ("t", "d", 1000)
        )
        start_second = _seconds(attributes.get(start, ""), per_second)
        if start_second is None:
            reason = sentence(
                "{text} is no time of a caption, which was left out", text=quote_text(attributes.get(start, ""))
            )
            self.rejections.append(self._document.reject_row(line, reason))
            return
        length_seconds = _seconds(attributes.get(length, ""), per_second)
        end_second = None if length_seconds is None else round(start_second + length_seconds, 3)
        self._open = (name, start_second, end_second)


def _seconds(text: str, per_second: int) -> float | None:
    if not _NUMBER.fullmatch(text.strip()):
        return None
    seconds = round(float(text) / per_second, 3)
    return seconds if seconds <= MAX_SECOND else None
