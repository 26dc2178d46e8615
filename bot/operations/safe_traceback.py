"""Traces of unexpected errors that hold no words of anybody.

A log is read by whoever hosts the bot, and is sent around when something is wrong. What an error says of itself may
hold a question, a caption or a key of Discord's; which lines of the program it came through may not.
"""

from __future__ import annotations

import logging
import sqlite3
import traceback

from storage.errors import DatabaseError


def format_trace(error: BaseException) -> str:
    """Where an error came from, its causes before it: the lines of the program and the kind of each, and no more."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    earlier = f"{format_trace(before)}\n\nwhich led to\n\n" if before is not None else ""
    lines = "".join(traceback.format_tb(error.__traceback__))
    return f"{earlier}Traceback (most recent call last):\n{lines}{describe_error(error)}"


def describe_error(error: BaseException) -> str:
    """An error's kind, with what can hold no words of anybody: what the system, SQLite or Discord's codes say."""
    kind = type(error).__qualname__
    if isinstance(error, OSError) and error.strerror:
        return f"{kind}: {error.strerror}"
    if isinstance(error, sqlite3.Error | DatabaseError):
        return f"{kind}: {error}"
    codes = [f"{name} {value}" for name in ("status", "code") if isinstance(value := getattr(error, name, None), int)]
    return f"{kind}: {', '.join(codes)}" if codes else kind


class SafeTracebackFilter(logging.Filter):
    """For a handler of logs: the errors that come along are written by their trace, without what they say."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through, so rewritten."""
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text, record.exc_info = format_trace(record.exc_info[1]), None
        return True
