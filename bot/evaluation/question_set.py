"""Reads a question set from its folder."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from bot.errors import QuestionSetError
from bot.evaluation.json_lines import JsonLine, read_lines
from bot.evaluation.values import (
    CORPUS,
    JUDGEMENTS,
    QUERIES,
    Entry,
    Query,
    QuestionSet,
)

MAX_SCORE = 1000
"""The most relevant a judgement may be: no scale has more steps, so a higher score is a mistake."""


def read_question_set(folder: Path) -> QuestionSet:
    """Read a folder of corpus, queries and judgements. Raises QuestionSetError, naming file and line.

    Judgements about what is not in the files are left out; the notes count them.
    """
    _check_folder(folder)
    entries, queries = _read_entries(folder / CORPUS), read_queries(folder)
    judgements, notes = _read_judgements(
        folder / JUDGEMENTS, {query.query_id for query in queries}, {entry.entry_id for entry in entries}
    )
    return QuestionSet(entries, queries, judgements, notes)


def read_queries(folder: Path) -> tuple[Query, ...]:
    """Read the questions of a question set alone. Raises QuestionSetError."""
    _check_folder(folder)
    queries: dict[str, Query] = {}
    lines: dict[str, int] = {}
    for line in read_lines(folder / QUERIES):
        query_id = _read_new_id(line, lines)
        queries[query_id] = Query(
            query_id, line.read_text("text"), line.read_optional_id("video"), line.read_optional_phrases("answer")
        )
    if not queries:
        raise QuestionSetError(f"{folder / QUERIES}: there is not a single question in it")
    return tuple(queries.values())


def _check_folder(folder: Path) -> None:
    try:
        if folder.is_dir():
            return
        wrong = "this is a file" if folder.exists() else "there is no such folder"
    except OSError:
        wrong = "there can be no such folder"  # the name is too long
    raise QuestionSetError(f"{folder}: {wrong}; name a folder with {CORPUS}, {QUERIES} and {JUDGEMENTS}")


def _read_entries(path: Path) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    lines: dict[str, int] = {}
    for line in read_lines(path):
        entry = Entry(
            _read_new_id(line, lines),
            line.read_text("text"),
            line.read_optional_text("title"),
            line.read_optional_id("video"),
            *(line.read_optional_number(name) for name in ("seq", "start", "end")),
        )
        entries.append(entry)
    if not any(entry.text.strip() for entry in entries):
        raise QuestionSetError(f"{path}: there is not a single text in it")
    return tuple(entries)


def _read_judgements(
    path: Path, queries: Collection[str], entries: Collection[str]
) -> tuple[dict[str, dict[str, int]], tuple[str, ...]]:
    judgements: dict[str, dict[str, int]] = {}
    unknown = contradicted = 0
    for line in read_lines(path):
        query_id, entry_id = line.read_id("query-id"), line.read_id("corpus-id")
        score = max(0, line.read_whole_number("score", MAX_SCORE))
        if query_id not in queries or entry_id not in entries:
            unknown += 1
            continue
        known = judgements.setdefault(query_id, {})
        contradicted += known.get(entry_id, score) != score
        known[entry_id] = max(score, known.get(entry_id, 0))
    notes = []
    if unknown:
        notes.append(f"Judgements of a question or text that is not there, left out: {unknown:,}.")
    if contradicted:
        notes.append(f"Judgements that contradict an earlier one, of which the higher score counts: {contradicted:,}.")
    return judgements, tuple(notes)


def _read_new_id(line: JsonLine, lines: dict[str, int]) -> str:
    """Return the id of a line, which no earlier one may have; `lines` has the line numbers of the ids seen so far."""
    new_id = line.read_id("_id")
    if new_id in lines:
        raise line.error_at(f"the _id “{new_id[:60]}” is on line {lines[new_id]} too; give every line its own")
    lines[new_id] = line.number
    return new_id
