"""Parsing JSON within bounds: one value, one on every line, or several one after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from storage.formats.document import Document
from storage.formats.text_cleaning import clean_text, quote_text
from storage.models import Rejection
from storage.sentences import sentence

_MAX_OBJECTS_PER_CUE = 8
"""The objects and arrays that a cue may take up. In 50 megabytes, what a caption file may have, no recogniser writes
more: its objects are longer than 30 characters. A million words are a hundred hours of speech."""
_MAX_VALUES_PER_CUE = 50
"""Numbers, strings and the like that a cue may take up: Whisper writes a number for every part of a word."""

_SPACE = re.compile(r"\s*")


def load_json(document: Document, name: str) -> tuple[list[object], list[Rejection]]:
    """Return the values of a file in the format `name`, and the lines that hold none.

    Raises InputError for a file that is too large, nested too deeply, cut off or damaged.
    """
    document.require_caption_size()
    text = document.text
    # Checked before parsing: a value takes many times the memory of its few characters.
    limit = document.limits.rows
    if text.count("{") + text.count("[") > max(1, limit) * _MAX_OBJECTS_PER_CUE + _MAX_VALUES_PER_CUE:
        raise document.too_many_cues_error()
    if text.count(",") > max(1, limit) * _MAX_VALUES_PER_CUE + _MAX_VALUES_PER_CUE:
        raise document.too_many_cues_error()
    rejections: list[Rejection] = []
    try:
        return list(_parse_values(document, rejections)), rejections
    except RecursionError as error:
        raise document.refusal_error(
            sentence("{name} is nested too deeply to be a transcript; export it again", name=name)
        ) from error
    except json.JSONDecodeError as error:
        problem = clean_text(error.msg)
        raise document.refusal_error(
            sentence(
                "{name} is cut off or damaged here ({problem}); download or export it again", name=name, problem=problem
            ),
            error.lineno,
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise document.refusal_error(
            sentence("{name} has a number that is no time; export it again", name=name)
        ) from error


def _parse_values(document: Document, rejections: list[Rejection]) -> Iterator[object]:
    text = document.text.lstrip("\ufeff")
    try:
        yield json.loads(text)
        return
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise
        starts_on_next_line = "\n" in text[: error.pos].strip(" \t\r") or text[: error.pos].endswith("\n")
    first_line = text.lstrip().partition("\n")[0]
    if starts_on_next_line and _is_value(first_line):
        yield from _parse_lines(document, rejections)
    else:
        yield from _parse_sequence(text)


def _is_value(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _parse_lines(document: Document, rejections: list[Rejection]) -> Iterator[object]:
    """Yield the value of every line. A line that holds none is rejected; as the last one, it says that the file is cut
    off."""
    filled = [(number, line) for number, line in enumerate(document.lines, start=1) if line.strip("\ufeff \t\r")]
    for number, line in filled:
        try:
            yield json.loads(line.lstrip("\ufeff"))
        except (ValueError, RecursionError) as error:
            if number == filled[-1][0] and isinstance(error, json.JSONDecodeError):
                raise json.JSONDecodeError(error.msg, document.text, len(document.text.rstrip()) - 1) from error
            reason = sentence(
                "{line} is not a complete JSON object; write one whole object on each line", line=quote_text(line)
            )
            rejections.append(document.reject_row(number, reason))


def _parse_sequence(text: str) -> Iterator[object]:
    """Yield values that follow one another, each on as many lines as it likes."""
    decoder, place = json.JSONDecoder(), _skip_space(text, 0)
    while place < len(text):
        value, place = decoder.raw_decode(text, place)
        yield value
        place = _skip_space(text, place)


def _skip_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place
