"""TTML, also called DFXP: the W3C's captions in XML, with its profiles IMSC, EBU-TT-D and SMPTE-TT.

Read here and not with ttconv or pysubs2. ttconv builds a model of the whole file and of what each region shows, and
leaves out who speaks; pysubs2 knows no frames and no ticks, and takes Apple's absolute times for offsets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from storage.analysis import base_language
from storage.formats.captions.rolling import RawCue, sort_spoken, spoken_cues
from storage.formats.captions.transcript import VideoDetails, build_transcript
from storage.formats.document import Document
from storage.formats.subtitles.ttml_times import TtmlClock, read_clock
from storage.formats.subtitles.xml_events import find_root, read_xml
from storage.formats.text_cleaning import clean_text, quote_text
from storage.formats.texts.open_cues import OpenCue, close_cues
from storage.formats.texts.plain_words import join_lines, plain_words
from storage.models import Cue, FileContent, Rejection
from storage.models.limits import MAX_SECOND
from storage.sentences import sentence

_ROOT = re.compile(r"<(?:[\w-]+:)?tt[\s>]")
_EXPORT = sentence("download or export it again")
_TIMED = frozenset({"body", "div", "p", "span"})
# A translation or a transliteration in the file of a song (Apple's), and the reading above a character.
_UNSPOKEN_ROLES = frozenset({"x-translation", "x-roman"})
_READINGS = frozenset({"text", "textContainer", "delimiter"})
_LONG_SECONDS = 20.0
"""Longer than a paragraph is shown at once: the spans of such a one have times of their own for a reason."""


def is_ttml(document: Document) -> bool:
    """Return whether the root of the file is TTML's."""
    return bool(_ROOT.match(find_root(document.text)))


def read_ttml(document: Document) -> FileContent:
    """Read the captions of one video."""
    document.require_caption_size()
    reader = _TtmlReader(document)
    read_xml(document, reader, _EXPORT)
    if reader.is_outside_parent:  # the times of what lies inside are no offsets, though the standard has them so
        reader = _TtmlReader(document, is_absolute=True)
        read_xml(document, reader, _EXPORT)
    cues = _spoken(reader.cues)
    if not cues and reader.has_pictures:
        raise document.refusal_error(sentence("its captions are pictures, and hold no text; choose captions of text"))
    if cues and not reader.has_times:
        raise document.refusal_error(
            sentence("none of its captions has a time, and links need them; download or export it again")
        )
    return build_transcript(document, cues, reader.details(), reader.rejections)


@dataclass(slots=True)
class _Timing:
    """When an element lasts, in seconds; None: not known, or not over."""

    begin: float
    end: float | None
    agent: str = ""
    is_sequence: bool = False
    next_begin: float = 0.0
    is_timed: bool = False


@dataclass(slots=True)
class _Paragraph:
    timing: _Timing
    splits: bool  # whether spans with times are cues of their own
    lines: list[str] = field(default_factory=lambda: [""])


class _TtmlReader:
    """Collects the cues of a file; `is_absolute` says that inner times count from the start of the video."""

    def __init__(self, document: Document, is_absolute: bool = False) -> None:
        self.cues: list[tuple[OpenCue, tuple[str, ...]]] = []
        self.rejections: list[Rejection] = []
        self.is_outside_parent = False
        self.has_pictures = self.has_times = False
        self._document, self._is_absolute = document, is_absolute
        self._clock = TtmlClock()
        self._open: list[_Timing] = [_Timing(0.0, None)]
        self._paragraph: _Paragraph | None = None
        self._hidden = 0  # how deep below an element that is not spoken
        self._path: list[str] = []
        self._readings: set[str] = set()  # styles of readings above characters
        self._names: dict[str, str] = {}  # of agents, by their id
        self._agent = ""
        self._language = self._title = ""

    def details(self) -> VideoDetails:
        return VideoDetails(title=clean_text(self._title), language=base_language(self._language))

    def start_element(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        self._path.append(name)
        if name == "tt":
            self._clock, self._language = read_clock(attributes), attributes.get("lang", "")
        elif name == "agent":
            self._agent = attributes.get("id", "")
        elif name == "style" and attributes.get("ruby") in _READINGS:
            self._readings.add(attributes.get("id", ""))
        elif name == "image" or "backgroundImage" in attributes:
            self.has_pictures = True
        if self._hidden or self._is_unspoken(name, attributes):
            self._hidden += 1
        elif name == "br":
            if self._paragraph is not None:
                self._paragraph.lines.append("")
        elif name in _TIMED:
            self._open_timed(name, attributes, line)

    def end_element(self, name: str) -> None:
        self._path.pop()
        if self._hidden:
            self._hidden -= 1
        elif name in _TIMED:
            self._close_timed(name)

    def add_text(self, text: str) -> None:
        if self._paragraph is not None and not self._hidden:
            self._paragraph.lines[-1] += text
        elif self._path[-1:] == ["title"] and "p" not in self._path:
            self._title += text
        elif self._path[-1:] == ["name"] and self._agent:
            self._names[self._agent] = self._names.get(self._agent, "") + text

    def _is_unspoken(self, name: str, attributes: Mapping[str, str]) -> bool:
        """Return whether nothing below an element is said: what tells of it, a translation, a reading."""
        if name in ("metadata", "head", "title", "desc") or attributes.get("role") in _UNSPOKEN_ROLES:
            return True
        styles = set(attributes.get("style", "").split())
        return attributes.get("ruby") in _READINGS or bool(styles & self._readings)

    def _open_timed(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        timing = self._find_timing(attributes)
        if timing is None:
            times = " ".join(f'{key}="{attributes[key]}"' for key in ("begin", "end", "dur") if key in attributes)
            reason = sentence(
                "{times} are no times of TTML, such as 00:01:02.500; what they were for was left out",
                times=quote_text(times),
            )
            self.rejections.append(self._document.reject_row(line, reason))
            self._hidden += 1
            return
        self._open.append(timing)
        if name == "p":
            lasts = None if timing.end is None else timing.end - timing.begin
            self._paragraph = _Paragraph(timing, not timing.is_timed or lasts is None or lasts > _LONG_SECONDS)
        elif name == "span" and self._paragraph and self._paragraph.splits and "begin" in attributes:
            self._emit()
            self._paragraph.timing = timing

    def _close_timed(self, name: str) -> None:
        timing, parent = self._open.pop(), self._open[-1]
        parent.next_begin = timing.end if timing.end is not None else timing.begin
        if name == "p":
            self._emit()
            self._paragraph = None
        elif name == "span" and self._paragraph is not None and self._paragraph.timing is timing:
            self._emit()
            self._paragraph.timing = parent

    def _find_timing(self, attributes: Mapping[str, str]) -> _Timing | None:
        """Return when an element lasts; None where its times cannot be read."""
        parent = self._open[-1]
        values = {key: self._clock.parse(attributes[key]) for key in ("begin", "end", "dur") if key in attributes}
        if any(value is None or value > MAX_SECOND for value in values.values()):
            return None
        self.has_times = self.has_times or bool(values)
        base = 0.0 if self._is_absolute else parent.next_begin if parent.is_sequence else parent.begin
        begin = base + (values["begin"] or 0.0) if "begin" in values else max(base, parent.begin)
        end = self._find_end(values, begin, base, parent)
        self._compare_with_parent(begin, parent)
        agent = attributes.get("agent", "").split()
        return _Timing(
            begin=round(begin, 3),
            end=end,
            agent=agent[0] if agent else parent.agent,
            is_sequence=attributes.get("timeContainer") == "seq",
            next_begin=round(begin, 3),
            is_timed=bool(values),
        )

    def _find_end(self, values: Mapping[str, float | None], begin: float, base: float, parent: _Timing) -> float | None:
        ends = [] if parent.end is None or self._is_absolute else [parent.end]
        if "end" in values:
            ends.append(base + (values["end"] or 0.0))
        if "dur" in values:
            ends.append(begin + (values["dur"] or 0.0))
        return round(min(ends), 3) if ends else parent.end

    def _compare_with_parent(self, begin: float, parent: _Timing) -> None:
        """Note a beginning after the end of what it lies in: read as an offset it is never shown."""
        if not self._is_absolute and parent.begin and parent.end is not None and begin >= parent.end:
            self.is_outside_parent = True

    def _emit(self) -> None:
        """Add what was collected of the paragraph as a cue."""
        paragraph = self._paragraph
        if paragraph is None:
            return
        lines = tuple(plain_words(line) for line in paragraph.lines)
        paragraph.lines = [""]
        if any(lines):
            if len(self.cues) == self._document.limits.rows:
                raise self._document.too_many_cues_error()
            timing, speaker = paragraph.timing, clean_text(self._names.get(paragraph.timing.agent, ""))
            cue = OpenCue(timing.begin, join_lines(list(lines)), speaker, timing.end)
            self.cues.append((cue, lines))


def _spoken(cues: list[tuple[OpenCue, tuple[str, ...]]]) -> tuple[Cue, ...]:
    ordered = sorted(cues, key=lambda pair: pair[0].start_second)
    closed = close_cues([cue for cue, _ in ordered])
    if any(cue.speaker for cue in closed):
        return sort_spoken(closed)
    return spoken_cues(
        [RawCue(cue.start_second, cue.end_second, lines) for cue, (_, lines) in zip(closed, ordered, strict=True)]
    )
