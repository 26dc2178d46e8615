"""What the gateway speaks of: operations, connections, and the sessions that outlive them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import IntEnum

from aiohttp import web

from .basics import Json


class Op(IntEnum):
    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE_STATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class ClosedError(Exception):
    """A connection that this side ends, with Discord's close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(eq=False)
class Session:
    """What the client resumes: all that was sent to it, whether it arrived or not."""

    id: str
    intents: int
    shard: int
    sent: list[Json] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None


@dataclass(eq=False)
class Connection:
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    session: Session | None = None
    ended_here: bool = False
