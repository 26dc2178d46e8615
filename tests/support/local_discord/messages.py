"""Messages: what they hold, how a request body becomes one, and whom they ping."""

from __future__ import annotations

import copy
import mimetypes
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .api import limits
from .basics import ApiError, Json, Problem, invalid_form
from .places import Channel, User, timestamp

if TYPE_CHECKING:
    from .state import World

DEFAULT, REPLY, CHAT_COMMAND_REPLY, MENU_REPLY = 0, 19, 20, 23
LARGEST_FILE = 10 * 1024 * 1024
_EVERY_MENTION: Json = {"parse": ["everyone", "users", "roles"], "replied_user": True}


@dataclass(eq=False)
class Upload:
    """A file which the CDN path serves."""

    id: int
    filename: str
    content: bytes
    content_type: str
    url: str
    description: str | None = None
    title: str | None = None

    def payload(self) -> Json:
        body: Json = {
            "id": str(self.id),
            "filename": self.filename,
            "size": len(self.content),
            "content_type": self.content_type,
            "url": self.url,
            "proxy_url": self.url,
        }
        told = {"description": self.description, "title": self.title}
        return body | {key: value for key, value in told.items() if value}


@dataclass
class Part:
    """One file of a multipart body."""

    filename: str
    content: bytes


@dataclass(eq=False)
class Message:
    id: int
    channel: Channel
    author: User
    created: float
    kind: int = DEFAULT
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Upload] = field(default_factory=list)
    flags: int = 0
    tts: bool = False
    nonce: str | None = None
    allowed_mentions: Json | None = None
    reference: Message | None = None
    replies: list[Message] = field(default_factory=list)
    # None means the default, which depends on whether anything about mentions was said at all.
    ping_reply: bool | None = None
    edited: float | None = None
    deleted: bool = False
    # Of an answer to an interaction: whose, and who alone sees it if it is ephemeral.
    interaction_metadata: Json | None = None
    asker: User | None = None
    mentions: list[User] = field(default_factory=list)
    stickers: list[str] = field(default_factory=list)
    poll: Json | None = None
    reactions: list[str] = field(default_factory=list)
    """The emoji with which the bot reacted."""

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & limits.EPHEMERAL)

    @property
    def loading(self) -> bool:
        return bool(self.flags & limits.LOADING)

    def text(self) -> str:
        """All that a reader sees as text: content, or the texts of a card."""
        parts = [self.content] + [part["content"] for _, part in limits.walk(self.components) if "content" in part]
        return "\n".join(part for part in parts if part)

    def pings(self) -> set[str]:
        """Who is notified: 'everyone', 'role:<id>' and 'user:<id>', by the allowed mentions or their default."""
        allowed = _EVERY_MENTION if self.allowed_mentions is None else self.allowed_mentions
        parse, text, found = allowed.get("parse") or (), self.text(), set()
        if "everyone" in parse and re.search(r"@(everyone|here)\b", text):
            found.add("everyone")
        for kind, pattern in (("user", r"<@!?(\d+)>"), ("role", r"<@&(\d+)>")):
            listed = {str(item) for item in allowed.get(f"{kind}s") or ()}
            named = set(re.findall(pattern, text))
            found |= {f"{kind}:{key}" for key in named if f"{kind}s" in parse or key in listed}
        replied = allowed.get("replied_user", False) if self.ping_reply is None else self.ping_reply
        if self.reference is not None and replied:
            found.add(f"user:{self.reference.author.id}")
        return found

    def payload(self) -> Json:
        body: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "type": self.kind,
            "author": self.author.payload(),
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "attachments": [upload.payload() for upload in self.attachments],
            "flags": self.flags,
            "timestamp": timestamp(self.created),
            "edited_timestamp": timestamp(self.edited) if self.edited else None,
            "mentions": [user.payload() for user in self.mentions],
            "mention_roles": [ping.removeprefix("role:") for ping in self.pings() if ping.startswith("role:")],
            "mention_everyone": "everyone" in self.pings(),
            "pinned": False,
            "tts": self.tts,
        }
        if self.nonce is not None:
            body["nonce"] = self.nonce
        return copy.deepcopy(body | self._origin())

    def _origin(self) -> Json:
        body: Json = {}
        if self.author.bot:
            body["application_id"] = str(self.author.id)
        if self.interaction_metadata is not None:
            body |= {"interaction_metadata": self.interaction_metadata, "webhook_id": str(self.author.id)}
        if self.reference is not None:
            guild = self.channel.guild
            body["message_reference"] = {
                "type": 0,
                "message_id": str(self.reference.id),
                "channel_id": str(self.reference.channel.id),
                **({"guild_id": str(guild.id)} if guild else {}),
            }
            body["referenced_message"] = None if self.reference.deleted else self.reference.payload()
        return body


def store_upload(world: World, channel_id: int, filename: str, content: bytes, content_type: str = "") -> Upload:
    key = world.ids.next()
    guessed = content_type or mimetypes.guess_type(filename)[0] or "application/octet-stream"
    url = f"{world.address}/cdn/attachments/{channel_id}/{key}/{quote(filename)}"
    upload = Upload(key, filename, content, guessed, url)
    world.uploads[key] = upload
    return upload


def compose(world: World, message: Message, body: Json, files: dict[int, Part], allowed_flags: int) -> None:
    """Puts a checked body into a new or a stored message; a refused body leaves it untouched."""
    is_new = message.id not in world.messages
    before: Json | None = None
    if not is_new:
        before = {key: getattr(message, key) for key in ("content", "embeds", "components", "flags")}
    for part in files.values():
        if len(part.content) > LARGEST_FILE:
            raise ApiError(413, 40005, "Request entity too large")
    listed = {str(item.get("id")): item for item in body.get("attachments") or ()}
    names = {listed.get(str(index), {}).get("filename") or part.filename for index, part in files.items()}
    names |= {upload.filename for upload in message.attachments}
    if problems := limits.message_problems(body, before, allowed_flags, names):
        raise invalid_form(problems)
    if _would_be_empty(message, body, files):
        raise ApiError(400, 50006, "Cannot send an empty message")
    _apply(world, message, body, files, listed)
    if is_new:
        world.messages[message.id] = message
    elif not message.loading:
        message.edited = world.clock.now()


def _would_be_empty(message: Message, body: Json, files: dict[int, Part]) -> bool:
    if files or body.get("attachments"):
        return False
    left: list[Any] = [body.get(key, getattr(message, key)) for key in ("content", "embeds", "components", "poll")]
    left.append(message.attachments if body.get("attachments") is None else None)
    left.append(body.get("sticker_ids", message.stickers))
    return not any(item.strip() if isinstance(item, str) else item for item in left)


def _apply(world: World, message: Message, body: Json, files: dict[int, Part], listed: dict[str, Json]) -> None:
    for key in ("content", "embeds", "components"):
        if key in body:
            setattr(message, key, body[key] or ("" if key == "content" else []))
    message.poll = body.get("poll", message.poll)
    message.stickers = body.get("sticker_ids") or message.stickers
    if body.get("flags") is not None:
        # The marks which Discord itself sets stay whatever an edit says.
        kept = message.flags & (limits.EPHEMERAL | limits.LOADING | limits.COMPONENTS_V2)
        message.flags = kept | int(body["flags"])
    if "allowed_mentions" in body:
        message.allowed_mentions = body["allowed_mentions"]
    if body.get("attachments") is not None:
        message.attachments = [upload for upload in message.attachments if str(upload.id) in listed]
    for index, part in sorted(files.items()):
        about = listed.get(str(index), {})
        upload = store_upload(world, message.channel.id, about.get("filename") or part.filename, part.content)
        upload.description = about.get("description")
        message.attachments.append(upload)
    message.components = _resolved(message.components, {upload.filename: upload for upload in message.attachments})
    pinged = {ping.removeprefix("user:") for ping in message.pings()}
    message.mentions = [user for key, user in world.users.items() if str(key) in pinged]


def _resolved(components: list[Json], uploads: dict[str, Upload]) -> list[Json]:
    """As Discord gives components back: each with an id, and attachments as addresses."""
    components = copy.deepcopy(components)
    everything = [part for _, part in limits.walk(components)]
    taken = {part.get("id") for part in everything}
    free = (number for number in range(1, 1000) if number not in taken)
    for part in everything:
        if not part.get("id"):
            part["id"] = next(free)
        for _, media in limits.media_of(part):
            url = media.get("url", "")
            if url.startswith("attachment://"):
                media |= uploads[url.removeprefix("attachment://")].payload() | {"attachment_name": url}
            media["proxy_url"] = media["url"]
    return components


def replied_to(world: World, body: Json) -> Message | None:
    """The message which `message_reference` names; an unknown one is an error unless the body says otherwise."""
    reference = body.get("message_reference")
    if not reference:
        return None
    found = world.messages.get(int(reference["message_id"]))
    if found is not None and not found.deleted:
        return found
    if reference.get("fail_if_not_exists", True):
        raise invalid_form([Problem(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")])
    return None
