"""Everything the local Discord knows, in one place which REST, gateway and tests share."""

from __future__ import annotations

from collections.abc import Callable

from .api.schema import Schema
from .basics import ApiError, Breach, Changes, Clock, Ids, Json, Request
from .faults import Faults
from .interactions import Interaction
from .messages import Message, Upload
from .places import DM, Channel, Guild, User

GUILD_MEMBERS, GUILD_PRESENCES, MESSAGE_CONTENT = 1 << 1, 1 << 8, 1 << 15
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
# How the application's flags show them for an app that few servers use.
_APPLICATION_FLAGS = {GUILD_PRESENCES: 1 << 13, GUILD_MEMBERS: 1 << 15, MESSAGE_CONTENT: 1 << 19}


class World:
    def __init__(self, token: str, schema: Schema | None) -> None:
        self.clock = Clock()
        self.ids = Ids(self.clock)
        self.changes = Changes()
        self.faults = Faults()
        self.schema = schema
        self.token = token
        self.address = ""
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.uploads: dict[int, Upload] = {}
        # By id of the server, None for the global ones.
        self.commands: dict[int | None, list[Json]] = {}
        self.interactions: dict[int, Interaction] = {}
        self.tokens: dict[str, Interaction] = {}
        # The bot's messages by channel and enforced nonce.
        self.nonces: dict[tuple[int, str], Message] = {}
        # The privileged intents which the app's page in the developer portal allows.
        self.privileged_allowed = 0
        # What its owner entered there besides, as the fields of the application.
        self.portal: Json = {}
        # People who installed the app for themselves, which lets them use it where the bot is absent.
        self.installed_by: set[User] = set()
        self.requests: list[Request] = []
        self.breaches: list[Breach] = []
        self.unknown_routes: list[Request] = []
        # Faults of this server itself, which must not pass for faults of the bot.
        self.broken: list[BaseException] = []
        self.bot = self.add_user("Bot", bot=True)
        self.owner = self.add_user("Owner")
        # Says why waiting on is in vain, for instance since the bot's process has ended.
        self.hopeless: Callable[[], str | None] = lambda: None

    @property
    def application_id(self) -> int:
        # They are the same number for every app made in the last years.
        return self.bot.id

    def add_user(self, name: str, *, locale: str = "en-US", bot: bool = False) -> User:
        user = User(self.ids.next(), name, locale, bot)
        self.users[user.id] = user
        return user

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.guild is not None:
            channel.guild.channels[channel.id] = channel
        return channel

    def dm_with_bot(self, user: User) -> Channel:
        for channel in self.channels.values():
            if channel.kind == DM and set(channel.recipients) == {user, self.bot}:
                return channel
        return self.add_channel(Channel(self.ids.next(), DM, recipients=[user, self.bot]))

    def message(self, message_id: int, channel: Channel | None = None) -> Message:
        found = self.messages.get(message_id)
        if found is None or found.deleted or (channel is not None and found.channel is not channel):
            raise ApiError(404, 10008, "Unknown Message")
        return found

    def offered(self, guild: Guild | None) -> list[Json]:
        """The commands of one server and the global ones."""
        local = self.commands.get(guild.id, []) if guild else []
        return local + self.commands.get(None, [])

    def application(self) -> Json:
        return {
            "id": str(self.application_id),
            "name": self.bot.name,
            "description": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": self.owner.payload(),
            "team": None,
            "verify_key": "0" * 64,
            "flags": sum(flag for intent, flag in _APPLICATION_FLAGS.items() if intent & self.privileged_allowed),
            "approximate_guild_count": sum(guild.installed for guild in self.guilds.values()),
            "approximate_user_install_count": len(self.installed_by),
            "integration_types_config": {"0": {}, "1": {}},
            "bot": self.bot.payload(),
            **self.portal,
        }
