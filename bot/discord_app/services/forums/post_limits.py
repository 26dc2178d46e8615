"""How many forum posts are answered: nobody asked for it, so nobody waits for it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cachetools import TTLCache

from bot.discord_app.services.cooldown import Waits

MAX_POSTS_AT_ONCE = 2
"""Posts of a server that are looked up at the same time."""
WINDOW_SECONDS, MAX_POSTS_IN_WINDOW = 60.0, 6
"""How many posts of a server are looked up in such a time, which begins with the first of them: more are a raid."""
AUTHOR_SECONDS = 30.0
"""How long further posts of a person are passed over."""
_MAX_REMEMBERED = 10_000


class PostLimits:
    """Counts the posts that are looked up. One that is too much is passed over, without a word."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._underway: Counter[int] = Counter()
        self._looked_up: TTLCache[int, list[float]] = TTLCache(_MAX_REMEMBERED, WINDOW_SECONDS, now)
        self._authors = Waits[int](now)
        self._now = now

    @contextmanager
    def count_post(self, server_id: int, author_id: int) -> Iterator[bool]:
        """Count a post of a server until the context ends. Yields whether there is room for it."""
        has_room = self._has_room(server_id) and not self._authors.seconds_left(author_id)
        if has_room:
            self._authors.begin(author_id, AUTHOR_SECONDS)
            self._looked_up.setdefault(server_id, []).append(self._now())
            self._underway[server_id] += 1
        try:
            yield has_room
        finally:
            if has_room:
                self._underway[server_id] -= 1
                if not self._underway[server_id]:
                    del self._underway[server_id]

    def _has_room(self, server_id: int) -> bool:
        return (
            self._underway[server_id] < MAX_POSTS_AT_ONCE
            and len(self._looked_up.get(server_id, ())) < MAX_POSTS_IN_WINDOW
        )
