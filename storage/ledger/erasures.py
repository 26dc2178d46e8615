"""What was erased while an event is handled: of a purged server and a deleted person nothing is written any more."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, replace

from cachetools import LRUCache

_MAX_REMEMBERED = 10_000
"""The latest erasures that are remembered: more than happen while one question is answered."""


@dataclass(frozen=True, slots=True)
class _Event:
    """An event that is being handled: how many erasures there were before it, and the libraries it found in use."""

    erasures: int
    libraries: frozenset[str] = frozenset()


_event: ContextVar[_Event | None] = ContextVar("event", default=None)
"""The event that the current task handles, or a task that started it."""


class Erasures:
    """Remembers what this process erased, by a key of a library or a person."""

    def __init__(self) -> None:
        self._count = 0
        self._last: LRUCache[str, int] = LRUCache(_MAX_REMEMBERED)

    def begin_event(self) -> None:
        """Begin to handle an event: what the current task writes from now on belongs to it."""
        _event.set(_Event(self._count))

    def note_libraries(self, keys: Iterable[str]) -> None:
        """Note libraries in which something is stored. Once one is gone, by any process, nothing is written for it."""
        if (event := _event.get()) is not None:
            _event.set(replace(event, libraries=event.libraries.union(keys)))

    def record(self, subject: str) -> None:
        """Record an erasure, before its transaction: what was written until then is deleted by it."""
        self._count += 1
        self._last[subject] = self._count

    def is_erased(self, subjects: Iterable[str]) -> bool:
        """Return whether one of these was erased since the current event began."""
        event = _event.get()
        return event is not None and any(self._last.get(subject, 0) > event.erasures for subject in subjects)

    def noted_libraries(self, subjects: Iterable[str]) -> list[str]:
        """Return those of the subjects that are libraries noted for the current event."""
        event = _event.get()
        return sorted(event.libraries.intersection(subjects)) if event is not None else []
