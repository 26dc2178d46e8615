"""How the cells of a table are to be read, decided by its first rows together: commas, units, which video."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from storage.errors import UnclearColumns
from storage.formats.addresses import youtube_id
from storage.formats.document import Document
from storage.formats.pace import TimedText, Unit, find_unit
from storage.formats.rows.column_names import MILLISECOND
from storage.formats.rows.columns import DATA_SET, Columns
from storage.formats.rows.row_details import read_flag
from storage.formats.rows.times import has_decimal_comma, is_missing, parse_number
from storage.sentences import sentence

SAMPLE_ROWS = 2000
_TIMES = ("start_second", "end_second", "duration")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as a file has it. `number` is what people count: the line of a text file, otherwise the row from 1."""

    number: int
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class TableRules:
    """How the cells of a table are to be read. `unit` has, for each column of times, what a number is in seconds."""

    columns: Columns = DATA_SET
    decimal_comma: bool = False
    units: tuple[float, float, float] = (1.0, 1.0, 1.0)
    notes: tuple[str, ...] = ()

    def spell(self, column: str) -> str:
        """Return how the table itself names a column."""
        return self.columns.spelled.get(column, column)


def decide_rules(document: Document, columns: Columns, rows: Sequence[Row], *, semicolons: bool = False) -> TableRules:
    """Return how a table is to be read, by its first rows. Raises UnclearColumns where these do not tell its unit."""
    columns = _find_video(columns, rows)
    if not columns.has_video:
        _require_one_video(document, columns, rows)
    columns = _leave_out_lengths(columns, rows)
    cells = (row.fields.get(column) for row in rows for column in _TIMES)
    decimal_comma = has_decimal_comma(cells, semicolons=semicolons)
    named = [columns.units.get(column, 1.0) for column in _TIMES]
    start_unit = columns.units.get("start_second")
    texts = [text for row in rows if (text := _timed_text(row, columns, decimal_comma)) is not None]
    if _is_whispers(columns) and all(text.start % 1 == 0 for text in texts):
        start_unit, named = MILLISECOND, [MILLISECOND] * 3
    rules = TableRules(columns, decimal_comma, (named[0], named[1], named[2]))
    is_certain = start_unit is not None and "start_second" in columns.chosen
    if is_certain or any(read_flag(row.fields.get("is_verbatim")) for row in rows):
        return rules
    return _apply_unit(document, rules, find_unit(texts, start_unit), texts)


def _apply_unit(document: Document, rules: TableRules, unit: Unit, texts: Sequence[TimedText]) -> TableRules:
    if unit is Unit.UNKNOWN:
        raise _unclear_unit(document, rules.columns)
    if unit is Unit.MILLISECONDS:
        example = next((text for text in texts if text.end is not None and text.length), None)
        note = sentence("its times are milliseconds, by the pace of speech; they were divided by 1000.")
        if example:
            note = sentence(
                "its times are milliseconds, by the pace of speech (in seconds, {count} characters would last "
                "{duration}); they were divided by 1000.",
                count=str(example.length),
                duration=_lasts(example),
            )
        return replace(rules, units=(MILLISECOND, MILLISECOND, MILLISECOND), notes=(note,))
    if unit is Unit.SECONDS:
        note = sentence(
            "its times are called milliseconds and are seconds, by the pace of speech; they were read as seconds."
        )
        return replace(rules, units=(1.0, 1.0, 1.0), notes=() if _is_whispers(rules.columns) else (note,))
    return rules


def _lasts(text: TimedText) -> str:
    return f"{(text.end or 0.0) - text.start:,.0f} s"


def _unclear_unit(document: Document, columns: Columns) -> UnclearColumns:
    name = columns.spelled["start_second"]
    error = document.refusal_error(
        sentence(
            "its times in the column {name} are too far apart for the words, so they may be milliseconds; name "
            "the column start_ms if they are, and start_second if they are seconds, as in start_ms={name}",
            name=name,
        ),
        kind=UnclearColumns,
    )
    assert isinstance(error, UnclearColumns)
    error.example = f"start_ms={name}"
    return error


def _is_whispers(columns: Columns) -> bool:
    """Return whether the header is that of Whisper's TSV, which counts milliseconds."""
    spelled = [columns.spelled.get(name, "").lower() for name in columns.names]
    return spelled == ["start", "end", "text"]


def _timed_text(row: Row, columns: Columns, decimal_comma: bool) -> TimedText | None:
    """Return a row as far as its pace is concerned, None where its start is no plain number or its words none."""
    start = parse_number(row.fields.get("start_second"), decimal_comma=decimal_comma)
    text = row.fields.get("text")
    if start is None or not isinstance(text, str):
        return None
    end = parse_number(row.fields.get("end_second"), decimal_comma=decimal_comma)
    if end is None and "duration" in columns.spelled:
        duration = parse_number(row.fields.get("duration"), decimal_comma=decimal_comma)
        end = None if duration is None else start + duration
    return TimedText(str(row.fields.get("video_id")), start, end, len(text.strip()))


def _find_video(columns: Columns, rows: Sequence[Row]) -> Columns:
    """Return the columns with that of the video: an id that is another in each row numbers the rows, and addresses at
    YouTube name videos."""
    if columns.spelled.get("video_id", "").strip().lower() == "id" and "video_id" not in columns.chosen:
        ids = [str(row.fields.get("video_id")) for row in rows]
        is_number = all(value.strip().isdecimal() for value in ids)
        if (len(ids) > 1 and len(set(ids)) == len(ids)) or (is_number and len(ids) == 1):
            columns = columns.without("video_id")
    if not columns.has_video and "url" in columns.spelled:
        urls = [row.fields.get("url") for row in rows]
        if urls and all(isinstance(url, str) and youtube_id(url) for url in urls):
            return columns.with_video("url")
    return columns


def _require_one_video(document: Document, columns: Columns, rows: Sequence[Row]) -> None:
    """Raise UnclearColumns where rows without a video have several titles or addresses."""
    for column in ("title", "url"):
        values = {value for row in rows if isinstance(value := row.fields.get(column), str) and value.strip()}
        if len(values) > 1:
            name = columns.spelled[column]
            example = f"video={name}"
            error = document.refusal_error(
                sentence(
                    "no column says which video a row belongs to, and there are {count} values in the column "
                    "{name}; name the column of the videos video_id, as in {example}",
                    count=len(values),
                    name=name,
                    example=example,
                ),
                kind=UnclearColumns,
            )
            assert isinstance(error, UnclearColumns)
            error.example = example
            raise error


def _leave_out_lengths(columns: Columns, rows: Sequence[Row]) -> Columns:
    """Return the columns without a duration that is the video's and not the row's: the same in all, and as long."""
    if "duration" not in columns.spelled or "end_second" in columns.spelled or "duration" in columns.chosen:
        return columns
    by_video: dict[str, list[tuple[object, float]]] = {}
    for row in rows:
        start = parse_number(row.fields.get("start_second"))
        if start is not None and not is_missing(row.fields.get("duration")):
            by_video.setdefault(str(row.fields.get("video_id")), []).append((row.fields["duration"], start))
    groups = [group for group in by_video.values() if len({start for _, start in group}) > 2]
    return columns.without("duration") if groups and all(map(_are_lengths, groups)) else columns


def _are_lengths(group: Iterable[tuple[object, float]]) -> bool:
    pairs = list(group)
    length = parse_number(pairs[0][0])
    is_same = len({str(duration) for duration, _ in pairs}) == 1
    return is_same and length is not None and length >= max(start for _, start in pairs)
