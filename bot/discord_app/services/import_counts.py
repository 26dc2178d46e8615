"""Imports as they are measured: what became of each, in figures only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.errors import BotError, BrokenOff
from bot.operations import metrics
from bot.operations.metrics import Outcome
from storage.errors import DatabaseError, StorageError
from storage.models import ImportReport


@contextmanager
def counted() -> Iterator[Callable[[ImportReport], None]]:
    """Count an import: by its report, once that is told, or by the error with which it ended."""
    try:
        yield _count
    except Exception as error:
        metrics.imported(_outcome(error))
        raise


def _count(report: ImportReport) -> None:
    if report.has_changes:
        videos = {"added": report.videos_added, "changed": report.videos_changed}
        segments = {"added": report.segments_added, "replaced": report.segments_replaced}
        metrics.imported(Outcome.CHANGED, videos, segments | {"removed": report.segments_removed})
    else:
        metrics.imported(Outcome.UNCHANGED if report.videos_unchanged else Outcome.REFUSED)


def _outcome(error: Exception) -> Outcome:
    if isinstance(error, BrokenOff):
        return Outcome.BROKEN_OFF
    told = isinstance(error, BotError | StorageError) and not isinstance(error, DatabaseError)
    return Outcome.REFUSED if told else Outcome.FAILED
