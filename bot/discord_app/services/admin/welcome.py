"""The welcome: one card in a server that the bot has just been added to, once in 30 days."""

from __future__ import annotations

import logging
import secrets

import aiohttp
import discord

from bot.discord_app.cards.admin.welcome import welcome_card
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.delivery.responses import validate_card
from bot.discord_app.services.asker_resolver import AskerResolver
from bot.discord_app.services.askers import AskerContext
from bot.operations.safe_traceback import describe_error
from storage import access
from storage.access import Membership, Place
from storage.ledger import Ledger
from storage.library import Library

RECENT_SECONDS = 15 * 60.0
"""How long after the bot was added a server is welcomed: a bot that was down meanwhile still does, within that time."""
EVERY_SECONDS = 30 * 24 * 3600.0
"""How long a server is not welcomed again, however often the bot leaves it and returns."""

log = logging.getLogger("cuepoint.discord")


class WelcomeService:
    """Introduces the bot to servers. Make one for all of Discord."""

    def __init__(self, library: Library, ledger: Ledger, askers: AskerResolver) -> None:
        self._library = library
        self._ledger = ledger
        self._askers = askers

    def is_new(self, server: discord.Guild) -> bool:
        """Return whether the bot was added to a server just now.

        Discord announces servers again at every start and after every outage, and says each time when the bot joined.
        """
        joined_at = server.me.joined_at if server.me is not None else None
        # Where the clock of this machine is wrong, no server is new rather than all.
        return joined_at is not None and abs(self._ledger.now() - joined_at.timestamp()) < RECENT_SECONDS

    async def welcome(self, server: discord.Guild, application_id: int) -> None:
        """Post the card in a new server, in the language that the current task speaks.

        It is claimed before it is sent: where the bot is killed in between, or Discord refuses, there is none.
        """
        if not await self._ledger.claim_welcome(server.id, application_id, every_seconds=EVERY_SECONDS):
            return
        channel = find_channel(server)
        if channel is None:
            log.info("no welcome in server %s: there is no channel where the bot may write", server.id)
            return
        card = validate_card(await self._make_card(server, channel))
        try:
            # discord.py repeats it where Discord fails: by its nonce that is the same message.
            await channel.send(view=card, nonce=secrets.randbits(63))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("no welcome in server %s: %s", server.id, describe_error(error))

    async def _make_card(self, server: discord.Guild, channel: discord.TextChannel) -> Card:
        """Return the card, which says of the videos what everybody in the channel may know."""
        everybody = AskerContext(server.me.id, Place.SERVER, Membership(server.id), channel.id)
        seen = await self._askers.resolve(everybody, private=False, aloud=True)
        videos = 0
        if access.library_key(server.id) in seen.searchable:
            videos = (await self._library.size(access.own_scope(server.id))).videos
        return welcome_card(is_empty=seen.knows_nothing_imported, videos=videos)


def find_channel(server: discord.Guild) -> discord.TextChannel | None:
    """Return the system channel of a server, else its first text channel, where the bot may write; None for none."""
    candidates = [server.system_channel, *server.text_channels]
    return next((channel for channel in candidates if channel is not None and _may_write(server, channel)), None)


def _may_write(server: discord.Guild, channel: discord.TextChannel) -> bool:
    rights = channel.permissions_for(server.me)
    return rights.view_channel and rights.send_messages
