"""Reads files of one JSON object a line, field by field. Errors name the file and the line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import QuestionSetError
from storage.system_errors import explain_reading

MAX_SHOWN_LENGTH = 60
"""How many characters of a wrong value are quoted."""


@dataclass(frozen=True, slots=True)
class JsonLine:
    """One object, and where it stands. Its `read_` methods raise QuestionSetError where a field is not as expected."""

    path: Path
    number: int
    fields: dict[str, object]

    def error_at(self, reason: str) -> QuestionSetError:
        """Return the error that says what is wrong on this line."""
        return QuestionSetError(f"{self.path}, line {self.number}: {reason}")

    def read_id(self, name: str) -> str:
        """Read an id: text, or a whole number taken as text. It must be there."""
        value = self.fields.get(name)
        if name not in self.fields or value is None or value == "":
            raise self.error_at(f"there is no {name}; give every line one")
        return self._as_id(name, value)

    def read_optional_id(self, name: str) -> str:
        """Read an id as `read_id` does, or "" where there is none."""
        value = self.fields.get(name)
        return "" if value is None else self._as_id(name, value)

    def read_text(self, name: str) -> str:
        """Read text, which may be empty; but the field must be there."""
        if name not in self.fields:
            raise self.error_at(f"there is no {name}; write it, or an empty one")
        return self.read_optional_text(name)

    def read_optional_text(self, name: str) -> str:
        """Read text, or "" where there is none."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, str):
            raise self.error_at(f"{name} is {_show_value(value)}, which is no text; put it in quotation marks")
        return value or ""

    def read_optional_phrases(self, name: str) -> tuple[str, ...]:
        """Read a phrase or a list of phrases, each with a word in it, or () where there is none."""
        value = self.fields.get(name)
        phrases = value if isinstance(value, list) else [] if value is None or value == "" else [value]
        for phrase in phrases:
            if not isinstance(phrase, str):
                raise self.error_at(f"{name} is {_show_value(value)}; give a text, or a list of texts")
            if not any(map(str.isalnum, phrase)):
                raise self.error_at(f"{name} is {_show_value(value)}, which lacks a word; write one, or leave it out")
        return tuple(phrases)

    def read_optional_number(self, name: str) -> float | None:
        """Read a number, or None where there is none; data frames write a missing one as not-a-number."""
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        number = _as_number(value)
        if number is None:
            raise self.error_at(f"{name} is {_show_value(value)}, which is no number; give a number or null")
        return number if math.isfinite(number) else None

    def read_whole_number(self, name: str, maximum: int) -> int:
        """Read a whole number not above `maximum`."""
        value = self.fields.get(name)
        number = _as_number(value)
        if number is None or not number.is_integer() or number > maximum:
            raise self.error_at(f"{name} is {_show_value(value)}; give a whole number up to {maximum}")
        return int(number)

    def _as_id(self, name: str, value: object) -> str:
        if isinstance(value, float) and value.is_integer():
            return str(int(value))  # data frames write a column of whole numbers with a gap like this
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.error_at(f"{name} is {_show_value(value)}, which is no id; give text or a whole number")
        return str(value)


def read_lines(path: Path) -> Iterator[JsonLine]:
    """Yield the objects of a file. Raises QuestionSetError for a file that cannot be read or is not of this form."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise QuestionSetError(
            f"{path}: there is no such file; a question set needs it (docs/evaluating.md)"
        ) from error
    except OSError as error:
        raise QuestionSetError(f"{path}: the file cannot be read: {explain_reading(error)}") from error
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if raw.strip():
            yield JsonLine(path, number, _parse_object(path, number, raw))


def _parse_object(path: Path, number: int, raw: bytes) -> dict[str, object]:
    try:
        value = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise QuestionSetError(f"{path}, line {number}: this is not UTF-8 text; save the file as UTF-8") from error
    except (ValueError, RecursionError):  # ValueError also for a number of thousands of digits
        value = None
    if not isinstance(value, dict):
        raise QuestionSetError(f"{path}, line {number}: this is no JSON object; write one whole object on each line")
    return value


def _as_number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _show_value(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= MAX_SHOWN_LENGTH else f"{text[:MAX_SHOWN_LENGTH]}…"
