"""Traces of unexpected errors that hold nothing that people wrote.

A log is read by the host of the bot, and is passed on when something is wrong. The message of an error may hold a
question, a caption or a token of Discord's; the lines of the program it came through may not.
"""

from __future__ import annotations

import logging
import sqlite3
import traceback

from storage.errors import DatabaseError


def format_trace(error: BaseException) -> str:
    """Return where an error came from, its causes first: only the lines of the program and the kinds of the errors."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    earlier = f"{format_trace(before)}\n\nwhich led to\n\n" if before is not None else ""
    lines = "".join(traceback.format_tb(error.__traceback__))
    return f"{earlier}Traceback (most recent call last):\n{lines}{describe_error(error)}"


def describe_error(error: BaseException) -> str:
    """Return an error's kind, with what cannot hold anyone's words: what the system, SQLite or Discord's codes say."""
    kind = type(error).__qualname__
    if isinstance(error, OSError) and error.strerror:
        return f"{kind}: {error.strerror}"
    if isinstance(error, sqlite3.Error | DatabaseError):
        return f"{kind}: {error}"
    codes = [f"{name} {value}" for name in ("status", "code") if isinstance(value := getattr(error, name, None), int)]
    return f"{kind}: {', '.join(codes)}" if codes else kind


class SafeTracebackFilter(logging.Filter):
    """Makes a log handler write errors by their trace, without their messages."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the error of a record, and let every record through."""
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text, record.exc_info = format_trace(record.exc_info[1]), None
        return True
