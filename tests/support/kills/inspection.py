"""What is looked at after a kill: nothing half there, nothing lost, and the answers of a fresh rebuild."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.answering.values import Answer
from storage import access
from storage.library import Library
from storage.models import Question, SearchResult, StoredVideo
from tests.support import asking as asking_text
from tests.support.kills.data_folder import NAME
from tests.support.kills.scenarios import opened

QUESTIONS = ("copper lantern", "copper lanten", "bread dough oven -salt", '"violin spruce"', "bronze bell in fog")
TABLES = ("glossary", "vote", "miss", "button_state", "command_tree", "secret", "sighting", "server", "import_tally")
Videos = Mapping[tuple[str, str], StoredVideo]


@dataclass(frozen=True)
class State:
    """What a data folder holds: every video by library and id, and what the ledger has of each table."""

    videos: Videos
    rows: Mapping[str, list[tuple[object, ...]]]


async def state(folder: Path) -> State:
    """What a folder holds, once it has been opened."""
    async with opened(folder) as library:
        keys = [size.library for size in await library.sizes()]
        videos = {(key, each.video.video_id): each for key in keys for each in await library._repository.videos(key)}
        rows = {table: await library.maintenance._rows(f"SELECT * FROM {table}") for table in TABLES}
    return State(videos, {table: [tuple(row) for row in held] for table, held in rows.items()})


def files_that_hold(folder: Path, words: str) -> set[str]:
    """The names of the files in which words stand, in the letters given."""
    return {path.name for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()}


def sound(folder: Path) -> None:
    """The file is whole in SQLite's eyes before anybody of ours has opened it."""
    with contextlib.closing(sqlite3.connect(folder / NAME)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def version_of(folder: Path) -> int:
    """The version of the schema."""
    with contextlib.closing(sqlite3.connect(folder / NAME)) as connection:
        [version] = connection.execute("PRAGMA user_version").fetchone()
        return int(version)


def fates(found: Videos, old: Videos, new: Videos) -> dict[tuple[str, str], str]:
    """Of every video that the act changes whether it is "old" or "new"; fails where it is neither."""
    told = {}
    for place in {**old, **new, **found}:
        is_old, is_new = (found.get(place) == each.get(place) for each in (old, new))
        assert is_old or is_new, f"{place} is neither as it was nor as it becomes"
        if is_old != is_new:
            told[place] = "old" if is_old else "new"
    return told


async def answers_hold(folder: Path) -> None:
    """With the index as it was left the answers are those of one made anew, to the last bit; and nothing is wrong."""
    async with opened(folder) as library:
        left = await _answers(library)
        library._indexes.clear()
        assert left == await _answers(library)
        assert await library.maintenance.problems() == []


async def _answers(library: Library) -> list[tuple[SearchResult, Answer]]:
    scopes = [access.any_scope(size.library) for size in await library.sizes()]
    return [
        (
            await asking_text.search_one_language(library, scope, Question(text, text), 10),
            await asking_text.ask(library, scope, text),
        )
        for scope in scopes
        for text in QUESTIONS
    ]
