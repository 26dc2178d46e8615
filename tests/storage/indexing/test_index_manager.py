"""The indexes of a running program follow the database, whoever writes to it, and outlive the program on disk."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import sqlite3
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import storage.indexing.index_files
import storage.indexing.index_manager
import storage.indexing.index_process
import storage.indexing.library_index
from storage import access
from storage.analysis import Analyser
from storage.database.atomic_files import SUFFIX
from storage.database.repository import Repository
from storage.database.schema import MIGRATIONS, SCHEMA_VERSION
from storage.indexing.index_files import CachedIndex, IndexCache
from storage.indexing.index_process import build_in_subprocess
from storage.library import Library
from storage.models import ImportReport, Labels, Question, Scope, SearchResult, Segment, Source, Video
from storage.ranking.index.build import IndexBuilder, build_index
from tests.support import asking as asking_text
from tests.support.libraries import opened

Rows = Callable[..., Source]
SHARED = access.host_scope()
ANA, BEN = access.host_scope("111"), access.host_scope("222")


async def put(library: Library, *files: Source, scope: Scope = SHARED, **options: bool) -> ImportReport:
    return await library.import_files(scope, [(file, Labels()) for file in files], **options)


async def found(library: Library, words: str, scope: Scope = SHARED) -> SearchResult:
    return await asking_text.search_one_language(library, scope, Question(words, words), 10)


async def hits(library: Library, words: str, scope: Scope = SHARED) -> list[tuple[str, float]]:
    return [(hit.video.video_id, hit.segment.start_second) for hit in (await found(library, words, scope)).hits]


async def caught_up(library: Library) -> None:
    """Wait until nothing goes on in the background."""
    while tasks := library._indexes._background:
        await asyncio.gather(*tasks.values())


@pytest.fixture
def folder(path: Path) -> Path:
    return path.parent / "index"


@pytest.fixture
def kept_from_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the smallest index on disk."""
    monkeypatch.setattr(storage.indexing.index_manager, "MIN_CACHED_SEGMENTS", 1)


@pytest.fixture
def indexed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of all videos whose texts are indexed, as that happens."""
    ids: list[str] = []

    add = IndexBuilder.add

    def spied(builder: IndexBuilder, videos: list[tuple[Video, list[Segment]]]) -> None:
        ids.extend(video.video_id for video, _ in videos)
        add(builder, videos)

    monkeypatch.setattr(IndexBuilder, "add", spied)
    return ids


async def elsewhere_refused(*given: object) -> bool:
    return False


# What changes while the program runs.


async def test_what_another_process_changes_holds_at_the_next_question(
    library: Library, rows: Rows, path: Path
) -> None:
    await put(library, rows(("v", 0, "copper lantern"), ("w", 0, "violin"), ("x", 0, "copper thunder")))
    assert await hits(library, "copper") == [("v", 0), ("x", 0)]
    async with opened(path) as other:
        await put(other, rows(("y", 0, "copper meadow")))
        assert sorted(await hits(library, "copper")) == [("v", 0), ("x", 0), ("y", 0)]
        await put(other, rows(("v", 0, "pepper")), replace=True)
        assert (await hits(library, "lantern"), await hits(library, "pepper")) == ([], [("v", 0)])
        await other.undo(SHARED)
        assert (await hits(library, "lantern"), await hits(library, "pepper")) == ([("v", 0)], [])
        await other.remove(SHARED, "x")
        assert (await found(library, "thunderr")).searched_for is None, "nobody speaks of thunder any more"


async def test_only_what_changed_is_read_again(library: Library, rows: Rows, indexed: list[str]) -> None:
    await put(library, rows(*((f"v{n}", 0, f"copper number {n}") for n in range(40))))
    assert len(await hits(library, "copper")) == 10
    assert len(indexed) == 40
    indexed.clear()
    await put(library, rows(("v3", 0, "lantern"), ("new", 0, "lantern")))
    await library.remove(SHARED, "v4")
    assert sorted(await hits(library, "lantern")) == [("new", 0), ("v3", 0)]
    await hits(library, "copper")
    assert sorted(indexed) == ["new", "v3"]


class Gate:
    """Lets the index be made elsewhere when told to, and only then."""

    def __init__(self, make: Callable[..., Awaitable[bool]]) -> None:
        self._make = make
        self.reached, self.open = asyncio.Event(), asyncio.Event()

    async def __call__(self, *given: object) -> bool:
        self.reached.set()
        await self.open.wait()
        return await self._make(*given)


@pytest.mark.parametrize("make", [build_in_subprocess, elsewhere_refused], ids=["elsewhere", "here"])
async def test_while_much_is_read_questions_are_answered_as_before(
    library: Library, rows: Rows, monkeypatch: pytest.MonkeyPatch, make: Callable[..., Awaitable[bool]]
) -> None:
    gate = Gate(make)
    monkeypatch.setattr(storage.indexing.index_manager, "build_in_subprocess", gate)
    monkeypatch.setattr(storage.indexing.index_manager, "MAX_FOREGROUND_UPDATES", 2)
    await put(library, rows(("v", 0, "copper lantern"), ("w", 0, "copper violin"), ("x", 0, "harbour")))
    assert len(await hits(library, "copper")) == 2
    await put(library, rows(*((f"n{n}", 0, "copper thunder") for n in range(4))))
    await library.remove(SHARED, "w")
    assert await hits(library, "copper") == [("v", 0)], "of the videos it knew, those that are there"
    assert (await found(library, "voilin")).searched_for is None, "nothing of what is gone is told"
    assert await hits(library, "thunder") == []
    await gate.reached.wait()
    await put(library, rows(("late", 0, "copper meadow")))
    assert await hits(library, "meadow") == [], "what comes later waits for the rest"
    gate.open.set()
    await caught_up(library)
    assert sorted(await hits(library, "copper")) == [("late", 0), *((f"n{n}", 0) for n in range(4)), ("v", 0)]
    assert await hits(library, "meadow") == [("late", 0)]
    await caught_up(library)
    assert await library.maintenance.problems() == []


async def test_a_change_while_the_index_is_made_elsewhere_is_not_lost(
    library: Library, rows: Rows, monkeypatch: pytest.MonkeyPatch, kept_from_one: None
) -> None:
    """The other process may know of it, or not: neither way is an old text kept under a new version."""

    async def and_then_changed(*given: object) -> bool:
        await put(library, rows(("a", 0, "copper before")))
        made = await build_in_subprocess(*given)  # type: ignore[arg-type]
        await put(library, rows(("a", 0, "copper after"), ("b", 0, "copper later")))
        return made

    monkeypatch.setattr(storage.indexing.index_manager, "build_in_subprocess", and_then_changed)
    monkeypatch.setattr(storage.indexing.index_manager, "SUBPROCESS_FROM_VIDEOS", 1)
    await put(library, rows(("a", 0, "copper")))
    await hits(library, "copper")
    assert sorted(await hits(library, "copper")) == [("a", 0), ("b", 0)]
    assert (await hits(library, "before"), await hits(library, "after")) == ([], [("a", 0)])


async def test_parts_are_joined_when_there_are_many_and_answers_stay_the_same(
    library: Library, rows: Rows, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate(build_in_subprocess)
    monkeypatch.setattr(storage.indexing.index_manager, "build_in_subprocess", gate)
    monkeypatch.setattr(storage.indexing.library_index, "MAX_PARTS", 3)
    monkeypatch.setattr(storage.indexing.library_index, "MAX_QUICK_MERGE_SEGMENTS", 0)
    for number in range(5):
        await put(library, rows(*((f"v{number}{n}", 0, f"copper lantern {n} of {number}") for n in range(8 - number))))
        await hits(library, "copper")
    await library.remove(SHARED, "v00")
    before = [await found(library, words) for words in ("copper of 3", "lanten", "lantern 2")]
    searcher, _ = await library._indexes.get_searcher(SHARED)
    assert len(searcher.model.parts) > 3
    gate.open.set()
    await caught_up(library)
    assert [await found(library, words) for words in ("copper of 3", "lanten", "lantern 2")] == before
    searcher, _ = await library._indexes.get_searcher(SHARED)
    assert [(part.size, part.deleted) for part in searcher.model.parts] == [(29, None)]
    assert caplog.records == []


async def test_a_library_that_is_emptied_is_tidied_up_like_any_other(
    library: Library, rows: Rows, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(storage.indexing.library_index, "LATER_AT_LEAST", 0)
    await put(library, rows(("v", 0, "copper"), ("w", 0, "copper")))
    assert len(await hits(library, "copper")) == 2
    await library.undo(SHARED)
    assert await hits(library, "copper") == []
    await caught_up(library)
    assert await hits(library, "copper") == []
    assert await library.maintenance.problems() == []
    assert caplog.records == []


async def test_a_library_that_makes_room_while_it_is_brought_up_to_date_is_answered_from_all_the_same(
    library: Library, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.indexing.index_manager, "MAX_LIBRARIES", 1)
    monkeypatch.setattr(storage.indexing.index_manager, "MAX_FOREGROUND_UPDATES", 0)
    monkeypatch.setattr(storage.indexing.index_manager, "build_in_subprocess", elsewhere_refused)
    for scope in (ANA, BEN):
        await put(library, rows(("v", 0, "copper")), scope=scope)
    assert await hits(library, "copper", ANA) == [("v", 0)]
    await put(library, rows(("w", 0, "lantern")), scope=ANA)
    versions = Repository.versions

    async def bens_question_first(repository: Repository, key: str) -> dict[str, int]:
        if key in ANA.libraries:
            assert await hits(library, "copper", BEN) == [("v", 0)]
        return await versions(repository, key)

    monkeypatch.setattr(Repository, "versions", bens_question_first)
    assert await hits(library, "copper", ANA) == [("v", 0)]
    await caught_up(library)
    assert await hits(library, "lantern", ANA) == [("w", 0)]
    await caught_up(library)


async def test_an_index_is_never_younger_than_new(library: Library, rows: Rows) -> None:
    await put(library, rows(("v", 0, "copper")))
    assert await library.index_age_seconds(SHARED) >= 0
    assert await library.index_age_seconds(ANA) == 0, "there is none"


# Another process that makes the index.


async def test_another_process_makes_the_file_of_an_index(
    library: Library, rows: Rows, path: Path, folder: Path
) -> None:
    await put(library, rows(*((f"v{n}", 30 * m, f"copper lantern {n} {m}") for n in range(9) for m in range(3))))
    assert await build_in_subprocess(path, folder, "shared", "en")
    cached = IndexCache(folder).load("shared", "en")
    assert cached is not None
    stored = await library._repository.videos("shared")
    anew = build_index([(each.video, each.segments) for each in stored], "en")
    assert list(cached.index.videos) == list(anew.videos)
    assert np.array_equal(cached.index.posting_lists.places, anew.posting_lists.places)
    assert dict(zip([video.video_id for video in cached.index.videos], cached.versions.tolist(), strict=True)) == (
        await library._repository.versions("shared")
    )
    assert [file.suffix for file in folder.iterdir()] == [".index"]


async def test_where_another_process_can_do_nothing_the_index_is_made_here(
    library: Library, rows: Rows, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(storage.indexing.index_manager, "SUBPROCESS_FROM_VIDEOS", 2)
    await put(library, rows(("v", 0, "copper lantern"), ("w", 0, "copper")))
    folder.write_text("in the way")
    assert len(await hits(library, "copper")) == 2
    assert "cannot be kept" in caplog.text
    assert await library.maintenance.problems() == []


def watched(monkeypatch: pytest.MonkeyPatch, then: Callable[[Process], None]) -> list[Process]:
    """The processes that are started from now on, with something done to each as soon as it runs."""
    children: list[Process] = []
    start = asyncio.create_subprocess_exec

    async def started(*command: str, **options: object) -> Process:
        child = await start(*command, **options)  # type: ignore[arg-type]
        children.append(child)
        then(child)
        return child

    monkeypatch.setattr(asyncio, "create_subprocess_exec", started)
    return children


async def test_a_process_that_is_killed_is_done_without(
    library: Library, rows: Rows, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(storage.indexing.index_manager, "SUBPROCESS_FROM_VIDEOS", 2)
    await put(library, rows(("v", 0, "copper lantern"), ("w", 0, "copper")))
    children = watched(monkeypatch, Process.kill)
    assert len(await hits(library, "copper")) == 2
    assert [child.returncode for child in children] == [-9]
    assert "could not be made by itself" in caplog.text


async def test_a_process_that_cannot_be_started_is_done_without(
    library: Library, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.indexing.index_manager, "SUBPROCESS_FROM_VIDEOS", 2)
    monkeypatch.setattr(sys, "executable", "/no/such/program")
    await put(library, rows(("v", 0, "copper lantern"), ("w", 0, "copper")))
    assert len(await hits(library, "copper")) == 2


async def test_a_process_that_hangs_is_given_up_and_leaves_nothing_behind(
    library: Library, rows: Rows, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(storage.indexing.index_manager, "SUBPROCESS_FROM_VIDEOS", 2)
    monkeypatch.setattr(storage.indexing.index_process, "MAX_SILENT_SECONDS", 0.1)
    await put(library, rows(("v", 0, "copper lantern"), ("w", 0, "copper")))
    start, children = asyncio.create_subprocess_exec, list[Process]()

    async def started_and_stopped(*command: str, **options: object) -> Process:
        child = await start(*command, **options)  # type: ignore[arg-type]
        child.send_signal(signal.SIGSTOP)
        children.append(child)
        part = Path(next(each for each in command if each.endswith(SUFFIX)))
        part.parent.mkdir()
        part.write_bytes(b"half an index")
        return child

    monkeypatch.setattr(asyncio, "create_subprocess_exec", started_and_stopped)
    assert len(await hits(library, "copper")) == 2, "it is made here"
    assert [child.returncode for child in children] == [-signal.SIGKILL]
    assert list(folder.iterdir()) == []
    assert "showed no sign of going on" in caplog.text


async def test_how_long_a_process_may_be_silent_grows_with_what_it_has_read(
    library: Library, rows: Rows, path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.indexing.index_process, "MAX_SILENT_SECONDS_PER_SEGMENT", 1.0)
    await put(library, rows(*((f"v{n}", 30 * m, f"copper lantern {n} {m}") for n in range(9) for m in range(3))))
    waits, wait_for = list[float](), asyncio.wait_for

    async def spied(waited: Awaitable[object], seconds: float) -> object:
        waits.append(seconds - storage.indexing.index_process.MAX_SILENT_SECONDS)
        return await wait_for(waited, seconds)

    monkeypatch.setattr(asyncio, "wait_for", spied)
    assert await build_in_subprocess(path, folder, "shared", "en")
    assert waits[:2] == [0, 0], "while it starts, and while it reads the first videos"
    assert set(waits[2:]) == {27}, "then a new one begins with every sign"


async def test_closing_ends_the_process_that_makes_an_index(
    path: Path, folder: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = asyncio.Event()
    children = watched(monkeypatch, lambda child: running.set())
    monkeypatch.setattr(storage.indexing.index_manager, "MAX_FOREGROUND_UPDATES", 0)
    async with opened(path) as library:
        await put(library, rows(("v", 0, "copper")))
        await hits(library, "copper")
        await put(library, rows(("w", 0, "copper")))
        await hits(library, "copper")
        await running.wait()
        assert [child.returncode for child in children] == [None]
    assert [child.returncode for child in children] == [-9]
    assert not folder.is_dir() or list(folder.glob("*.index")) == []
    async with opened(path) as library:
        assert len(await hits(library, "copper")) == 2


# From one run to the next.


async def test_a_restart_reads_only_what_changed_since(
    path: Path, rows: Rows, kept_from_one: None, indexed: list[str]
) -> None:
    async with opened(path) as library:
        await put(library, rows(*((f"v{n}", 0, f"copper number {n}") for n in range(20))))
        before = await found(library, "copper number 7")
    indexed.clear()
    async with opened(path) as library:
        assert await found(library, "copper number 7") == before
        assert indexed == []
        await put(library, rows(("v3", 0, "lantern"), ("new", 0, "lantern")))
        await library.remove(SHARED, "v4")
    async with opened(path) as library:
        assert sorted(await hits(library, "lantern")) == [("new", 0), ("v3", 0)]
        assert sorted(indexed) == ["new", "v3"]
        assert await library.maintenance.problems() == []


async def test_small_libraries_leave_no_file(path: Path, folder: Path, rows: Rows) -> None:
    async with opened(path) as library:
        await put(library, rows(("v", 0, "copper")))
        assert await hits(library, "copper") == [("v", 0)]
    assert not folder.exists()


async def test_an_older_database_beneath_a_newer_index_gives_the_older_answers(
    path: Path, folder: Path, tmp_path: Path, rows: Rows, kept_from_one: None, indexed: list[str]
) -> None:
    async with opened(path) as library:
        await put(library, rows(("v", 0, "copper lantern"), ("w", 0, "violin"), ("gone", 0, "meadow")))
        before = {words: await found(library, words) for words in ("lantern", "copper", "thunder", "meadow")}
        await library.maintenance.backup(tmp_path / "backup.db")
    for file in folder.iterdir():
        file.unlink()
    async with opened(path) as library:
        await put(library, rows(("v", 0, "copper thunder"), ("x", 0, "copper")))
        await library.remove(SHARED, "gone")
        assert await hits(library, "thunder") == [("v", 0)], "and with that the newer index is kept"
    for file in path.parent.glob("cuepoint.db*"):
        file.unlink()
    shutil.copy(tmp_path / "backup.db", path)
    indexed.clear()
    async with opened(path) as library:
        assert {words: await found(library, words) for words in before} == before
        assert sorted(indexed) == ["gone", "v"], "the video that is the same in both is not read again"


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def flipped(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 4
    file.write_bytes(whole)


def replaced_by_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("damage", [Path.unlink, cut_short, flipped, replaced_by_a_folder])
async def test_an_index_that_was_damaged_between_runs_is_made_anew(
    path: Path, folder: Path, rows: Rows, kept_from_one: None, indexed: list[str], damage: Callable[[Path], None]
) -> None:
    async with opened(path) as library:
        await put(library, rows(("v", 0, "copper lantern"), ("w", 0, "violin")))
        before = await found(library, "copper")
    [file] = folder.iterdir()
    damage(file)
    indexed.clear()
    async with opened(path) as library:
        assert await found(library, "copper") == before
    assert sorted(indexed) == ["v", "w"]


async def test_an_update_that_builds_every_index_again_warns_nobody(
    path: Path, rows: Rows, kept_from_one: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "cuepoint.index")
    async with opened(path) as library:
        await put(library, rows(("v", 0, "copper lantern")))
        before = await found(library, "copper")
    monkeypatch.setattr(storage.indexing.index_files, "CACHE_VERSION", storage.indexing.index_files.CACHE_VERSION + 1)
    async with opened(path) as library:
        assert await found(library, "copper") == before
    assert "the index of shared is built again: it was made by another version" in caplog.messages
    assert [record for record in caplog.records if record.levelname != "INFO"] == []


async def test_an_index_in_another_language_is_made_anew(path: Path, rows: Rows, kept_from_one: None) -> None:
    async with opened(path) as library:
        await library.import_files(SHARED, [(rows(("v", 0, "die alten Häuser")), Labels(language="de"))])
        assert await hits(library, "Haus") == [("v", 0)]
        await library.undo(SHARED)
        await library.import_files(SHARED, [(rows(("v", 0, "the old houses")), Labels(language="en"))])
        assert await hits(library, "house") == [("v", 0)]
    async with opened(path) as library:
        assert await hits(library, "house") == [("v", 0)]


async def test_repair_makes_an_index_anew_from_nothing_but_the_database(
    path: Path, folder: Path, rows: Rows, kept_from_one: None
) -> None:
    async with opened(path) as library:
        await put(library, rows(("v", 0, "copper lantern")))
        [version] = (await library._repository.versions("shared")).values()
        wrong = build_index([(Video("v"), [Segment(0, 30, "violin")])], "en")
        assert IndexCache(folder).store("shared", CachedIndex(wrong, np.array([version])))
        assert await hits(library, "violin") == [("v", 0)], "sound, of this version, and yet wrong: by no means of ours"
        await library.maintenance.repair()
        assert (await hits(library, "violin"), await hits(library, "lantern")) == ([], [("v", 0)])
    async with opened(path) as library:
        assert await hits(library, "lantern") == [("v", 0)]


async def test_a_database_of_version_3_gets_versions_and_is_indexed(
    path: Path, kept_from_one: None, indexed: list[str]
) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in [statement for migration in MIGRATIONS[:3] for statement in migration]:
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 3")
    connection.execute("INSERT INTO library VALUES (1, 'shared', 'en', 7, 0)")
    for number in range(9):
        connection.execute("INSERT INTO video VALUES (?, 1, ?, 'Harbour', '', '', '', 'en')", (number, f"v{number}"))
        connection.execute("INSERT INTO segment VALUES (?, 1.5, 9.0, 'the copper lantern', NULL)", (number,))
    connection.close()
    async with opened(path) as library:
        assert len(await hits(library, "copper")) == 9
        versions = await library._repository.versions("shared")
        assert len(set(versions.values()) | {0}) == 10, "each its own, and none of them nought"
        assert all(0 < version < 2**63 for version in versions.values())
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()
    indexed.clear()
    async with opened(path) as library:
        assert len(await hits(library, "lantern")) == 9
        assert indexed == []


# What a question may touch.


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is read into terms, as that happens."""
    texts: list[str] = []

    def spied(original: Callable[[Analyser, str], object]) -> Callable[[Analyser, str], object]:
        def spy(analyser: Analyser, text: str) -> object:
            texts.append(text)
            return original(analyser, text)

        return spy

    for name in ("tokens", "read_terms"):
        monkeypatch.setattr(Analyser, name, spied(getattr(Analyser, name)))
    return texts


async def traced(library: Library) -> list[str]:
    """Every statement that the database is asked from now on, values and all."""
    statements: list[str] = []
    for connection in (library._database.reader, library._database._writer):
        await connection.set_trace_callback(statements.append)
    return statements


async def test_a_question_reads_nothing_but_itself_and_what_is_shown(
    library: Library, rows: Rows, read: list[str]
) -> None:
    texts = {f"v{n}": f"the copper lantern number {n}" + " violin" * (n % 3) for n in range(50)}
    await put(library, rows(*((video_id, 0, text) for video_id, text in texts.items())))
    await hits(library, "copper")
    statements = await traced(library)
    read.clear()
    findings = await found(library, "voilin 'number' 7")
    assert set(read) <= {"voilin 'number' 7", "violin", "seven"}, "the question, and what is tried in its place"
    assert len(statements) == 2, "the state of the library, and the segments that were found"
    assert "glossary_revision" in statements[0]
    assert "json_each" in statements[1]
    shown = {hit.segment.text for hit in findings.hits}
    read.clear()
    answer = await asking_text.ask(library, SHARED, "voilin 'number' 7")
    assert answer.excerpts
    assert {text for text in read if text in texts.values()} <= shown, "no text of any other segment"
    assert len(statements) < 10


async def test_a_scope_opens_and_asks_for_nothing_of_another_library(
    path: Path, rows: Rows, kept_from_one: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(path) as library:
        for scope, words in ((ANA, "copper lantern"), (BEN, "copper violin")):
            await put(library, rows(("v", 0, words)), scope=scope)
            await hits(library, "copper", scope)
    loaded, files = [], []
    load, open_file = IndexCache.load, Path.open

    def spied_load(cache: IndexCache, key: str, language: str) -> CachedIndex | None:
        loaded.append(key)
        return load(cache, key, language)

    def spied_open(file: Path, *given: str) -> object:
        files.append(file)
        return open_file(file, *given)

    monkeypatch.setattr(IndexCache, "load", spied_load)
    monkeypatch.setattr(Path, "open", spied_open)
    async with opened(path) as library:
        statements = await traced(library)
        assert (await found(library, "lanten violn", ANA)).searched_for == "lantern violn", "Ben's words are not known"
        assert loaded == ["server:111"]
        assert files == [library._indexes._cache._path("server:111")]
        assert not any("222" in statement for statement in statements)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="file handles are counted in /proc")
async def test_libraries_that_are_not_in_use_cost_no_file_handle_and_no_memory(
    path: Path, folder: Path, rows: Rows, kept_from_one: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.indexing.index_manager, "MAX_LIBRARIES", 2)
    servers = [access.host_scope(str(number)) for number in range(1, 7)]

    def open_files() -> int:
        links = (os.path.realpath(f"/proc/self/fd/{each}") for each in os.listdir("/proc/self/fd"))
        return sum(link.startswith(str(folder)) for link in links)

    async with opened(path) as library:
        for number, scope in enumerate(servers):
            await put(library, rows(("v", 0, f"copper {number}")), scope=scope)
            await hits(library, "copper", scope)
    async with opened(path) as library:
        for scope in servers * 2:
            assert await hits(library, "copper", scope) == [("v", 0)]
            assert open_files() <= 2
        shelves = library._indexes
        assert [len(each) for each in (shelves._ready, shelves._searchers, shelves._updating)] == [2, 2, 0]
    assert open_files() == 0


@pytest.fixture
def nothing_to_collect() -> Iterator[None]:
    """Searching all that tests leave behind for cycles takes long; the bot, too, sets aside what its start left."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


async def test_the_event_loop_goes_on_while_much_is_imported_and_indexed(
    library: Library, rows: Rows, nothing_to_collect: None
) -> None:
    """A generous bound: how long it really is held is measured by the benchmarks."""
    file = rows(*((f"v{n // 60}", n % 60 * 30, f"copper lantern number {n} in the harbour") for n in range(3_000)))
    turns, done = [time.perf_counter()], asyncio.Event()

    async def ticking() -> None:
        while not done.is_set():
            await asyncio.sleep(0)
            turns.append(time.perf_counter())

    ticker = asyncio.create_task(ticking())
    await put(library, file)
    assert len(await hits(library, "copper")) == 10
    done.set()
    await ticker
    assert max(later - earlier for earlier, later in pairwise(turns)) < 0.2
