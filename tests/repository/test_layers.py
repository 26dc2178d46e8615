"""The arrows of the design: who may import whom. Every file's imports are read."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.support.project import PROJECT

FILES = sorted([*(PROJECT / "bot").rglob("*.py"), *(PROJECT / "storage").rglob("*.py")])
OURS = ("bot", "storage")
DOORS = tuple(
    f"storage.{door}"
    for door in (
        *("library", "ledger", "access", "models", "errors", "analysis", "characters", "dates", "video_names"),
        "system_errors",
        "output_files",
        "sentences",
        "given_files",  # the terminal walks folders, and has to know which files it need not read
    )
)
VALUES = (
    *("storage.models", "storage.errors", "storage.system_errors", "storage.analysis"),
    *("storage.characters", "storage.dates", "storage.sentences"),
)
APP = "bot.discord_app"
MAX_FILES_IN_ROOM = 17


@dataclass(frozen=True)
class Rule:
    """Of the modules under `roots`, the files that match `files` import nothing but `allowed`.

    Patterns are matched against a file's path; what matches `unless` is left out.
    """

    reason: str
    files: tuple[str, ...]
    roots: tuple[str, ...]
    allowed: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def holds_for(self, place: str) -> bool:
        return _matches(place, self.files) and not _matches(place, self.unless)

    def broken_by(self, names: set[str]) -> set[str]:
        return of(names, *self.roots) - of(names, *self.allowed)


RULES = (
    # The two packages
    Rule("storage never imports bot or discord.py", ("storage/*",), ("bot", "discord")),
    Rule("bot enters storage by its doors only", ("bot/*",), ("storage",), DOORS),
    Rule("nothing imports __main__", ("*",), ("bot.__main__",), unless=("bot/__main__.py",)),
    Rule("only __main__ reads the environment", ("storage/*",), ("os.environ", "os.getenv")),
    # The floors of storage, from the ground up
    Rule(
        "the ground floor of storage imports nothing above",
        (
            "storage/models/*",
            "storage/errors.py",
            "storage/system_errors.py",
            "storage/analysis/*",
            "storage/access.py",
            "storage/formats/*",
            "storage/characters.py",
            "storage/dates.py",
            "storage/sentences.py",
        ),
        ("storage",),
        (*VALUES, "storage.access", "storage.formats"),
    ),
    Rule("the database room holds SQL and files", ("storage/database/*",), OURS, (*VALUES, "storage.database")),
    Rule("SQL is not searched in", ("storage/database/repository.py",), ("numpy", "storage.ranking")),
    Rule(
        "the ledger knows no videos",
        ("storage/ledger/*",),
        OURS,
        (*VALUES, "storage.access", "storage.database", "storage.ledger"),
    ),
    Rule(
        "ranking is mathematics",
        ("storage/ranking/*",),
        (*OURS, "sqlite3", "aiosqlite", "asyncio"),
        (*VALUES, "storage.ranking"),
    ),
    Rule("one room knows rank-bm25", ("*",), ("rank_bm25",), unless=("storage/ranking/*",)),
    Rule(
        "two files know numba: the loop, and what has it compiled",
        ("*",),
        ("numba",),
        unless=("storage/ranking/compiled_loop.py", "storage/indexing/compiled_ranking.py"),
    ),
    Rule(
        "only what has the loop compiled imports it",
        ("*",),
        ("storage.ranking.compiled_loop",),
        unless=("storage/indexing/compiled_ranking.py",),
    ),
    Rule(
        "an import reads formats and writes the database",
        ("storage/importing/*",),
        OURS,
        # A speaker is given a name by the one that they have: names are compared in one way everywhere.
        (*VALUES, "storage.database", "storage.formats", "storage.importing", "storage.video_names"),
    ),
    Rule(
        "indexes are made of the database and the ranking",
        ("storage/indexing/*",),
        OURS,
        (*VALUES, "storage.database", "storage.ranking", "storage.indexing"),
    ),
    Rule(
        "meaning is read of stored texts, and vectors are files",
        ("storage/meaning/*",),
        OURS,
        # The pause of the garbage collector is for all that read much.
        (*VALUES, "storage.database", "storage.meaning", "storage.indexing.gc_pause"),
    ),
    Rule(
        "the order of meaning is arithmetic",
        ("storage/meaning/reordering.py", "storage/meaning/vector_table.py"),
        (*OURS, "asyncio", "onnxruntime", "tokenizers"),
        ("storage.models", "storage.meaning.onnx_model.Numbers"),
    ),
    Rule(
        "one room knows onnxruntime and tokenizers",
        ("*",),
        ("onnxruntime", "tokenizers"),
        unless=("storage/meaning/*",),
    ),
    # Above storage
    Rule(
        "answering is pure",
        ("bot/answering/*",),
        (*OURS, "asyncio", "sqlite3", "aiosqlite", "discord", "time", "datetime", "socket", "aiohttp"),
        (*VALUES, "bot.answering", "bot.errors"),
    ),
    Rule(
        "asking is the one road from a question to an answer",
        ("bot/asking.py",),
        ("bot",),
        ("bot.answering", "bot.errors", "bot.operations.metrics"),
    ),
    Rule(
        "answering processes put questions to asking, wherever they come from",
        ("bot/answer_processes/*",),
        ("bot",),
        (
            *("bot.answer_processes", "bot.asking", "bot.answering", "bot.errors", "bot.operations.metrics"),
            *("bot.operations.logging_setup", "bot.operations.runtime_tuning"),
        ),
    ),
    Rule(
        "evaluation prints nothing",
        ("bot/evaluation/*",),
        ("bot", "rich", "typer", "os", "aiosqlite", "sqlite3"),
        ("bot.evaluation", "bot.asking", "bot.answering", "bot.errors"),
    ),
    Rule(
        "one file of evaluation draws questions a thousand times, and needs numpy",
        ("bot/evaluation/*",),
        ("numpy",),
        unless=("bot/evaluation/runs/resampling.py",),
    ),
    Rule(
        "evaluation is the host's affair",
        ("bot/*",),
        ("bot.evaluation",),
        unless=("bot/evaluation/*", "bot/cli/*", "bot/discord_app/commands/feedback.py"),
    ),
    Rule(
        "on Discord votes are handed out, and nothing is measured",
        ("bot/discord_app/commands/feedback.py",),
        ("bot.evaluation",),
        ("bot.evaluation.feedback", "bot.evaluation.question_set_writer"),
    ),
    Rule("pictures are drawn by one room", ("*",), ("PIL",), unless=("bot/images/*",)),
    Rule(
        "what draws knows values only",
        ("bot/images/*",),
        OURS,
        ("bot.answering.values", "bot.images", "bot.timecodes", "storage.models", "storage.characters"),
    ),
    Rule(
        "what measures and what logs know no other part",
        tuple(f"bot/operations/{name}.py" for name in ("metrics", "logging_setup", "log_throttling", "safe_traceback")),
        OURS,
        ("bot.operations.safe_traceback", "bot.operations.log_throttling", "storage.errors", "storage.characters"),
    ),
    Rule("the HTTP server is told what there is to tell", ("bot/operations/http_server.py",), ("storage",)),
    Rule("one file knows Prometheus", ("*",), ("prometheus_client",), unless=("bot/operations/metrics.py",)),
    Rule("one file knows structlog", ("*",), ("structlog",), unless=("bot/operations/logging_setup.py",)),
    # The rooms of the Discord app, from the ground up
    Rule("one room speaks with Discord", ("*",), ("discord",), unless=("bot/discord_app/*",)),
    Rule(
        "nothing else has a network",
        ("*",),
        ("aiohttp",),
        unless=("bot/discord_app/*", "bot/operations/http_server.py"),
    ),
    Rule("the terminal does not know Discord", ("bot/cli/*",), (APP,)),
    Rule("cards are values", ("bot/discord_app/cards/*",), (APP, "bot.asking", *DOORS[:3]), (f"{APP}.cards",)),
    Rule(
        "delivery sends cards",
        ("bot/discord_app/delivery/*",),
        (APP, *DOORS[:3]),
        (f"{APP}.cards", f"{APP}.delivery"),
    ),
    Rule(
        "services know no interaction",
        ("bot/discord_app/services/*",),
        (APP,),
        (f"{APP}.cards", f"{APP}.delivery", f"{APP}.services"),
    ),
    Rule(
        "interactions know no command",
        ("bot/discord_app/interactions/*",),
        (APP,),
        tuple(f"{APP}.{room}" for room in ("cards", "delivery", "services", "interactions")),
    ),
)


def imports(path: Path) -> set[str]:
    """Every module a file imports when it runs, `from x import y` as x.y."""
    found: set[str] = set()
    for node in _statements(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below one; what is there for the type checker alone is no arrow."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child
            yield from _statements(child)


def _matches(place: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(place, pattern) for pattern in patterns)


def room(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def of(names: set[str], *roots: str) -> set[str]:
    return {name for name in names if any(f"{name}.".startswith(f"{root}.") for root in roots)}


@pytest.mark.parametrize("path", FILES, ids=room)
def test_every_import_follows_the_arrows(path: Path) -> None:
    names = imports(path)
    broken = {rule.reason: wrong for rule in RULES if rule.holds_for(room(path)) and (wrong := rule.broken_by(names))}
    assert broken == {}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.reason)
def test_every_rule_is_about_files_that_exist_and_can_be_broken(rule: Rule) -> None:
    assert [path for path in FILES if rule.holds_for(room(path))]
    assert all(any(fnmatch(room(path), pattern) for path in FILES) for pattern in (*rule.files, *rule.unless))
    assert rule.broken_by({f"{root}.something_new" for root in rule.roots})


def test_no_room_holds_more_files_than_can_be_taken_in() -> None:
    others = (path for folder in ("benchmarks", "tests") for path in (PROJECT / folder).rglob("*.py"))
    rooms = Counter(path.parent for path in (*FILES, *others))
    assert {
        str(folder.relative_to(PROJECT)): count for folder, count in rooms.items() if count > MAX_FILES_IN_ROOM
    } == {}


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
