"""The log of the running bot: readable lines on a terminal, one JSON object a line elsewhere.

Everything logs to Python's own loggers, discord.py and storage included; here it all goes through the same processors.
From INFO up, the log does not hold what people ask and what captions say.
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

from bot.operations.log_throttling import ThrottlingFilter
from bot.operations.safe_traceback import format_trace
from storage.characters import CONTROLS, DIRECTIONS, LINE_ENDS

OUR_LOGGERS = ("cuepoint", "discord")
"""The loggers whose lines are written from the configured level on; of others only warnings are."""
UNHANDLED_ERRORS = "cuepoint.unhandled"
"""The logger of errors that no code awaited, such as those of connections."""
THROTTLED = ("aiohttp.server", "aiohttp.web", "asyncio", UNHANDLED_ERRORS)
"""The loggers that anyone who reaches the HTTP port can make write."""
FIELDS = ("reference",)
"""What a line may hold besides its message. Nothing that people ask is among it, wherever it is logged."""
HIDDEN = "[hidden]"
_REPLY_TOKEN = re.compile(
    r"""((?<=/)(?:webhooks|interactions)/\d+/)[^/\s?"']+"""  # in an address
    r"""|(["']token["']:\s*["'])[^"']+"""  # in an event of the gateway, and in what Discord answers
    r"""|(\b\d+:)[\w-]{60,}"""  # in a bucket of discord.py's rate limits
    r"""|\baW50ZXJhY3Rpb2[\w=+/-]+"""  # "interaction" in base64, with which they all begin, wherever it stands
)
"""Tokens with which anyone can answer in the bot's place for a quarter of an hour; at level DEBUG discord.py logs whole
events."""
# Shown as escapes, not dropped: a log shows what came. Tab and line feed are the lines' own.
_CONTROL = re.compile(f"[{CONTROLS}{LINE_ENDS}{DIRECTIONS}]")


@contextlib.contextmanager
def configured_logging(level: str, secret: str = "", stream: TextIO | None = None) -> Iterator[None]:
    """Write the log from a level such as INFO on, never with the secret; to standard error without a stream."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_make_formatter(stream, secret))
    handler.addFilter(ThrottlingFilter(THROTTLED))
    root, loggers = logging.getLogger(), [logging.getLogger(name) for name in OUR_LOGGERS]
    previous = [(logger, logger.level, logger.propagate) for logger in loggers]
    root.addHandler(handler)
    for logger in loggers:
        logger.setLevel(level)
        logger.propagate = True
    try:
        yield
    finally:
        root.removeHandler(handler)
        for logger, old_level, old_propagate in previous:
            logger.setLevel(old_level)
            logger.propagate = old_propagate


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
            _make_console_renderer(stream) if readable else structlog.processors.JSONRenderer(default=str),
        ],
    )


def _make_console_renderer(stream: TextIO) -> Processor:
    console = Console(file=stream)
    colours = console.color_system is not None and not console.no_color
    return structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)


class _LogCleaner:
    """Removes from every value of a line what no one may see: secrets, and what a terminal would obey."""

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
        text = _REPLY_TOKEN.sub(lambda match: "".join(filter(None, match.groups())) + HIDDEN, text)
        return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
