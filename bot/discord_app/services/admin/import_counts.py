"""Metrics of imports: their outcomes, in figures only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.errors import BotError, ImportCancelled
from bot.operations import metrics
from bot.operations.metrics import ImportOutcome
from storage.errors import DatabaseError, StorageError
from storage.models import ImportReport


@contextmanager
def measure_import() -> Iterator[Callable[[ImportReport], None]]:
    """Count an import by the report that is passed to the yielded function, or by the error with which it ended."""
    try:
        yield _count_report
    except Exception as error:
        metrics.count_import(_outcome_of(error))
        raise


def _count_report(report: ImportReport) -> None:
    if report.has_changes:
        videos = {"added": report.videos_added, "changed": report.videos_changed}
        segments = {"added": report.segments_added, "replaced": report.segments_replaced}
        metrics.count_import(ImportOutcome.CHANGED, videos, segments | {"removed": report.segments_removed})
    else:
        metrics.count_import(ImportOutcome.UNCHANGED if report.videos_unchanged else ImportOutcome.REFUSED)


def _outcome_of(error: Exception) -> ImportOutcome:
    if isinstance(error, ImportCancelled):
        return ImportOutcome.BROKEN_OFF
    is_expected = isinstance(error, BotError | StorageError) and not isinstance(error, DatabaseError)
    return ImportOutcome.REFUSED if is_expected else ImportOutcome.FAILED
