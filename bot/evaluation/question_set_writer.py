"""Writes a question set into a folder."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.errors import QuestionSetError
from bot.evaluation.values import CORPUS, JUDGEMENTS, QUERIES, QuestionSet
from storage.system_errors import explain

_DRAFT = ".draft-"


def require_free(folder: Path) -> None:
    """Raise QuestionSetError unless a folder is new or empty."""
    try:
        taken = folder.exists() and (not folder.is_dir() or set(folder.iterdir()) != set(_drafts(folder)))
    except OSError as error:
        raise _write_error(folder, error) from error
    if taken:
        raise QuestionSetError(f"{folder} is there already and not an empty folder; name a new one")


def write_question_set(folder: Path, questions: QuestionSet) -> None:
    """Write a question set into a new or empty folder: all of it, or nothing. Raises QuestionSetError."""
    require_free(folder)
    files = make_files(questions)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for abandoned in _drafts(folder):
            shutil.rmtree(abandoned)
        # Written under another name first, so that a full disk leaves no half of a question set behind.
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=folder))
        try:
            for name, lines in files.items():
                (draft / name).write_text("".join(lines), encoding="utf-8", newline="\n")
            for name in files:
                (draft / name).rename(folder / name)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise _write_error(folder, error) from error


def make_files(questions: QuestionSet) -> dict[str, Iterator[str]]:
    """Return the lines of the files of a question set, by file name."""
    return {
        CORPUS: _entry_objects(questions),
        QUERIES: _query_objects(questions),
        JUDGEMENTS: _judgement_objects(questions),
    }


def _drafts(folder: Path) -> list[Path]:
    """Return what is left of writing a question set there, where that was killed."""
    return list(folder.glob(f"{_DRAFT}*"))


def _write_error(folder: Path, error: OSError) -> QuestionSetError:
    return QuestionSetError(f"{folder} cannot be written: {explain(error, folder)}")


def _entry_objects(questions: QuestionSet) -> Iterator[str]:
    return _json_lines(
        {
            "_id": entry.entry_id,
            "title": entry.title,
            "text": entry.text,
            "video": entry.video,
            "seq": entry.seq,
            "start": entry.start,
            "end": entry.end,
        }
        for entry in questions.entries
    )


def _query_objects(questions: QuestionSet) -> Iterator[str]:
    return _json_lines(
        {
            "_id": query.query_id,
            "text": query.text,
            "video": query.video,
            **({"answer": list(query.answers)} if query.answers else {}),
        }
        for query in questions.queries
    )


def _judgement_objects(questions: QuestionSet) -> Iterator[str]:
    return _json_lines(
        {"query-id": query_id, "corpus-id": entry_id, "score": score}
        for query_id, scores in questions.judgements.items()
        for entry_id, score in scores.items()
    )


def _json_lines(objects: Iterable[dict[str, object]]) -> Iterator[str]:
    return (json.dumps(fields, ensure_ascii=False) + "\n" for fields in objects)
