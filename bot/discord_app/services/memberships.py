"""In which servers somebody is, as Discord says when it is asked; never as anybody claims."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable

import aiohttp
import discord
from cachetools import TLRUCache

from storage.access import Membership

MAX_SERVERS_ASKED = 25
"""Servers about which Discord is asked at a time."""
TIMEOUT_SECONDS = 1.0
"""All of them together; an interaction must be answered within three."""
YES_TTL_SECONDS = 300.0
NO_TTL_SECONDS = 60.0
MAX_ANSWERS = 20_000

Finder = Callable[[int], discord.Guild | None]


class Memberships:
    """Asks Discord, and remembers for a short while. Whatever is not a clear yes is a no."""

    def __init__(self, find: Finder, now: Callable[[], float] = time.monotonic) -> None:
        self._find = find
        self._kept: TLRUCache[tuple[int, int], tuple[Membership | None]] = TLRUCache(MAX_ANSWERS, _expiry, now)

    async def find_memberships(self, user_id: int, server_ids: Iterable[int]) -> tuple[Membership, ...]:
        """The servers among those named that a person is in, in that order, with their roles there."""
        wanted = list(dict.fromkeys(server_ids))[:MAX_SERVERS_ASKED]
        known = {server_id: self._kept.get((user_id, server_id)) for server_id in wanted}
        unknown = [server_id for server_id, answer in known.items() if answer is None]
        found = {server_id: answer[0] for server_id, answer in known.items() if answer is not None}
        found |= await self._ask_discord(user_id, unknown)
        return tuple(member for server_id in wanted if (member := found[server_id]) is not None)

    def server_name(self, server_id: int) -> str:
        """What a server is called; "" for one that the bot is not in."""
        server = self._find(server_id)
        return server.name if server is not None and not server.unavailable else ""

    def forget_server(self, server_id: int) -> None:
        """Ask anew about everybody in a server."""
        self._forget(key for key in self._kept if key[1] == server_id)

    def forget_person(self, user_id: int) -> None:
        """Remember nothing about a person."""
        self._forget(key for key in self._kept if key[0] == user_id)

    def _forget(self, keys: Iterable[tuple[int, int]]) -> None:
        for key in list(keys):
            self._kept.pop(key, None)

    async def _ask_discord(self, user_id: int, server_ids: list[int]) -> dict[int, Membership | None]:
        if not server_ids:
            return {}
        asking = {
            server_id: asyncio.ensure_future(self._ask_about_server(user_id, server_id)) for server_id in server_ids
        }
        try:
            await asyncio.wait(asking.values(), timeout=TIMEOUT_SECONDS)
        finally:
            late = [task for task in asking.values() if task.cancel()]
        await asyncio.gather(*late, return_exceptions=True)
        found = {server_id: None if task.cancelled() else task.result() for server_id, task in asking.items()}
        self._kept.update({(user_id, server_id): (member,) for server_id, member in found.items()})
        return found

    async def _ask_about_server(self, user_id: int, server_id: int) -> Membership | None:
        server = self._find(server_id)
        if server is None or server.unavailable:
            # Of a server that the bot is not in Discord would only say 403 or 404, and count those.
            return None
        try:
            member = await server.fetch_member(user_id)
        except (discord.HTTPException, aiohttp.ClientError, OSError):
            return None
        # Who has not passed a server's screening sees nothing of it on Discord either.
        return None if member.pending else Membership(server_id, frozenset(role.id for role in member.roles))


def _expiry(_key: object, answer: tuple[Membership | None], now: float) -> float:
    """Until when an answer is remembered; it is wrapped, since what is not remembered is None as well."""
    return now + (NO_TTL_SECONDS if answer[0] is None else YES_TTL_SECONDS)
