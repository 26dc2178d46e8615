"""One row: checked, and its cells as values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from storage.formats.addresses import youtube_id
from storage.formats.html_text import decode_text, split_voice
from storage.formats.pace import SPOKEN_CHARACTERS_PER_SECOND
from storage.formats.rows.row_details import InvalidDetail, read_flag, read_marks, read_name, read_turns
from storage.formats.rows.table_rules import Row, TableRules
from storage.formats.rows.times import is_missing, parse_number, parse_timecode
from storage.formats.text_cleaning import clean_id, clean_text, quote_text
from storage.models import CueMark, Segment, SpeakerTurn
from storage.models.limits import MAX_ID_LENGTH, MAX_SECOND, MAX_TEXT_LENGTH
from storage.sentences import sentence


@dataclass(frozen=True, slots=True)
class ValidRow:
    """A row that passed the checks. `end_second` is None where the file does not give it."""

    number: int
    video_id: str
    text: str
    start_second: float
    end_second: float | None
    turns: tuple[SpeakerTurn, ...] = ()
    marks: tuple[CueMark, ...] = ()

    @property
    def spoken_seconds(self) -> float:
        """Return how long it usually takes to say the words."""
        return round(len(self.text) / SPOKEN_CHARACTERS_PER_SECOND, 3)


def check_row(row: Row, rules: TableRules) -> ValidRow | str:
    """Return the row's contents, or the sentence that says what is wrong with them."""
    if problem := _check_lengths(row, rules):
        return problem
    fields = row.fields
    video_id = _read_video_id(fields, rules)
    speaker, text = _read_text(fields, rules)
    for column, value in (("video_id", video_id), ("text", text)):
        if not value and (column == "text" or rules.columns.has_video):
            return _describe_missing(column, fields, rules)
    times = _read_times(fields, rules)
    if isinstance(times, str):
        return times
    start_second, end_second = times
    turns = (SpeakerTurn(0, speaker),) if speaker else ()
    valid = ValidRow(row.number, video_id, text, start_second, end_second, turns)
    if not (fields.get("turns") or fields.get("marks")):
        return valid
    try:
        return _with_details(valid, fields)
    except InvalidDetail as error:
        return sentence("{error}; correct the cell or leave it empty", error=str(error))


def _check_lengths(row: Row, rules: TableRules) -> str:
    for column, raw in row.fields.items():
        # Nearly every cell is shorter than any limit: the limit is looked up for the others alone.
        if isinstance(raw, str) and len(raw) > MAX_ID_LENGTH:
            is_id = column == "video_id" and rules.columns.has_video
            max_length = MAX_ID_LENGTH if is_id else MAX_TEXT_LENGTH
            if len(raw) > max_length:
                name = rules.spell(column)
                return sentence(
                    "{name} has {count} characters, and {most} are the most; shorten it",
                    name=name,
                    count=len(raw),
                    most=max_length,
                )
    return ""


def _read_video_id(fields: Mapping[str, object], rules: TableRules) -> str:
    spelled = rules.columns.spelled
    if "video_id" not in spelled:
        return ""
    if spelled["video_id"] == spelled.get("url"):
        return youtube_id(str(fields.get("url"))) or ""
    raw = fields.get("video_id")
    if spelled["video_id"].strip().lower() == "video_id":
        return clean_id(raw) if isinstance(raw, str) else ""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    video_id = clean_id(raw) if isinstance(raw, str) else ""
    return (youtube_id(video_id) or video_id) if "/" in video_id else video_id


def _read_text(fields: Mapping[str, object], rules: TableRules) -> tuple[str, str]:
    """Return who speaks, "" where the row does not say it, and the words."""
    raw, speaker = fields.get("text"), read_name(fields.get("speaker"))
    if not isinstance(raw, str):
        return speaker, ""
    if read_flag(fields.get("is_verbatim")):
        return speaker, clean_text(raw)
    voice, words = split_voice(raw)
    return speaker or voice, decode_text(words)


def _describe_missing(column: str, fields: Mapping[str, object], rules: TableRules) -> str:
    raw = fields.get(column)
    if column == "video_id" and rules.columns.spelled["video_id"] == rules.columns.spelled.get("url"):
        url = quote_text(str(fields.get("url")))
        return sentence(
            "the address {url} is not that of a YouTube video; add a column video_id with an id of your own", url=url
        )
    name = rules.spell(column)
    if raw is None or isinstance(raw, str):
        return sentence("{column} is empty; fill it in or leave the row out", column=name)
    return sentence(
        "{column} is {value}, which is no text; fill it in or leave the row out",
        column=name,
        value=quote_text(str(raw)),
    )


def _read_times(fields: Mapping[str, object], rules: TableRules) -> tuple[float, float | None] | str:
    """Return when a row starts and ends, None where it does not say that, or what is wrong with its times."""
    start_unit, end_unit, duration_unit = rules.units
    start, end = fields.get("start_second"), fields.get("end_second")
    start_second = _parse_seconds(start, start_unit, rules.decimal_comma)
    end_second = None if is_missing(end) else _parse_seconds(end, end_unit, rules.decimal_comma)
    if start_second is None:
        name = rules.spell("start_second")
        return sentence(
            "{name} {value}; give the seconds from the beginning, such as 1086 or 12.5",
            name=name,
            value=_show_value(start),
        )
    if end_second is None and not is_missing(end):
        name = rules.spell("end_second")
        return sentence(
            "{name} {value}; give the seconds from the beginning, or leave it empty", name=name, value=_show_value(end)
        )
    if is_missing(end) and "duration" in rules.columns.spelled:
        duration = _parse_seconds(fields.get("duration"), duration_unit, rules.decimal_comma)
        end_second = None if duration is None else round(start_second + duration, 3)
    if max(start_second, end_second or 0.0) > MAX_SECOND:
        return sentence("lies over 100 hours into the video; times are in seconds, so divide milliseconds by 1000")
    if end_second is not None and end_second < start_second:
        return sentence(
            "ends at {end_second}, before it starts at {start_second}; correct the two times",
            end_second=format(end_second, ".12g"),
            start_second=format(start_second, ".12g"),
        )
    return start_second, end_second


def _parse_seconds(value: object, unit: float, decimal_comma: bool) -> float | None:
    """Return a cell in seconds; None when it is no moment."""
    number = parse_number(value, decimal_comma=decimal_comma)
    if number is None:
        return parse_timecode(value)
    return number if unit == 1.0 else round(number * unit, 6)


def _show_value(value: object) -> str:
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return sentence("is empty")
    if not isinstance(value, str | int | float | Decimal):
        return sentence("is no number")
    return sentence("is {value}", value=quote_text(str(value)))


def _with_details(valid: ValidRow, fields: Mapping[str, object]) -> ValidRow:
    """Return a row with the turns and the marks of its cells. Raises InvalidDetail."""
    end = valid.start_second if valid.end_second is None else valid.end_second
    segment = Segment(valid.start_second, end, valid.text)
    turns = read_turns(fields.get("turns"), valid.text) or valid.turns
    marks = read_marks(fields.get("marks"), segment)
    return ValidRow(valid.number, valid.video_id, valid.text, valid.start_second, valid.end_second, turns, marks)
