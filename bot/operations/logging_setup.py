"""What the running bot tells whoever looks after it: lines to read on a terminal, one JSON object a line elsewhere.

Everything logs to Python's own loggers, discord.py and storage included; here it all goes through the same processors.
What people ask and what captions say is no part of it at the levels from INFO up.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any, TextIO

import structlog
from rich.console import Console
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.operations.safe_traceback import format_trace
from storage.characters import CONTROLS, DIRECTIONS, LINE_ENDS

OUR_LOGGERS = ("cuepoint", "discord")
"""The loggers that are heard from the level that is set; of others only warnings are."""
FIELDS = ("reference",)
"""What a line may tell beside its words. Nothing that people ask is among it, whoever logs it."""
HIDDEN = "[hidden]"
_INTERACTION_TOKEN = re.compile(r"(?<=/)((?:webhooks|interactions)/\d+/)[^/\s?\"']+")
"""Discord's addresses hold what lets anybody answer in the bot's place for a quarter of an hour."""
# Shown as escapes, not dropped: a log tells what came. Tab and line feed are the lines' own.
_CONTROL = re.compile(f"[{CONTROLS}{LINE_ENDS}{DIRECTIONS}]")


@contextlib.contextmanager
def configured_logging(level: str, secret: str = "", stream: TextIO | None = None) -> Iterator[None]:
    """Tell what is logged, from a level such as INFO on, and never the secret; on standard error, if left out."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_make_formatter(stream, secret))
    root, loggers = logging.getLogger(), [logging.getLogger(name) for name in OUR_LOGGERS]
    before = [(logger, logger.level, logger.propagate) for logger in loggers]
    root.addHandler(handler)
    for logger in loggers:
        logger.setLevel(level)
        logger.propagate = True
    try:
        yield
    finally:
        root.removeHandler(handler)
        for logger, was, propagated in before:
            logger.setLevel(was)
            logger.propagate = propagated


def _make_formatter(stream: TextIO, secret: str) -> logging.Formatter:
    readable = stream.isatty()
    moment = structlog.processors.TimeStamper("%Y-%m-%d %H:%M:%S" if readable else "iso", utc=not readable)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(FIELDS),
            moment,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(lambda raised: format_trace(raised[1])),
            _LogCleaner(secret),
            _is_terminal(stream) if readable else structlog.processors.JSONRenderer(default=str),
        ],
    )


def _is_terminal(stream: TextIO) -> Processor:
    console = Console(file=stream)
    colours = console.color_system is not None and not console.no_color
    return structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)


class _LogCleaner:
    """Takes out of every word of a line what nobody may see: secrets, and what a terminal would obey."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: self._clean_value(value) for key, value in event.items()}

    def _clean_value(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        text = str(value)
        if self._secret:
            text = text.replace(self._secret, HIDDEN)
        text = _INTERACTION_TOKEN.sub(rf"\1{HIDDEN}", text)
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
