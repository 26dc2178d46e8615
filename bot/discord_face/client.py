"""The connection to Discord: what the bot listens to, which commands it offers, and how it comes and goes."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import hashlib
import json
import logging
import signal
import sys
from collections.abc import Iterator
from typing import Any

import aiohttp
import discord
from discord.ext import tasks

from bot.discord_face.buttons import BUTTONS, answer_unknown
from bot.discord_face.commands import Tree
from bot.discord_face.confirmations import CONFIRMATIONS
from bot.discord_face.desk import Desk
from bot.discord_face.import_form import answer_forgotten
from bot.discord_face.knowing import Export, privacy
from bot.discord_face.learning import TurnMisses
from bot.discord_face.leaving import purge_gone
from bot.discord_face.librarian import Librarian
from bot.discord_face.managing import MENUS
from bot.discord_face.membership import Memberships
from bot.discord_face.messages import answer_message
from bot.discord_face.pace import Interaction
from bot.discord_face.places import whereabouts_of
from bot.discord_face.spoken import report
from bot.errors import CannotConnect
from bot.settings import Settings
from bot.traces import WithoutWords, described
from storage.errors import StorageError
from storage.ledger import Ledger
from storage.library import Library

log = logging.getLogger("cuepoint.discord")
EVERYWHERE = "global"
ITEMS = (*BUTTONS, *CONFIRMATIONS, Export, TurnMisses, *MENUS)
"""Everything on a card that can be pressed."""


class CuepointClient(discord.AutoShardedClient):
    """The bot. It needs no privileged intent."""

    def __init__(self, settings: Settings, library: Library, ledger: Ledger, *, shard_count: int | None = None) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            shard_count=shard_count,
        )
        self.tree = Tree(self)
        self.desk = Desk(library, ledger, Memberships(self.get_guild), settings)
        self.librarian = Librarian(self.desk, settings.server_quota, settings.server_imports_a_day)
        self.serves = settings.serves
        self.syncs_at_start = True
        self._ledger = ledger
        self._retention_seconds = settings.retention_seconds

    async def setup_hook(self) -> None:
        """Recognise buttons sent before this start, and tell Discord of commands that changed."""
        self.add_dynamic_items(*ITEMS)
        if self.syncs_at_start:
            await self.sync_commands()
        self.sweep.start()

    async def sync_commands(self, *, server_id: int | None = None, anyway: bool = False) -> bool:
        """Register the commands, in one server or everywhere, if they are not those registered last.

        Returns whether Discord was told. `anyway` tells it even when nothing changed.
        """
        place = EVERYWHERE if server_id is None else str(server_id)
        current = self._command_hash()
        if not anyway and await self._ledger.command_hash(place) == current:
            return False
        server = None if server_id is None else discord.Object(server_id)
        if server is not None:
            self.tree.copy_global_to(guild=server)
        await self.tree.sync(guild=server)
        await self._ledger.keep_command_hash(place, current)
        return True

    def _command_hash(self) -> str:
        commands = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        # Another application knows none of them yet.
        described = json.dumps([self.application_id, commands], sort_keys=True, default=str)
        return hashlib.sha256(described.encode()).hexdigest()

    async def close(self) -> None:
        """Stop what runs beside the connection, then end it."""
        self.sweep.cancel()
        await super().close()

    @tasks.loop(hours=24)
    async def sweep(self) -> None:
        """Forget expired buttons, what has been known about people for too long, and servers long gone."""
        try:
            await self._ledger.sweep(self._retention_seconds)
            await purge_gone(self, self.desk, self._own_id())
        except StorageError as error:
            # Raised, it would end the loop for good.
            log.error("could not tidy up, and will try again tomorrow: %s", described(error))

    async def on_ready(self) -> None:
        """Compare the servers with those that were known: some may have been left while nobody was listening."""
        # Where only some shards run here, the other shards' servers are not gone. Servers in an outage are listed too.
        if set(self.shards) == set(range(self.shard_count or 0)):
            here = [server.id for server in self.guilds]
            unserved = [server_id for server_id in here if not self.serves(server_id)]
            await self._ledger.present(self._own_id(), here, passed_over=unserved)

    async def on_guild_join(self, server: discord.Guild) -> None:
        """Note that the bot was added to a server."""
        self.desk.memberships.forget_server(server.id)
        await self._note_presence(server)

    async def on_guild_available(self, server: discord.Guild) -> None:
        """The same: discord.py tells of a server so where Discord says that it is not unavailable."""
        await self._note_presence(server)

    async def _note_presence(self, server: discord.Guild) -> None:
        # Of a server that is not served nothing is kept; one that was left is asked about before it is purged.
        if self.serves(server.id):
            await self._ledger.returned(server.id, self._own_id())

    async def on_guild_remove(self, server: discord.Guild) -> None:
        """Note that the bot was removed from a server. An outage is another event."""
        self.desk.memberships.forget_server(server.id)
        if self.serves(server.id) or await self._ledger.known(server.id):
            await self._ledger.left(server.id, self._own_id())

    def _own_id(self) -> int:
        assert self.application_id is not None  # known since the login
        return self.application_id

    async def on_message(self, message: discord.Message) -> None:
        """Answer what asks something."""
        if self.user is not None:
            await answer_message(self.desk, message, self.user.id, self.serves)

    async def on_app_command_completion(self, interaction: Interaction, command: object) -> None:
        """Note who uses the bot where, once they have their answer: nobody waits for that to be written."""
        # Looking at what is kept about oneself adds nothing to it.
        if command is not privacy:
            await self.desk.askers.note(whereabouts_of(interaction))

    async def on_interaction(self, interaction: Interaction) -> None:
        """Catch presses on buttons, and forms, that nothing else recognises."""
        try:
            await answer_unknown(interaction, ITEMS)
            await answer_forgotten(interaction)
        except Exception as error:  # noqa: BLE001 - the one handler decides what is said
            await report(interaction, error)

    async def on_error(self, event: str, /, *_args: object, **_kwargs: object) -> None:
        """Log what went wrong with an event; nobody is waiting for an answer to it."""
        log.error("unexpected error in %s", event, exc_info=sys.exc_info())


async def run(settings: Settings, library: Library, ledger: Ledger) -> None:
    """Be on Discord until told to stop by a signal. Raises CannotConnect."""
    async with CuepointClient(settings, library, ledger) as client:
        with _logging_to_stderr(), _stopping(client):
            await _log_in(client, settings)
            log.info("connected as %s", client.user)
            _set_aside_what_stays()
            try:
                await client.connect()
            except discord.PrivilegedIntentsRequired as error:
                raise CannotConnect("Discord refuses this bot's intents.") from error


def _set_aside_what_stays() -> None:
    """Spare the garbage collector what a start leaves for good.

    Searching that for cycles, in vain, held the event loop for 35 ms at a time (82,000 values).
    """
    gc.collect()
    gc.freeze()


async def sync(settings: Settings, library: Library, ledger: Ledger, *, server_id: int | None = None) -> None:
    """Register the commands now, everywhere or in one test server. Raises CannotConnect."""
    async with CuepointClient(settings, library, ledger) as client:
        client.syncs_at_start = False
        await _log_in(client, settings)
        await client.sync_commands(server_id=server_id, anyway=True)


async def _log_in(client: discord.Client, settings: Settings) -> None:
    token = settings.discord_token
    if token is None:
        raise CannotConnect("There is no Discord token: set DISCORD_TOKEN in .env.")
    try:
        await client.login(token.get_secret_value())
    except discord.LoginFailure as error:
        raise CannotConnect("Discord refuses DISCORD_TOKEN: reset the token and put the new one into .env.") from error
    except discord.HTTPException as error:
        raise CannotConnect(f"Discord does not let the bot in ({error.status}): try again later.") from error
    except (aiohttp.ClientError, OSError) as error:
        raise CannotConnect(f"Discord cannot be reached: {error}.") from error


@contextlib.contextmanager
def _stopping(client: discord.Client) -> Iterator[None]:
    """Close the connection in an orderly way on the signals that end a program."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_strays)
    closing: set[asyncio.Task[None]] = set()
    signals = (signal.SIGTERM, signal.SIGINT)
    for each in signals:
        # Windows has no such handlers; there Ctrl-C interrupts as ever.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(each, lambda: closing.add(asyncio.ensure_future(client.close())))
    try:
        yield
    finally:
        for each in signals:
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(each)


def _log_strays(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what went wrong where nobody waited for it. asyncio itself would spell out the error with the task."""
    log.error("unexpected error beside the answers: %s", context["message"], exc_info=context.get("exception"))


@contextlib.contextmanager
def _logging_to_stderr() -> Iterator[None]:
    """What the bot and what it is made of have to say, for whoever watches the process; no words of anybody."""
    handler = logging.StreamHandler()
    handler.addFilter(WithoutWords())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    loggers = [logging.getLogger(name) for name in ("cuepoint", "discord", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
