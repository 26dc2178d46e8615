"""The health of the bot, for the monitoring port: whether it is ready, and its gauges."""

from __future__ import annotations

import logging
import math
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.operations import metrics
from bot.operations.metrics import Gauge
from bot.operations.nightly_backup import last_backup_second
from storage import access
from storage.errors import StorageError
from storage.library import Library

if TYPE_CHECKING:
    from bot.discord_app.client import CuepointClient


log = logging.getLogger("cuepoint.discord")


async def readiness_problems(client: CuepointClient, library: Library) -> list[str]:
    """Return why the bot cannot answer now; nothing where it can."""
    problems = []
    connected, wanted = len(client.connected_shards), client.shard_count
    if wanted is None or connected < wanted:
        problems.append(f"connected to Discord's gateway with {connected} of {wanted or 'the'} shards")
    try:
        await library.non_empty(access.host_scope())
    except StorageError as error:
        problems.append(str(error))
    except Exception as error:
        metrics.count_error()
        log.error("unexpected error while looking whether the bot is ready", exc_info=error)
        problems.append("the library cannot be read; the log says why")
    return problems


def register_gauges(client: CuepointClient, library: Library, backups: Path) -> None:
    """Register the functions that read the current values of the bot's gauges."""

    def slowest_latency() -> float:
        return max((latency for _, latency in client.latencies if math.isfinite(latency)), default=0.0)

    metrics.register_gauge(Gauge.SHARDS, lambda: client.shard_count or 0)
    metrics.register_gauge(Gauge.SHARDS_CONNECTED, lambda: len(client.connected_shards))
    metrics.register_gauge(Gauge.GATEWAY_LATENCY, slowest_latency)
    metrics.register_gauge(Gauge.IN_FLIGHT, lambda: len(client.app.in_flight))
    metrics.register_gauge(Gauge.QUESTIONS_PENDING, lambda: client.app.admission.pending)
    metrics.register_gauge(Gauge.ANSWER_PROCESSES, lambda: len(client.app.answers.pids))
    metrics.register_gauge(Gauge.LIBRARIES_OPEN, lambda: library.open_indexes().libraries)
    metrics.register_gauge(Gauge.INDEX_SEGMENTS, lambda: library.open_indexes().segments)
    metrics.register_gauge(Gauge.BACKED_UP_AT, lambda: last_backup_second(backups, datetime.now()) or 0)
    metrics.register_gauge(Gauge.INDEX_AGE, lambda: library.open_indexes().oldest_seconds)
