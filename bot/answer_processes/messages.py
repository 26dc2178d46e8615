"""What the bot's process and an answering process write to one another: pickled values, each with its length before it.

A pipe has the bot's own child at its other end and nobody else, so what comes out of it may be unpickled. What people
and videos say is in there as plain strings.
"""

from __future__ import annotations

import pickle
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from bot import asking
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import Answer, AnsweredTimeline, OpenedPassage, PassageRange, QuoteLengths, QuotePlace
from bot.errors import BotError
from bot.operations.metrics import AnswerStep
from storage.errors import StorageError
from storage.library import Library
from storage.models import LinkHosts, MeaningOptions, Question, Scope

LENGTH_BYTES = 8
"""The length of a message comes first, as a number of so many bytes, the largest first."""

Result_co = TypeVar("Result_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Opening:
    """The first message to an answering process: what it opens, and from which level on it logs."""

    database: Path
    meaning: MeaningOptions | None
    hosts: LinkHosts
    log_level: str


@dataclass(frozen=True, slots=True)
class Request(ABC, Generic[Result_co]):
    """A question about a scope, which gets the same answer in whichever process it is computed."""

    scope: Scope
    question: Question

    @abstractmethod
    async def compute(self, library: Library) -> Result_co:
        """Compute the answer. Raises as the function of `bot.asking` does."""


@dataclass(frozen=True, slots=True)
class AskRequest(Request[Answer]):
    """A question for quotes."""

    limit: int
    thresholds: SurenessThresholds
    lengths: QuoteLengths

    async def compute(self, library: Library) -> Answer:
        """Compute what `asking.ask` does."""
        return await asking.ask(
            library, self.scope, self.question, limit=self.limit, thresholds=self.thresholds, lengths=self.lengths
        )


@dataclass(frozen=True, slots=True)
class TimelineRequest(Request[AnsweredTimeline]):
    """A question for a timeline."""

    thresholds: SurenessThresholds

    async def compute(self, library: Library) -> AnsweredTimeline:
        """Compute what `asking.timeline` does."""
        return await asking.timeline(library, self.scope, self.question, thresholds=self.thresholds)


@dataclass(frozen=True, slots=True)
class PassageRequest(Request[OpenedPassage]):
    """A question for a passage by itself."""

    passage_range: PassageRange
    quoted: QuotePlace | None
    shown: PassageRange | None
    step: int

    async def compute(self, library: Library) -> OpenedPassage:
        """Compute what `asking.open_passage` does."""
        return await asking.open_passage(
            library,
            self.scope,
            self.question,
            self.passage_range,
            quoted=self.quoted,
            shown=self.shown,
            step=self.step,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a request came to, and how many seconds its steps took.

    `error` was raised on purpose, and is raised for the asker too. Where `is_computed` is False the bot's own process
    has to compute the answer: this one cannot yet, or failed.
    """

    result: object = None
    error: BotError | StorageError | None = None
    is_computed: bool = True
    has_failed: bool = False
    steps: tuple[tuple[AnswerStep, float], ...] = ()


def pack_message(message: object) -> bytes:
    """Return a message with its length before it."""
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(content).to_bytes(LENGTH_BYTES) + content


def read_message(stream: BinaryIO) -> object:
    """Return the next message of a stream. Raises EOFError at its end, or where it ends within a message."""
    length = int.from_bytes(_read_exactly(stream, LENGTH_BYTES))
    return pickle.loads(_read_exactly(stream, length))


def _read_exactly(stream: BinaryIO, count: int) -> bytes:
    content = stream.read(count)
    if len(content) < count:
        raise EOFError
    return content
