"""A look at Discord without connecting to its gateway: is the token good, is our clock right."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp
import discord

from bot.discord_app.runner import log_in
from bot.discord_status import DiscordStatus
from bot.settings import Settings

_INTENTS = {
    "Presence": ("gateway_presence", "gateway_presence_limited"),
    "Server Members": ("gateway_guild_members", "gateway_guild_members_limited"),
    "Message Content": ("gateway_message_content", "gateway_message_content_limited"),
}
"""The privileged intents as Discord's developer portal names them, and the flags that tell of them."""


async def check_status(settings: Settings) -> DiscordStatus:
    """Log in, look, and leave. Raises CannotConnect, ShutOut where Discord refuses the token."""
    ahead: list[float] = []

    async def note(_session: object, _context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams) -> None:
        if told := ended.response.headers.get("Date"):
            ahead.append(time.time() - parsedate_to_datetime(told).timestamp())

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(note)
    async with discord.Client(intents=discord.Intents.none(), http_trace=trace) as client:
        await log_in(client, settings)
        flags = (await client.application_info()).flags
        on = tuple(name for name, told in _INTENTS.items() if any(getattr(flags, flag) for flag in told))
        return DiscordStatus(str(client.user), on, ahead[-1] if ahead else None)
