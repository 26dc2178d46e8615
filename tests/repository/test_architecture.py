"""ARCHITECTURE.md names every folder and no other, and every file it names is there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.project import PROJECT

PAGE = (PROJECT / "ARCHITECTURE.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("| folder | what is in it |\n")[2].partition("\n\n")[0]
WAYS = PAGE.partition("## The way of a question\n")[2].partition("## What must stay true\n")[0]
ROOMS = ("bot", "bot/discord_app", "storage", "storage/formats")
"""Where the ways begin a path: they leave out what the reader knows by then."""


def folders() -> set[str]:
    packages = [path.parent for root in ("bot", "storage") for path in (PROJECT / root).rglob("__init__.py")]
    return {path.relative_to(PROJECT).as_posix() for path in packages}


def is_there(name: str) -> bool:
    candidates = [Path(name), *(Path(room, name) for room in ROOMS), Path("bot/discord_app/interactions", name)]
    return any((PROJECT / candidate).exists() for candidate in candidates)


def test_every_folder_has_a_line_and_no_other() -> None:
    lines = re.findall(r"^\| `([\w/]+)` \| (.+) \|$", TABLE, re.MULTILINE)
    assert {folder for folder, _ in lines} == folders()
    assert len(lines) == len(folders())


def test_every_file_that_a_folder_s_line_names_is_in_that_folder() -> None:
    for folder, line in re.findall(r"^\| `([\w/]+)` \| (.+) \|$", TABLE, re.MULTILINE):
        for name in re.findall(r"`(\w+\.py)`", line):
            assert (PROJECT / folder / name).is_file(), f"{folder}/{name}"


def test_every_file_on_the_ways_is_there() -> None:
    named = re.findall(r"`(\w+(?:/\w+)*\.py|\w+/(?:[\w/]*))`", WAYS)
    assert len(named) > 30
    assert [name for name in named if not is_there(name)] == []
