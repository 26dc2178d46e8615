"""Checks of which servers are served, and who may manage one. Who may press which button is in `permits`."""

from __future__ import annotations

from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.interactions.context import is_in_own_server
from bot.discord_app.services.askers import IsServed
from bot.errors import NotAllowed, NotServed
from bot.localization import gettext as _


def require_served(interaction: Interaction) -> None:
    """Raise NotServed in a server that this installation does not serve.

    A user who has installed the app for their own account uses it everywhere: the server's rules do not apply to that.
    """
    if interaction.guild_id is not None and interaction.is_guild_integration():
        require_served_server(interaction.guild_id, interaction.client.app.is_served)


def require_served_server(server_id: int, serves: IsServed) -> None:
    """Raise NotServed for a server that is not served."""
    if not serves(server_id):
        raise NotServed(_("This bot does not serve this server. Whoever runs the bot can change that."))


def require_server_id(interaction: Interaction) -> int:
    """Return the id of the server whose library is meant. Raises NotAllowed where the app is not installed in one."""
    if interaction.guild_id is None or not interaction.is_guild_integration():
        raise NotAllowed(_("This works only in a server that I am installed in."))
    return interaction.guild_id


def is_moderator(interaction: Interaction) -> bool:
    """Return whether the user of an interaction may manage the server at this moment."""
    return interaction.permissions.manage_guild


def manages_server(interaction: Interaction) -> bool:
    """Return whether the user may manage the server that they are in, and the app is installed there."""
    return is_in_own_server(interaction) and is_moderator(interaction)


def require_managed_server(interaction: Interaction) -> int:
    """Return the id of the server whose manager sent this interaction. Raises NotAllowed.

    It is checked every time: a card stays where it is when a user no longer is a manager.
    """
    server_id = require_server_id(interaction)
    if not is_moderator(interaction):
        raise NotAllowed(_("Only those who may manage this server can do that."))
    return server_id
