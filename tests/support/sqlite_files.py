"""A database as another program sees it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    """Return the rows that a statement finds."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return connection.execute(sql).fetchall()


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Read from a database all the while, as a program does that takes its time: so its log cannot be taken over."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT * FROM library").fetchall()
        yield
