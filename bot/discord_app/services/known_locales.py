"""The language of people's Discord, which a direct message does not tell."""

from __future__ import annotations

import time
from collections.abc import Callable

from cachetools import TTLCache

_MAX_REMEMBERED = 10_000


class KnownLocales:
    """Remembers, in memory alone, in which language people used the bot last. Make one for all of Discord."""

    def __init__(self, retention_seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._locales: TTLCache[int, str] = TTLCache(_MAX_REMEMBERED, retention_seconds, now)

    def note(self, user_id: int, locale: str) -> None:
        """Remember the language of a user's Discord, such as pt-BR."""
        self._locales[user_id] = locale

    def find(self, user_id: int) -> str | None:
        """Return the language of a user's Discord, or None where it is not known."""
        return self._locales.get(user_id)

    def forget_person(self, user_id: int) -> None:
        """Forget the language of a user."""
        self._locales.pop(user_id, None)
