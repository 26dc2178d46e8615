"""A check of Discord without connecting to its gateway: the token, the clock, and the app's pages in the portal."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp
import discord

from bot.discord_app.install_links import PERMISSIONS
from bot.discord_app.runner import log_in
from bot.discord_status import AppPage, DiscordStatus, Installation
from bot.message_content import INTENT
from bot.settings import Settings

_INTENTS = {
    "Presence": ("gateway_presence", "gateway_presence_limited"),
    "Server Members": ("gateway_guild_members", "gateway_guild_members_limited"),
    INTENT: ("gateway_message_content", "gateway_message_content_limited"),
}
"""The privileged intents as Discord's developer portal names them, and the application flags that show them."""


async def check_status(settings: Settings) -> DiscordStatus:
    """Log in, read what Discord knows of the application, and log out.

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
        info = await client.application_info()
        enabled = {name for name, names in _INTENTS.items() if any(getattr(info.flags, flag) for flag in names)}
        needed = {INTENT} if settings.message_content else set()
        return DiscordStatus(
            str(client.user),
            tuple(sorted(enabled - needed)),
            seconds_ahead[-1] if seconds_ahead else None,
            lacks_message_content=not needed <= enabled,
            page=_read_page(info),
        )


def _read_page(info: discord.AppInfo) -> AppPage:
    # Before there were installations of two kinds, an app had one kind of parameters, those for servers.
    in_servers = _read_installation(info.guild_integration_config, info.install_params)
    return AppPage(
        is_public=info.bot_public,
        has_icon=info.icon is not None,
        description=info.description,
        tags=tuple(info.tags),
        terms_url=info.terms_of_service_url or "",
        privacy_url=info.privacy_policy_url or "",
        custom_install_url=info.custom_install_url or "",
        in_servers=in_servers,
        for_users=_read_installation(info.user_integration_config),
        interactions_url=info.interactions_endpoint_url or "",
    )


def _read_installation(
    config: discord.IntegrationTypeConfig | None, otherwise: discord.AppInstallParams | None = None
) -> Installation | None:
    params = config.oauth2_install_params if config and config.oauth2_install_params else otherwise
    if params is None:
        return None if config is None else Installation()
    return Installation(frozenset(params.scopes), _missing_permissions(params.permissions))


def _missing_permissions(granted: discord.Permissions) -> tuple[str, ...]:
    """Return the names of the permissions that the bot needs and is not granted, as Discord writes them."""
    if granted.administrator:
        return ()
    names = [name for name, is_needed in PERMISSIONS if is_needed and not getattr(granted, name)]
    return tuple(name.replace("_", " ").title() for name in names)
