"""The cues of a SubRip or WebVTT file, line by line: which lines are times, which are words, and which are neither.

The libraries for these formats are lenient: one skips a cue whose times it cannot read, another takes "00:01,500" for
the first minute of an hour. Here every line has a place, and what cannot be read is told with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from storage.formats.captions.cue_ids import NUMBER, find_ids, find_numbers
from storage.formats.captions.cue_times import USUAL_COLONS, UnreadableTimes, find_usual_times, parse_times
from storage.formats.document import Document
from storage.formats.text_cleaning import quote_text
from storage.models import Rejection
from storage.models.limits import MAX_TEXT_LENGTH
from storage.sentences import sentence

_BEGINS_WITH_TIME = re.compile(r"\s*\d{1,9}:\d", re.ASCII)
# Joined files have a header within; programs that join the pieces of a stream may leave only its second line.
_ASIDE = re.compile(r"\s*\ufeff?(?:WEBVTT|X-TIMESTAMP-MAP=)|(?:NOTE|STYLE|REGION)(?:\s|\Z)")
_LIKELY_ASIDE = re.compile(
    r"^[^\S\n]*\ufeff?(?:WEBVTT|X-TIMESTAMP-MAP=|NOTE|STYLE|REGION)", re.MULTILINE | re.IGNORECASE
)
_HEADED_ASIDE = re.compile(r"(?:note|style|region)(?:\s|\Z)", re.IGNORECASE)
_SETTING = re.compile(r"\s*(?:(?:id|width|lines|regionanchor|viewportanchor|scroll)\s*:|::cue)")
_CUT_OFF = sentence("the file ends inside a cue, so it is cut off; download or export it again")


class CueLines(NamedTuple):
    """One cue as a file has it: its times in milliseconds, and its lines of text that are not blank.

    A tuple, because a file may have 200,000: that takes a third of the time that a frozen dataclass does.
    """

    start_ms: int
    end_ms: int
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Timings:
    """The lines with times, in order: with None where they cannot be read, and then with the reason."""

    times_ms: dict[int, tuple[int, int] | None] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)


def read_cue_lines(document: Document, asides: bool) -> tuple[list[CueLines], list[Rejection]]:
    """Return the cues, and the lines that could not be read; `asides` says whether the format has a header and
    comments, as WebVTT has.

    Raises InputError, with the line, where no times can be read, and for a file that is cut off.
    """
    document.require_caption_size()
    lines = document.lines
    timings = _find_timings(document, asides)
    labels = (find_ids if asides else find_numbers)(lines, timings.times_ms)
    _refuse_cut_off(document, timings.times_ms, labels)
    rejections = [
        document.reject_row(i + 1, sentence("{problem}; its cue was left out", problem=problem))
        for i, problem in timings.problems.items()
    ]
    may_hold_asides = asides and len(_LIKELY_ASIDE.findall(document.text)) > 1
    is_long = max(map(len, lines)) > MAX_TEXT_LENGTH
    cues: list[CueLines] = []
    for i, end, times in _list_stretches(len(lines), timings.times_ms, labels):
        if is_long:
            _refuse_long_line(document, i + 1, end)
        if may_hold_asides or i < 0:
            texts, strays = _sort_lines(document, i + 1, end, asides, has_times=i >= 0)
            rejections += [_reject_stray(document, place) for place in strays]
        else:  # as in nearly every file, and much faster
            texts = [line for line in lines[i + 1 : end] if line and not line.isspace()]
        if times is not None:
            cues.append(CueLines(*times, texts))
    rejections.sort(key=lambda rejection: rejection.row or 0)
    return cues, rejections


def _find_timings(document: Document, asides: bool) -> _Timings:
    lines, timings = document.lines, _Timings()
    usual = dict(find_usual_times(document.text))
    for i in sorted(usual.keys() | _find_unusual(document, usual)):
        times = usual.get(i)
        if times is None and not _claims_times(lines, i, asides):
            continue
        if len(timings.times_ms) == document.limits.rows:
            raise document.too_many_cues_error(i + 1)
        try:
            timings.times_ms[i] = times or parse_times(lines[i])
        except UnreadableTimes as problem:
            timings.times_ms[i] = None
            timings.problems[i] = sentence("{line} {problem}", line=quote_text(lines[i]), problem=problem.args[0])
    _refuse_unreadable(document, timings)
    return timings


def _find_unusual(document: Document, usual: Mapping[int, tuple[int, int]]) -> set[int]:
    """Return the lines besides the `usual` ones that may be meant as times."""
    text, count = document.text, len(usual)
    if text.count(":") == USUAL_COLONS * count and text.count("-->") == count:
        return set()  # as in many files
    return {i for i, line in enumerate(document.lines) if (":" in line or "-->" in line) and i not in usual}


def _claims_times(lines: Sequence[str], i: int, asides: bool) -> bool:
    """Return whether a line is where times belong, or looks like them: then it must contain times that can be read."""
    line = lines[i]
    if "-->" in line:
        if asides and _ASIDE.match(line):
            return False
        return bool(_BEGINS_WITH_TIME.match(line)) or _is_blank(lines, i - 1) or _is_numbered(lines, i)
    return bool(_BEGINS_WITH_TIME.match(line)) and _is_numbered(lines, i)


def _is_numbered(lines: Sequence[str], i: int) -> bool:
    """Return whether a line is where the times of a numbered cue are."""
    return i > 0 and bool(NUMBER.fullmatch(lines[i - 1])) and _is_blank(lines, i - 2)


def _is_blank(lines: Sequence[str], i: int) -> bool:
    return i < 0 or not lines[i].strip()


def _refuse_unreadable(document: Document, timings: _Timings) -> None:
    """Raise InputError where the last line breaks off within its times, or where no times at all can be read."""
    if not timings.problems:
        return
    lines = document.lines
    last = max(timings.problems)
    if last == max(timings.times_ms) and not any(lines[i].strip() for i in range(last + 1, len(lines))):
        raise document.refusal_error(_CUT_OFF, last + 1)
    if len(timings.problems) == len(timings.times_ms):
        first, reason = next(iter(timings.problems.items()))
        raise document.refusal_error(sentence("{reason}; correct the times", reason=reason), first + 1)


def _list_stretches(
    count: int, timings: Mapping[int, tuple[int, int] | None], labels: Mapping[int, int]
) -> Iterator[tuple[int, int, tuple[int, int] | None]]:
    """Yield the lines that belong together: after which, up to which, and the times for what is said in them."""
    start, times = -1, None
    for i, following in timings.items():
        yield start, labels.get(i, i), times
        start, times = i, following
    yield start, count, times


def _sort_lines(document: Document, start: int, end: int, asides: bool, has_times: bool) -> tuple[list[str], list[int]]:
    """Return the texts of a cue, and the places of the lines that belong to none: before the first, or below an aside.

    Comments end at an empty line; a cue's text may contain one, as rolling captions do.
    """
    lines = document.lines
    texts: list[str] = []
    strays: list[int] = []
    is_aside = False
    for i in range(start, end):
        line = lines[i]
        if not line.strip():
            has_times = has_times and not (is_aside and not line)
            is_aside = is_aside and bool(line)
            continue
        is_aside = is_aside or (asides and _is_blank(lines, i - 1) and _begins_aside(lines, i, has_times))
        if not is_aside and has_times:
            texts.append(line)
        elif not is_aside:
            strays.append(i)
    return texts, strays


def _begins_aside(lines: Sequence[str], i: int, has_times: bool) -> bool:
    """Return whether a header, a comment or a style begins here, in small letters too where that is no speech."""
    if _ASIDE.match(lines[i]):
        return True
    is_followed = i + 1 < len(lines) and bool(_SETTING.match(lines[i + 1]))
    return (is_followed or not has_times) and bool(_HEADED_ASIDE.match(lines[i]))


def _refuse_long_line(document: Document, start: int, end: int) -> None:
    for i in range(start, end):
        length = len(document.lines[i])
        if length > MAX_TEXT_LENGTH:
            raise document.too_long_error(sentence("this line"), length, MAX_TEXT_LENGTH, i + 1)


def _reject_stray(document: Document, i: int) -> Rejection:
    return document.reject_row(
        i + 1, sentence("{text} belongs to no cue and was left out", text=quote_text(document.lines[i]))
    )


def _refuse_cut_off(document: Document, timings: Mapping[int, object], labels: Mapping[int, int]) -> None:
    """Raise InputError when the file ends with the times of a cue, without a line end, or with only its number.

    A last cue that has times and an empty line for its words is whole: some programs end a file so.
    """
    lines = document.lines
    if len(lines) - 1 in timings:
        raise document.refusal_error(_CUT_OFF, len(lines))
    filled = [i for i in range(max(0, len(lines) - 3), len(lines)) if lines[i].strip()]
    last = next((lines[i] for i in reversed(tuple(labels.values())) if NUMBER.fullmatch(lines[i])), None)
    if not filled or last is None or filled[-1] in timings or not NUMBER.fullmatch(lines[filled[-1]]):
        return
    if int(lines[filled[-1]]) == int(last) + 1 and _is_blank(lines, filled[-1] - 1):
        raise document.refusal_error(_CUT_OFF, filled[-1] + 1)
