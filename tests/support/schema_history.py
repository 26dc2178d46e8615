"""Databases as earlier versions of Cuepoint left them, with rows in every table."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from storage.database.schema import MIGRATIONS
from storage.ledger.people import MAX_SERVERS_SEEN

LATEST = len(MIGRATIONS)
EARLIER = range(1, LATEST)
QUESTIONS = ("copper lantern", "violin maker spruce", "bronze bell fog")
Dump = dict[str, list[tuple[Any, ...]]]

_SPOKEN = (
    "the copper lantern hangs above the harbour gate", "fog comes in and the keeper rings a bronze bell",
    "the violin maker chooses spruce for the top", "varnish dries for weeks in the workshop",
)  # fmt: skip
_LIBRARIES = ((1, "shared", "en", 7), (2, "samples", "en", 1), (3, "server:42", "de", -5))
_VIDEOS = tuple((number, 3 if number > 5 else 1, f"video-{number}") for number in range(1, 9))
_BEFORE = {
    "video": {"video_id": "video-2", "title": "As it was", "creator": "", "url": "", "thumbnail": "", "language": ""},
    "segments": [
        {"start_second": 0.0, "end_second": 9.5, "text": "as it was", "marks": [{"offset": 0, "start_second": 0.0}]}
    ],
}

ROWS: dict[int, tuple[tuple[str, Sequence[tuple[Any, ...]]], ...]] = {
    1: (
        ("INSERT INTO library (id, key, language, revision) VALUES (?, ?, ?, ?)", _LIBRARIES),
        (
            "INSERT INTO video (id, library_id, video_id, title, creator, url, thumbnail, language)"
            " VALUES (?, ?, ?, 'Harbour', 'Ana', 'https://talks.example.org/1', '', 'en')",
            _VIDEOS,
        ),
        (
            "INSERT INTO segment (video, start_second, end_second, text, marks) VALUES (?, ?, ?, ?, ?)",
            [
                (video, part * 30.5, part * 30.5 + 30, f"{text}, says {name}", "[[0,1.5],[4,2.25]]" if part else None)
                for video, _, name in _VIDEOS
                for part, text in enumerate(_SPOKEN)
            ],
        ),
        (
            "INSERT INTO import (id, library_id, description, made_at) VALUES (?, ?, ?, '2024-01-01T00:00:00+00:00')",
            [(3, 1, "import of a.srt"), (5, 3, "removal of b")],
        ),
        (
            "INSERT INTO replaced (import_id, video_id, before) VALUES (?, ?, ?)",
            [(3, "video-1", None), (3, "video-2", json.dumps(_BEFORE)), (5, "video-6", None)],
        ),
    ),
    2: (
        ("INSERT INTO secret (id, value) VALUES (1, ?)", [(bytes(range(32)),)]),
        ("INSERT INTO button_state (key, payload, expired_at) VALUES (?, 'payload', 4e9)", [("a",), ("b",)]),
        (
            "INSERT INTO vote (voter, library, question, video_id, start_second, verdict)"
            " VALUES (?, 'shared', 'what is it?', 'video-1', 30.5, 'helpful')",
            [("ana",), ("ben",)],
        ),
        ("INSERT INTO command_tree (place, hash) VALUES (?, 'hash')", [("global",), ("42",)]),
    ),
    3: (
        ("INSERT INTO glossary (library_id, said, meant) VALUES (?, 'ganz', 'GANs')", [(1,), (3,)]),
        ("UPDATE library SET glossary_revision = ? WHERE id = 1", [(4,)]),
    ),
    4: (("UPDATE video SET version = 1000 + id", [()]),),
    5: (("INSERT INTO import_tally (library, day, imports) VALUES (?, '2024-01-01', 3)", [("server:42",)]),),
    6: (
        (
            "INSERT INTO server (id, settings, application, left_at) VALUES (?, ?, '77', ?)",
            [("42", '{"quotes": 3}', None), ("43", "{}", 1.7e9)],
        ),
        (
            "INSERT INTO sighting (person, server, last_seen) VALUES ('ana', ?, 1.7e9)",
            [(str(number),) for number in range(MAX_SERVERS_SEEN + 1)],
        ),
        (
            "INSERT INTO miss (library, question, person, count, last_asked) VALUES ('shared', ?, 'ana', 2, 1.7e9)",
            [("what is missing?",), ("and what else?",)],
        ),
        ("UPDATE vote SET voted_at = 1.6e9", [()]),
        ("UPDATE library SET language_chosen = 1 WHERE id = ?", [(3,)]),
    ),
    8: (
        (
            "UPDATE video SET published = '2024-05-01', chapters = ?, is_automatic = 1, track_of = 'video-0'"
            " WHERE id = 8",
            [('[[0,"Opening"],[31,"The bell"]]',)],
        ),
        ("UPDATE segment SET turns = ? WHERE video = 8", [('[[0,"Ana"],[12,""]]',)]),
    ),
    10: (
        ("UPDATE vote SET server = '42', channel = ? WHERE voter = 'ana'", [("7",)]),
        ("UPDATE command_tree SET ids = ?", [('{"ask": 7}',)]),
    ),
}
"""By the version that brought the tables or columns: what is put into them. A later migration adds a key."""


def make(path: Path, version: int) -> None:
    """A database as that version left it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN")
    for statement in [statement for migration in MIGRATIONS[:version] for statement in migration]:
        connection.execute(statement)
    for number in range(1, version + 1):
        for sql, rows in ROWS.get(number, ()):
            connection.executemany(sql, rows)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("COMMIT")
    connection.close()


def columns(path: Path) -> dict[str, list[str]]:
    """The columns of every table."""
    tables = _query(path, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {name: [row[1] for row in _query(path, f'PRAGMA table_info("{name}")')] for (name,) in tables}


def dump(path: Path, of: dict[str, list[str]]) -> Dump:
    """The rows of some tables, as to the columns named."""
    return {
        table: sorted(_query(path, f'SELECT {", ".join(names)} FROM "{table}"'), key=repr)
        for table, names in of.items()
    }


def lasting(path: Path, version: int) -> dict[str, list[str]]:
    """The tables and columns of a version whose values no later one changes. The first start rewrites the file, and
    so counts no erasure any more."""
    drawn_anew = {"version", "erasures"} if version < 4 else {"erasures"}
    return {table: [name for name in names if name not in drawn_anew] for table, names in columns(path).items()}


def _query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
