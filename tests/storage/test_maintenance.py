"""`cuepoint doctor` finds what is wrong with what is stored, and `--repair` makes good what can be made good."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from storage.database.atomic_files import SUFFIX
from storage.indexing.index_files import CachedIndex, IndexCache
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Problem, Segment, ServerSettings, Video
from storage.ranking.index.build import build_index
from tests.support import asking as asking_text
from tests.support.forked_program import Done, Job, program
from tests.support.kills.data_folder import SERVER, SHARED, rows, smallest_kept
from tests.support.libraries import opened

LONG_AGO = 4000
"""Seconds after which what is half-written is nobody's."""


@pytest.fixture
async def home(path: Path, tmp_path: Path) -> AsyncIterator[Path]:
    """A folder with two libraries and their index files, in which nothing is wrong."""
    ledger = await Ledger.open(path)
    await ledger.save_settings(42, ServerSettings(quotes=3))
    await ledger.close()
    with smallest_kept():
        async with opened(path) as library:
            await library.import_files(SHARED, [(rows(["v1", "v2"], 1), Labels())])
            await library.import_files(SERVER, [(rows(["s1", "s2"], 2), Labels())])
            for scope in (SHARED, SERVER):
                await library.index_age_seconds(scope)
            assert await library.maintenance.problems() == []
        yield tmp_path


def change(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement


def at(path: Path, old: bytes, new: bytes, table: str) -> None:
    """Put other bytes into one page of a database, beneath SQLite."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,))
        [(size,)] = connection.execute("PRAGMA page_size")
    content = bytearray(path.read_bytes())
    place = content.index(old, size * (root - 1), size * root)
    content[place : place + len(old)] = new
    path.write_bytes(content)


def left(file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"half of something")
    os.utime(file, (time.time() - LONG_AGO,) * 2)


def damage_an_index_file(path: Path) -> None:
    file = IndexCache(path.parent / "index")._path("server:42")
    file.write_bytes(file.read_bytes()[:-64])


SPOIL: dict[str, Callable[[Path], None]] = {
    "a row of segment refers to nothing": lambda path: change(
        path, "INSERT INTO segment VALUES (999, 0, 1, 'of no video', NULL, NULL)"
    ),
    "a row of video refers to nothing": lambda path: change(
        path, "INSERT INTO video VALUES (999, 99, 'x', '', '', '', '', '', 5, '', '', 0, '', 0, 0)",
        "INSERT INTO segment VALUES (999, 0, 1, 'of a video of no library', NULL, NULL)",
    ),
    "28 segments with times of cues that cannot be read": lambda path: change(
        path, "UPDATE segment SET marks = '[[0, 1' WHERE text NOT LIKE '%caption%' AND start_second IN (0, 30)",
        "UPDATE segment SET marks = '[[0, 1' WHERE video IN (SELECT id FROM video WHERE video_id IN ('v1', 'v2'))",
        "UPDATE segment SET marks = NULL WHERE video NOT IN (SELECT id FROM video WHERE video_id IN ('v1', 'v2'))",
    ),
    "28 segments with speakers that cannot be read": lambda path: change(
        path, "UPDATE segment SET turns = '[[0, 1' WHERE video IN (SELECT id FROM video WHERE video_id = 'v1')",
        "UPDATE segment SET turns = '[[0, 1]]' WHERE video IN (SELECT id FROM video WHERE video_id = 'v2')",
        """UPDATE segment SET turns = '{"a": 1}' WHERE start_second = 0 AND turns IS NOT NULL""",
    ),
    "2 videos with chapters that cannot be read": lambda path: change(
        path, "UPDATE video SET chapters = '[[0, 1' WHERE video_id = 'v1'",
        """UPDATE video SET chapters = '[["a", "b"]]' WHERE video_id = 'v2'""",
    ),
    "1 videos without a segment": lambda path: change(
        path, "DELETE FROM segment WHERE video = (SELECT id FROM video WHERE video_id = 'v2')"
    ),
    "1 imports that could not be undone": lambda path: change(
        path, "INSERT INTO replaced SELECT id, 'v9', '{' FROM import WHERE description LIKE '%rows2%'"
    ),
    "1 servers with settings that cannot be read": lambda path: change(
        path, "UPDATE server SET settings = 'no settings' WHERE id = '42'"
    ),
    "the database: row 4 missing from index sqlite_autoindex_video_1": lambda path: at(
        path, b"v1", b"vX", "sqlite_autoindex_video_1"
    ),
    "the index file of server:42 cannot be used": damage_an_index_file,
    "abc.index belongs to no library": lambda path: left(path.parent / "index" / "abc.index"),
    f"abc.index.1{SUFFIX} was left half-written": lambda path: left(path.parent / "index" / f"abc.index.1{SUFFIX}"),
    f"copy.db.1{SUFFIX} was left half-written": lambda path: left(path.parent / f"copy.db.1{SUFFIX}"),
    f"copy.db.2{SUFFIX}-journal was left half-written": lambda path: left(
        path.parent / "backups" / f"copy.db.2{SUFFIX}-journal"
    ),
}  # fmt: skip
OF_ROWS = {what for what in SPOIL if what[0].isdigit() or what.startswith("a row")}


@pytest.mark.parametrize("what", SPOIL)
async def test_it_is_found_and_made_good(home: Path, path: Path, what: str) -> None:
    async with opened(path) as library:
        right = [await asking_text.ask(library, scope, "copper lantern") for scope in (SHARED, SERVER)]
    SPOIL[what](path)
    async with opened(path) as library:
        assert Problem(what, repairable=True) in await library.maintenance.problems()
        kept = await library.maintenance.repair()
        assert await library.maintenance.problems() == []
        if what != "1 videos without a segment":
            assert [await asking_text.ask(library, scope, "copper lantern") for scope in (SHARED, SERVER)] == right
    assert (kept is not None) == (what in OF_ROWS), "before a row is changed, all is kept"
    async with opened(path) as library:
        assert await library.maintenance.problems() == []
        await library.remove(SERVER, "s1")
        assert (await library.undo(SERVER)).videos_restored == 1


async def test_speakers_and_chapters_that_can_be_read_are_no_problem(home: Path, path: Path) -> None:
    change(
        path,
        """UPDATE segment SET turns = '[[0,"Ana"],[5,""]]'""",
        """UPDATE video SET chapters = '[[0,"a"],[60.5,"b"]]' WHERE video_id = 's1'""",
    )
    async with opened(path) as library:
        assert await library.maintenance.problems() == []


async def test_what_was_there_before_a_repair_can_be_restored(home: Path, path: Path) -> None:
    what = "a row of segment refers to nothing"
    SPOIL[what](path)
    async with opened(path) as library:
        kept = await library.maintenance.repair()
    assert kept is not None
    await Library.restore(path, kept)
    async with opened(path) as library:
        assert await library.maintenance.problems() == [Problem(what, repairable=True)]


async def test_a_repair_of_nothing_changes_nothing(home: Path, path: Path) -> None:
    async with opened(path) as library:
        before = [await library._repository.videos(key) for key in ("shared", "samples", "server:42")]
        assert await library.maintenance.repair() is None
        assert [await library._repository.videos(key) for key in ("shared", "samples", "server:42")] == before


async def test_an_index_of_any_library_that_is_not_what_is_stored_is_found(home: Path, path: Path) -> None:
    async with opened(path) as library:
        versions = await library._repository.versions("server:42")
    wrong = build_index([(Video(video_id), [Segment(0, 30, "violin")]) for video_id in versions], "en")
    ids = [wrong.videos.video_id_at(video) for video in range(len(versions))]
    kept = CachedIndex(wrong, np.array([versions[each] for each in ids]))
    IndexCache(path.parent / "index").store("server:42", kept)
    async with opened(path) as library:
        assert await library.maintenance.problems() == [
            Problem("the index of server:42 holds 2 segments, the database 28", repairable=True)
        ]
        await library.maintenance.repair()
        assert await library.maintenance.problems() == []


async def test_what_another_process_may_be_writing_is_left_alone(home: Path, path: Path) -> None:
    young = path.parent / f"copy.db.1{SUFFIX}"
    young.write_bytes(b"half of something")
    async with opened(path) as library:
        assert await library.maintenance.problems() == []
        await library.maintenance.repair()
    assert young.exists()


@pytest.fixture
def doctor(tmp_path: Path) -> Iterator[Callable[..., Done]]:
    with program() as cuepoint:
        yield lambda *options: cuepoint.run(Job(("doctor", *options), str(tmp_path)))


def test_doctor_says_what_is_wrong_and_what_to_do(home: Path, path: Path, doctor: Callable[..., Done]) -> None:
    well = doctor()
    assert (well.returncode, well.stderr) == (0, "")
    assert "stored    ok, 56 segments stored and indexed, the samples aside\n" in well.stdout
    for what in ("a row of segment refers to nothing", "the index file of server:42 cannot be used"):
        SPOIL[what](path)
    ill = doctor()
    assert (ill.returncode, ill.stderr.splitlines()[-1]) == (1, "Something is wrong; see above.")
    assert "problem   a row of segment refers to nothing; `cuepoint doctor --repair`\n" in ill.stdout
    assert "problem   the index file of server:42 cannot be used; `cuepoint doctor --repair`\n" in ill.stdout
    mended = doctor("--repair")
    assert mended.returncode == 0
    assert "repaired  a row of segment refers to nothing\n" in mended.stdout
    assert "repaired  the index file of server:42 cannot be used\n" in mended.stdout
    [kept] = path.parent.glob("cuepoint.before-repair-*.db")
    assert f"repaired  what was there before is kept in {kept}\n" in mended.stdout
    assert "stored    ok, 56 segments" in doctor().stdout


def test_doctor_does_not_touch_a_database_whose_pages_are_damaged(
    home: Path, path: Path, doctor: Callable[..., Done]
) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'segment'")
        [(size,)] = connection.execute("PRAGMA page_size")
    content = bytearray(path.read_bytes())
    content[size * (root - 1) : size * root] = bytes(size)
    path.write_bytes(content)
    before = pages(path)
    for options in ((), ("--repair",)):
        done = doctor(*options)
        assert (done.returncode, done.stderr) == (1, "Something is wrong; see above.\n")
        assert "problem   the database: " in done.stdout
        assert "; restore a backup: `cuepoint restore FILE`\n" in done.stdout
        assert "***" not in done.stdout, "what SQLite writes above its findings"
        assert "repaired" not in done.stdout
        assert pages(path) == before


def pages(path: Path) -> bytes:
    """A database file without its header, in which SQLite counts changes."""
    return path.read_bytes()[100:]
