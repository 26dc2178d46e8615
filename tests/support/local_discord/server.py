"""The local Discord as a test sees it: start it, let people act, wait for what the bot does."""

# ruff: noqa: ASYNC109 - a wait that fails has to say what was seen until then, so the limit is an argument.
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from aiohttp import web

from .actions import Actions
from .api import api_app, api_channels, api_interactions, api_threads
from .api.rest import Rest
from .api.schema import Schema
from .basics import Breach, Clock, Json, Request
from .faults import Fault
from .gateway import Gateway
from .hearing import heard
from .interactions import Interaction
from .messages import Message
from .places import Channel, User
from .process import BotProcess
from .state import World

T = TypeVar("T")
_ENDPOINTS = [
    *api_app.ENDPOINTS,
    *api_channels.ENDPOINTS,
    *api_threads.ENDPOINTS,
    *api_interactions.ENDPOINTS,
]


class LocalDiscord(Actions):
    """`async with LocalDiscord() as server:`"""

    def __init__(self, token: str = "local.discord.token", *, schema: Schema | None = None) -> None:
        world = World(token, schema or Schema.load())
        super().__init__(world, Gateway(world))
        self.processes: list[BotProcess] = []
        self._readies_before = 0
        self._runner: web.AppRunner | None = None
        world.hopeless = self._hopeless

    async def __aenter__(self) -> LocalDiscord:
        rest = Rest(self.world, self.gateway, _ENDPOINTS)
        self._runner = web.AppRunner(rest.application(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.world.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gateway.drop()
        if self._runner is not None:
            await self._runner.cleanup()
        if error is not None:
            error.add_note(self.summary())

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def address(self) -> str:
        return self.world.address

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def requests(self) -> list[Request]:
        return self.world.requests

    @property
    def breaches(self) -> list[Breach]:
        return self.world.breaches

    @property
    def unknown_routes(self) -> list[Request]:
        return self.world.unknown_routes

    @property
    def has_schema(self) -> bool:
        """Whether bodies are checked against Discord's API description; without it only the limits are."""
        return self.world.schema is not None

    def fail(
        self, method: str, path: str, *, times: int = 1, status: int | None = None, delay: float = 0.0, **more: Any
    ) -> Fault:
        """Trouble for the next requests whose path (a glob, without /api/v10) fits; see `Fault` for the rest."""
        return self.world.faults.add(Fault(method, path, times, status, delay, **more))

    def commands(self, guild_id: int | None = None) -> dict[str, Json]:
        """What the bot has registered, by name."""
        return {command["name"]: command for command in self.world.commands.get(guild_id, [])}

    def asked(self, method: str, path_ends: str) -> list[Request]:
        return [item for item in self.requests if item.method == method and item.path.endswith(path_ends)]

    def started(self, process: BotProcess) -> None:
        self.processes.append(process)
        self._readies_before = self.gateway.readies

    # Waiting, never sleeping.

    async def wait_for(self, find: Callable[[], T], timeout: float = 10.0) -> T:
        """The first true value of `find`; fails at once when the bot has ended, as nothing can come then."""
        try:
            return await self.world.changes.until(find, timeout, self.world.hopeless)
        except TimeoutError:
            raise AssertionError(f"not within {timeout} s\n{self.summary()}") from None

    async def ready(self, timeout: float = 30.0) -> None:
        """Waits until the bot that was started last has identified and was sent READY and its servers."""
        await self.wait_for(lambda: self.gateway.readies > self._readies_before and self.gateway.connected, timeout)

    async def reply_to(self, interaction: Interaction, timeout: float = 10.0) -> Json:
        """What the asker sees first that is no mere "thinking", as it stands now."""
        found = await self._answered(interaction, lambda: interaction.reply, timeout)
        return found.payload()

    async def choices_of(self, interaction: Interaction, timeout: float = 10.0) -> list[Json]:
        await self._answered(interaction, lambda: interaction.choices is not None, timeout)
        return interaction.choices or []

    async def modal_of(self, interaction: Interaction, timeout: float = 10.0) -> Json:
        return await self._answered(interaction, lambda: interaction.modal, timeout) or {}

    async def acknowledged(self, interaction: Interaction, timeout: float = 10.0) -> None:
        await self.wait_for(lambda: interaction.callback, timeout)

    async def _answered(self, interaction: Interaction, find: Callable[[], T | None], timeout: float) -> T:
        def found() -> T | None:
            value = find()
            kind = interaction.callback
            if not value and kind is not None and (interaction.choices is not None or interaction.modal is not None):
                raise AssertionError(f"the interaction was answered otherwise: {kind.name}")
            return value

        value = await self.wait_for(found, timeout)
        if value is None:
            raise AssertionError("nothing was found")
        return value

    async def answer_to(self, message: Message, timeout: float = 10.0) -> Message:
        """The bot's first message in the same channel after this one."""

        def found() -> Message | None:
            return next((item for item in self.messages_in(message.channel) if item.id > message.id), None)

        answer = await self.wait_for(found, timeout)
        if answer is None:
            raise AssertionError("nothing was found")
        return answer

    def heard_by(self, user: User, since: int = 0) -> str:
        """All that the bot ever sent in front of somebody, from its request of that number on."""
        return heard(self.world, user, since)

    def messages_in(self, channel: Channel) -> list[Message]:
        """The bot's messages there which are not deleted, ephemeral ones included."""
        mine = [item for item in self.world.messages.values() if item.author is self.bot_user]
        return [item for item in mine if item.channel is channel and not item.deleted]

    def _hopeless(self) -> str | None:
        if self.world.broken:
            return f"the local Discord itself is at fault: {self.world.broken[0]!r}\n{self.summary()}"
        if not self.processes or any(process.returncode is None for process in self.processes):
            return None
        last = self.processes[-1]
        return f"the bot has ended with {last.returncode}\n{last.tail()}\n{self.summary()}"

    def summary(self) -> str:
        """For the reader of a failed test: the last requests and what was wrong with them."""
        lines = [f"{item.method} {_short(item.path)} -> {item.status}" for item in self.requests[-15:]]
        lines += [f"breach: {item.where}: {item.message}" for item in self.breaches]
        lines += [f"unknown route: {item.method} {_short(item.path)}" for item in self.unknown_routes]
        return "The last requests of the bot:\n" + "\n".join(lines)


def sample_bot_source() -> str:
    """A small bot with every kind of command, for tests of this server and of what is built on it."""
    return Path(__file__).with_name("sample_bot.py").read_text(encoding="utf-8")


def _short(path: str) -> str:
    return "/".join(part if len(part) < 40 else part[:8] + "…" for part in path.split("/"))
