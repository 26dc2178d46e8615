"""The data of servers that the bot was removed from: kept for 30 days, then deleted permanently."""

from __future__ import annotations

import logging

import aiohttp
import discord

from bot.discord_app.services.admin.library_admin import LibraryAdmin
from bot.operations.safe_traceback import describe_error
from storage.errors import StorageError
from storage.ledger import Ledger

KEPT_SECONDS = 30 * 24 * 3600.0
"""How long a server that removed the bot can add it again with nothing lost."""

log = logging.getLogger("cuepoint.discord")


async def purge_left_servers(
    client: discord.Client, library_admin: LibraryAdmin, ledger: Ledger, application_id: int
) -> list[int]:
    """Delete everything of the servers that were left long enough ago, and return their ids.

    Discord is asked first: if it still shows the server, the bot is in it after all; if it gives no clear answer, the
    next run tries again. Servers in which another application was are not touched: this one cannot know.
    """
    purged = []
    for server_id in await ledger.departed_servers(ledger.now() - KEPT_SECONDS, application_id):
        try:
            if await _is_member(client, server_id):
                await ledger.record_presence(server_id, application_id)
            else:
                await library_admin.delete_server(server_id)
                purged.append(server_id)
                log.info("deleted everything of server %s, which was left over 30 days ago", server_id)
        except (discord.HTTPException, aiohttp.ClientError, OSError, StorageError) as error:
            log.warning("server %s was left, and is looked at again tomorrow: %s", server_id, describe_error(error))
    return purged


async def _is_member(client: discord.Client, server_id: int) -> bool:
    """Return whether Discord shows a server to the bot. Raises Discord's errors other than a clear no."""
    try:
        await client.fetch_guild(server_id, with_counts=False)
    except (discord.NotFound, discord.Forbidden):
        return False
    return True
