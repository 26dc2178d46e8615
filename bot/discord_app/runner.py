"""Starting and stopping the bot on Discord, and what runs beside it meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
import discord

from bot import __version__
from bot.discord_app.client import CuepointClient
from bot.discord_app.delivery.shutdown import run_until_signal
from bot.errors import CannotConnect, LoginRefused
from bot.message_content import SWITCH_IN_PORTAL
from bot.operations import logging_setup, runtime_tuning
from bot.operations.nightly_backup import NightlyBackup
from bot.settings import Settings, describe_misnamed
from storage.ledger import Ledger
from storage.library import Library

log = logging.getLogger("cuepoint.discord")
unhandled_log = logging.getLogger(logging_setup.UNHANDLED_ERRORS)
NO_TOKEN = "Discord refuses DISCORD_TOKEN: reset the token and put the new one into .env."
NO_INTENTS = "Discord refuses this bot's intents: look at its page in Discord's developer portal."
NO_MESSAGE_CONTENT = (
    f"Discord refuses the Message Content intent, which CUEPOINT_MESSAGE_CONTENT=yes asks for: {SWITCH_IN_PORTAL}, "
    "or set CUEPOINT_MESSAGE_CONTENT=no."
)
_REVOKED, _INVALID_INTENTS = 4004, 4013
"""Codes with which Discord closes a connection permanently."""


async def run(settings: Settings, library: Library, ledger: Ledger) -> None:
    """Run the bot until a signal stops it. Raises CannotConnect, including LoginRefused, and ModelUnusable."""
    async with CuepointClient(settings, library, ledger) as client:
        secret = settings.discord_token.get_secret_value() if settings.discord_token else ""
        with logging_setup.configured_logging(settings.log_level, secret):
            asyncio.get_running_loop().set_exception_handler(_log_unhandled_error)
            _log_start(settings)
            await library.meaning.start_updates()
            library.compiled_ranking.start()
            async with _http_server(client, settings, library), _nightly_backup(settings, library):
                await run_until_signal(_connect(client, settings), lambda: client.shut_down(settings.stop_seconds))
            log.info("stopped")


def _log_start(settings: Settings) -> None:
    log.info("Cuepoint %s starts, with its data in %s", __version__, settings.data_dir)
    for name in settings.misnamed:
        log.warning("%s", describe_misnamed(name))


@contextlib.asynccontextmanager
async def _http_server(client: CuepointClient, settings: Settings, library: Library) -> AsyncIterator[None]:
    """Serve the health of the bot on a port, where one is set. Raises CannotListen."""
    if settings.http_port is None:
        yield
        return
    # Imported only where a port is set, for a faster start without one.
    from bot.discord_app import health
    from bot.operations import http_server

    async with http_server.serve_http(
        settings.http_host,
        settings.http_port,
        lambda: health.readiness_problems(client, library),
        settings.http_names,
    ):
        health.register_gauges(client, library, settings.backups_dir)
        log.info("tells how it is on http://%s:%d", settings.http_host, settings.http_port)
        yield


def _nightly_backup(settings: Settings, library: Library) -> AbstractAsyncContextManager[None]:
    """Back up every night, where a time is set."""
    if settings.backup_at is None:
        return contextlib.nullcontext()
    return NightlyBackup(library, settings.backups_dir, settings.backup_at, settings.backups_kept).run_in_background()


async def _connect(client: CuepointClient, settings: Settings) -> None:
    """Log in, and stay connected through failures until Discord ends the connection permanently."""
    await log_in(client, settings)
    log.info("connected as %s", client.user)
    runtime_tuning.shorten_pauses()
    try:
        await client.connect()
    except discord.PrivilegedIntentsRequired as error:
        raise LoginRefused(NO_MESSAGE_CONTENT if settings.message_content else NO_INTENTS) from error
    except discord.ConnectionClosed as error:
        if error.code == _REVOKED:
            raise LoginRefused(NO_TOKEN) from error
        if error.code == _INVALID_INTENTS:
            raise LoginRefused(NO_INTENTS) from error
        raise CannotConnect(f"Discord ended the connection ({error.code}): start the bot again.") from error
    except (discord.GatewayNotFound, discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise CannotConnect(f"Discord's gateway cannot be reached: {error}. Try again later.") from error


async def sync(settings: Settings, library: Library, ledger: Ledger, *, server_id: int | None = None) -> None:
    """Register the commands now, everywhere or in one test server. Raises CannotConnect."""
    async with CuepointClient(settings, library, ledger) as client:
        client.syncs_at_start = False
        await log_in(client, settings)
        await client.sync_commands(server_id=server_id, anyway=True)


async def log_in(client: discord.Client, settings: Settings) -> None:
    """Log in with the token. Raises CannotConnect; LoginRefused where the token is refused or there is none."""
    token = settings.discord_token
    if token is None:
        raise LoginRefused("There is no Discord token: set DISCORD_TOKEN in .env.")
    try:
        await client.login(token.get_secret_value())
    except discord.LoginFailure as error:
        raise LoginRefused(NO_TOKEN) from error
    except discord.HTTPException as error:
        raise CannotConnect(f"Discord does not let the bot in ({error.status}): try again later.") from error
    except (aiohttp.ClientError, OSError) as error:
        raise CannotConnect(f"Discord cannot be reached: {error}.") from error


def _log_unhandled_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log an error that no code awaited. asyncio's own handler would also print the task with its contents."""
    # The message is part of the line's text: lines are throttled by it.
    line = "unexpected error beside the answers: " + str(context["message"])
    unhandled_log.error(line, exc_info=context.get("exception"))
