"""Vectors are kept with the index, in step with what is stored, and never hold more than that."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import access
from storage.database.sealed_files import read_sealed
from storage.library import Library
from storage.meaning import vector_update
from storage.meaning.vector_files import VectorFiles
from storage.meaning.vector_table import VectorPart, VectorTable, make_key, make_keys
from storage.models import Labels, Question, Source
from tests.support.libraries import opened
from tests.support.meaning import LetterEncoder, kept_vectors, reading_letters

Rows = Callable[..., Source]


def question(words: str) -> Question:
    return Question(words, words)


HOST = access.host_scope()
TEXTS = ("the copper lantern", "a violin in the harbour", "nine grey owls")


def table_of(*texts: str, model: str = "m") -> VectorTable:
    keys = np.unique(make_keys(texts))
    vectors = np.arange(len(keys) * 4, dtype=np.float32).reshape(len(keys), 4)
    return VectorTable.empty(model, 4).with_vectors(keys, vectors)


def store(files: VectorFiles, table: VectorTable, key: str = "shared") -> None:
    assert files.store(key, table, table.added.keys, "state")


@pytest.fixture
def files(tmp_path: Path) -> VectorFiles:
    return VectorFiles(tmp_path / "index")


@pytest.fixture
def kept(files: VectorFiles, tmp_path: Path) -> Path:
    """A file with three vectors."""
    store(files, table_of(*TEXTS))
    [path] = (tmp_path / "index").iterdir()
    return path


async def imported(library: Library, *rows: Source, replace: bool = False) -> None:
    report = await library.import_files(HOST, [(source, Labels()) for source in rows], replace=replace)
    assert report.has_changes


async def finished(library: Library) -> None:
    """Wait until the background work is done."""
    while tasks := list(library.meaning.vectors._tasks.values()):
        await asyncio.gather(*tasks)


def holds(path: Path, *texts: str, key: str = access.SHARED) -> bool:
    """Whether the file of a library has the vectors of exactly these texts."""
    table = kept_vectors(path, key)
    return table is not None and np.array_equal(table.base.keys, np.unique(make_keys(texts)))


# The table and its file


@given(st.lists(st.text(max_size=3), max_size=40), st.lists(st.text(max_size=3), max_size=40), st.data())
def test_every_text_finds_its_own_vector(first: list[str], second: list[str], data: st.DataObject) -> None:
    base, added = set(first), set(second) - set(first)
    vectors = {text: np.array([float(place), 1.0], np.float32) for place, text in enumerate([*base, *added])}
    table = VectorTable.empty("m", 2)
    for texts in (base, added):
        if texts:
            rows = np.array([vectors[text] for text in texts])
            table = table.with_vectors(make_keys(texts), rows)
    asked = data.draw(st.lists(st.sampled_from(sorted([*vectors, "none of them"])), max_size=20))
    found = table.vectors_of(make_keys(asked))
    if set(asked) <= vectors.keys():
        assert found is not None
        assert found.tolist() == [vectors[text].tolist() for text in asked]
    else:
        assert found is None


def test_a_vector_takes_two_bytes_a_number_and_its_key_eight(files: VectorFiles, kept: Path) -> None:
    with kept.open("rb") as file:
        assert read_sealed(file, {})[0]["bytes"] == 3 * (8 + 2 * 4)


def test_what_is_kept_comes_back_mapped(files: VectorFiles, kept: Path) -> None:
    loaded = files.load("shared", "m")
    assert loaded is not None
    assert loaded.contents == "state"
    assert np.array_equal(loaded.vectors_of(make_keys(TEXTS)), table_of(*TEXTS).vectors_of(make_keys(TEXTS)))
    assert not loaded.base.vectors.flags.writeable
    assert not loaded.base.vectors.flags.owndata


def test_only_what_is_asked_to_be_kept_is_written(files: VectorFiles) -> None:
    assert files.store("shared", table_of(*TEXTS), np.sort(make_keys(TEXTS[:2])), "")
    loaded = files.load("shared", "m")
    assert loaded is not None
    assert loaded.is_known(make_keys(TEXTS)).tolist() == [True, True, False]


def test_a_table_larger_than_what_is_read_at_once_is_kept_whole(
    files: VectorFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.meaning.vector_table.GATHERED_ROWS", 7)
    texts = [f"text {number}" for number in range(50)]
    store(files, table_of(*texts))
    loaded = files.load("shared", "m")
    assert loaded is not None
    assert np.array_equal(loaded.base.vectors, table_of(*texts).added.vectors)


def test_every_single_bit_counts(files: VectorFiles, kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    whole = kept.read_bytes()
    with caplog.at_level(logging.ERROR, "cuepoint.meaning"):
        for place in range(len(whole)):
            kept.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
            assert files.load("shared", "m") is None, f"byte {place}"
            assert files.find_damaged(["shared"]) == ["shared"]


@pytest.mark.parametrize("length", [0, 7, 24, 100, -1])
def test_a_file_of_another_length_is_refused(files: VectorFiles, kept: Path, length: int) -> None:
    kept.write_bytes(kept.read_bytes()[:length])
    assert files.load("shared") is None


def test_the_vectors_of_another_model_library_or_version_are_not_used(
    files: VectorFiles, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert files.load("shared", "another model") is None
    kept.rename(files._path("server:1"))
    assert files.load("server:1", "m") is None
    files._path("server:1").rename(kept)
    assert files.load("shared", "m") is not None
    monkeypatch.setattr("storage.meaning.vector_files.VECTORS_VERSION", 2)
    assert files.load("shared", "m") is None
    assert files.find_damaged(["shared"]) == [], "it was sound when it was written"


def test_a_full_disk_leaves_the_earlier_file(
    files: VectorFiles, kept: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("storage.meaning.vector_files.write_sealed", fail)
    assert not files.store("shared", table_of("new"), make_keys(["new"]), "")
    assert "cannot be kept" in caplog.text
    loaded = files.load("shared", "m")
    assert loaded is not None
    assert loaded.is_known(make_keys(TEXTS)).all()
    assert list(kept.parent.iterdir()) == [kept]


# In step with what is stored


async def test_vectors_survive_a_restart(path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = LetterEncoder()
    async with reading_letters(path, monkeypatch, encoder) as (library, _):
        await imported(library, rows(*(("v", 30 * n, text) for n, text in enumerate(TEXTS))))
        await library.meaning.update_vectors(HOST)
    assert sorted(encoder.read) == sorted(TEXTS)
    async with reading_letters(path, monkeypatch, encoder) as (library, _):
        await library.meaning.update_vectors(HOST)
        [coverage] = await library.meaning.coverage(HOST)
    assert (coverage.segments, coverage.with_vector) == (3, 3)
    assert len(encoder.read) == 3, "nothing is read twice"


async def test_an_unchanged_library_is_not_read_again(path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reading_letters(path, monkeypatch) as (library, _):
        await imported(library, rows(("v", 0, TEXTS[0])))
        await library.meaning.update_vectors(HOST)
        monkeypatch.setattr(vector_update, "read_keys", None)
        await library.meaning.update_vectors(HOST)


async def test_only_what_is_new_is_read(path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reading_letters(path, monkeypatch) as (library, encoder):
        await imported(library, rows(("v", 0, TEXTS[0]), ("v", 30, TEXTS[1])))
        await library.meaning.update_vectors(HOST)
        await imported(library, rows(("w", 0, TEXTS[2]), ("w", 30, TEXTS[0])))
        told: list[tuple[int, int]] = []
        await library.meaning.update_vectors(HOST, progress=lambda done, total: told.append((done, total)))
        assert encoder.read == [TEXTS[0], TEXTS[1], TEXTS[2]], "what is said twice is read once"
        assert told == [(1, 1)]


async def test_a_damaged_file_is_made_anew(path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reading_letters(path, monkeypatch) as (library, _):
        await imported(library, rows(("v", 0, TEXTS[0])))
        await library.meaning.update_vectors(HOST)
    [file] = (path.parent / "index").glob("*.vectors")
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    async with reading_letters(path, monkeypatch) as (library, encoder):
        assert [problem.what for problem in await library.maintenance.problems()] == [
            "the file of vectors of shared cannot be used"
        ]
        await library.meaning.update_vectors(HOST)
        assert encoder.read == [TEXTS[0]]
        assert holds(path, TEXTS[0])
        assert await library.maintenance.problems() == []


async def test_what_is_removed_or_replaced_leaves_no_vector(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading_letters(path, monkeypatch) as (library, encoder):
        await imported(library, rows(("v", 0, TEXTS[0]), ("v", 30, TEXTS[1])), rows(("w", 0, TEXTS[2])))
        await library.meaning.update_vectors(HOST)
        gone = encoder.encode(TEXTS[2]).astype(np.float16).tobytes()
        [file] = (path.parent / "index").glob("*.vectors")
        assert gone in file.read_bytes()
        await library.remove(HOST, "w")
        await library.meaning.update_vectors(HOST)
        assert holds(path, *TEXTS[:2])
        assert gone not in file.read_bytes()
        await imported(library, rows(("v", 0, "all of it is another text")), replace=True)
        await library.meaning.update_vectors(HOST)
        assert holds(path, "all of it is another text")
        await library.undo(HOST)
        await library.meaning.update_vectors(HOST)
        assert holds(path, *TEXTS[:2])


async def test_what_is_gone_is_deleted_before_anything_is_read(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading_letters(path, monkeypatch) as (library, encoder):
        await imported(library, rows(("v", 0, TEXTS[0])), rows(("w", 0, TEXTS[1])))
        await library.meaning.update_vectors(HOST)
        await library.remove(HOST, "w")
        await imported(library, rows(("x", 0, TEXTS[2])))

        def look(texts: object, stop: object) -> np.ndarray:
            assert holds(path, TEXTS[0])
            return LetterEncoder().encode_until(texts, stop)  # type: ignore[arg-type]

        monkeypatch.setattr(encoder, "encode_until", look)
        await library.meaning.update_vectors(HOST)
        assert holds(path, TEXTS[0], TEXTS[2])


@pytest.mark.parametrize("switched_on", [True, False])
async def test_a_purge_deletes_the_file(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch, switched_on: bool
) -> None:
    async with reading_letters(path, monkeypatch) as (library, _):
        await imported(library, rows(("v", 0, TEXTS[0])))
        await library.meaning.update_vectors(HOST)
        if switched_on:
            await library.purge(HOST)
    if not switched_on:
        async with opened(path) as library:
            await library.purge(HOST)
    assert list((path.parent / "index").glob("*.vectors")) == []


async def test_what_is_removed_after_the_model_was_switched_off_leaves_no_vector(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading_letters(path, monkeypatch) as (library, _):
        await imported(library, rows(("v", 0, TEXTS[0])), rows(("w", 0, TEXTS[1])))
        await library.meaning.update_vectors(HOST)
    async with opened(path) as library:
        await library.remove(HOST, "w")
        assert holds(path, TEXTS[0])
        await library.remove(HOST, "v")
        assert list((path.parent / "index").glob("*.vectors")) == []


async def test_a_file_of_no_library_is_found_and_deleted(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading_letters(path, monkeypatch) as (library, _):
        store(VectorFiles(path.parent / "index"), table_of(*TEXTS), "server:9")
        [problem] = await library.maintenance.problems()
        assert problem.what.endswith(".vectors belongs to no library")
        await library.meaning.start_updates()
        await finished(library)
        assert kept_vectors(path, "server:9") is None


async def test_repair_keeps_vectors_that_are_sound(path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reading_letters(path, monkeypatch) as (library, _):
        await imported(library, rows(("v", 0, TEXTS[0])))
        await library.meaning.update_vectors(HOST)
        store(VectorFiles(path.parent / "index"), table_of(*TEXTS), "server:9")
        await library.maintenance.repair()
        assert await library.maintenance.problems() == []
        assert holds(path, TEXTS[0])


# In the background


async def test_the_bot_makes_vectors_of_what_is_stored_and_of_what_comes(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading_letters(path, monkeypatch) as (library, encoder):
        await imported(library, rows(("v", 0, TEXTS[0])))
        assert encoder.read == [], "a command at the terminal that only asks makes none"
        await library.meaning.start_updates()
        await finished(library)
        assert holds(path, TEXTS[0])
        assert kept_vectors(path, access.SAMPLES) is not None
        await imported(library, rows(("w", 0, TEXTS[1])))
        await finished(library)
        assert holds(path, *TEXTS[:2])
        await library.remove(HOST, "v")
        await finished(library)
        assert holds(path, TEXTS[1])


async def test_what_another_process_changed_is_noticed_at_the_next_question(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading_letters(path, monkeypatch) as (library, _), opened(path) as other:
        await library.meaning.start_updates()
        await finished(library)
        await imported(other, rows(("v", 0, TEXTS[0])))
        await library.search(HOST, question("lantern"), 5)
        await finished(library)
        assert holds(path, TEXTS[0])
        await other.remove(HOST, "v")
        await library.search(HOST, question("lantern"), 5)
        await finished(library)
        assert kept_vectors(path) is None


class StoppingEncoder(LetterEncoder):
    """Reads a number of texts, then waits until it is told to go on."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count, self.reached, self.may_go_on = count, threading.Event(), threading.Event()

    def encode(self, text: str) -> np.ndarray:
        if len(self.read) == self.count:
            self.reached.set()
            assert self.may_go_on.wait(60)
        return super().encode(text)


@pytest.fixture
def many(rows: Rows) -> Source:
    return rows(*(("v", 30.0 * number, f"text number {number}") for number in range(100)))


async def test_what_was_made_is_kept_when_it_is_cancelled(
    path: Path, many: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = StoppingEncoder(70)
    async with reading_letters(path, monkeypatch, encoder) as (library, _):
        await imported(library, many)
        task = asyncio.create_task(library.meaning.update_vectors(HOST))
        await asyncio.to_thread(encoder.reached.wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        encoder.may_go_on.set()
    table = kept_vectors(path)
    assert table is not None
    assert len(table.base.keys) == 70 // vector_update.ENCODED_AT_ONCE * vector_update.ENCODED_AT_ONCE
    assert table.contents == ""
    async with reading_letters(path, monkeypatch) as (library, _):
        await library.meaning.update_vectors(HOST)
        [coverage] = await library.meaning.coverage(HOST)
        assert coverage.with_vector == 100


async def test_a_stop_is_prompt_and_keeps_what_the_background_made(
    path: Path, many: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = StoppingEncoder(70)
    async with reading_letters(path, monkeypatch, encoder) as (library, _):
        await imported(library, many)
        await library.meaning.start_updates()
        await asyncio.to_thread(encoder.reached.wait, 60)
        closing = asyncio.create_task(library.meaning.vectors.close())
        await asyncio.sleep(0)
        encoder.may_go_on.set()
        await closing
        assert len(encoder.read) <= 71, "at most the text that was being read"
    assert kept_vectors(path) or kept_vectors(path, access.SAMPLES)


async def test_a_file_is_written_now_and_then_while_much_is_read(
    path: Path, many: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_update, "PUBLISHED_FROM", 16)
    monkeypatch.setattr(vector_update, "STORED_FROM", 32)
    encoder = StoppingEncoder(70)
    async with reading_letters(path, monkeypatch, encoder) as (library, _):
        await imported(library, many)
        task = asyncio.create_task(library.meaning.update_vectors(HOST))
        await asyncio.to_thread(encoder.reached.wait, 60)
        table = kept_vectors(path)
        assert table is not None
        assert len(table.base.keys) == 64, "what a crash would leave"
        encoder.may_go_on.set()
        await task
        assert holds(path, *(f"text number {number}" for number in range(100)))


async def test_the_event_loop_goes_on_while_a_text_is_read(
    path: Path, many: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = StoppingEncoder(3)
    async with reading_letters(path, monkeypatch, encoder) as (library, _):
        await imported(library, many)
        task = asyncio.create_task(library.meaning.update_vectors(HOST))
        await asyncio.to_thread(encoder.reached.wait, 60)
        [summary] = await library.videos(HOST)
        [result] = await library.search(HOST, question("number 7"), 5, by_meaning=False)
        assert (summary.segments, len(result.hits)) == (100, 5)
        assert not task.done()
        encoder.may_go_on.set()
        await task


async def test_no_array_of_a_library_is_gone_through_on_the_event_loop(
    path: Path, many: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long that takes grows with the library, and a mapped file may have to be read from the disk."""
    here: list[str] = []

    def watched(owner: type, name: str) -> None:
        method = getattr(owner, name)

        def call(*given: object) -> object:
            if threading.current_thread() is threading.main_thread():
                here.append(name)
            return method(*given)

        monkeypatch.setattr(owner, name, call)

    for name in ("is_known", "with_vectors", "vectors_of", "rows_of"):
        watched(VectorTable, name)
    for name in ("load", "store", "delete", "find_damaged", "find_strays"):
        watched(VectorFiles, name)
    monkeypatch.setattr(vector_update, "PUBLISHED_FROM", 16)
    monkeypatch.setattr(vector_update, "STORED_FROM", 32)
    async with reading_letters(path, monkeypatch) as (library, _):
        await imported(library, many)
        await library.meaning.start_updates()
        await finished(library)
        [result] = await library.search(HOST, question("number 7"), 5)
        await library.remove(HOST, "v")
        await finished(library)
        await library.purge(HOST)
        await library.maintenance.problems()
    assert None not in [hit.similarity for hit in result.hits]
    assert here == []


async def test_a_purge_does_not_wait_for_vectors_and_none_come_after_it(
    path: Path, many: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = StoppingEncoder(70)
    async with reading_letters(path, monkeypatch, encoder) as (library, _):
        await imported(library, many)
        await library.meaning.start_updates()
        await asyncio.to_thread(encoder.reached.wait, 60)
        purge = asyncio.create_task(library.purge(HOST))
        await asyncio.sleep(0)
        encoder.may_go_on.set()
        assert await purge
        await finished(library)
    assert kept_vectors(path) is None


async def test_a_file_that_is_being_written_does_not_outlive_a_purge(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, may_go_on, written, store = threading.Event(), threading.Event(), threading.Event(), VectorFiles.store

    def store_later(files: VectorFiles, key: str, *given: object) -> bool:
        if key == access.SHARED:
            writing.set()
            assert may_go_on.wait(60)
        done = store(files, key, *given)  # type: ignore[arg-type]
        written.set()
        return done

    async with reading_letters(path, monkeypatch) as (library, _):
        await library.meaning.start_updates()
        await finished(library)
        monkeypatch.setattr(VectorFiles, "store", store_later)
        await imported(library, rows(("v", 0, TEXTS[0])))
        await asyncio.to_thread(writing.wait, 60)
        purge = asyncio.create_task(library.purge(HOST))
        await asyncio.wait({purge}, timeout=0.3)  # it ends within that time where it does not wait for the file
        may_go_on.set()
        assert await purge
        await asyncio.to_thread(written.wait, 60)
        assert kept_vectors(path) is None


async def test_a_library_that_another_process_purged_gets_no_file(
    path: Path, many: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = StoppingEncoder(70)
    async with reading_letters(path, monkeypatch, encoder) as (library, _), opened(path) as other:
        await imported(library, many)
        task = asyncio.create_task(library.meaning.update_vectors(HOST))
        await asyncio.to_thread(encoder.reached.wait, 60)
        await other.purge(HOST)
        encoder.may_go_on.set()
        await task
    assert kept_vectors(path) is None


async def test_two_processes_may_make_vectors_at_once(
    path: Path, many: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_update, "PUBLISHED_FROM", 16)
    monkeypatch.setattr(vector_update, "STORED_FROM", 16)
    async with (
        reading_letters(path, monkeypatch) as (one, encoder),
        reading_letters(path, monkeypatch, encoder) as (
            other,
            _,
        ),
    ):
        await imported(one, many)
        await asyncio.gather(one.meaning.update_vectors(HOST), other.meaning.update_vectors(HOST))
        assert holds(path, *(f"text number {number}" for number in range(100)))


async def test_a_model_that_fails_in_the_background_is_logged_and_nothing_else(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with reading_letters(path, monkeypatch) as (library, encoder):
        await library.meaning.start_updates()
        await finished(library)
        monkeypatch.setattr(encoder, "encode_until", lambda *_: 1 / 0)
        await imported(library, rows(("v", 0, TEXTS[0])))
        await finished(library)
        assert "could not bring the vectors of shared up to date" in caplog.text
        [result] = await library.search(HOST, question("lantern"), 5)
        assert [hit.similarity for hit in result.hits] == [None]


def test_keys_tell_texts_apart_and_hold_nothing_of_them() -> None:
    assert make_key("a") != make_key("b")
    assert 0 <= make_key("") < 2**64
    part = VectorPart.of(make_keys(["b", "a"]), np.array([[1.0], [2.0]], np.float32))
    assert (np.diff(part.keys.astype(object)) > 0).all()
