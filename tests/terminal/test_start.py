"""What a command loads before it does anything: who only wants to know what there is waits for none of the rest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import COMMANDS, environment_for

NEEDED_BY_ANSWERS = {
    "aiosqlite", "asyncio", "bot.asking", "bot.settings", "dotenv", "numpy", "pydantic", "rank_bm25", "rapidfuzz",
    "regex", "sqlite3", "Stemmer", "stop_words", "storage.library", "xxhash",
}  # fmt: skip
"""What `ask` works with, and nothing that only tells what there is."""
NEEDED_BY_OTHERS = {
    "aiohttp", "bot.discord_app", "bot.evaluation", "bot.images", "bot.operations.http_server",
    "bot.operations.logging_setup", "discord", "fontpkg", "PIL", "prometheus_client", "pyarrow", "pytrec_eval", "scipy",
    "srt", "storage.formats.reader", "storage.importing.importer", "storage.ledger", "structlog", "webvtt",
}  # fmt: skip
"""What neither of them works with."""
RUN = """
import json, sys
from bot.__main__ import main

def run(arguments):
    sys.argv = ["cuepoint", *arguments]
    try:
        main()
    except SystemExit:
        return sorted(sys.modules)

commands, report = json.loads(sys.argv[1]), sys.argv[2]
json.dump([run(arguments) for arguments in commands], open(report, "w"))
"""


def loaded(folder: Path, *commands: list[str]) -> list[set[str]]:
    """What is loaded after each of some commands, which one process runs one after the other."""
    report = folder / "loaded.json"
    given = [sys.executable, "-c", RUN, json.dumps(commands), str(report)]
    done = subprocess.run(given, env=environment_for(folder), capture_output=True, encoding="utf-8", check=False)
    assert not done.returncode, done.stderr
    return [set(modules) for modules in json.loads(report.read_text())]


@pytest.mark.parametrize("given", ["--version", "--help", "aks"])
def test_what_tells_what_there_is_loads_nothing_to_answer_with(given: str, tmp_path: Path) -> None:
    (modules,) = loaded(tmp_path, [given])
    assert not modules & (NEEDED_BY_ANSWERS | NEEDED_BY_OTHERS)
    assert "bot.cli.app" in modules


def test_the_version_is_told_without_what_draws_on_a_terminal(tmp_path: Path) -> None:
    assert "rich" not in loaded(tmp_path, ["--version"])[0]


def test_the_help_of_no_command_loads_what_the_command_works_with(tmp_path: Path) -> None:
    names = sorted(COMMANDS)
    for name, modules in zip(names, loaded(tmp_path, *([*name.split(), "--help"] for name in names)), strict=True):
        assert not modules & (NEEDED_BY_ANSWERS | NEEDED_BY_OTHERS), name


def test_asking_loads_what_it_needs_and_nothing_else(tmp_path: Path) -> None:
    question = ["ask", "what is a hold cue?", "--json"]
    loaded(tmp_path, question)  # which stores the sample talks
    (modules,) = loaded(tmp_path, question)
    assert not modules & NEEDED_BY_OTHERS
    assert modules >= NEEDED_BY_ANSWERS
