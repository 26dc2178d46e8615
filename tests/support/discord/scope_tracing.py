"""What a road reads and writes: every SQL statement with its values, every index file, and what they depend on."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage.indexing.index_files import IndexCache
from storage.ledger import Ledger
from storage.library import INDEX_FOLDER, Library

_KEYS = re.compile(r"server:\d+|(?<=['\"])(?:shared|samples)(?=['\"])")
_BY_LIBRARY = {
    "library": "id = ?1", "video": "library_id = ?1", "import": "library_id = ?1", "glossary": "library_id = ?1",
    "segment": "video IN (SELECT id FROM video WHERE library_id = ?1)",
    "replaced": "import_id IN (SELECT id FROM import WHERE library_id = ?1)",
}  # fmt: skip
_EVENTS = {"open": slice(0, 1), "os.rename": slice(0, 2), "os.remove": slice(0, 1), "subprocess.Popen": slice(1, 2)}
"""What the interpreter tells of every file and process, and which of the arguments say which."""
_BY_KEY = ("vote", "miss", "import_tally")


@dataclass(slots=True)
class Trace:
    """`statements` are those of SQLite, their values written into them; `touched` every path and command line."""

    statements: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)

    @property
    def keys(self) -> set[str]:
        """Every library's key that any statement names."""
        return {key for statement in self.statements for key in _KEYS.findall(statement)}


_watching: list[Trace] = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and event in _EVENTS:
        for each in arguments[_EVENTS[event]]:
            text = " ".join(map(str, each)) if isinstance(each, list | tuple) else str(each)
            for trace in _watching:
                trace.touched.append(text)


# A hook can never be taken away again: this one is there once, and silent while nobody watches.
sys.addaudithook(_note)


@asynccontextmanager
async def traced(library: Library, ledger: Ledger) -> AsyncIterator[Trace]:
    """All that is read and written inside, over both connections of both doors."""
    trace = Trace()
    databases = [door._database for door in (library, ledger)]
    connections = [each for database in databases for each in (database.reader, database._writer)]
    for connection in connections:
        await connection.set_trace_callback(trace.statements.append)
    _watching.append(trace)
    try:
        yield trace
    finally:
        _watching.remove(trace)
        for connection in connections:
            await connection.set_trace_callback(None)


def index_file(folder: Path, key: str) -> str:
    """The file in which a library's index is kept."""
    return str(IndexCache(folder / INDEX_FOLDER)._path(key))


def renumber(path: Path, key: str, number: int) -> None:
    """Give a library's row another number, by which it can be told in a statement."""
    with closing(sqlite3.connect(path)) as database, database:
        (old,) = database.execute("SELECT id FROM library WHERE key = ?", (key,)).fetchone()
        for table, column in (*((each, "library_id") for each in ("video", "import", "glossary")), ("library", "id")):
            database.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (number, old))


def held(path: Path, key: str) -> dict[str, list[Any]]:
    """Every row of a library, its feedback and its imports of the day included, by table."""
    with closing(sqlite3.connect(path)) as database:
        (number,) = database.execute("SELECT id FROM library WHERE key = ?", (key,)).fetchone()
        rows = {
            table: database.execute(f"SELECT * FROM {table} WHERE {where}", (number,)).fetchall()
            for table, where in _BY_LIBRARY.items()
        }
        return rows | {
            table: database.execute(f"SELECT * FROM {table} WHERE library = ?", (key,)).fetchall() for table in _BY_KEY
        }


def swayed(path: Path, key: str, statements: Sequence[str]) -> list[str]:
    """Those of the statements that would have found something else, had a library not been there.

    Asked again of a copy as it is, and of one without the library, its feedback and its imports of the day.
    """
    reading = dict.fromkeys(each for each in statements if each.lstrip().upper().startswith(("SELECT", "WITH")))
    with _copy(path) as whole, _copy(path) as without:
        without.execute("DELETE FROM library WHERE key = ?", (key,))
        for table in _BY_KEY:
            without.execute(f"DELETE FROM {table} WHERE library = ?", (key,))
        return [each for each in reading if whole.execute(each).fetchall() != without.execute(each).fetchall()]


@contextmanager
def _copy(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)
        copy.execute("PRAGMA foreign_keys = ON")
        yield copy
