"""The cooldown between two questions of a user."""

from __future__ import annotations

import time
from collections.abc import Callable

from cachetools import TLRUCache

from bot.errors import CooldownActive

_MAX_REMEMBERED = 10_000


class Cooldown:
    """Limits how soon a user may ask again."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._now = now
        self._free_at: TLRUCache[int, float] = TLRUCache(_MAX_REMEMBERED, lambda _user, free_at, _now: free_at, now)

    def check(self, user_id: int) -> None:
        """Raise CooldownActive for a question that comes too soon."""
        now = self._now()
        left = self._free_at.get(user_id, now) - now
        if left > 0:
            unit = "second" if left <= 1 else "seconds"
            raise CooldownActive(f"One moment, please: you can ask again in {int(-(-left // 1))} {unit}.", left)

    def count(self, user_id: int, seconds: float | None = None) -> None:
        """Count a question; the next one must wait for `seconds`, if that is longer than the default."""
        self._free_at[user_id] = self._now() + max(self.seconds, seconds or 0.0)
