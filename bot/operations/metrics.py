"""The metrics of a running bot, for Prometheus.

Nothing is measured until `enable` is called; until then recording costs almost nothing and loads nothing. No metric is
kept by server or by person: how much a person asks is private, and labels for all of them would grow without end.
"""

from __future__ import annotations

import contextlib
import enum
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial


class QuestionSource(enum.StrEnum):
    """The way in which something was asked."""

    SLASH = "slash"
    MENU = "menu"
    DIRECT = "dm"
    MENTION = "mention"
    FORUM = "forum"


class AnswerStep(enum.StrEnum):
    """A step from a question to its answer."""

    SEARCH = "search"
    """Reading the question and ranking the segments."""
    COMPOSE = "compose"
    """Joining, quoting and judging what was found."""
    REPLY = "reply"
    """Handing the card to Discord."""


class Refusal(enum.StrEnum):
    """Why a question is not answered, though it could be."""

    BUSY = "busy"
    """Too many people ask."""
    UNDERWAY = "underway"
    """The last question of the same person is still being answered."""
    COOLDOWN = "cooldown"
    CHANGED = "changed"
    """By the time the answer was ready, its asker could see less."""


class ImportOutcome(enum.StrEnum):
    """The outcome of an import on Discord."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    """Not begun, or nothing of it could be read: the user was told why."""
    BROKEN_OFF = "broken_off"
    FAILED = "failed"


class ExportOutcome(enum.StrEnum):
    """The outcome of an export on Discord."""

    MADE = "made"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    """Not begun, or there was nothing to export: the user was told why."""
    FAILED = "failed"


class Gauge(enum.StrEnum):
    """A state that is read when the metrics are requested."""

    SHARDS = "shards"
    SHARDS_CONNECTED = "shards_connected"
    GATEWAY_LATENCY = "gateway_latency_seconds"
    IN_FLIGHT = "in_flight"
    QUESTIONS_PENDING = "questions_pending"
    ANSWER_PROCESSES = "answer_processes"
    LIBRARIES_OPEN = "libraries_open"
    INDEX_SEGMENTS = "index_segments"
    INDEX_AGE = "index_age_seconds"
    BACKED_UP_AT = "backup_timestamp_seconds"


_ERROR = "error"
"""In place of what was found, where a question ended in an error."""
_MEANINGS = {
    Gauge.SHARDS: "Connections to Discord's gateway that there should be",
    Gauge.SHARDS_CONNECTED: "Connections to Discord's gateway that there are",
    Gauge.GATEWAY_LATENCY: "Seconds between a heartbeat and its answer, of the slowest connection",
    Gauge.IN_FLIGHT: "Events that are being answered",
    Gauge.QUESTIONS_PENDING: "Questions that wait for their turn",
    Gauge.ANSWER_PROCESSES: "Processes beside the bot's own in which questions are answered",
    Gauge.LIBRARIES_OPEN: "Libraries whose index is kept ready",
    Gauge.INDEX_SEGMENTS: "Segments in those indexes",
    Gauge.INDEX_AGE: "Seconds since the oldest of those indexes was brought up to date",
    Gauge.BACKED_UP_AT: "When the last nightly backup was made, in seconds since the epoch",
}
_STEP_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
_LAG_SECONDS = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)
_NOTHING: AbstractContextManager[None] = nullcontext()


class _Measures:
    """The metrics themselves. Making an instance loads Prometheus' client."""

    def __init__(self, version: str) -> None:
        import prometheus_client

        # Without the extra series that would give the time at which every counter was made.
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = prometheus_client.CollectorRegistry()
        counter = partial(prometheus_client.Counter, namespace="cuepoint", registry=self.registry)
        gauge = partial(prometheus_client.Gauge, namespace="cuepoint", registry=self.registry)
        histogram = partial(prometheus_client.Histogram, namespace="cuepoint", registry=self.registry)
        self.questions = counter("questions", "Questions by how they came and what was found", ["way", "found"])
        self.small_talk = counter("small_talk", "Messages that were no question, by what they were", ["what"])
        self.refusals = counter("refusals", "Questions that were not answered, by why", ["why"])
        self.steps = histogram("step_seconds", "Seconds a step of an answer took", ["step"], buckets=_STEP_SECONDS)
        self.imports = counter("imports", "Imports on Discord by what became of them", ["outcome"])
        self.exports = counter("exports", "Exports on Discord by what became of them", ["outcome"])
        self.videos = counter("import_videos", "Videos added or changed by imports on Discord", ["change"])
        self.segments = counter("import_segments", "Segments added, replaced, removed by them", ["change"])
        self.gateway = counter("gateway_events", "Events of the connections to Discord's gateway", ["event"])
        self.errors = counter("unexpected_errors", "Errors that have a reference in the log")
        self.lag = histogram("event_loop_lag_seconds", "Seconds the event loop was late", buckets=_LAG_SECONDS)
        self.states = {state: gauge(state.value, meaning) for state, meaning in _MEANINGS.items()}
        build = gauge("build_info", "Which Cuepoint this is", ["version", "python"])
        build.labels(version, platform.python_version()).set(1)
        # A rate needs the zero before the first event.
        for step in AnswerStep:
            self.steps.labels(step)
        for refusal in Refusal:
            self.refusals.labels(refusal)
        for outcome in ImportOutcome:
            self.imports.labels(outcome)
        for export_outcome in ExportOutcome:
            self.exports.labels(export_outcome)
        prometheus_client.ProcessCollector(registry=self.registry)


_measures: _Measures | None = None
_collected: list[tuple[AnswerStep, float]] | None = None
"""The steps of the one answer that is computed now, in a process whose metrics nobody requests."""


def enable(version: str) -> None:
    """Begin to measure, from zero."""
    global _measures
    _measures = _Measures(version)


def disable() -> None:
    """Stop measuring, and forget what was measured."""
    global _measures
    _measures = None


def render() -> tuple[str, bytes]:
    """Return all metrics as Prometheus reads them: the content type, and the text. Only while they are enabled."""
    assert _measures is not None
    import prometheus_client

    return prometheus_client.CONTENT_TYPE_LATEST, prometheus_client.generate_latest(_measures.registry)


@contextlib.contextmanager
def count_question(way: QuestionSource) -> Iterator[Callable[[str], object]]:
    """Count a question by the outcome that the yielded function is called with, or as an error where it ends in one."""
    outcomes: list[str] = []
    try:
        yield outcomes.append
    except Exception:
        outcomes.append(_ERROR)
        raise
    finally:
        if _measures is not None and outcomes:
            _measures.questions.labels(way, outcomes[-1]).inc()


def count_small_talk(what: str) -> None:
    """Count what is no question, such as a greeting, or the wish for a list of videos."""
    if _measures is not None:
        _measures.small_talk.labels(what).inc()


def count_refusal(why: Refusal) -> None:
    """Count a question that is not answered, though it could be."""
    if _measures is not None:
        _measures.refusals.labels(why).inc()


def time_step(step: AnswerStep) -> AbstractContextManager[None]:
    """Measure how long a step takes, unless it fails."""
    return _NOTHING if _measures is None and _collected is None else _time_step(step)


@contextlib.contextmanager
def _time_step(step: AnswerStep) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds = time.perf_counter() - began
    if _collected is not None:
        _collected.append((step, seconds))
    record_steps([(step, seconds)])


@contextlib.contextmanager
def collect_steps() -> Iterator[list[tuple[AnswerStep, float]]]:
    """Yield a list of the steps that are timed inside, with their seconds, for another process to record."""
    global _collected
    _collected = []
    try:
        yield _collected
    finally:
        _collected = None


def record_steps(steps: Iterable[tuple[AnswerStep, float]]) -> None:
    """Record steps of answers, with how many seconds they took."""
    if _measures is not None:
        for step, seconds in steps:
            _measures.steps.labels(step).observe(seconds)


def count_import(
    outcome: ImportOutcome, videos: dict[str, int] | None = None, segments: dict[str, int] | None = None
) -> None:
    """Count an import, and how many videos and segments it added, changed, replaced or removed."""
    if _measures is None:
        return
    _measures.imports.labels(outcome).inc()
    for counter, changes in ((_measures.videos, videos), (_measures.segments, segments)):
        for change, count in (changes or {}).items():
            counter.labels(change).inc(count)


def count_export(outcome: ExportOutcome) -> None:
    """Count an export."""
    if _measures is not None:
        _measures.exports.labels(outcome).inc()


def record_gateway_event(event: str) -> None:
    """Count an event of a connection to the gateway: connected, resumed or disconnected."""
    if _measures is not None:
        _measures.gateway.labels(event).inc()


def count_error() -> None:
    """Count an unexpected error."""
    if _measures is not None:
        _measures.errors.inc()


def observe_loop_lag(seconds: float) -> None:
    """Record by how much the event loop was late, in seconds."""
    if _measures is not None:
        _measures.lag.observe(seconds)


def register_gauge(state: Gauge, read: Callable[[], float]) -> None:
    """Register the function that reads a state when the metrics are requested."""
    if _measures is not None:
        _measures.states[state].set_function(read)
