"""The bot and the terminal on one database: one changes it, the other asks; each answer is of one moment."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.answering.values import AnswerLevel
from storage.database.connection import Database
from storage.errors import UnknownVideo
from storage.library import Library
from storage.models import Labels, Question
from tests.support import asking as asking_text
from tests.support.changing_library import SEGMENTS, SHARED, generation, others
from tests.support.project import PROJECT

GENERATION = re.compile(r"generation(\d+)")
ROUNDS = 15
NOTICED_SECOND = 1.0
QUESTION = "copper lantern above the harbour gate"


@pytest.fixture
def changing(tmp_path: Path, library: Library) -> Iterator[subprocess.Popen[str]]:
    """Another process that changes the library of this test, a round for each line it gets."""
    path = str(PROJECT)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.changing_library", str(tmp_path / "data" / "cuepoint.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    yield process
    if process.returncode is None:
        process.communicate()


async def whole(library: Library) -> int:
    """Ask once: every video found, and every quote, is of a single generation. Returns the steady one's."""
    answer, findings = (
        await asking_text.ask(library, SHARED, QUESTION),
        await asking_text.search_one_language(library, SHARED, Question(QUESTION, QUESTION), 3 * SEGMENTS),
    )
    assert answer.excerpts
    for excerpt in answer.excerpts:
        assert len(set(GENERATION.findall(excerpt.quote))) <= 1, excerpt.quote
    found = defaultdict(set)
    for hit in findings.hits:
        found[hit.video.video_id] |= {int(number) for number in GENERATION.findall(hit.segment.text)}
    assert all(len(numbers) == 1 for numbers in found.values()), found
    return found["steady"].pop()


async def test_one_asks_while_the_other_imports_undoes_and_removes(
    library: Library, changing: subprocess.Popen[str]
) -> None:
    await library.import_files(SHARED, [(others(), Labels()), (generation("steady", 0), Labels())])
    assert changing.stdin
    assert changing.stdout
    noticed, asked = [], 0
    for number in range(1, ROUNDS + 1):
        print(file=changing.stdin, flush=True)
        said = asyncio.create_task(asyncio.to_thread(changing.stdout.readline))
        while not said.done():
            assert await whole(library) in (number - 1, number)
            asked += 1
        assert said.result() == f"replaced {number}\n"
        done = time.monotonic()
        while await whole(library) != number:
            asked += 1
        noticed.append(time.monotonic() - done)
    assert max(noticed) < NOTICED_SECOND, noticed
    assert asked >= ROUNDS
    await asyncio.to_thread(changing.communicate)
    assert changing.returncode == 0
    left = {summary.video.video_id for summary in await library.videos(SHARED)}
    assert {video_id for video_id in left if not video_id.startswith("other")} == {"steady"}
    assert await library.maintenance.problems() == []


async def test_what_is_written_while_an_answer_is_put_together_gets_into_a_quote_whole_or_not_at_all(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    await library.import_files(SHARED, [(others(), Labels()), (generation("steady", 0), Labels())])
    read = library.read_surroundings

    async def too_late(*given: Any) -> Any:
        await library.import_files(SHARED, [(generation("steady", 1), Labels())], replace=True)
        return await read(*given)

    monkeypatch.setattr(library, "read_surroundings", too_late)
    answer = await asking_text.ask(library, SHARED, QUESTION)
    assert answer.excerpts
    assert {number for each in answer.excerpts for number in GENERATION.findall(each.quote)} == {"1"}


async def test_what_is_removed_while_an_answer_is_put_together_is_not_quoted(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    await library.import_files(SHARED, [(others(), Labels()), (generation("steady", 0), Labels())])
    read = library.read_surroundings

    async def too_late(*given: Any) -> Any:
        await library.purge(SHARED)
        return await read(*given)

    monkeypatch.setattr(library, "read_surroundings", too_late)
    answer = await asking_text.ask(library, SHARED, QUESTION)
    assert (answer.level, answer.excerpts, answer.near_misses) == (AnswerLevel.NOTHING, (), ())


async def test_nobody_else_writes_from_the_moment_at_which_a_change_begins(library: Library, tmp_path: Path) -> None:
    """What is stored is read before it is written over: between the two, another's write would be lost."""
    other = sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None, timeout=0)
    async with library._database.transaction():
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_the_connection_that_reads_cannot_write(library: Library) -> None:
    """A verb that reads and by mistake writes would do so outside of any transaction, and wait for nobody."""
    before = await library.videos(SHARED)
    for sql in ("DELETE FROM video", "UPDATE library SET revision = 0", "CREATE TABLE another (text)"):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await library._database.reader.execute(sql)
    assert await library.videos(SHARED) == before
    with pytest.raises(UnknownVideo):
        await library.remove(SHARED, "nothing")


@pytest.mark.parametrize("broken_off", [LookupError, asyncio.CancelledError])
async def test_a_change_that_is_broken_off_leaves_nothing_also_where_another_follows(
    tmp_path: Path, broken_off: type[BaseException]
) -> None:
    database = await Database.open(tmp_path / "cuepoint.db")
    insert = "INSERT INTO command_tree (place, hash) VALUES (?, 'x')"

    async def change() -> None:
        async with database.transaction() as connection:
            await connection.execute(insert, ("broken off",))
            raise broken_off

    with pytest.raises(broken_off):
        await change()
    async with database.transaction() as connection:
        await connection.execute(insert, ("kept",))
    assert [row[0] for row in await database.reader.execute_fetchall("SELECT place FROM command_tree")] == ["kept"]
    await database.close()
