"""PRIVACY.md is true: it names all tables and columns that hold something about people, settings and times."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import discord
import pytest

from bot.discord_app.commands.tree import CuepointTree
from bot.discord_app.services.admin.left_servers import KEPT_SECONDS as LEFT_SERVERS_KEPT_SECONDS
from bot.discord_app.services.questions.button_state import BUTTON_LIFETIME_SECONDS
from bot.settings import Settings, setting_names
from storage.database.schema import MIGRATIONS
from storage.ledger.follows import MAX_FOLLOWS, NOTICE_KEPT_SECONDS
from tests.support.project import PROJECT

PAGES = {name: (PROJECT / name).read_text(encoding="utf-8") for name in ("PRIVACY.md", "TERMS.md")}
PRIVACY = PAGES["PRIVACY.md"]
DAY_SECONDS = 24 * 3600.0
ABOUT_NOBODY = {
    "library": "languages and counts of changes",
    "command_tree": "the commands as Discord knows them",
    "compaction": "whether the file is to be rewritten",
    "import_tally": "a count by library and day",
    "checked_library": "a count of changes",
}
"""Tables that hold nothing about anybody and no words."""


def stored_columns() -> dict[str, list[str]]:
    """The columns of every table of a new database."""
    with closing(sqlite3.connect(":memory:")) as database:
        for statement in (each for migration in MIGRATIONS for each in migration):
            database.execute(statement)
        tables = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        return {
            str(table): [str(column[1]) for column in database.execute(f"PRAGMA table_info({table})")]
            for (table,) in tables.fetchall()
        }


def listed_columns() -> dict[str, list[str]]:
    """The columns of every table that PRIVACY.md names."""
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PRIVACY, re.MULTILINE)
    return {table: re.findall(r"`(\w+)`", columns) for table, columns in rows}


def test_every_column_about_people_is_named() -> None:
    stored = {table: sorted(columns) for table, columns in stored_columns().items() if table not in ABOUT_NOBODY}
    assert {table: sorted(columns) for table, columns in listed_columns().items()} == stored
    assert set(ABOUT_NOBODY) <= set(stored_columns())


def test_only_what_people_follow_has_their_id() -> None:
    with_id = re.findall(r"^\| `(\w+)` .*\*\*`\w+` (?:is|has) the (?:Discord )?id\*\*", PRIVACY, re.MULTILINE)
    assert with_id == ["follow", "last_notice"]


def test_the_times_are_those_of_the_program() -> None:
    assert LEFT_SERVERS_KEPT_SECONDS == 30 * DAY_SECONDS
    assert "**When the bot is removed from a server**, all of that is deleted after 30 days" in PRIVACY
    assert BUTTON_LIFETIME_SECONDS == 30 * DAY_SECONDS
    assert "30 days after the card was last sent" in PRIVACY
    assert NOTICE_KEPT_SECONDS == 2 * DAY_SECONDS
    assert "as long as you follow something; two days after what was told once |" in PRIVACY
    assert Settings.from_mapping({}).retention_days == 30
    assert "`CUEPOINT_RETENTION_DAYS`, 30 days unless changed" in PRIVACY
    assert f"at most {MAX_FOLLOWS} |" in PRIVACY


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_settings_and_commands_exist(page: str) -> None:
    assert set(re.findall(r"`(CUEPOINT_\w+)`", page)) <= set(setting_names())
    tree = CuepointTree(discord.Client(intents=discord.Intents.none()))
    commands = {command.qualified_name for command in tree.walk_commands()}
    assert set(re.findall(r"`/([a-z ]+)`", page)) <= commands


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_what_a_host_must_replace_is_said_at_the_top(page: str) -> None:
    head, _, rest = page.partition("\n\nThis bot runs Cuepoint")
    assert "this is a template" in head
    assert "Replace" in head
    placeholders = set(re.findall(r"\[[A-Z ]+\](?!\()", page))
    assert placeholders == set(re.findall(r"`(\[[A-Z ]+\])`", head))
    assert all(each in rest for each in placeholders)
