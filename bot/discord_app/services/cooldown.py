"""Who has to wait, and for how long: the memory of every pause, and the one between two questions of a user."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from cachetools import TLRUCache

from bot.discord_app.cards.parts.discord_times import relative_time
from bot.errors import CooldownActive
from bot.localization import gettext as _

_MAX_REMEMBERED = 10_000

Key = TypeVar("Key", bound=Hashable)


class Waits(Generic[Key]):
    """Remembers by a key, such as a user's id, until when it has to wait, and forgets it then."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until: TLRUCache[Key, float] = TLRUCache(_MAX_REMEMBERED, lambda _key, until, _now: until, now)

    def begin(self, key: Key, seconds: float) -> None:
        """Have a key wait from now on, in place of what it waited until now."""
        self._until[key] = self._now() + seconds

    def end(self, key: Key) -> None:
        """Have a key wait no longer."""
        self._until.pop(key, None)

    def seconds_left(self, key: Key) -> float:
        """Return how long a key still has to wait; 0 where it need not."""
        return max(0.0, self._until.get(key, 0.0) - self._now())


class Cooldown:
    """Limits how soon a user may ask again."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._waits = Waits[int](now)

    def check(self, user_id: int) -> None:
        """Raise CooldownActive for a question that comes too soon."""
        if left := self._waits.seconds_left(user_id):
            again_at = time.time() + left
            words = _("One moment, please: you can ask again {when}.")
            raise CooldownActive(words.format(when=relative_time(again_at)), left, again_at)

    def count(self, user_id: int, seconds: float | None = None) -> None:
        """Count a question; the next one must wait for `seconds`, if that is longer than the default."""
        self._waits.begin(user_id, max(self.seconds, seconds or 0.0))
