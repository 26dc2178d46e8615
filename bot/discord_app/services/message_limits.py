"""Limits on what is sent in answer to messages: Discord takes five messages in five seconds in a channel."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cachetools import TTLCache

from bot.discord_app.services.cooldown import Waits
from bot.errors import CooldownActive

MAX_ANSWERS_IN_CHANNEL = 10
"""The most answers of a channel that are made or wait to be sent: as many as Discord takes in ten seconds."""
SILENT_SECONDS = 5.0
"""How long a person is not told again what they were told just now."""
CHANNEL_SECONDS, MAX_TOLD_IN_CHANNEL = 10.0, 2
"""How often people of one channel are told that they are not answered: answers need the room."""
CHAT_SECONDS, MAX_CHATS_WITH_PERSON, MAX_CHATS_IN_CHANNEL = 10.0, 10, 20
"""How often small talk is answered, to one person and in one channel: it starts no cooldown."""
MAX_ANSWERS_BESIDE_CHAT = 5
"""The most answers of a channel that are made or wait to be sent where small talk is answered: questions come first."""
_MAX_REMEMBERED = 10_000


@dataclass(slots=True)
class _Tally:
    """How often something was done since its time began, which is the first time: a later one does not prolong it."""

    count: int = 0


class MessageLimits:
    """Counts the answers under way in a channel, and tells each person once why they are not answered.

    A press or a command is told every time, since nobody else sees it, and it takes no room in the channel.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._answers: Counter[int] = Counter()
        self._silences = Waits[tuple[int, type]](now)
        self._told_in: TTLCache[int, int] = TTLCache(_MAX_REMEMBERED, CHANNEL_SECONDS, now)
        self._chats: TTLCache[tuple[str, int], _Tally] = TTLCache(_MAX_REMEMBERED, CHAT_SECONDS, now)

    @contextmanager
    def count_answer(self, channel_id: int) -> Iterator[bool]:
        """Count an answer in a channel until the context ends. Yields whether there is room for it."""
        has_room = self._answers[channel_id] < MAX_ANSWERS_IN_CHANNEL
        if has_room:
            self._answers[channel_id] += 1
        try:
            yield has_room
        finally:
            if has_room:
                self._answers[channel_id] -= 1
                if not self._answers[channel_id]:
                    del self._answers[channel_id]

    def may_tell(self, user_id: int, channel_id: int, error: BaseException) -> bool:
        """Return whether to tell a person in a channel why they are not answered, and count that.

        A cooldown is told once until it is over.
        """
        told = user_id, type(error)
        if self._silences.seconds_left(told) or self._told_in.get(channel_id, 0) >= MAX_TOLD_IN_CHANNEL:
            return False
        self._silences.begin(told, error.seconds_left if isinstance(error, CooldownActive) else SILENT_SECONDS)
        self._told_in[channel_id] = self._told_in.get(channel_id, 0) + 1
        return True

    def may_chat(self, user_id: int, channel_id: int) -> bool:
        """Return whether to answer small talk of a person in a channel, and count that.

        What is too much is not answered: who greets ten times knows that they are heard.
        """
        limits = {("person", user_id): MAX_CHATS_WITH_PERSON, ("channel", channel_id): MAX_CHATS_IN_CHANNEL}
        tallies = {counted: self._chats.setdefault(counted, _Tally()) for counted in limits}
        if any(tallies[counted].count >= most for counted, most in limits.items()):
            return False
        if self._answers[channel_id] > MAX_ANSWERS_BESIDE_CHAT:
            return False
        for tally in tallies.values():
            tally.count += 1
        return True
