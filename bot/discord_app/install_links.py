"""The links with which people install the bot. README has the same, with APP_ID in place of the application's id."""

from __future__ import annotations

import logging

import discord

log = logging.getLogger("cuepoint.discord")
PERMISSIONS = discord.Permissions(view_channel=True, send_messages=True, send_messages_in_threads=True)
"""What the bot needs in a server: to read mentions, and to answer. In forums docs/discord.md has more."""
_ADDRESS = "https://discord.com/oauth2/authorize?client_id={}"


def server_install_link(application_id: int) -> str:
    """Return the address at which the manager of a server adds the bot to it."""
    where = _ADDRESS.format(application_id)
    return f"{where}&integration_type=0&scope=bot+applications.commands&permissions={PERMISSIONS.value}"


def user_install_link(application_id: int) -> str:
    """Return the address at which people add the bot to their own account, to use it anywhere."""
    return f"{_ADDRESS.format(application_id)}&integration_type=1&scope=applications.commands"


def log_install_links(application_id: int) -> None:
    """Log both links for the host to open: without an installation no one can ask."""
    log.info("to add the bot to a server, open %s", server_install_link(application_id))
    log.info("to use it anywhere yourself, open %s", user_install_link(application_id))
