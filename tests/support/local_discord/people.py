"""Who and what exists, and what people write: the part of a test that comes before any answer of the bot."""

from __future__ import annotations

import re
from pathlib import PurePath

from .gateway import Gateway
from .messages import REPLY, Message, Upload, store_upload
from .places import DM, EVERYDAY, GROUP_DM, TEXT, Channel, Guild, Member, Role, User, timestamp
from .state import World


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
    ) -> Message:
        """A person writes; the bot is told what its intents and the mentions in the text allow."""
        world = self.world
        named = {int(key) for key in re.findall(r"<@!?(\d+)>", content)}
        # A reply to the answer of a command does not mention the bot.
        if reply_to is not None and ping and reply_to.interaction_metadata is None:
            named.add(reply_to.author.id)
        message = Message(
            id=world.ids.next(),
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
