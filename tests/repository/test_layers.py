"""The arrows of the design: who may import whom. Every file's imports are read."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.project import PROJECT

FILES = sorted([*(PROJECT / "bot").rglob("*.py"), *(PROJECT / "storage").rglob("*.py")])
DOORS = {"library", "ledger", "access", "models", "errors", "analysis", "characters", "video_names"}
LEAVES = {"models", "errors", "analysis", "access", "formats", "characters"}


def imports(path: Path) -> set[str]:
    """Every module a file imports, `from x import y` as x.y."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def of(names: set[str], *roots: str) -> set[str]:
    return {name for name in names if name.split(".")[0] in roots or any(name.startswith(root + ".") for root in roots)}


@pytest.mark.parametrize("path", FILES, ids=room)
def test_every_import_follows_the_arrows(path: Path) -> None:
    names, place = imports(path), room(path)
    if place.startswith("storage/"):
        assert not of(names, "bot", "discord"), "storage never looks up"
        assert not of(names, "os.environ", "os.getenv"), "only __main__ reads the environment"
    else:
        doors = {name.split(".")[1] for name in of(names, "storage")}
        assert doors <= DOORS, f"bot enters storage by its doors only, not by {doors - DOORS}"
    if place.startswith("bot/answering/"):
        assert {name.split(".")[1] for name in of(names, "storage")} <= {"models", "errors", "analysis", "characters"}
        assert not of(names, "asyncio", "sqlite3", "aiosqlite", "discord", "time", "datetime", "socket", "aiohttp")
    if place.startswith("storage/ranking/"):
        assert not of(
            names, "sqlite3", "aiosqlite", "storage.database.repository", "storage.database.connection", "asyncio"
        )
    if not place.startswith("storage/ranking/"):
        assert not of(names, "rank_bm25"), "one room knows rank-bm25"
    if place == "storage/database/repository.py":
        assert not of(names, "numpy", "storage.ranking")
    if place.split("/")[1].removesuffix(".py") in LEAVES and place.startswith("storage/"):
        assert {name.split(".")[1] for name in of(names, "storage")} <= LEAVES, "the ground floor imports nothing above"
    if not place.startswith("bot/discord_app/"):
        assert not of(names, "discord"), "one room speaks with Discord"
    if place.startswith("bot/evaluation/"):
        rooms = {name.split(".")[1] for name in of(names, "bot")}
        assert rooms <= {"evaluation", "asking", "answering", "errors"}, "what measures speaks to nobody"
        assert not of(names, "rich", "typer", "numpy", "os", "aiosqlite", "sqlite3")
    elif place == "bot/discord_app/commands/feedback.py":
        rooms = {name.split(".")[2] for name in of(names, "bot.evaluation")}
        assert rooms <= {"feedback", "question_set_writer"}, (
            "on Discord what people voted is handed out, and nothing measured"
        )
    elif not place.startswith("bot/cli/"):
        assert not of(names, "bot.evaluation"), "measuring is the host's affair: nobody waits for it on Discord"
    if place == "bot/images/timeline_image.py":
        known = "bot.answering.values", "bot.images.fonts", "bot.timecodes", "storage.models"
        assert of(names, "bot", "storage") <= of(names, *known)
    elif place == "bot/images/fonts.py":
        assert of(names, "bot", "storage") <= of(names, "storage.characters")
    else:
        assert not of(names, "PIL"), "one room draws, with letters of its own"
    if place in ("bot/operations/metrics.py", "bot/operations/logging_setup.py", "bot/operations/safe_traceback.py"):
        known = of(names, "bot.operations.safe_traceback", "storage.errors", "storage.characters")
        assert of(names, "bot", "storage") <= known, "what measures and what tells know nobody"
    if place != "bot/operations/metrics.py":
        assert not of(names, "prometheus_client"), "one room knows Prometheus"
    if place != "bot/operations/logging_setup.py":
        assert not of(names, "structlog"), "one room says how lines look; all others log to Python's own loggers"
    if not place.startswith("bot/discord_app/") and place != "bot/operations/http_server.py":
        assert not of(names, "aiohttp"), "nobody else has a network"
    if place == "bot/operations/http_server.py":
        assert not of(names, "storage"), "it is told what there is to tell"
    if place != "bot/__main__.py":
        assert not of(names, "bot.__main__"), "nobody imports __main__"


def test_only_main_reads_the_environment() -> None:
    readers = {room(path) for path in FILES if "environ" in path.read_text()} - {"bot/settings.py"}
    assert readers == {"bot/__main__.py"}


def test_what_nobody_sees_is_spelled_in_one_file() -> None:
    """The byte order mark by itself is another matter: it says how a file is encoded."""
    spelled = re.compile(r'\\u20[026]|\\u00ad|\\ufe0|\\x7f-|\\ud800|"Cf"|\{Cf\}', re.IGNORECASE)
    assert {room(path) for path in FILES if spelled.search(path.read_text())} == {"storage/characters.py"}


def test_only_asking_searches() -> None:
    for verb in ("library.search(", "library.timeline("):
        callers = {room(path) for path in FILES if verb in path.read_text() and room(path).startswith("bot/")}
        assert callers == {"bot/asking.py"}


def test_only_access_makes_scopes() -> None:
    makers = {
        room(path)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Scope"
    }
    assert makers == {"storage/access.py"}


def test_no_match_lets_go_of_pythons_lock() -> None:
    """Where `regex` does so with every word, whoever waits for the lock is woken in vain over and over."""
    assert not [call for path in FILES for call in lock_releases(path)]


def lock_releases(path: Path) -> set[str]:
    """The calls by which patterns of `regex` are matched without being told to keep the lock."""
    tree = ast.parse(path.read_text())
    patterns = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("regex.compile(")
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {
        f"{path.name}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in patterns
        and "concurrent" not in {keyword.arg for keyword in node.keywords}
    }


def test_the_check_sees_a_forbidden_import(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from bot.asking import ask\nimport discord\n")
    assert of(imports(wrong), "bot", "discord") == {"bot.asking.ask", "discord"}


def test_the_check_sees_a_match_that_lets_go(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("A = regex.compile('a')\nA.sub('', 'a')\nA.findall('a', concurrent=False)\n")
    assert lock_releases(wrong) == {"wrong.py: A.sub('', 'a')"}
