"""Forums and threads: what they have beyond a channel, and what Discord tells of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .basics import Json
from .places import FORUM, Channel, Guild, Member, Permission, User, timestamp

if TYPE_CHECKING:
    from .state import World

PUBLIC_THREAD, PRIVATE_THREAD = 11, 12
PINNED, REQUIRE_TAG = 1 << 1, 1 << 4
MAX_APPLIED_TAGS = 5


@dataclass(eq=False)
class Tag:
    id: int
    name: str
    emoji: str | None = None
    moderated: bool = False

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "name": self.name,
            "moderated": self.moderated,
            "emoji_id": None,
            "emoji_name": self.emoji,
        }


@dataclass(eq=False)
class Forum(Channel):
    """A channel of posts: every post is a thread of its own, and nothing else can be written here."""

    tags: list[Tag] = field(default_factory=list)
    requires_tag: bool = False

    @property
    def flags(self) -> int:
        return REQUIRE_TAG if self.requires_tag else 0

    def payload(self, bot: User) -> Json:
        return super().payload(bot) | {
            "flags": self.flags,
            "available_tags": [tag.payload() for tag in self.tags],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "default_thread_rate_limit_per_user": 0,
        }


@dataclass(eq=False, kw_only=True)
class Thread(Channel):
    """A thread of a text channel, or a post of a forum. Permissions are those of its parent."""

    parent: Channel
    owner: User
    created: float = 0.0
    applied: list[int] = field(default_factory=list)
    flags: int = 0
    archived: bool = False
    locked: bool = False
    members: set[User] = field(default_factory=set)

    @property
    def is_thread(self) -> bool:
        return True

    @property
    def is_open_thread(self) -> bool:
        return not self.archived

    @property
    def writing_permission(self) -> Permission:
        return Permission.SEND_MESSAGES_IN_THREADS

    @property
    def forum(self) -> Forum | None:
        return self.parent if isinstance(self.parent, Forum) else None

    @property
    def tag_names(self) -> list[str]:
        return [tag.name for tag in self.forum.tags if tag.id in self.applied] if self.forum else []

    def permissions_of(self, member: Member) -> int:
        return self.parent.permissions_of(member)

    def is_seen_by(self, member: Member) -> bool:
        granted = self.permissions_of(member)
        invited = self.kind != PRIVATE_THREAD or member.user in self.members or granted & Permission.MANAGE_THREADS
        return bool(granted & Permission.VIEW_CHANNEL and invited)

    def payload(self, bot: User) -> Json:
        body: Json = {
            "id": str(self.id),
            "type": self.kind,
            "guild_id": str(self.guild.id) if self.guild else None,
            "parent_id": str(self.parent.id),
            "owner_id": str(self.owner.id),
            "name": self.name,
            "last_message_id": None,
            "message_count": 0,
            "member_count": len(self.members),
            "total_message_sent": 0,
            "rate_limit_per_user": 0,
            "flags": self.flags,
            "thread_metadata": {
                "archived": self.archived,
                "locked": self.locked,
                "archive_timestamp": timestamp(self.created),
                "create_timestamp": timestamp(self.created),
                "auto_archive_duration": 4320,
            },
        }
        return body | ({"applied_tags": [str(key) for key in self.applied]} if self.forum else {})


def add_forum(
    world: World,
    guild: Guild,
    name: str,
    tags: tuple[str, ...],
    overwrites: dict[int, tuple[int, int]],
    *,
    requires_tag: bool,
) -> Forum:
    made = [Tag(world.ids.next(), tag) for tag in tags]
    forum = Forum(world.ids.next(), FORUM, name, guild, overwrites=overwrites, tags=made, requires_tag=requires_tag)
    world.add_channel(forum)
    return forum


def add_thread(
    world: World, parent: Channel, owner: User, name: str, *, kind: int = PUBLIC_THREAD, applied: tuple[int, ...] = ()
) -> Thread:
    thread = Thread(
        world.ids.next(),
        kind,
        name,
        parent.guild,
        parent=parent,
        owner=owner,
        created=world.clock.now(),
        applied=list(applied),
        members={owner},
    )
    world.add_channel(thread)
    return thread
