"""People and places: users, servers with roles, members and channels, and who may do what where."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .basics import Json


class Permission(enum.IntFlag):
    ADMINISTRATOR = 1 << 3
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_GUILD = 1 << 5
    CONNECT = 1 << 20
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    PIN_MESSAGES = 1 << 51
    USE_APPLICATION_COMMANDS = 1 << 31
    USE_EXTERNAL_APPS = 1 << 50


ALL_PERMISSIONS = (1 << 53) - 1
EVERYDAY = (
    Permission.VIEW_CHANNEL
    | Permission.ADD_REACTIONS
    | Permission.SEND_MESSAGES
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CONNECT
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.USE_EXTERNAL_APPS
)
# What Discord documents as `app_permissions` where there are no roles to compute them from.
PRIVATE_CHANNEL_PERMISSIONS = Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE
BOT_DM_PERMISSIONS = PRIVATE_CHANNEL_PERMISSIONS | Permission.USE_EXTERNAL_EMOJIS

TEXT, DM, GROUP_DM, STAGE, FORUM = 0, 1, 3, 13, 15


LONG_AGO = "2024-01-01T00:00:00+00:00"


def timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@dataclass(eq=False)
class User:
    id: int
    name: str
    locale: str = "en-US"
    bot: bool = False
    accepts_dms: bool = True

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.name.lower(),
            "global_name": None if self.bot else self.name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: int
    position: int = 1

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(int(self.permissions)),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }


@dataclass(eq=False)
class Member:
    user: User
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None
    joined_at: str = LONG_AGO

    def payload(self, *, with_user: bool = True, permissions: int | None = None) -> Json:
        body: Json = {
            "roles": [str(role.id) for role in self.roles],
            "nick": self.nick,
            "joined_at": self.joined_at,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
        }
        if with_user:
            body["user"] = self.user.payload()
        if permissions is not None:
            body["permissions"] = str(permissions)
        return body


@dataclass(eq=False)
class Channel:
    """A channel, or direct messages. Threads and forums add what they have in `threads`."""

    id: int
    kind: int
    name: str = ""
    guild: Guild | None = None
    recipients: list[User] = field(default_factory=list)
    # By id of a role or a user: what is allowed and what is denied here.
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        return False

    @property
    def is_open_thread(self) -> bool:
        """Whether Discord names it among the threads of its server."""
        return False

    @property
    def writing_permission(self) -> Permission:
        """What one needs to write here."""
        return Permission.SEND_MESSAGES

    def is_seen_by(self, member: Member) -> bool:
        return bool(self.permissions_of(member) & Permission.VIEW_CHANNEL)

    def payload(self, bot: User) -> Json:
        body: Json = {"id": str(self.id), "type": self.kind, "last_message_id": None, "flags": 0}
        if self.guild is None:
            others = [user for user in self.recipients if user is not bot]
            body["recipients"] = [user.payload() for user in others]
            if self.kind == GROUP_DM:
                body |= {"name": self.name, "icon": None, "owner_id": str(others[0].id)}
            return body
        if self.kind == STAGE:
            body |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
        return body | {
            "guild_id": str(self.guild.id),
            "name": self.name,
            "position": 0,
            "nsfw": False,
            "topic": None,
            "parent_id": None,
            "rate_limit_per_user": 0,
            "permission_overwrites": self._overwrites(),
        }

    def _overwrites(self) -> list[Json]:
        roles = self.guild.roles if self.guild else {}
        return [
            {"id": str(key), "type": 0 if key in roles else 1, "allow": str(int(allow)), "deny": str(int(deny))}
            for key, (allow, deny) in self.overwrites.items()
        ]

    def permissions_of(self, member: Member) -> int:
        """Role permissions, then this channel's overwrites, in the order which Discord documents."""
        guild = self.guild
        if guild is None:
            raise AssertionError("permissions are a matter of servers")
        everyone = guild.roles[guild.id]
        granted = int(everyone.permissions)
        for role in member.roles:
            granted |= role.permissions
        if member.user is guild.owner or granted & Permission.ADMINISTRATOR:
            return ALL_PERMISSIONS
        allow, deny = self.overwrites.get(guild.id, (0, 0))
        granted = granted & ~deny | allow
        both = [self.overwrites.get(role.id, (0, 0)) for role in member.roles]
        for _, deny in both:
            granted &= ~deny
        for allow, _ in both:
            granted |= allow
        allow, deny = self.overwrites.get(member.user.id, (0, 0))
        return granted & ~deny | allow


@dataclass(eq=False)
class Guild:
    id: int
    name: str
    owner: User
    # Whether the bot is a member; where it is not, only a user install reaches it.
    installed: bool = True
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    # Where Discord itself greets those who join.
    system_channel: Channel | None = None

    def __post_init__(self) -> None:
        # The role of everyone carries the id of its server.
        self.roles.setdefault(self.id, Role(self.id, "@everyone", EVERYDAY, position=0))
        self.members.setdefault(self.owner.id, Member(self.owner))

    def stub(self) -> Json:
        return {"id": str(self.id), "features": [], "locale": self.locale}

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner.id),
            "icon": None,
            "splash": None,
            "banner": None,
            "description": None,
            "features": [],
            "emojis": [],
            "stickers": [],
            "preferred_locale": self.locale,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "afk_timeout": 300,
            "system_channel_id": str(self.system_channel.id) if self.system_channel else None,
            "system_channel_flags": 0,
            "roles": [role.payload() for role in self.roles.values()],
        }

    def create_payload(self, bot: User) -> Json:
        """GUILD_CREATE: without the privileged intent a bot is told of itself only."""
        return self.payload() | {
            "joined_at": self.members[bot.id].joined_at if bot.id in self.members else LONG_AGO,
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "members": [self.members[bot.id].payload()] if bot.id in self.members else [],
            "channels": [channel.payload(bot) for channel in self.channels.values() if not channel.is_thread],
            "threads": [channel.payload(bot) for channel in self.channels.values() if channel.is_open_thread],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
