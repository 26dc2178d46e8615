"""Which column of a table holds what: by its name, or as the person importing says."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field

from storage.errors import UnclearColumns
from storage.formats.document import Document
from storage.formats.rows.column_names import (
    COLUMNS,
    REQUIRED_COLUMNS,
    ColumnName,
    normalise_name,
    read_column_name,
)
from storage.formats.text_cleaning import clean_text, quote_text
from storage.sentences import Listing, plural_sentence, sentence

_SPOKEN = {"video_id": "video", "start_second": "start", "end_second": "end"}
"""What columns are called in `Labels.columns`, where that is not their own name."""
_NEVER_GUESSED = ("video_id", "text", "start_second", "end_second")
"""The columns that are asked about where two could be the same one; of others the first is taken."""
_MAX_NAMED_LENGTH = 200
_MAX_EXAMPLE_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table. `names` has one of `COLUMNS`, or "", for each column of the table, in its order.

    `units` says what a number is in seconds, for the columns of times whose name says it.
    """

    names: tuple[str, ...]
    spelled: dict[str, str] = field(default_factory=dict)
    """How the table itself writes the name of each column."""
    units: dict[str, float] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()
    """The columns that the person importing named."""

    @property
    def has_video(self) -> bool:
        """Return whether a column says which video a row belongs to."""
        return "video_id" in self.spelled

    def without(self, column: str) -> Columns:
        """Return the columns with one of them not read."""
        names = tuple("" if name == column else name for name in self.names)
        return Columns(names, {k: v for k, v in self.spelled.items() if k != column}, self.units, self.chosen)

    def with_video(self, column: str) -> Columns:
        """Return the columns with another column read as the video too."""
        return Columns(self.names, {**self.spelled, "video_id": self.spelled[column]}, self.units, self.chosen)


DATA_SET = Columns(COLUMNS, {name: name for name in COLUMNS}, {"start_second": 1.0, "end_second": 1.0})
"""The columns of a table that names them as the data set does."""


def names_transcript(header: Sequence[str]) -> bool:
    """Return whether a header names a column of texts and one of starts, so that it is a transcript's."""
    found = {read_column_name(name).column for name in header}
    return len(header) > 1 and {"text", "start_second"} <= found


def names_words(header: Sequence[str]) -> bool:
    """Return whether a header names a column of texts or one of starts."""
    return any(read_column_name(name).column in ("text", "start_second") for name in header)


def names_video(header: Sequence[str]) -> bool:
    """Return whether a header names a column, by a name that says no less, that holds a row's video."""
    found = [read_column_name(name) for name in header]
    return any(name.column == "video_id" and name.rank < 1 for name in found)


def find_columns(document: Document, header: Sequence[str], line: int | None = None) -> Columns:
    """Return which column holds what.

    Raises UnclearColumns where one that is needed is missing or two could be it, and InputError for a column that is
    there twice.
    """
    header = [clean_text(name).removeprefix("\ufeff").strip() for name in header]
    chosen = _read_choices(document, header, line)
    read = [ColumnName() if place in chosen else read_column_name(name) for place, name in enumerate(header)]
    found = {name.column: (place, name) for place, name in chosen.items()}
    for column in COLUMNS:
        if column not in found and (pick := _pick(document, header, read, column, line)) is not None:
            found[column] = (pick, read[pick])
    _require_columns(document, header, found, line)
    names = [""] * len(header)
    for column, (place, _) in found.items():
        names[place] = column
    units = {column: name.unit for column, (_, name) in found.items() if name.unit is not None}
    spelled = {column: header[place] for column, (place, _) in found.items()}
    return Columns(tuple(names), spelled, units, frozenset(name.column for name in chosen.values()))


def _pick(
    document: Document, header: Sequence[str], read: Sequence[ColumnName], column: str, line: int | None
) -> int | None:
    """Return the place of a column, None where there is none."""
    places = [place for place, name in enumerate(read) if name.column == column]
    rank = min((read[place].rank for place in places), default=0)
    places = [place for place in places if read[place].rank == rank]
    if len(places) < 2 or not (rank < 0 or column in _NEVER_GUESSED):
        return places[0] if places else None
    if rank < 0 or len({normalise_name(header[place]) for place in places}) == 1:
        named = column if rank < 0 else header[places[0]]
        raise document.refusal_error(
            sentence("there are {count} columns named {named}; leave one", count=len(places), named=named), line
        )
    reason = sentence(
        "the columns {columns} could each be the {meaning}",
        columns=Listing(tuple(header[place] for place in places), " and "),
        meaning=_SPOKEN.get(column, column),
    )
    raise _unclear_error(document, header, read, reason, line)


def _require_columns(
    document: Document, header: Sequence[str], found: dict[str, tuple[int, ColumnName]], line: int | None
) -> None:
    missing = [column for column in REQUIRED_COLUMNS if column not in found]
    if missing in ([], ["video_id"]):
        return
    listed = ", ".join(filter(None, header)) or sentence("none")
    read = [ColumnName()] * len(header)
    for _, (place, name) in found.items():
        read[place] = name
    reason = plural_sentence(
        "the column {columns} is missing (found: {listed})",
        "the columns {columns} are missing (found: {listed})",
        count=len(missing),
        columns=Listing(tuple(missing), " and "),
        listed=listed[:_MAX_NAMED_LENGTH],
    )
    raise _unclear_error(document, header, read, reason, line)


def _unclear_error(
    document: Document, header: Sequence[str], read: Sequence[ColumnName], reason: str, line: int | None
) -> UnclearColumns | Exception:
    """Return the error that asks which column is which, with an answer that works where one can be made up."""
    example = _example(header, read)
    if not example:
        return document.refusal_error(
            sentence("{reason}; name the columns video_id, text and start_second", reason=reason), line
        )
    error = document.refusal_error(
        sentence("{reason}; say which column is which, as in {example}", reason=reason, example=example),
        line,
        kind=UnclearColumns,
    )
    assert isinstance(error, UnclearColumns)
    error.example = example
    return error


def _example(header: Sequence[str], read: Sequence[ColumnName]) -> str:
    """Return choices that make the table readable: of the columns by those names, else of those without a name.

    "" where there are none, or none that somebody could type.
    """
    left = [place for place, name in enumerate(read) if header[place] and not name.column]
    parts = []
    for column in ("video_id", "text", "start_second", "end_second"):
        places = sorted((name.rank, place) for place, name in enumerate(read) if name.column == column)
        is_needed = column in ("text", "start_second")
        if places and (is_needed or sum(rank == places[0][0] for rank, _ in places) > 1):
            parts.append((column, header[places[0][1]]))
        elif not places and is_needed:
            if not left:
                return ""
            parts.append((column, header[left.pop(0)]))
    example = ",".join(_quoted(f"{_SPOKEN.get(column, column)}={name}") for column, name in parts)
    # Nobody types names that are longer, and they would bury the reason; shortened ones would not work.
    return example if len(example) <= _MAX_EXAMPLE_LENGTH else ""


def _quoted(choice: str) -> str:
    return '"' + choice.replace('"', '""') + '"' if any(sign in choice for sign in ',"') else choice


def _read_choices(document: Document, header: Sequence[str], line: int | None) -> dict[int, ColumnName]:
    """Return, by the places of columns, what the person importing says that they are. Raises InputError."""
    text = document.labels.columns
    choices: dict[int, ColumnName] = {}
    taken: set[str] = set()
    for choice in next(csv.reader([text]), []) if text else []:
        said, equals, name = (part.strip() for part in choice.partition("="))
        column = read_column_name(said)
        if not (equals and said and name):
            raise document.refusal_error(
                sentence(
                    "{choice} does not say which column is which; write it as in text=content,start=begin",
                    choice=quote_text(choice),
                )
            )
        if not column.column:
            spoken = ", ".join(_SPOKEN.get(known, known) for known in COLUMNS if known not in ("marks", "turns"))
            raise document.refusal_error(
                sentence(
                    "{said} is nothing that a column can hold; there are {spoken}", said=quote_text(said), spoken=spoken
                )
            )
        if column.column in taken:
            raise document.refusal_error(sentence("two columns are said to be the {said}; name one", said=said))
        places = [place for place, there in enumerate(header) if normalise_name(there) == normalise_name(name)]
        places = [place for place in places if header[place] == name] or places
        if len(places) != 1 or places[0] in choices:
            listed = ", ".join(filter(None, header))[:_MAX_NAMED_LENGTH] or sentence("none")
            named = {"name": quote_text(name), "listed": listed}
            raise document.refusal_error(
                sentence(
                    "there is more than one use of a column named {name} (found: {listed}); correct the name", **named
                )
                if places
                else sentence("there is no column named {name} (found: {listed}); correct the name", **named),
                line,
            )
        taken.add(column.column)
        unit = column.unit if column.rank >= 0 else None
        choices[places[0]] = ColumnName(column.column, 0, unit or read_column_name(name).unit)
    return choices
