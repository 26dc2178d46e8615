"""What a person can mend is a sentence; a mistake of ours passes through unchanged and is logged with its trace."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.discord_app.client import CuepointClient
from bot.settings import Settings
from storage import access
from storage.database.connection import Database, file_errors, sqlite_errors
from storage.errors import DatabaseError
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Source
from tests.support.commands import environment_for
from tests.support.discord.harness import discord_with, seen
from tests.support.forked_program import typed

PLACE = Path("/data/cuepoint.db")


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    database = await Database.open(path)
    yield database
    await database.close()


def of_sqlite(name: str) -> sqlite3.Error:
    """An error as SQLite reports it."""
    error = sqlite3.OperationalError("its own words")
    error.sqlite_errorname, error.sqlite_errorcode = name, getattr(sqlite3, name)
    return error


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("SQLITE_BUSY", "another program is writing"),
        ("SQLITE_BUSY_SNAPSHOT", "another program is writing"),
        ("SQLITE_LOCKED", "another program is writing"),
        ("SQLITE_PROTOCOL", "another program is writing"),
        ("SQLITE_PERM", "cannot be written; check the permissions"),
        ("SQLITE_NOLFS", "no file of this size; use another"),
        ("SQLITE_FULL", "the disk is full; free some space"),
        ("SQLITE_IOERR_WRITE", "could not be read or written; check the disk"),
        ("SQLITE_CORRUPT", "is damaged; restore a backup"),
        ("SQLITE_NOTADB", "not a Cuepoint database; restore a backup"),
        ("SQLITE_READONLY_DBMOVED", "cannot be written; check the permissions"),
        ("SQLITE_CANTOPEN", "cannot be opened; check that the folder exists"),
    ],
)
def test_what_sqlite_reports_of_the_world_is_a_sentence_with_its_cause(name: str, advice: str) -> None:
    error = of_sqlite(name)
    with pytest.raises(DatabaseError, match=f"^{PLACE}: .*{advice}") as told, sqlite_errors(PLACE):
        raise error
    assert told.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        of_sqlite("SQLITE_ERROR"),
        of_sqlite("SQLITE_CONSTRAINT_CHECK"),
        of_sqlite("SQLITE_MISMATCH"),
        sqlite3.ProgrammingError("Cannot operate on a closed database."),
        TimeoutError("Discord took too long"),
    ],
    ids=repr,
)
def test_a_mistake_of_ours_is_no_sentence(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, file_errors(PLACE):
        raise error
    assert raised.value is error


@pytest.mark.parametrize(
    ("code", "advice"),
    [(errno.ENOSPC, "the disk is full; free"), (errno.EACCES, "Permission denied; check the folder")],
)
def test_what_the_file_system_reports_is_a_sentence_where_files_are_worked_on(code: int, advice: str) -> None:
    with pytest.raises(DatabaseError, match=advice), file_errors(PLACE):
        raise OSError(code, os.strerror(code))


async def test_a_mistake_in_our_sql_passes_through(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such column: nope"):
        await database.fetch_rows("SELECT nope")
    with pytest.raises(sqlite3.OperationalError, match="no such table: nowhere"):
        async with database.transaction() as connection:
            await connection.execute("DELETE FROM nowhere")


async def test_a_broken_check_passes_through_and_the_transaction_is_taken_back(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE even (number CHECK (number % 2 = 0))")
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):  # noqa: PT012 - all of it is one change
        async with database.transaction() as connection:
            await connection.execute("INSERT INTO even VALUES (2)")
            await connection.execute("INSERT INTO even VALUES (3)")
    assert await database.fetch_rows("SELECT * FROM even") == []


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError("Discord took too long"),
        OSError(errno.ENOENT, "another file"),
        ConnectionResetError(errno.ECONNRESET, "another program"),
        LookupError("anything"),
        sqlite3.OperationalError("of no statement"),
    ],
    ids=repr,
)
async def test_what_is_raised_inside_a_transaction_passes_through(database: Database, error: Exception) -> None:
    with pytest.raises(type(error)) as raised:  # noqa: PT012 - all of it is one change
        async with database.transaction() as connection:
            await connection.execute("CREATE TABLE kept (number)")
            raise error
    assert raised.value is error
    assert await database.fetch_rows("SELECT name FROM sqlite_schema WHERE name = 'kept'") == []


async def test_a_database_that_somebody_else_writes_is_a_sentence(database: Database, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await database._writer.execute("PRAGMA busy_timeout = 1")
        with pytest.raises(DatabaseError, match="another program is writing to the database"):
            async with database.transaction():
                pass


async def test_a_disk_that_fills_at_a_statement_is_a_sentence(database: Database) -> None:
    await database._writer.execute("PRAGMA max_page_count = 1")
    with pytest.raises(DatabaseError, match=r"the disk is full; free some space\. Nothing was changed"):
        async with database.transaction() as connection:
            await connection.execute("CREATE TABLE much AS SELECT zeroblob(10000000)")
    assert await database.fetch_rows("SELECT name FROM sqlite_schema WHERE name = 'much'") == []


async def test_a_database_of_another_program_is_a_sentence_and_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE library (shelf)")
        other.commit()
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="not a Cuepoint database; restore a backup"):
        await Database.open(path)
    assert path.read_bytes() == before


async def test_on_discord_a_mistake_of_ours_is_one_calm_line_and_a_trace_in_the_log(
    library: Library, ledger: Ledger, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bot = CuepointClient(Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0"}), library, ledger, shard_count=1)
    async with discord_with(bot) as env:
        general = env.create_guild().create_text_channel("general")
        alice = env.guild.add_member(env.create_user("alice"))
        card = await alice.slash(general, "ask", question="how does bm25 rank")
        with closing(sqlite3.connect(path)) as other:
            other.execute("ALTER TABLE button_state RENAME TO mislaid")
        told = seen(await alice.click(card.response, label="Read on"))
    assert told.startswith("Something went wrong here.")
    assert "button_state" not in told
    (record,) = [record for record in caplog.records if record.__dict__.get("reference") == told.rsplit(" ", 1)[1]]
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], sqlite3.OperationalError)


def test_at_the_terminal_a_mistake_of_ours_is_one_calm_line_and_a_trace_in_the_log(tmp_path: Path, path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = environment_for(tmp_path, CUEPOINT_DATA_DIR=str(path.parent))
        return typed(*arguments, folder=tmp_path, environment=environment)

    assert run("stats").returncode == 0
    with closing(sqlite3.connect(path)) as other:
        other.execute("ALTER TABLE miss RENAME TO mislaid")
    done = run("misses")
    assert (done.returncode, done.stdout) == (1, "")
    log = path.parent / "cuepoint.log"
    assert done.stderr == f"Something went wrong that should not have; the details are in {log}.\n"
    assert "Traceback (most recent call last)" in log.read_text()
    assert log.read_text().endswith("\nOperationalError: no such table: miss\n")


async def test_a_full_disk_is_told_at_the_door_and_nothing_is_half_written(
    library: Library, rows: Callable[..., Source]
) -> None:
    before = await library.videos(access.host_scope())
    await library._database._writer.execute("PRAGMA max_page_count = 1")
    source = rows(*[("v", second, f"copper {second} " * 200) for second in range(0, 3000, 30)])
    with pytest.raises(DatabaseError, match="the disk is full"):
        await library.import_files(access.host_scope(), [(source, Labels())])
    assert await library.videos(access.host_scope()) == before


async def test_a_mistake_of_ours_after_the_answer_is_logged_and_the_answer_stays_the_only_one(
    library: Library, ledger: Ledger, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bot = CuepointClient(Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0"}), library, ledger, shard_count=1)
    async with discord_with(bot) as env:
        general = env.create_guild().create_text_channel("general")
        alice = env.guild.add_member(env.create_user("alice"))
        card = await alice.slash(general, "ask", question="how does bm25 rank")
        with closing(sqlite3.connect(path)) as other:
            other.execute("ALTER TABLE sighting RENAME TO mislaid")
        opened = await alice.click(card.response, label="Read on")
        assert "Something went wrong" not in seen(opened)
    assert "unexpected error while noting who uses the bot where" in caplog.text
