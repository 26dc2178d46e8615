"""Every earlier schema, with data in every table, becomes the present one: nothing is lost, and it answers."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from bot.answering.values import AnswerLevel
from storage import access
from storage.database.library_writer import LibraryWriter
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Verdict, Vote
from tests.support import asking as asking_text
from tests.support import schema_history
from tests.support.schema_history import EARLIER, LATEST, QUESTIONS

LANGUAGES = {"shared": "en", "server:42": "de"}


def version_of(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        [version] = connection.execute("PRAGMA user_version").fetchone()
        return int(version)


@pytest.fixture(params=EARLIER)
def version(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


@pytest.fixture
def path(tmp_path: Path, version: int) -> Path:
    made = tmp_path / "data" / "cuepoint.db"
    schema_history.make(made, version)
    return made


def test_every_table_of_an_earlier_version_has_rows_here(tmp_path: Path) -> None:
    """Whoever adds a migration after the last one adds rows of the last one's tables to schema_history.ROWS."""
    path = tmp_path / "cuepoint.db"
    schema_history.make(path, LATEST - 1)
    rows = schema_history.dump(path, schema_history.columns(path))
    assert [table for table, held in rows.items() if not held] == []


async def test_nothing_is_lost(path: Path, version: int) -> None:
    kept = schema_history.lasting(path, version)
    before = schema_history.dump(path, kept)
    await (await Library.open(path)).close()
    after = schema_history.dump(path, kept)
    # The samples, of which there were none, are put in at the first start.
    before["library"] = [row for row in before["library"] if "samples" not in row]
    lost = {table: [row for row in rows if row not in after[table]] for table, rows in before.items()}
    assert not any(lost.values()), lost
    assert version_of(path) == LATEST


async def test_it_answers_as_if_all_had_been_imported_today(path: Path, tmp_path: Path) -> None:
    library, new = await Library.open(path), await Library.open(tmp_path / "new" / "cuepoint.db")
    for key, language in LANGUAGES.items():
        async with new._database.transaction() as connection:
            change = await LibraryWriter.begin_change(connection, key, language)
            for stored in await library._repository.videos(key):
                await change.store_video(stored)
        for question in QUESTIONS:
            answer = await asking_text.ask(library, access.host_scope(key), question)
            assert answer.level is not AnswerLevel.NOTHING
            assert answer == await asking_text.ask(new, access.host_scope(key), question)
    assert await library.maintenance.problems() == []
    await library.close()
    await new.close()


async def test_what_was_done_last_can_be_undone(path: Path) -> None:
    library = await Library.open(path)
    report = await library.undo(access.host_scope())
    assert (report.description, report.videos_restored, report.videos_removed) == ("import of a.srt", 1, 1)
    assert [segment.text for segment in await library.segments_between(access.host_scope(), "video-2", 0, 99)] == [
        "as it was"
    ]
    await library.close()


async def test_the_ledger_goes_on_with_what_it_had(path: Path, version: int) -> None:
    ledger = await Ledger.open(path, now=lambda: 1.7e9)
    if version >= 2:
        assert (await ledger.load_state("a"), await ledger.command_hash("42")) == ("payload", "hash")
        assert [vote.count for vote in await ledger.votes()] == [2]
    if version >= 6:
        assert (await ledger.settings(42)).quotes == 3
        assert [miss.question for miss in await ledger.misses("shared")] == ["and what else?", "what is missing?"]
    await ledger.save_vote(1, Vote("shared", "another", "video-1", 0.0, Verdict.HELPFUL))
    assert sum(vote.count for vote in await ledger.votes()) == (3 if version >= 2 else 1)
    await ledger.close()


async def test_a_library_and_a_ledger_that_meet_an_old_database_bring_it_up_to_date_together(path: Path) -> None:
    doors = await asyncio.gather(*(Library.open(path) for _ in range(3)), Ledger.open(path))
    for door in doors:
        await door.close()
    assert version_of(path) == LATEST
