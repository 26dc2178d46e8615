"""The servers that a user is in, according to Discord; a user's own claim never counts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable

import aiohttp
import discord
from cachetools import TLRUCache

from storage.access import Membership

MAX_SERVERS_ASKED = 25
"""The most servers about which Discord is asked at a time."""
TIMEOUT_SECONDS = 1.0
"""The timeout for all of them together; an interaction must be answered within three seconds."""
YES_TTL_SECONDS = 300.0
NO_TTL_SECONDS = 60.0
MAX_ANSWERS = 20_000

Finder = Callable[[int], discord.Guild | None]


class Memberships:
    """Asks Discord for memberships, and caches the answers for a short time. Anything but a clear yes is a no."""

    def __init__(self, find: Finder, now: Callable[[], float] = time.monotonic) -> None:
        self._find = find
        self._answers: TLRUCache[tuple[int, int], tuple[Membership | None]] = TLRUCache(MAX_ANSWERS, _expiry, now)

    async def find_memberships(self, user_id: int, server_ids: Iterable[int]) -> tuple[Membership, ...]:
        """Return a user's memberships with their roles, for the given servers that they are in, in the given order."""
        wanted = list(dict.fromkeys(server_ids))[:MAX_SERVERS_ASKED]
        cached = {server_id: self._answers.get((user_id, server_id)) for server_id in wanted}
        unknown = [server_id for server_id, answer in cached.items() if answer is None]
        members = {server_id: answer[0] for server_id, answer in cached.items() if answer is not None}
        members |= await self._ask_discord(user_id, unknown)
        return tuple(member for server_id in wanted if (member := members[server_id]) is not None)

    def server_name(self, server_id: int) -> str:
        """Return the name of a server; "" for one that the bot is not in."""
        server = self._find(server_id)
        return server.name if server is not None and not server.unavailable else ""

    def forget(self, user_id: int, server_id: int) -> None:
        """Forget the answer about one user in one server, so that Discord is asked again."""
        self._answers.pop((user_id, server_id), None)

    def forget_server(self, server_id: int) -> None:
        """Forget all answers about a server, so that Discord is asked again."""
        self._forget(key for key in self._answers if key[1] == server_id)

    def forget_person(self, user_id: int) -> None:
        """Forget all answers about a user."""
        self._forget(key for key in self._answers if key[0] == user_id)

    def _forget(self, keys: Iterable[tuple[int, int]]) -> None:
        for key in list(keys):
            self._answers.pop(key, None)

    async def _ask_discord(self, user_id: int, server_ids: list[int]) -> dict[int, Membership | None]:
        if not server_ids:
            return {}
        tasks = {server_id: asyncio.create_task(self._ask_about_server(user_id, server_id)) for server_id in server_ids}
        try:
            await asyncio.wait(tasks.values(), timeout=TIMEOUT_SECONDS)
        finally:
            late = [task for task in tasks.values() if task.cancel()]
        await asyncio.gather(*late, return_exceptions=True)
        members = {server_id: None if task.cancelled() else task.result() for server_id, task in tasks.items()}
        self._answers.update({(user_id, server_id): (member,) for server_id, member in members.items()})
        return members

    async def _ask_about_server(self, user_id: int, server_id: int) -> Membership | None:
        server = self._find(server_id)
        if server is None or server.unavailable:
            # For a server that the bot is not in, Discord would only answer 403 or 404, and count those.
            return None
        try:
            member = await server.fetch_member(user_id)
        except (discord.HTTPException, aiohttp.ClientError, OSError):
            return None
        # A member who has not passed a server's screening sees nothing of it on Discord either.
        return None if member.pending else Membership(server_id, frozenset(role.id for role in member.roles))


def _expiry(_key: object, answer: tuple[Membership | None], now: float) -> float:
    """Return until when an answer is cached. Answers are wrapped in tuples, because None means not cached."""
    return now + (NO_TTL_SECONDS if answer[0] is None else YES_TTL_SECONDS)
