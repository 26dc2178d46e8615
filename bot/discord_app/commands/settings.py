"""`/settings`: a server's settings of the bot, for those who manage the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.app_commands import Choice, Range

from bot.discord_app.cards.admin.settings import CHANNELS_ID, CHOSEN_CHANNEL_TYPES, ROLES_ID, settings_card
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.authorization import is_moderator, require_server_id
from bot.discord_app.interactions.handling import handle_interaction
from bot.discord_app.services.questions.catalogue import closest_names
from bot.errors import NotAllowed
from bot.languages import language_names
from bot.localization import gettext as _
from bot.server_settings import MAX_COOLDOWN_SECONDS, MAX_QUOTES, change_setting
from storage.models import ServerSettings


def require_managed_server(interaction: Interaction) -> int:
    """Return the id of the server whose manager sent this interaction. Raises NotAllowed.

    It is checked every time: a card stays where it is when a user no longer is a manager.
    """
    server_id = require_server_id(interaction)
    if not is_moderator(interaction):
        raise NotAllowed(_("Only those who may manage this server can do that."))
    return server_id


@app_commands.command()
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
@app_commands.describe(
    language="The language of this server’s videos",
    quotes="How many quotes an answer shows at most; 0 for mine: 3 in public, 5 in private",
    private="Show answers to the asker alone, unless they choose otherwise",
    shared="Search the shared videos too",
    cooldown="Seconds between two questions of a person; 0 for as long as the host has set",
    misses="Note questions without an answer, without names",
)
async def settings(
    interaction: Interaction,
    language: Range[str, 1, 20] = "",
    quotes: Range[int, 0, MAX_QUOTES] | None = None,
    private: bool | None = None,
    shared: bool | None = None,
    cooldown: Range[int, 0, MAX_COOLDOWN_SECONDS] | None = None,
    misses: bool | None = None,
) -> None:
    """Show how I am set up in this server, and change it."""
    server_id = require_managed_server(interaction)
    values = {
        "language": {"": None, "auto": ""}.get(language, language),
        "quotes": quotes,
        "private": _setting_value(private),
        "shared": _setting_value(shared),
        "cooldown": cooldown,
        "misses": _setting_value(misses),
    }

    def apply_values(settings: ServerSettings) -> ServerSettings:
        for name, value in values.items():
            if value is not None:
                settings = change_setting(settings, name, str(value))
        return settings

    await send_when_ready(interaction, _change_settings(interaction, server_id, apply_values), Delivery.PRIVATE)


async def show_settings(interaction: Interaction) -> None:
    """Show the settings of a server to one who manages it, and to them alone. Raises NotAllowed."""
    server_id = require_managed_server(interaction)
    shown = _change_settings(interaction, server_id, lambda unchanged: unchanged)
    await send_when_ready(interaction, shown, Delivery.PRIVATE)


def _setting_value(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


@settings.autocomplete("language")
async def suggest_languages(_interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest languages by name or code."""
    languages = language_names()
    names = [f"{name} ({code})" for code, name in languages.items()]
    return [Choice(name=names[place], value=list(languages)[place]) for place in closest_names(current, names)]


async def _change_settings(
    interaction: Interaction, server_id: int, change: Callable[[ServerSettings], ServerSettings]
) -> Card:
    """Change settings, and return a card with all of them."""
    changed_settings = await interaction.client.app.settings.change(server_id, change)
    there: list[int] = []
    if (server := interaction.guild) is not None:
        there += [channel.id for channel in server.channels if channel.type in CHOSEN_CHANNEL_TYPES]
        there += [role.id for role in server.roles]
    return settings_card(
        changed_settings.settings,
        host_cooldown=interaction.client.app.host_cooldown_seconds,
        there=there,
        said=_("Changed.") if changed_settings.has_changed else "",
    )


class _LimitMenu(ui.DynamicItem[ui.Select[Any]], template="cue:no_such_limit"):
    """A menu that limits the library; its values are ids."""

    @staticmethod
    def apply_limit(settings: ServerSettings, chosen: frozenset[int]) -> ServerSettings:
        """Return the settings with this limit."""
        raise NotImplementedError

    @classmethod
    async def from_custom_id(cls, _interaction: discord.Interaction[Any], item: Any, _match: re.Match[str], /) -> Self:
        """Make the menu; its custom_id carries no data."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice, and show all settings again."""
        await handle_interaction(interaction, partial(self._save_choice, interaction))

    async def _save_choice(self, interaction: Interaction) -> None:
        server_id = require_managed_server(interaction)
        chosen = frozenset(map(int, _chosen_ids(interaction)))
        coroutine = _change_settings(interaction, server_id, lambda settings: self.apply_limit(settings, chosen))
        await send_when_ready(interaction, coroutine, Delivery.IN_PLACE)


def _chosen_ids(interaction: Interaction) -> Iterable[str]:
    data: Any = interaction.data
    values: list[str] = data.get("values", [])
    return values


class LimitChannels(_LimitMenu, template=re.escape(CHANNELS_ID)):
    """The menu of the channels in which the server's library is searched."""

    @staticmethod
    def apply_limit(settings: ServerSettings, chosen: frozenset[int]) -> ServerSettings:
        """Return the settings with other channels."""
        return replace(settings, channels=chosen)


class LimitRoles(_LimitMenu, template=re.escape(ROLES_ID)):
    """The menu of the roles for which the server's library is searched."""

    @staticmethod
    def apply_limit(settings: ServerSettings, chosen: frozenset[int]) -> ServerSettings:
        """Return the settings with other roles."""
        return replace(settings, roles=chosen)


MENUS: tuple[type[ui.DynamicItem[Any]], ...] = (LimitChannels, LimitRoles)
