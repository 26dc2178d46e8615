"""No sentence that people on Discord read stands in the code without being looked up for its reader."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.project import PROJECT

LOOKED_UP = {"_", "gettext", "gettext_noop", "ngettext", "pgettext", "sentence", "plural_sentence"}
NOT_WORDS = {"mention_command", "TypeVar", "Listing", "re.compile", "app_commands.Group"}
"""Calls with names of commands, which Discord shows translated, and with what is no text."""
FOR_HOSTS = {"log", "logging", "metrics", "TypeAdapter", "ContextVar"}
"""What is called with texts that nobody on Discord reads."""
FILES = sorted([
    *(PROJECT / "bot/discord_app").rglob("*.py"),
    *(PROJECT / "bot/images").rglob("*.py"),
    PROJECT / "bot/answering/question.py",
    PROJECT / "bot/server_settings.py",
    PROJECT / "bot/timecodes.py",
    PROJECT / "bot/verdicts.py",
])  # fmt: skip
NOT_FOR_MEMBERS = {
    "bot/discord_app/cards/parts/limits.py": "what is wrong with a card, in the log",
    "bot/discord_app/delivery/retries.py": "why nothing was delivered, in the log",
    "bot/discord_app/delivery/deduplication.py": "nothing is said there",
    "bot/discord_app/services/optional_writes.py": "what could not be written, in the log",
    "bot/discord_app/health.py": "for the host's monitoring",
    "bot/discord_app/install_links.py": "for the host's log",
    "bot/discord_app/runner.py": "for the host, before Discord is reached",
    "bot/discord_app/status_check.py": "for the host, in `cuepoint doctor`",
}
ALLOWED = {
    ("bot/discord_app/commands/library.py", "JSON Lines"): "choices are translated by CommandTranslator",
    ("bot/discord_app/commands/library.py", "SubRip, of one video"): "the same",
    ("bot/discord_app/commands/library.py", "WebVTT, of one video"): "the same",
    ("bot/discord_app/commands/library.py", "Parquet"): "the same",
    ("bot/discord_app/commands/questions.py", "newest first"): "the same",
    ("bot/discord_app/commands/questions.py", "best first"): "the same",
    ("bot/discord_app/commands/videos.py", "by title"): "the same",
    ("bot/discord_app/services/questions/button_state.py", "storing what buttons need"): "what failed, in the log",
    ("bot/discord_app/cards/parts/controls.py", "cue:"): "what a button sends back",
    ("bot/discord_app/cards/parts/controls.py", "cue:none:"): "the same",
    ("bot/discord_app/delivery/responses.py", "sent once, "): "for the log",
    ("bot/discord_app/client_loops.py", "tidy up"): "for the log",
    ("bot/discord_app/client_loops.py", "tidying up"): "for the log",
    ("bot/discord_app/client_loops.py", "and will try again tomorrow"): "for the log",
    ("bot/discord_app/client_loops.py", "and will try again"): "for the log",
    ("bot/discord_app/client_loops.py", "send weekly digests"): "for the log",
    ("bot/discord_app/client_loops.py", "sending weekly digests"): "for the log",
    ("bot/discord_app/client_loops.py", "look at what is new"): "for the log",
    ("bot/discord_app/client_loops.py", "looking at what is new"): "for the log",
    ("bot/discord_app/client_loops.py", "tell of what was found"): "for the log",
    ("bot/discord_app/client_loops.py", "telling of what was found"): "for the log",
    ("bot/discord_app/services/follows/notifier.py", "tell of what was found"): "the name of a task, for the log",
    ("bot/discord_app/services/asker_resolver.py", "noting who uses the bot where"): "what failed, in the log",
    ("bot/discord_app/services/questions/question_service.py", "noting a question without a clear answer"): "the same",
    ("bot/discord_app/services/questions/question_tally.py", "counting questions"): "the same",
    ("bot/discord_app/services/forums/forum_service.py", "noting a question without a clear answer"): "the same",
    ("bot/discord_app/services/questions/sharing.py", "noting what was shared"): "the same",
    ("bot/discord_app/services/follows/checker.py", "look at what is new in "): "the name of a task",
    (
        "bot/discord_app/services/follows/checker.py",
        "its index is still being brought up to date",
    ): "what failed, in the log",
    ("bot/discord_app/services/questions/sharing.py", " in "): "of a key that nobody reads",
    ("bot/discord_app/services/forums/forum_service.py", "a forum post"): "the same",
    ("bot/discord_app/services/forums/forum_service.py", "a card in a forum"): "the same",
    ("bot/discord_app/services/questions/conversation.py", "copper lantern"): "no person reads it",
    ("bot/discord_app/services/questions/follow_ups.py", "was ist die qzxprobe"): "the same",
    ("bot/discord_app/services/questions/follow_ups.py", "qu'est-ce que la qzxprobe"): "the same",
    ("bot/discord_app/services/questions/follow_ups.py", "qué es la qzxprobe"): "the same",
    ("bot/discord_app/services/questions/follow_ups.py", "o que é a qzxprobe"): "the same",
    ("bot/discord_app/services/questions/suggestions.py", " video:"): "of a question, as people type it",
    ("bot/discord_app/cards/admin/library.py", "import of "): "as the history notes it, to be recognised",
    ("bot/discord_app/cards/admin/library.py", "removal of "): "the same",
    ("bot/discord_app/cards/admin/library.py", "renaming of "): "the same",
    ("bot/discord_app/cards/admin/library.py", "naming of "): "the same",
    ("bot/discord_app/cards/admin/library.py", "linking of "): "the same",
    ("bot/discord_app/cards/parts/command_mentions.py", "library import"): "the name of a command",
    ("bot/discord_app/cards/parts/command_mentions.py", "library stats"): "the same",
    ("bot/discord_app/cards/parts/command_mentions.py", "library undo"): "the same",
}
_PROSE = re.compile(
    r"[^\W\d_]{2,}['’]?\w*[.,:;?!]?\s+(?:\S+\s+)*[^\W\d_]{2,}|^[A-Z][a-z]{2,}\W*$|^\s+[a-z]{2,}\W*$|[.?!:]$"
)
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def room(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("path", [path for path in FILES if room(path) not in NOT_FOR_MEMBERS], ids=room)
def test_every_sentence_is_looked_up(path: Path) -> None:
    found = {text for text in literals(path.read_text()) if (room(path), text) not in ALLOWED}
    assert found == set()


def test_what_is_left_out_is_there() -> None:
    here = {room(path): set(literals(path.read_text())) for path in FILES}
    assert set(NOT_FOR_MEMBERS) <= set(here)
    assert [(name, text) for name, text in ALLOWED if text not in here[name]] == []


@pytest.mark.parametrize("path", sorted((PROJECT / "bot").rglob("*.py")), ids=room)
def test_nothing_is_looked_up_within_an_f_string(path: Path) -> None:
    """There Babel does not see it before Python 3.12, and the translators never get it."""
    assert lookups_within_f_strings(path.read_text()) == []


def lookups_within_f_strings(source: str) -> list[str]:
    return [
        ast.unparse(call)
        for text in ast.walk(ast.parse(source))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in LOOKED_UP
        and any(isinstance(each, ast.Constant) for each in call.args)
    ]


def literals(source: str) -> Iterator[str]:
    """The texts in a file's code that read like prose and that nothing looks up."""
    tree = ast.parse(source)
    yield from _visit(tree)


def _visit(node: ast.AST) -> Iterator[str]:
    if _is_docstring(node) or _is_type(node) or _looks_up(node):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _reads_like_prose(node.value):
        yield node.value
    for name, value in ast.iter_fields(node):
        # Decorators describe commands, which the translator of commands translates; annotations are types.
        if name in ("decorator_list", "annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _visit(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_type(node: ast.AST) -> bool:
    return isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias"


def _looks_up(node: ast.AST) -> bool:
    """Whether a call looks its texts up, or is none that members read: logs, patterns, commands."""
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func)
    first = name.split(".")[0].split("[")[0]
    return name in LOOKED_UP | NOT_WORDS or first in FOR_HOSTS


def _reads_like_prose(text: str) -> bool:
    """Whether a text has words as people write them; a backslash is one of a pattern."""
    return bool(_LETTERS.search(text) and _PROSE.search(text)) and "\\" not in text


def test_the_check_sees_what_is_not_looked_up() -> None:
    source = '''
"""A docstring."""
log.info("a line of the log")
def f(n):
    """Another one."""
    g(_("Looked up"), "Not looked up", label="Next", verb="next")
    raise E(f"That is {n} too many")
'''
    assert set(literals(source)) == {"Not looked up", "Next", "That is ", " too many"}


def test_the_check_sees_a_lookup_within_an_f_string() -> None:
    assert lookups_within_f_strings("a = f'-# {_(\"Left out\")} {_(B)} {n}'") == ["_('Left out')"]
