"""Sends the weekly digests that are due: one a server and week, one after another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

import discord

from bot.discord_app.cards.admin.digest import digest_card
from bot.discord_app.cards.parts.command_mentions import set_command_ids
from bot.discord_app.delivery.responses import validate_card
from bot.discord_app.delivery.retries import DeliveryUnknown, is_forbidden, is_target_gone, send_with_retries
from bot.discord_app.delivery.shutdown import InFlight
from bot.discord_app.services.admin.digest import DigestService
from bot.discord_app.services.askers import IsServed
from bot.localization import choose_language, set_language
from bot.operations import metrics
from bot.operations.safe_traceback import describe_error
from storage.errors import StorageError
from storage.ledger import Ledger
from storage.models import DueDigest

log = logging.getLogger("cuepoint.discord")
GetGuild = Callable[[int], discord.Guild | None]
"""Returns a server that the bot is in by its id, or None."""
DigestChannel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class DigestSender:
    """Sends digests to the channels that servers have chosen. Make one for all of Discord."""

    def __init__(
        self,
        digests: DigestService,
        ledger: Ledger,
        is_served: IsServed,
        get_guild: GetGuild,
        in_flight: InFlight,
        command_ids: Mapping[str, int],
    ) -> None:
        self._digests = digests
        self._ledger = ledger
        self._is_served = is_served
        self._get_guild = get_guild
        self._in_flight = in_flight
        self._command_ids = command_ids

    async def send_due(self) -> None:
        """Send what is due now. One that fails is logged, and keeps no other from being sent. Raises StorageError."""
        for due in await self._ledger.due_digests():
            # A task of its own: it speaks its server's language, and a stop of the bot lets it finish.
            await asyncio.shield(asyncio.create_task(self._try_to_send(due)))

    async def _try_to_send(self, due: DueDigest) -> None:
        self._in_flight.track_current_task()
        try:
            await self._send(due)
        except (DeliveryUnknown, StorageError) as error:
            log.warning("a weekly digest of server %s failed: %s", due.server_id, describe_error(error))
        except Exception as error:
            metrics.count_error()
            log.error("unexpected error in the weekly digest of server %s", due.server_id, exc_info=error)

    async def _send(self, due: DueDigest) -> None:
        """Send a digest where its server is connected, and wants one that has anything in it.

        It is claimed before it is sent: a process that is killed in between loses it, and none is sent twice.
        """
        server = self._get_guild(due.server_id)
        # It may be another process's, or in an outage.
        if server is None or server.unavailable or not self._is_served(due.server_id):
            return
        set_language(choose_language(str(server.preferred_locale)))
        set_command_ids(self._command_ids)
        channel_id = (await self._ledger.settings(due.server_id)).digest_channel
        channel = find_digest_channel(server, channel_id or 0)
        if channel is None:
            if await self._ledger.claim_digest(due):
                log.info("the weekly digest of server %s has no channel where the bot may write", due.server_id)
            return
        place = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
        digest = await self._digests.gather(due.server_id, place, due.week)
        card = validate_card(digest_card(digest))
        if await self._ledger.claim_digest(due) and not digest.is_empty:
            try:
                # With the same nonce, a retry after a broken connection is the same message for Discord.
                await send_with_retries(lambda: channel.send(view=card, nonce=due.server_id))
            except discord.HTTPException as error:
                if not (is_forbidden(error) or is_target_gone(error)):
                    raise
                log.info("the weekly digest of server %s was refused: %s", due.server_id, describe_error(error))


def find_digest_channel(server: discord.Guild, channel_id: int) -> DigestChannel | None:
    """Return a channel of a server in which the bot may write; None where there is none of that id."""
    channel = server.get_channel_or_thread(channel_id)
    if not server.me or not isinstance(channel, DigestChannel):
        return None
    rights = channel.permissions_for(server.me)
    is_thread = isinstance(channel, discord.Thread)
    may_send = rights.send_messages_in_threads if is_thread else rights.send_messages
    return channel if rights.view_channel and may_send else None
