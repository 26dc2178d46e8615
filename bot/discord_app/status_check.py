"""A check of Discord without connecting to its gateway: whether the token is valid and the clock is right."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp
import discord

from bot.discord_app.runner import log_in
from bot.discord_status import DiscordStatus
from bot.message_content import INTENT
from bot.settings import Settings

_INTENTS = {
    "Presence": ("gateway_presence", "gateway_presence_limited"),
    "Server Members": ("gateway_guild_members", "gateway_guild_members_limited"),
    INTENT: ("gateway_message_content", "gateway_message_content_limited"),
}
"""The privileged intents as Discord's developer portal names them, and the application flags that show them."""


async def check_status(settings: Settings) -> DiscordStatus:
    """Log in, read the application's flags, and log out.

    Raises CannotConnect; LoginRefused where Discord refuses the token.
    """
    seconds_ahead: list[float] = []

    async def record_clock(_session: object, _context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams) -> None:
        if date := ended.response.headers.get("Date"):
            seconds_ahead.append(time.time() - parsedate_to_datetime(date).timestamp())

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(record_clock)
    async with discord.Client(intents=discord.Intents.none(), http_trace=trace) as client:
        await log_in(client, settings)
        flags = (await client.application_info()).flags
        enabled = [name for name, names in _INTENTS.items() if any(getattr(flags, flag) for flag in names)]
        wanted = {INTENT} if settings.message_content else set()
        return DiscordStatus(
            str(client.user),
            tuple(name for name in enabled if name not in wanted),
            seconds_ahead[-1] if seconds_ahead else None,
            lacks_message_content=not wanted.issubset(enabled),
        )
