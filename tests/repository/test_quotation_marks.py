"""Names and words that people gave stand in curly quotation marks, in every sentence of both programs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import catalogue
import pytest

from tests.support.project import PROJECT

FILES = sorted(path for folder in ("bot", "storage") for path in (PROJECT / folder).rglob("*.py"))
TYPED = {
    "bot/discord_app/services/questions/follow_ups.py": "phrases, as people type them in a question",
    "bot/evaluation/runs/saved_run.py": "the beginning of a line of JSON",
    "storage/formats/rows/json_rows.py": "a key of JSON",
    "storage/formats/subtitles/ttml.py": "an attribute of XML",
    "storage/library/maintenance.py": "SQL",
    "storage/database/purging.py": "SQL",
    "bot/discord_app/cards/parts/limits.py": "what is wrong with a card, in the log",
}
"""Where quotation marks of the keyboard stand around gaps, and what reads them there."""
_STRAIGHT = re.compile(r"""(?<!\w)'\{\w+\}'|"\{\w+\}\"""")
_CODE = re.compile(r"`[^`]*`|\{\{.*?\}\}|pip install '[^']*'")
_QUOTED_WORDS = re.compile(r"""(?<![\w`])['"][^'"]*\w['"](?!\w)""")


def test_no_sentence_for_translators_has_straight_quotation_marks() -> None:
    """But in what is to be typed as it stands: code, and phrases of questions."""
    found = [
        words
        for message in catalogue.collect_sentences()
        for words in ([message.id] if isinstance(message.id, str) else message.id)
        if _QUOTED_WORDS.search(_CODE.sub("", words)) and message.context != "description"
    ]
    assert found == []


def straight(source: str) -> Iterator[str]:
    """The texts of a file with a gap between quotation marks of the keyboard, or filled by `repr`."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            filled = any(isinstance(part, ast.FormattedValue) and part.conversion == ord("r") for part in node.values)
            text = "".join(part.value if isinstance(part, ast.Constant) else "{gap}" for part in node.values)
            if filled or _STRAIGHT.search(text):
                yield text
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _STRAIGHT.search(node.value):
            yield node.value
        elif isinstance(node, ast.keyword) and ast.unparse(node.value).startswith("repr("):
            yield ast.unparse(node)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_no_name_stands_in_straight_quotation_marks(path: Path) -> None:
    if path.relative_to(PROJECT).as_posix() not in TYPED:
        assert list(straight(path.read_text())) == []


def test_the_files_that_are_left_out_have_some() -> None:
    assert [name for name in TYPED if not list(straight((PROJECT / name).read_text()))] == []


def test_the_check_sees_straight_quotation_marks() -> None:
    source = """
E(f"No video is called '{name}'")
E(f"{name!r} is no video")
sentence("called {name}", name=repr(name))
sentence('"{name}" is no video', name=name)
E(f"No video is called “{name}”")
E(f"the video's {name}'s")
"""
    assert set(straight(source)) == {
        "name=repr(name)",
        '"{name}" is no video',
        "No video is called '{gap}'",
        "{gap} is no video",
    }
