"""The gateway: one bot with as many shards as wanted, JSON frames, and sessions that can be resumed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from typing import Any

from aiohttp import WSMsgType, web

from .basics import Json
from .messages import Message
from .places import Guild, Member, User
from .sessions import ClosedError, Connection, Op, Session
from .state import GUILD_MEMBERS, MESSAGE_CONTENT, PRIVILEGED, World
from .threads import Thread

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
_FOR_GOOD = {4004, 4010, 4011, 4012, 4013, 4014}
_OF_GUILDS = {"GUILD_CREATE", "GUILD_DELETE", "GUILD_UPDATE"}


class Gateway:
    def __init__(self, world: World) -> None:
        self._world = world
        self._connections: list[Connection] = []
        self.sessions: dict[str, Session] = {}
        # What GET /gateway/bot tells the bot to open, and the session of each shard that was opened last.
        self.shards = 1
        self._refusing: int | None = None
        self.current: dict[int, Session] = {}
        # How many events that had arrived the next RESUMEs send once more.
        self.sent_again = 0
        self.heartbeat_seconds = 41.25
        # While this is cleared, a connection is accepted but not greeted, as in an outage.
        self.greeting = asyncio.Event()
        self.greeting.set()
        self.held = 0
        self.identifies: list[Json] = []
        self.resumes: list[Json] = []
        self.presences: list[Json] = []
        self.heartbeats = 0
        self.readies = 0
        self.resumed = 0
        # Close codes in their order, by whom: "server" or "client".
        self.closes: list[tuple[str, int | None]] = []

    @property
    def connected(self) -> bool:
        """Whether every shard is here."""
        return all(shard in self.current and self.current[shard].socket for shard in range(self.shards))

    @property
    def intents(self) -> int:
        return next((session.intents for session in self.current.values()), 0)

    def shard_of(self, guild_id: int | None) -> int:
        """Which shard is told of a server, or of direct messages."""
        return 0 if guild_id is None else (guild_id >> 22) % self.shards

    # What a test commands.

    async def dispatch(self, event: str, data: Json) -> None:
        """Sends an event as it is; while the client is away it is kept for RESUME."""
        guild_id = data["id"] if event in _OF_GUILDS else data.get("guild_id")
        session = self.current.get(self.shard_of(int(guild_id) if guild_id else None))
        if session is None:
            raise AssertionError(f"nobody has identified, so {event} would reach nobody")
        await self._dispatch(session, event, data)

    def drop(self, shard: int | None = None) -> None:
        """Cuts the line without a word, or that of one shard; what is dispatched from here on waits for RESUME."""
        for connection in self._connections:
            if shard is not None and (connection.session is None or connection.session.shard != shard):
                continue
            if connection.session is not None:
                connection.session.socket = None
            connection.ended_here = True
            if connection.transport is not None:
                connection.transport.abort()

    async def ask_to_reconnect(self) -> None:
        await self._to_all({"op": Op.RECONNECT, "d": None})

    async def invalidate_session(self, *, resumable: bool = False) -> None:
        if not resumable:
            self.sessions.clear()
        await self._to_all({"op": Op.INVALID_SESSION, "d": resumable})

    async def ask_for_heartbeat(self) -> None:
        await self._to_all({"op": Op.HEARTBEAT, "d": None})

    async def close(self, code: int, reason: str = "") -> None:
        """Ends every connection; for good by a code after which Discord would end the next one as well."""
        self._refusing = code if code in _FOR_GOOD else None
        for connection in list(self._connections):
            if connection.session is not None:
                connection.session.socket = None
            connection.ended_here = True
            self.closes.append(("server", code))
            await connection.socket.close(code=code, message=reason.encode())

    async def _to_all(self, frame: Json) -> None:
        for connection in list(self._connections):
            # Who is just leaving does not hear it.
            with contextlib.suppress(ConnectionError):
                await connection.socket.send_str(json.dumps(frame))

    # What messages, servers and members become for this client.

    async def announce(self, event: str, message: Message) -> None:
        """A message event, if this client is told of such, with what its intents let it read."""
        if self._is_told_of(message):
            await self.dispatch(event, self._readable(message, event))

    def _is_told_of(self, message: Message) -> bool:
        channel, guild, bot = message.channel, message.channel.guild, self._world.bot
        if message.ephemeral:
            return False
        if guild is None:
            return bool(self.intents & DIRECT_MESSAGES) and bot in channel.recipients
        if not guild.installed or not self.intents & GUILD_MESSAGES:
            return False
        return channel.is_seen_by(guild.members[bot.id])

    async def announce_thread(self, event: str, thread: Thread, *, newly_created: bool = False) -> None:
        """What happens to a thread, if this client sees it."""
        guild, bot = thread.guild, self._world.bot
        if guild is None or not guild.installed or not self.intents & GUILDS:
            return
        if thread.is_seen_by(guild.members[bot.id]):
            more: Json = {"newly_created": True} if newly_created else {}
            await self.dispatch(event, thread.payload(bot) | more)

    def _readable(self, message: Message, event: str) -> Json:
        guild = message.channel.guild
        if event == "MESSAGE_DELETE":
            body: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
            return body | ({"guild_id": str(guild.id)} if guild else {})
        body = message.payload()
        bot = self._world.bot
        if guild is not None:
            body["guild_id"] = str(guild.id)
            if (member := guild.members.get(message.author.id)) is not None:
                body["member"] = member.payload(with_user=False)
            if not self.intents & MESSAGE_CONTENT:
                _censor(body, message, bot)
                if message.reference is not None and body.get("referenced_message"):
                    _censor(body["referenced_message"], message.reference, bot)
        return body

    async def announce_guild(self, guild: Guild) -> None:
        if self.shard_of(guild.id) in self.current and self.intents & GUILDS:
            await self.dispatch("GUILD_CREATE", guild.create_payload(self._world.bot))

    # The protocol.

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=4096, autoping=True)
        await socket.prepare(request)
        self.held += 1
        self._world.changes.tell()
        await self.greeting.wait()
        self.held -= 1
        connection = Connection(socket, request.transport)
        self._connections.append(connection)
        try:
            await self._send(socket, Op.HELLO, {"heartbeat_interval": int(self.heartbeat_seconds * 1000)})
            await self._converse(connection)
        except ClosedError as error:
            self.closes.append(("server", error.code))
            await socket.close(code=error.code, message=error.reason.encode())
        except ConnectionError:
            # The other end is gone in the middle of a frame, which is for it to know.
            self.closes.append(("client", None))
        finally:
            self._connections.remove(connection)
            if connection.session is not None and connection.session.socket is socket:
                connection.session.socket = None
            self._world.changes.tell()
        return socket

    async def _converse(self, connection: Connection) -> None:
        async for received in connection.socket:
            if received.type is not WSMsgType.TEXT:
                break
            try:
                frame = json.loads(received.data)
                op, data = Op(frame["op"]), frame.get("d")
            except (ValueError, KeyError, TypeError):
                raise ClosedError(4002, "Error while decoding payload.") from None
            await self._obey(connection, op, data)
            self._world.changes.tell()
        if not connection.ended_here:
            self.closes.append(("client", connection.socket.close_code))

    async def _obey(self, connection: Connection, op: Op, data: Any) -> None:
        if op is Op.HEARTBEAT:
            self.heartbeats += 1
            await self._send(connection.socket, Op.HEARTBEAT_ACK, None)
        elif op is Op.IDENTIFY:
            self._let_in()
            await self._identify(connection, data)
        elif op is Op.RESUME:
            self._let_in()
            await self._resume(connection, data)
        elif connection.session is None:
            raise ClosedError(4003, "Not authenticated.")
        elif op is Op.REQUEST_MEMBERS:
            await self._members(connection.session, data)
        elif op is Op.PRESENCE:
            self.presences.append(data)
        elif op is not Op.VOICE_STATE:
            raise ClosedError(4001, "Unknown opcode.")

    def _let_in(self) -> None:
        if self._refusing is not None:
            raise ClosedError(self._refusing, "Not any more.")

    async def _identify(self, connection: Connection, data: Json) -> None:
        self.identifies.append({key: value for key, value in data.items() if key != "token"})
        if connection.session is not None:
            raise ClosedError(4005, "Already authenticated.")
        if data.get("token") != self._world.token:
            raise ClosedError(4004, "Authentication failed.")
        intents = data.get("intents")
        if not isinstance(intents, int):
            raise ClosedError(4013, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self._world.privileged_allowed:
            raise ClosedError(4014, "Disallowed intent(s).")
        shard, count = data.get("shard") or (0, 1)
        if not 0 <= shard < count:
            raise ClosedError(4010, "Invalid shard.")
        if count < self.shards:
            raise ClosedError(4011, "Sharding required.")
        session = Session(secrets.token_hex(16), intents, shard, socket=connection.socket)
        connection.session = self.current[shard] = self.sessions[session.id] = session
        await self._welcome(session, data.get("shard"))

    async def _welcome(self, session: Session, shard: list[int] | None) -> None:
        guilds = [guild for guild in self._world.guilds.values() if guild.installed]
        guilds = [guild for guild in guilds if self.shard_of(guild.id) == session.shard]
        ready: Json = {
            "v": 10,
            "user": self._world.bot.payload(),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self._world.address.replace("http", "ws", 1) + "/gateway/",
            "application": {"id": str(self._world.application_id), "flags": self._world.application()["flags"]},
            "private_channels": [],
        }
        await self._dispatch(session, "READY", ready | ({"shard": shard} if shard else {}))
        for guild in guilds:
            await self.announce_guild(guild)
        self.readies += 1

    async def _resume(self, connection: Connection, data: Json) -> None:
        self.resumes.append({key: value for key, value in data.items() if key != "token"})
        if data.get("token") != self._world.token:
            raise ClosedError(4004, "Authentication failed.")
        session = self.sessions.get(data.get("session_id", ""))
        if session is None:
            await self._send(connection.socket, Op.INVALID_SESSION, False)
            return
        seen = data.get("seq") or 0
        if seen > len(session.sent):
            raise ClosedError(4007, "Invalid seq.")
        seen = max(0, seen - self.sent_again)
        # What is dispatched while the old events go out joins the end of the same list.
        while seen < len(session.sent):
            await connection.socket.send_str(json.dumps(session.sent[seen]))
            seen += 1
        connection.session = self.current[session.shard] = session
        session.socket = connection.socket
        await self._dispatch(session, "RESUMED", {"_trace": []})
        self.resumed += 1

    async def _members(self, session: Session, data: Json) -> None:
        guild = self._world.guilds.get(int(data["guild_id"]))
        if guild is None or not guild.installed:
            return
        everybody = not data.get("query") and not data.get("user_ids")
        if everybody and not session.intents & GUILD_MEMBERS:
            raise ClosedError(4014, "Disallowed intent(s).")
        found = [member for member in guild.members.values() if _is_asked_for(member, data)]
        chunk: Json = {"guild_id": str(guild.id), "members": [member.payload() for member in found]}
        chunk |= {"chunk_index": 0, "chunk_count": 1, "not_found": []}
        await self._dispatch(session, "GUILD_MEMBERS_CHUNK", chunk | {"nonce": data.get("nonce")})

    async def _dispatch(self, session: Session, event: str, data: Json) -> None:
        frame: Json = {"op": Op.DISPATCH, "t": event, "s": len(session.sent) + 1, "d": data}
        session.sent.append(frame)
        socket = session.socket
        if socket is not None:
            try:
                await socket.send_str(json.dumps(frame))
            except ConnectionError:
                # Gone in this very moment: the event stays in the list for RESUME.
                session.socket = None

    @staticmethod
    async def _send(socket: web.WebSocketResponse, op: Op, data: Any) -> None:
        await socket.send_str(json.dumps({"op": op, "d": data, "s": None, "t": None}))


def _is_asked_for(member: Member, data: Json) -> bool:
    wanted = data.get("user_ids")
    if wanted:
        return str(member.user.id) in [str(key) for key in (wanted if isinstance(wanted, list) else [wanted])]
    return member.user.name.lower().startswith((data.get("query") or "").lower())


def _censor(body: Json, message: Message, bot: User) -> None:
    """Take out of a message what a bot without the intent may not read, unless it wrote or is mentioned in it."""
    if message.author is not bot and bot not in message.mentions:
        body |= {"content": "", "embeds": [], "attachments": [], "components": []}
        body.pop("poll", None)
