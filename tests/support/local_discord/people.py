"""Who and what exists, and what people write: the part of a test that comes before any answer of the bot."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from .gateway import Gateway
from .messages import REPLY, Message, Upload, store_upload
from .options import NotOfferedError
from .places import DM, EVERYDAY, GROUP_DM, STAGE, TEXT, Channel, Guild, Member, Role, User, timestamp
from .state import World
from .threads import PRIVATE_THREAD, PUBLIC_THREAD, Forum, Thread, add_forum, add_thread


class People:
    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway

    @property
    def bot_user(self) -> User:
        return self.world.bot

    def add_user(self, name: str, *, locale: str = "en-US", installed: bool = False) -> User:
        """`installed`: this person added the app to their account and can use it everywhere."""
        user = self.world.add_user(name, locale=locale)
        if installed:
            self.world.installed_by.add(user)
        return user

    def add_guild(
        self,
        name: str,
        *,
        installed: bool = True,
        owner: User | None = None,
        locale: str = "en-US",
        bot_permissions: int = EVERYDAY,
        guild_id: int | None = None,
    ) -> Guild:
        """A server; with `installed=False` the bot is not in it. Add it before the bot starts, or use `join`.

        `bot_permissions` come on top of what everyone may; to take something away, give a channel overwrites.
        """
        guild = Guild(guild_id or self.world.ids.next(), name, owner or self.world.owner, installed, locale)
        self.world.guilds[guild.id] = guild
        if installed:
            role = self.add_role(guild, self.bot_user.name, bot_permissions)
            guild.members[self.bot_user.id] = Member(self.bot_user, [role])
        return guild

    def add_role(self, guild: Guild, name: str, permissions: int = 0) -> Role:
        role = Role(self.world.ids.next(), name, int(permissions), position=len(guild.roles))
        guild.roles[role.id] = role
        return role

    def add_member(self, guild: Guild, user: User, *roles: Role) -> Member:
        guild.members[user.id] = Member(user, list(roles))
        return guild.members[user.id]

    def add_channel(self, guild: Guild, name: str, overwrites: dict[int, tuple[int, int]] | None = None) -> Channel:
        channel = Channel(self.world.ids.next(), TEXT, name, guild, overwrites=overwrites or {})
        return self.world.add_channel(channel)

    def add_stage(self, guild: Guild, name: str, overwrites: dict[int, tuple[int, int]] | None = None) -> Channel:
        """A channel to listen in, which has a chat of its own beside it."""
        channel = Channel(self.world.ids.next(), STAGE, name, guild, overwrites=overwrites or {})
        return self.world.add_channel(channel)

    def add_forum(
        self,
        guild: Guild,
        name: str,
        *tags: str,
        overwrites: dict[int, tuple[int, int]] | None = None,
        requires_tag: bool = False,
    ) -> Forum:
        return add_forum(self.world, guild, name, tags, overwrites or {}, requires_tag=requires_tag)

    async def post(
        self, user: User, forum: Forum, title: str, content: str, *, tags: tuple[str, ...] = (), **more: Any
    ) -> Message:
        """A person creates a post: a thread, and its first message, which has the thread's id. Returns that.

        `more` is what `say` takes.
        """
        applied = tuple(tag.id for tag in forum.tags if tag.name in tags)
        if forum.requires_tag and not applied:
            raise NotOfferedError(f"a post in {forum.name} needs a tag")
        thread = add_thread(self.world, forum, user, title, applied=applied)
        await self.gateway.announce_thread("THREAD_CREATE", thread, newly_created=True)
        return await self.say(user, thread, content, message_id=thread.id, **more)

    async def start_thread(self, user: User, channel: Channel, name: str, *, private: bool = False) -> Thread:
        """A person starts a thread in a text channel. A private one is told to those alone who are in it."""
        thread = add_thread(self.world, channel, user, name, kind=PRIVATE_THREAD if private else PUBLIC_THREAD)
        await self.gateway.announce_thread("THREAD_CREATE", thread, newly_created=True)
        return thread

    async def invite(self, user: User, thread: Thread) -> None:
        """Somebody is added to a thread."""
        thread.members.add(user)
        if user is self.bot_user:
            await self.gateway.announce_thread("THREAD_CREATE", thread)

    async def archive(self, thread: Thread, *, locked: bool = False) -> None:
        thread.archived, thread.locked = True, locked
        await self.gateway.announce_thread("THREAD_UPDATE", thread)

    def dm(self, user: User) -> Channel:
        """The direct messages between the bot and this person."""
        return self.world.dm_with_bot(user)

    def private_channel(self, *people: User) -> Channel:
        """A group, or the direct messages of two people, without the bot."""
        kind = DM if len(people) == 2 else GROUP_DM
        return self.world.add_channel(Channel(self.world.ids.next(), kind, "A group", recipients=list(people)))

    def upload(self, filename: str, content: bytes, content_type: str = "") -> Upload:
        """A file from somebody's disk. What Discord lets no file name hold is left out, and kept as its title."""
        plain = re.sub(r"[^A-Za-z0-9_.-]", "", filename.replace(" ", "_"))
        upload = store_upload(self.world, self.world.ids.next(), plain, content, content_type)
        upload.title = PurePath(filename).stem if plain != filename else None
        return upload

    async def say(
        self,
        user: User,
        channel: Channel,
        content: str,
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        attachments: tuple[Upload, ...] = (),
        message_id: int | None = None,
    ) -> Message:
        """A person writes; the bot is told what its intents and the mentions in the text allow."""
        world = self.world
        # What stands in code mentions nobody.
        named = {int(key) for key in re.findall(r"<@!?(\d+)>", re.sub(r"```.*?```|`[^`]*`", "", content))}
        # A reply to the answer of a command does not mention the bot.
        if reply_to is not None and ping and reply_to.interaction_metadata is None:
            named.add(reply_to.author.id)
        message = Message(
            id=message_id or world.ids.next(),
            channel=channel,
            author=user,
            created=world.clock.now(),
            kind=REPLY if reply_to else 0,
            content=content,
            attachments=list(attachments),
            reference=reply_to,
            ping_reply=ping,
            mentions=[other for key, other in world.users.items() if key in named],
        )
        world.messages[message.id] = message
        await self.gateway.announce("MESSAGE_CREATE", message)
        return message

    async def join(self, guild: Guild) -> None:
        """The bot is added to a server while it runs."""
        guild.installed = True
        role = self.add_role(guild, self.bot_user.name, EVERYDAY)
        joined_at = timestamp(self.world.clock.now())
        guild.members[self.bot_user.id] = Member(self.bot_user, [role], joined_at=joined_at)
        await self.gateway.announce_guild(guild)

    async def leave(self, guild: Guild) -> None:
        """The bot is removed from a server."""
        guild.installed = False
        guild.members.pop(self.bot_user.id, None)
        await self.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)})

    async def outage(self, guild: Guild) -> None:
        """A server becomes unavailable, which is not the same as being removed from it."""
        await self.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id), "unavailable": True})
