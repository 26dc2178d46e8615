"""A clock for ledgers."""

from __future__ import annotations


class Clock:
    """A clock that stands until a test moves it, in seconds since the epoch."""

    def __init__(self, second: float = 1_700_000_000.0) -> None:
        self.second = second

    def __call__(self) -> float:
        return self.second
