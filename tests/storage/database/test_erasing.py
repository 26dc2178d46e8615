"""What is deleted is gone from the disk: from the database, its log, the index files, and every backup made later."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.purge import purge_server, purge_shared
from storage.database.atomic_files import ABANDONED_AFTER_SECONDS, part_path
from storage.indexing import index_manager
from storage.ledger import Ledger, ToldPlaces, recipient_of
from storage.library import Library
from storage.models import Follow, GlossaryEntry, Labels, ServerSettings, Source, Verdict, Vote
from tests.support.kills.data_folder import SERVER, SHARED, WORDS
from tests.support.libraries import opened
from tests.support.project import PROJECT

DAY = 24 * 3600.0
SECRET = "zyxquark"
"""A word that nobody else says."""


def rows(word: str, videos: int, seed: int, *, name: str = "v", segments: int = 20) -> Source:
    """A file with some videos whose titles and segments have a word among others."""
    drawn = random.Random(seed)
    lines = [
        {
            "video_id": f"{name}{video}",
            "title": f"About {word} {video}",
            "start_second": part * 30,
            "end_second": part * 30 + 30,
            "text": " ".join([*drawn.choices(WORDS, k=drawn.randint(5, 60)), word, *drawn.choices(WORDS, k=9)]),
        }
        for video in range(videos)
        for part in range(segments)
    ]
    return Source(f"rows{seed}.jsonl", "\n".join(map(json.dumps, lines)).encode())


def found(folder: Path, word: str = SECRET) -> dict[str, int]:
    """How often a word stands in each file of a folder, where it does."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    counts = {str(path.relative_to(folder)): path.read_bytes().lower().count(word.encode()) for path in files}
    return {name: count for name, count in counts.items() if count}


async def store(library: Library, *files: Source, replace: bool = False) -> None:
    await library.import_files(SHARED, [(file, Labels()) for file in files], replace=replace)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def library(folder: Path) -> AsyncIterator[Library]:
    async with opened(folder / "cuepoint.db") as library:
        yield library


@pytest.fixture
async def ledger(library: Library, folder: Path) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(folder / "cuepoint.db", now=lambda: 1.7e9)
    yield ledger
    await ledger.close()


async def nothing_is_left(library: Library, folder: Path) -> None:
    """Fail where the word is anywhere, now or in a backup made now."""
    assert found(folder) == {}
    await library.maintenance.backup(folder / "backup.db")
    assert found(folder) == {}


# What is said in videos.


async def test_an_import_that_is_undone_is_gone(library: Library, folder: Path) -> None:
    await store(library, rows("plain", 30, 1, name="w"))
    await store(library, rows(SECRET, 60, 2))
    await library.index_age_seconds(SHARED)
    before = found(folder)
    assert len(before) == 2, "the database and the index file"
    await library.undo(SHARED)
    await nothing_is_left(library, folder)


async def test_what_was_replaced_is_gone_once_that_can_no_longer_be_undone(library: Library, folder: Path) -> None:
    await store(library, rows("plain", 30, 1, name="w"))
    await store(library, rows(SECRET, 40, 2))
    await library.index_age_seconds(SHARED)
    await store(library, rows("other", 40, 3), replace=True)
    assert set(found(folder)) == {"cuepoint.db"}, "what undo needs"
    await store(library, rows("another", 1, 4, name="x"))
    await nothing_is_left(library, folder)


async def _remove(library: Library) -> None:
    await library.remove(SHARED, "v0")


async def _rename(library: Library) -> None:
    await library.rename(SHARED, "v0", "Another title")


@pytest.mark.parametrize("act", [_remove, _rename])
async def test_a_video_that_is_removed_or_renamed_is_gone_with_the_next_act(
    library: Library, folder: Path, act: Callable[[Library], Awaitable[None]]
) -> None:
    """Of the renamed video the title is the only place of the word."""
    word = "title" + SECRET
    text = b'{"video_id": "v0", "title": "%s", "text": "the copper lantern", "start_second": 0}' % word.encode()
    await store(library, rows("plain", 40, 1, name="w"), Source("v0.jsonl", text))
    await library.index_age_seconds(SHARED)
    assert len(found(folder)) == 2
    await act(library)
    assert set(found(folder)) == {"cuepoint.db"}
    await store(library, rows("another", 1, 4, name="x"))
    await nothing_is_left(library, folder)


async def test_a_purged_library_is_gone_with_what_could_be_undone_in_it(
    library: Library, ledger: Ledger, folder: Path
) -> None:
    await library.import_files(SERVER, [(rows("plain", 30, 1, name="w"), Labels())])
    await store(library, rows(SECRET, 60, 2))
    await library.index_age_seconds(SHARED)
    await library.glossary.add(SHARED, GlossaryEntry(SECRET, "quark"))
    await store(library, rows("other", 40, 3), replace=True)
    await ledger.record_miss("shared", SECRET, 7)
    await purge_shared(library, ledger)
    await nothing_is_left(library, folder)
    assert (await library.statistics(SERVER)).videos == 30


async def test_what_was_undone_before_a_purge_is_gone(library: Library, ledger: Ledger, folder: Path) -> None:
    await store(library, rows(SECRET, 60, 2))
    await library.undo(SHARED)
    await store(library, rows("plain", 30, 1, name="w"))
    await purge_shared(library, ledger)
    await nothing_is_left(library, folder)


async def test_a_purge_takes_half_written_files_along(library: Library, folder: Path) -> None:
    await store(library, rows(SECRET, 2, 2))
    long_ago = time.time() - 2 * ABANDONED_AFTER_SECONDS
    for place in (folder, folder / "index", folder / "backups"):
        place.mkdir(exist_ok=True)
        left = part_path(place / "file")
        left.write_text(SECRET)
        os.utime(left, (long_ago, long_ago))
    await library.purge(SHARED)
    await nothing_is_left(library, folder)


async def test_a_glossary_entry_that_is_removed_is_gone(library: Library, folder: Path) -> None:
    for number in range(30):
        await library.glossary.add(SHARED, GlossaryEntry(f"{SECRET} {number}", f"quark {number}"))
    assert found(folder)
    for number in range(30):
        await library.glossary.remove(SHARED, f"{SECRET} {number}")
    await library._database.finish_erasing()
    await library.close()
    assert found(folder) == {}


async def test_the_index_file_of_a_large_library_is_rewritten_in_the_background_and_before_closing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_manager, "MERGE_INLINE_MAX_SEGMENTS", 0)
    monkeypatch.setattr(index_manager, "ERASING_TIMEOUT_SECONDS", 0.0)
    async with opened(folder / "cuepoint.db") as library:
        await store(library, rows("plain", 300, 1, name="w", segments=4))
        await store(library, rows(SECRET, 300, 2, segments=2))
        await library.index_age_seconds(SHARED)
        assert any(name.startswith("index") for name in found(folder))
        await library.undo(SHARED)
    assert found(folder) == {}
    assert list(folder.glob("index/*.index")), "rewritten, not only deleted"


async def test_an_index_file_that_a_killed_change_left_is_rewritten_by_the_daily_sweep(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*given: object) -> None:
        pass

    async with opened(folder / "cuepoint.db") as library:
        await store(library, rows("plain", 30, 1, name="w"))
        await store(library, rows(SECRET, 30, 2))
        await library.index_age_seconds(SHARED)
        with monkeypatch.context() as change:
            change.setattr(library._indexes, "erase_deleted", killed)
            await library.undo(SHARED)
        assert found(folder)
        await library.maintenance.erase_leftovers()
        assert found(folder) == {}


# What people asked, and how they voted.


async def ask_about(ledger: Ledger, word: str, person: int) -> None:
    """Leave everything that is kept about a person, in their own library and server too."""
    for number in range(60):
        question = f"what about {word} number {number}?"
        for library in ("shared", "server:42"):
            await ledger.record_miss(library, question, person)
            await ledger.save_vote(person, Vote(library, question, "v1", float(number), Verdict.HELPFUL))
        await ledger.save_state(question, lifetime_seconds=DAY, libraries=["server:42"])
    for number in range(10):
        for library in ("shared", "server:42"):
            await ledger.add_follow(Follow(person, library, f'{{"text": "what about {word} {number}?"}}', number))
    await ledger.record_sighting(person, 42)


@pytest.fixture
async def asked(ledger: Ledger) -> Ledger:
    """A ledger in which the questions of several people stand between one another."""
    for person in range(5):
        await ask_about(ledger, "plain", person)
    await ask_about(ledger, SECRET, 7)
    return ledger


async def _privacy(library: Library, ledger: Ledger) -> None:
    await ledger.delete_personal_data(7)
    await ledger.purge_feedback("server:42")  # the buttons, of which nobody knows whose they are


async def _server_left(library: Library, ledger: Ledger) -> None:
    await ledger.save_settings(42, ServerSettings(channels=frozenset({123456789})))
    await ledger.delete_personal_data(7)
    await purge_server(library, ledger, 42)


async def _retention(library: Library, ledger: Ledger) -> None:
    ledger._now = lambda: 1.7e9 + 40 * DAY
    await ledger.delete_expired(30 * DAY)


@pytest.mark.parametrize("delete", [_privacy, _server_left, _retention])
async def test_what_people_asked_is_gone_when_it_is_deleted(
    library: Library, asked: Ledger, folder: Path, delete: Callable[[Library, Ledger], Awaitable[None]]
) -> None:
    assert sum(found(folder).values()) > 1000
    await delete(library, asked)
    await nothing_is_left(library, folder)
    kept = await asked.misses("shared")
    assert len(kept) == (0 if delete is _retention else 60), "what others asked stays"


async def test_of_many_rows_only_the_compaction_leaves_nothing(
    library: Library, asked: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.ledger.rows.MAX_REWRITTEN_ROWS", 10)
    await asked.delete_personal_data(7)
    await asked.purge_feedback("server:42")
    await asked.close()
    assert found(folder) == {}


async def test_what_was_to_be_told_once_is_gone_after_it_was_told(ledger: Ledger, folder: Path) -> None:
    for person in range(200):
        word = "plain" if person % 4 else SECRET
        inquiry = f'{{"text": "what about {word} {person}?"}}'
        await ledger.add_follow(Follow(person, "server:42", inquiry, is_once=word == SECRET))
    videos = frozenset({"new"})
    for follow in await ledger.follows_in("server:42"):
        await ledger.note_found([follow.follow_id], videos)
    for follow in await ledger.follows_in("server:42"):
        places = tuple((f"new{number}", 1.0) for number in range(follow.person_id % 50))
        assert await ledger.begin_batch(f"{follow.follow_id}", {follow.follow_id: ToldPlaces(places, videos)})
        await ledger.finish_batch(f"{follow.follow_id}", recipient_of(follow))
    assert len(await ledger.follows_in("server:42")) == 150
    assert found(folder) == {}


_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from storage.database import compaction
from storage.ledger import Ledger

async def delete() -> None:
    ledger = await Ledger.open(Path(sys.argv[1]))
    compaction._truncate_log = lambda writer: os.kill(os.getpid(), signal.SIGKILL)
    await ledger.delete_personal_data(7)

asyncio.run(delete())
"""


async def test_a_log_that_was_not_truncated_before_a_kill_is_truncated_at_the_next_start(folder: Path) -> None:
    ledger = await Ledger.open(folder / "cuepoint.db")
    for number in range(60):
        await ledger.record_miss("shared", f"what about {SECRET} number {number}?", 7)
        await ledger.record_miss("shared", f"what about nothing at all, {number}?", 8)
    await ledger.close()
    assert list(found(folder)) == ["cuepoint.db"]
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", _KILLED, folder / "cuepoint.db", cwd=PROJECT)
    assert await killed.wait() == -signal.SIGKILL
    assert found(folder), "the pages as they were before, in the database or its log"
    ledger = await Ledger.open(folder / "cuepoint.db")
    assert len(await ledger.misses("shared")) == 60, "it was deleted before the kill"
    assert found(folder) == {}
    await ledger.close()


# What SQLite leaves in the gaps of pages when it moves rows from one to another, however it overwrites what it deletes.


async def ask_in_any_order(ledger: Ledger, seed: int) -> None:
    drawn = random.Random(seed)
    ledger._secret = bytes(32)  # so that the rows of people stand in the same order every time
    async with ledger._database.transaction() as connection:
        for number in range(3000):
            person = drawn.randrange(40)
            words = [*drawn.choices(WORDS, k=drawn.randint(3, 12)), SECRET if person == 5 else "plain", f"{number}"]
            await connection.execute(
                "INSERT INTO miss (library, question, person, count, last_asked, wording)"
                " VALUES ('shared', ?1, ?2, 1, 0, ?1)",
                (" ".join(words), ledger._person_key(person)),
            )


async def store_in_any_order(library: Library, seed: int) -> None:
    drawn = random.Random(seed)
    async with library._database.transaction() as connection:
        await connection.execute("INSERT INTO library (id, key, language) VALUES (7, 'shared', 'en')")
        for video in range(60):
            word = "plain" if video % 3 else SECRET
            await connection.execute(
                "INSERT INTO video (id, library_id, video_id, title, creator, url, thumbnail, language)"
                " VALUES (?1, ?2, ?1, '', '', '', '', '')",
                (100 + video, 7 if word == SECRET else 1),
            )
            await connection.executemany(
                "INSERT INTO segment (video, start_second, end_second, text) VALUES (?1, ?2, ?2, ?3)",
                [
                    (100 + video, second, " ".join([*drawn.choices(WORDS, k=drawn.randint(5, 60)), word]))
                    for second in drawn.sample(range(60), 60)
                ],
            )


@pytest.mark.parametrize("is_mended", [True, False], ids=["mended", "as SQLite leaves it"])
async def test_moved_rows_of_a_table_about_people_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_mended: bool
) -> None:
    async def leave(*given: object) -> None:
        pass

    if not is_mended:
        monkeypatch.setattr("storage.ledger.rows._rewrite_table", leave)
    left = 0
    for seed in range(4):
        folder = tmp_path / f"{seed}"
        ledger = await Ledger.open(folder / "cuepoint.db")
        await ask_in_any_order(ledger, seed)
        await ledger.delete_personal_data(5)
        left += sum(found(folder).values())
        await ledger.close()
    assert bool(left) is not is_mended


@pytest.mark.parametrize("is_mended", [True, False], ids=["mended", "as SQLite leaves it"])
async def test_moved_segments_are_gone_by_the_compaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_mended: bool
) -> None:
    if not is_mended:
        monkeypatch.setattr("storage.database.compaction.MAX_QUICK_BYTES", 0)
    left = 0
    for seed in range(4):
        folder = tmp_path / f"{seed}"
        async with opened(folder / "cuepoint.db") as library:
            await store_in_any_order(library, seed)
            await library.purge(SHARED)
            left += sum(found(folder).values())
    assert bool(left) is not is_mended
