"""Short texts on cards: the commands that they name can be pressed, and moments are Discord's own times."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest
from hypothesis import given

from bot.discord_app.cards.parts import base, markdown
from bot.discord_app.cards.parts.command_mentions import NAMED_IN_SENTENCES, mention_named_commands, set_command_ids
from bot.discord_app.cards.parts.discord_times import next_midnight_utc, relative_time
from bot.discord_app.commands.tree import CuepointTree
from bot.localization import LANGUAGES, format_date, set_language
from tests.support.inputs.hostile_text import anything
from tests.support.project import PROJECT

IDS = {"videos": 11, "library": 12}


@pytest.fixture
def command_ids() -> Iterator[None]:
    set_command_ids(IDS)
    yield
    set_command_ids({})


@pytest.mark.usefixtures("command_ids")
def test_a_notice_mentions_the_commands_that_it_names() -> None:
    words = "No video is called “a /videos b”. /videos lists them, and /library import (or /settings) adds some."
    assert base.notice_text(words) == (
        "No video is called “a /videos b”. </videos:11> lists them, "
        "and </library import:12> (or **/settings**) adds some."
    )
    for quoted in ("„a /videos b“", "« /videos »", "「/videos」"):
        assert base.notice_text(f"{quoted}: /videos") == f"{quoted}: </videos:11>"


@pytest.mark.usefixtures("command_ids")
@pytest.mark.parametrize(
    "words",
    [
        "https://a.example/videos",
        "/videos/7",
        "/videoscope",
        "a/videos",
        "/library purge",
        "/videos:9",
        "</videos:9>",
        "\\/videos",
    ],
)
def test_what_only_looks_like_a_command_is_left_as_it_is(words: str) -> None:
    assert base.notice_text(words) == markdown.escape(words)


@given(anything)
def test_no_text_becomes_a_mention_of_anything_else(text: str) -> None:
    set_command_ids(IDS)
    shown = base.notice_text(text)
    mentioned = re.findall(r"(?<!\\)</([^:>]*):(\d+)>", shown)
    assert all(name in NAMED_IN_SENTENCES and IDS[name.split()[0]] == int(number) for name, number in mentioned)
    typed = re.sub(r"(?<!\\)<(/[^:>]*):\d+>|\*\*(/[a-z ]+)\*\*", lambda found: found[1] or found[2], shown)
    assert typed == (markdown.escape_to_fit(text, base.MAX_NOTICE_LENGTH) or "…")


def test_every_command_that_sentences_name_is_there() -> None:
    tree = CuepointTree(discord.Client(intents=discord.Intents.none()))
    assert set(NAMED_IN_SENTENCES) <= {command.qualified_name for command in tree.walk_commands()}
    assert mention_named_commands("/help") == "**/help**"


def test_a_notice_shows_its_moment_and_no_other() -> None:
    words = f"You can ask again {relative_time(1_700_000_000.2)}, not <t:5:R>."
    assert base.notice_text(words, 1_700_000_000.2) == "You can ask again <t:1700000001:R>, not \\<t:5:R\\>."
    assert "\\<t:1700000001:R" in base.notice_text(words)


@pytest.mark.parametrize(("now", "midnight"), [(0.0, 86_400.0), (86_399.9, 86_400.0), (86_400.0, 172_800.0)])
def test_the_next_day_begins_at_midnight(now: float, midnight: float) -> None:
    assert next_midnight_utc(now) == midnight


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ["3 Jun 2025", "Jun 2025", "2025"]),
        ("de", ["3. Juni 2025", "Juni 2025", "2025"]),
        ("ja", ["2025年6月3日", "2025年6月", "2025年"]),
    ],
)
def test_dates_are_written_as_the_reader_writes_them(language: str, written: list[str]) -> None:
    set_language(language)
    try:
        assert [format_date(stored) for stored in ("2025-06-03", "2025-06", "2025")] == written
        assert [format_date(stored) for stored in ("", "2025-02-31", "soon")] == ["", "2025-02-31", "soon"]
    finally:
        set_language("en")


def test_the_months_have_names_in_every_language() -> None:
    for language in LANGUAGES:
        set_language(language)
        assert len({format_date(f"2025-{month:02}-01") for month in range(1, 13)}) == 12
    set_language("en")


RAW = {"strftime", "isoformat", "ctime", "published"}
"""What writes a moment or a date that no reader's language has had a say in."""
LET = {
    ("commands/privacy.py", "isoformat"): "a file for machines",
}


def raw_times(source: str) -> Iterator[str]:
    """The places that put a date into a text, other than through `format_date` or as Discord's own time."""
    tree = ast.parse(source)
    written = {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "format_date"
        for part in ast.walk(call)
    }
    for node in ast.walk(tree):
        is_raw = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in RAW
        if is_raw and id(node) not in written and not _is_asked_for(tree, node):
            yield node.attr


def _is_asked_for(tree: ast.AST, node: ast.Attribute) -> bool:
    """Whether a date only decides something, such as an order."""
    return any(
        isinstance(parent, ast.Lambda | ast.Compare | ast.If) and any(child is node for child in ast.walk(parent))
        for parent in ast.walk(tree)
    )


@pytest.mark.parametrize(
    "path",
    sorted((PROJECT / "bot/discord_app").rglob("*.py")),
    ids=lambda path: path.relative_to(PROJECT / "bot/discord_app").as_posix(),
)
def test_no_card_writes_a_raw_time(path: Path) -> None:
    name = path.relative_to(PROJECT / "bot/discord_app").as_posix()
    assert [word for word in raw_times(path.read_text()) if (name, word) not in LET] == []


def test_the_check_sees_a_raw_time() -> None:
    source = "a = f'{video.published}'\nb = format_date(video.published)\nc = moment.strftime('%Y')"
    assert sorted(raw_times(source)) == ["published", "strftime"]
