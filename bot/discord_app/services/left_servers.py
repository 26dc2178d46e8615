"""What becomes of a server's things when the bot has been removed from it: kept for a while, then deleted for good."""

from __future__ import annotations

import logging

import aiohttp
import discord

from bot.discord_app.services.library_admin import LibraryAdmin
from bot.operations.safe_traceback import describe_error
from storage.errors import StorageError
from storage.ledger import Ledger

KEPT_SECONDS = 30 * 24 * 3600.0
"""How long a server that removed the bot may change its mind."""

log = logging.getLogger("cuepoint.discord")


async def purge_left_servers(
    client: discord.Client, library_admin: LibraryAdmin, ledger: Ledger, application_id: int
) -> list[int]:
    """Delete everything of the servers that were left long enough ago; returns which those were.

    Discord is asked first: where it still shows the server the bot is in it after all, and where it gives no clear
    answer there is another day. Servers that another application was in are not touched: this one cannot tell.
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
    """Whether Discord shows a server to the bot. Raises what Discord says besides yes and no."""
    try:
        await client.fetch_guild(server_id, with_counts=False)
    except (discord.NotFound, discord.Forbidden):
        return False
    return True
