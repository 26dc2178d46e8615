r"""SubStation Alpha, ASS and SSA: lines of dialogue with a speaker's name, styles, drawings and comments.

Read here and not with pysubs2, which gives up a whole file for one time that it cannot read, takes its fields as
Aegisub orders them whatever the `Format` line says, and knows no line number. The fields and `\N`, `\n`, `\h`, `\p` are
those of the specification of ASS (http://www.tcax.org/docs/ass-specs.htm) and of libass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.formats.captions.rolling import sort_spoken
from storage.formats.captions.transcript import build_transcript
from storage.formats.document import Document
from storage.formats.text_cleaning import clean_text, quote_text
from storage.formats.texts.plain_words import join_lines
from storage.models import Cue, FileContent, Rejection
from storage.models.limits import MAX_SECOND
from storage.sentences import sentence

_SECTION = re.compile(r"\s*\[(?:script info|v4\+? styles|events)\]", re.IGNORECASE)
_EVENT = re.compile(r"\s*(dialogue|comment|format)\s*:\s*(.*)", re.IGNORECASE)
_TIME = re.compile(r"\s*(\d{1,4}):(\d{1,2}):(\d{1,2})(?:[.:,](\d{1,6}))?\s*", re.ASCII)
_USUAL_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_OVERRIDE = re.compile(r"\{[^{}]*\}")
_DRAWING = re.compile(r"\\p(\d+)")
_BLINK_SECONDS = 0.2
"""Shorter than anything that is said: a sign that moves is written again for every picture of the film."""


@dataclass(frozen=True, slots=True)
class _Event:
    """One line of the file, counted from 1; `is_comment` lines are not shown."""

    line: int
    is_comment: bool
    fields: dict[str, str]


def is_substation(document: Document) -> bool:
    """Return whether the file begins with a section of this format."""
    return bool(_SECTION.match(document.first_line))


def read_substation(document: Document) -> FileContent:
    """Read the dialogue of one video."""
    document.require_caption_size()
    cues: list[Cue] = []
    rejections: list[Rejection] = []
    for event in _choose_spoken(list(_read_events(document))):
        start, end = (_parse_time(event.fields.get(name, "")) for name in ("start", "end"))
        if start is None or end is None:
            times = f"{event.fields.get('start', '')},{event.fields.get('end', '')}"
            reason = sentence(
                "{times} are no times such as 0:01:02.50; correct them, the line was left out", times=quote_text(times)
            )
            rejections.append(document.reject_row(event.line, reason))
            continue
        text = read_dialogue(event.fields.get("text", ""))
        if text:
            if len(cues) == document.limits.rows:
                raise document.too_many_cues_error(event.line)
            cues.append(Cue(start, end, text, clean_text(event.fields.get("name", event.fields.get("actor", "")))))
    return build_transcript(document, sort_spoken(_merge_repeats(cues)), rejections=rejections)


def read_dialogue(text: str) -> str:
    r"""Return the words of a line of dialogue: no overrides, no drawings; `\N` and `\n` part words as spaces do."""
    shown: list[str] = []
    place, is_drawing = 0, False
    for override in _OVERRIDE.finditer(text):
        if not is_drawing:
            shown.append(text[place : override.start()])
        place = override.end()
        for scale in _DRAWING.findall(override[0]):
            is_drawing = int(scale[:9]) > 0
    if not is_drawing:
        shown.append(text[place:])
    lines = "".join(shown).replace("\\n", "\\N").replace("\\h", " ").split("\\N")
    return join_lines([clean_text(line) for line in lines])


def _read_events(document: Document) -> Iterator[_Event]:
    fields: Sequence[str] = _USUAL_FIELDS
    for number, line in enumerate(document.lines, start=1):
        event = _EVENT.match(line)
        if event is None:
            continue
        kind, values = event[1].lower(), event[2]
        if kind == "format":
            names = [name.strip().lower() for name in values.split(",")]
            fields = names if "text" in names and "start" in names else fields  # of events, not of styles
        else:
            parts = values.split(",", len(fields) - 1)
            yield _Event(number, kind == "comment", dict(zip(fields, parts, strict=False)))


def _choose_spoken(events: list[_Event]) -> list[_Event]:
    """Return the lines that are said. Karaoke is written twice: as a comment, and by programs syllable by syllable."""
    roles = {(event.is_comment, _effect(event)) for event in events}
    if not {(False, "fx"), (True, "karaoke")} <= roles:
        return [event for event in events if not event.is_comment]
    return [event for event in events if _effect(event) != "fx" and event.is_comment == (_effect(event) == "karaoke")]


def _effect(event: _Event) -> str:
    return event.fields.get("effect", "").strip().lower()


def _merge_repeats(cues: list[Cue]) -> list[Cue]:
    """Return the cues by their start, each text once where it is written again: for a layer, or for a moving sign."""
    kept: list[Cue] = []
    latest: dict[str, int] = {}  # by text, the place in `kept`
    for cue in sorted(cues, key=lambda cue: (cue.start_second, cue.end_second)):
        place = latest.get(cue.text)
        before = kept[place] if place is not None else None
        if before is not None and place is not None and _repeats(before, cue):
            kept[place] = Cue(
                before.start_second, max(before.end_second, cue.end_second), cue.text, before.speaker or cue.speaker
            )
        else:
            latest[cue.text] = len(kept)
            kept.append(cue)
    return kept


def _repeats(before: Cue, cue: Cue) -> bool:
    if (before.start_second, before.end_second) == (cue.start_second, cue.end_second):
        return True
    follows = abs(cue.start_second - before.end_second) <= 0.05 or cue.start_second < before.end_second
    return follows and cue.end_second - cue.start_second < _BLINK_SECONDS


def _parse_time(text: str) -> float | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = (int(field) for field in match.groups()[:3])
    if minutes > 59 or seconds > 59:
        return None
    total = round((hours * 60 + minutes) * 60 + seconds + float(f"0.{match[4] or 0}"), 3)
    return total if total <= MAX_SECOND else None
