"""Reading meaning at the terminal: import makes vectors, doctor tells, and evaluate measures it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app
from bot.cli.session import FAILED, NEEDS_SETUP, Session
from bot.errors import SetupError
from bot.settings import Settings
from storage.models import MeaningOptions, ModelChoice
from tests.support.inputs.question_sets import FOREIGN, write_set
from tests.support.meaning import MODEL, kept_vectors, needs_weights

ON = {"CUEPOINT_MEANING_MODEL": MODEL.name}


def cuepoint(folder: Path, *words: str, **settings: str) -> Result:
    """The program, in this process."""
    given = {"CUEPOINT_DATA_DIR": str(folder), **settings}
    return CliRunner().invoke(app, list(words), obj=Session(lambda: Settings.from_mapping(given), None))  # type: ignore[arg-type]


def rows_file(folder: Path, *texts: str, language: str = "en", name: str = "rows") -> str:
    file = folder / f"{name}.jsonl"
    rows = [{"video_id": name, "text": text, "start_second": 30 * n} for n, text in enumerate(texts)]
    file.write_text("\n".join(json.dumps({**row, "language": language}) for row in rows))
    return str(file)


def vectors(folder: Path) -> int:
    table = kept_vectors(folder / "cuepoint.db")
    return 0 if table is None else len(table.base.keys)


@needs_weights
def test_import_remove_and_undo_keep_vectors_in_step(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    file = rows_file(tmp_path, "the copper lantern", "nine grey owls")
    assert cuepoint(folder, "import", file, "--dry-run", **ON).exit_code == 0
    assert vectors(folder) == 0
    assert cuepoint(folder, "import", file, **ON).exit_code == 0
    assert vectors(folder) == 2
    assert cuepoint(folder, "remove", "rows", **ON).exit_code == 0
    assert vectors(folder) == 0
    assert cuepoint(folder, "undo", **ON).exit_code == 0
    assert vectors(folder) == 2


def test_the_chat_refuses_a_wrong_model_before_the_first_question(tmp_path: Path) -> None:
    refused = cuepoint(tmp_path / "data", "chat", CUEPOINT_MEANING_MODEL="no_such_package")
    assert refused.exit_code == NEEDS_SETUP
    assert "CUEPOINT_MEANING_MODEL cannot be used: no package no_such_package is installed" in refused.output
    assert "Ask about" not in refused.output


@needs_weights
def test_doctor_tells_the_model_and_what_has_vectors_and_makes_what_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert cuepoint(folder, "import", rows_file(tmp_path, "the copper lantern", "nine grey owls")).exit_code == 0
    german = ["import", rows_file(tmp_path, "die Laterne", name="german"), "--library", "7", "--language", "de"]
    assert cuepoint(folder, *german).exit_code == 0
    assert "meaning" not in cuepoint(folder, "doctor").output
    told = cuepoint(folder, "doctor", **ON)
    assert told.exit_code == 0
    assert f"meaning   ok, {MODEL.name} (sha256 8199be6f" in told.output
    assert "meaning   note: 0 of 2 segments of shared have a vector; the running bot makes the rest" in told.output
    assert "note: server:7 is in the language de, which the model does not read: it is ranked without it" in told.output
    assert (
        "meaning   ok, 2 of 2 segments of shared have a vector" in cuepoint(folder, "doctor", "--repair", **ON).output
    )


def test_a_model_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    settings = {"CUEPOINT_MEANING_MODEL": "no_such_package"}
    sentence = "CUEPOINT_MEANING_MODEL cannot be used: no package no_such_package is installed; pip install"
    done = cuepoint(tmp_path, "ask", "what is a hold cue?", **settings)
    assert done.exit_code == NEEDS_SETUP, "starting again does not help"
    told = cuepoint(tmp_path, "doctor", **settings)
    assert told.exit_code == FAILED
    assert f"meaning   problem: {sentence}" in told.output
    assert cuepoint(tmp_path, "videos", **settings).exit_code == 0, "what asks nothing needs no model"


@needs_weights
def test_an_evaluation_measures_what_is_set(tmp_path: Path) -> None:
    foreign = write_set(tmp_path / "foreign", queries=FOREIGN)
    command = ["evaluate", str(write_set(tmp_path / "set")), "--foreign", str(foreign), "--json"]
    plain = json.loads(cuepoint(tmp_path / "data", *command).stdout)
    read = json.loads(cuepoint(tmp_path / "data", *command, **ON).stdout)
    assert plain["segments"] == read["segments"]
    assert plain["refusals"] != read["refusals"], "how sure an answer is, is measured with the model"


def test_settings_say_which_models_are_used() -> None:
    assert Settings.from_mapping({}).meaning is None
    given = {"CUEPOINT_MEANING_MODEL": "m", "CUEPOINT_MEANING_LANGUAGES": "de, en-GB", "CUEPOINT_CROSS_ENCODER": "c"}
    assert Settings.from_mapping({**given, "CUEPOINT_CROSS_ENCODER_MS": "250"}).meaning == MeaningOptions(
        ModelChoice("m", "CUEPOINT_MEANING_MODEL"),
        frozenset({"de", "en"}),
        ModelChoice("c", "CUEPOINT_CROSS_ENCODER"),
        0.25,
    )


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("CUEPOINT_CROSS_ENCODER", "c", "set that, too"),
        ("CUEPOINT_MEANING_LANGUAGES", "en, 7", "“7” is no language"),
        ("CUEPOINT_CROSS_ENCODER_MS", "0", "greater than 0"),
    ],
)
def test_settings_that_cannot_be_used_are_named(name: str, value: str, reason: str) -> None:
    with pytest.raises(SetupError, match=f"^{name} cannot be used: .*{reason}"):
        Settings.from_mapping({name: value})
