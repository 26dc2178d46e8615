"""A run in a file: how each question fared, so that a later run can be compared with it."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from bot.answering.values import AnswerLevel
from bot.errors import QuestionSetError
from bot.evaluation.measures import Figures
from storage.errors import RequestError
from storage.output_files import write_output
from storage.system_errors import explain, explain_reading

Form = Literal["cuepoint evaluation 1"]
"""What a file says that it is; the number is raised when its form changes."""
_FORM: Form = "cuepoint evaluation 1"


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """How one question fared; `text` is how it was asked.

    `quote_answers_1` and `quote_answers_3` say whether the first quote, and one of the first three, holds the answering
    phrase; None where the set gives none.
    """

    text: str
    figures: Figures
    level: AnswerLevel
    sureness: float
    quote_answers_1: bool | None = None
    quote_answers_3: bool | None = None


@dataclass(frozen=True, slots=True)
class AskingScores:
    """The scores of a question set asked in one way, by query id."""

    asked: str
    questions: dict[str, QuestionScore]


@dataclass(frozen=True, slots=True)
class SetScores:
    """The scores of one question set."""

    name: str
    askings: tuple[AskingScores, ...]


@dataclass(frozen=True, slots=True)
class SavedRun:
    """The scores of all question sets of one run. `form` comes first, so that a file begins with it."""

    form: Form = field(default=_FORM, kw_only=True)
    sets: tuple[SetScores, ...]


_RUN = TypeAdapter(SavedRun)
_BEGINNING = f'{{"form":"{_FORM}"'.encode()


def read_run(path: Path) -> SavedRun:
    """Read a run from its file. Raises QuestionSetError where it is not one, or damaged."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise QuestionSetError(f"{path}: there is no such file; save a run with --save {path} first") from error
    except OSError as error:
        raise QuestionSetError(f"{path}: the file cannot be read: {explain_reading(error)}") from error
    try:
        run = _RUN.validate_json(content)
    except ValidationError as error:
        raise _damage_error(path) from error
    if not all(_is_plausible(run_set) for run_set in run.sets):
        raise _damage_error(path)
    names = [run_set.name for run_set in run.sets]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise QuestionSetError(f"{path}: the run has the question set {twice[0]} twice; save a new one")
    return run


def write_run(path: Path, run: SavedRun) -> None:
    """Write a run into a file, in place of an earlier run there: all of it, or nothing. Raises QuestionSetError."""
    require_writable(path)
    try:
        write_output(path, _RUN.dump_json(run) + b"\n")
    except RequestError as error:
        raise QuestionSetError(str(error)) from error


def require_writable(path: Path) -> None:
    """Raise QuestionSetError unless a run can be written to a file: a new one, or one that holds a run."""
    try:
        if not path.parent.is_dir():
            raise QuestionSetError(f"{path}: there is no folder {path.parent}; make it, or name another file")
        if path.exists() and not (path.is_file() or path.is_dir()):
            return  # a pipe: reading from it would wait
        with path.open("rb") as file:
            is_run = not (content := file.read(len(_BEGINNING))) or content == _BEGINNING
    except FileNotFoundError:
        return
    except OSError as error:
        raise _write_error(path, error) from error
    if not is_run:
        raise QuestionSetError(f"{path} is there already and holds no saved run; name another file")


def escape_surrogates(text: str) -> str:
    """Return a text as it can be written: JSON may hold halves of characters, which no file in UTF-8 can."""
    return text.encode("utf-8", "backslashreplace").decode()


def _is_plausible(scores: SetScores) -> bool:
    return all(
        0 <= figure <= 1
        for asking in scores.askings
        for score in asking.questions.values()
        for figure in (*astuple(score.figures), score.sureness)
    )


def _damage_error(path: Path) -> QuestionSetError:
    return QuestionSetError(
        f"{path}: this is no run that `cuepoint evaluate --save` of this version wrote, or it is damaged; "
        "save a new one"
    )


def _write_error(path: Path, error: OSError) -> QuestionSetError:
    return QuestionSetError(f"{path} cannot be written: {explain(error, path.parent)}")
