"""The card of `/settings`: its menus, its buttons, and its form.

The card stays where it is when its user no longer manages the server, so every press and every form is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.discord_app.cards.admin.settings import (
    ASK_RESET_VERB,
    CHANGE_VERB,
    CHANNELS_ID,
    DIGEST_ID,
    FORUMS_ID,
    KEEP_VERB,
    RESET_VERB,
    ROLES_ID,
    ServerParts,
    SettingsReader,
    reset_card,
    settings_card,
)
from bot.discord_app.cards.admin.settings_form import FORM_PATTERN, changed_texts, settings_form
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import Owner, custom_id_pattern
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.delivery.retries import FIRST_RESPONSE_TIMEOUT_SECONDS, send_with_retries
from bot.discord_app.interactions.authorization import require_managed_server
from bot.discord_app.interactions.card_button import CardButton
from bot.discord_app.interactions.forms import read_fields
from bot.discord_app.interactions.handling import handle_interaction
from bot.discord_app.services.admin.settings_problems import find_problems
from bot.localization import gettext as _
from bot.message_content import forum_problem
from bot.server_settings import ChangedValues, change_each, change_setting
from storage.models import ServerSettings


async def change_settings(
    interaction: Interaction, server_id: int, change: Callable[[ServerSettings], ServerSettings]
) -> Card:
    """Change the settings of a server, and return the card with all of them. Raises what `change` raises."""
    changed = await interaction.client.app.settings.change(server_id, change)
    return _make_card(interaction, changed.settings, said=_("Changed.") if changed.has_changed else "")


async def load_card(interaction: Interaction, server_id: int) -> Card:
    """Return the card with the settings of a server as they are."""
    return _make_card(interaction, await interaction.client.app.ledger.settings(server_id))


def _make_card(
    interaction: Interaction, settings: ServerSettings, *, said: str = "", refused: tuple[str, ...] = ()
) -> Card:
    unread = forum_problem(settings, reads_content=interaction.client.app.forums.reads_content)
    if unread:
        # Whoever manages a server is seldom its host: this they can do themselves.
        instead = _("Meanwhile {command} puts a card there from which everyone can ask.")
        unread = f"{unread} {instead.format(command=mention_command('library forum-card'))}"
    return settings_card(
        settings,
        _reader(interaction),
        Owner(interaction.user.id, private=True),
        said=said,
        refused=refused,
        problems=[*([unread] if unread else []), *find_problems(settings, interaction.guild)],
    )


def _reader(interaction: Interaction) -> SettingsReader:
    server, parts = interaction.guild, None
    if server is not None and not server.unavailable and server.channels:
        channels = {channel.id: channel.type for channel in server.channels}
        parts = ServerParts(channels, frozenset(role.id for role in server.roles))
    return SettingsReader(interaction.client.app.host_cooldown_seconds, parts)


class _SettingMenu(ui.DynamicItem[ui.Select[Any]], template="cue:no_such_limit"):
    """A menu that sets one setting; its values are ids."""

    setting: ClassVar[str]

    @classmethod
    async def from_custom_id(cls, _interaction: discord.Interaction[Any], item: Any, _match: re.Match[str], /) -> Self:
        """Make the menu; its custom_id carries no data."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice, and show all settings again."""
        await handle_interaction(interaction, partial(self._save_choice, interaction))

    async def _save_choice(self, interaction: Interaction) -> None:
        server_id = require_managed_server(interaction)
        data: Any = interaction.data
        chosen = " ".join(data.get("values", []))
        coroutine = change_settings(interaction, server_id, lambda now: change_setting(now, self.setting, chosen))
        await send_when_ready(interaction, coroutine, Delivery.IN_PLACE)


class LimitChannels(_SettingMenu, template=re.escape(CHANNELS_ID)):
    """The menu of the channels in which the server's library is searched."""

    setting = "channels"


class LimitRoles(_SettingMenu, template=re.escape(ROLES_ID)):
    """The menu of the roles for which the server's library is searched."""

    setting = "roles"


class ChooseForums(_SettingMenu, template=re.escape(FORUMS_ID)):
    """The menu of the forums in which new posts are answered."""

    setting = "forums"


class ChooseDigestChannel(_SettingMenu, template=re.escape(DIGEST_ID)):
    """The menu of the channel that gets the weekly summary."""

    setting = "digest"


class OpenSettingsForm(CardButton, template=custom_id_pattern(CHANGE_VERB)):
    """Opens the form with the settings that have no menu."""

    async def act(self, interaction: Interaction) -> None:
        app, server_id = interaction.client.app, require_managed_server(interaction)
        form = settings_form(await app.ledger.settings(server_id), host_cooldown=app.host_cooldown_seconds)
        await send_with_retries(lambda: interaction.response.send_modal(form), FIRST_RESPONSE_TIMEOUT_SECONDS)


class AskReset(CardButton, template=custom_id_pattern(ASK_RESET_VERB)):
    """Asks whether to reset the settings."""

    async def act(self, interaction: Interaction) -> None:
        server_id = require_managed_server(interaction)
        await send_when_ready(interaction, _ask_reset(interaction, server_id), Delivery.IN_PLACE)


async def _ask_reset(interaction: Interaction, server_id: int, said: str = "") -> Card:
    settings = await interaction.client.app.ledger.settings(server_id)
    if settings == ServerSettings():
        return _make_card(interaction, settings, said=_("These are the defaults already."))
    return reset_card(settings, _reader(interaction), interaction.user.id, said=said)


class ResetSettings(CardButton, template=custom_id_pattern(RESET_VERB)):
    """Resets the settings, if they still are those that the question showed; else the question is asked again."""

    async def act(self, interaction: Interaction) -> None:
        server_id = require_managed_server(interaction)
        await send_when_ready(interaction, self._reset(interaction, server_id), Delivery.IN_PLACE)

    async def _reset(self, interaction: Interaction, server_id: int) -> Card:
        settings = await interaction.client.app.settings.reset(server_id, shown=self.key)
        if settings is None:
            return await _ask_reset(interaction, server_id, _("Somebody has changed the settings since I asked."))
        return _make_card(interaction, settings, said=_("All settings are the defaults again."))


class KeepSettings(CardButton, template=custom_id_pattern(KEEP_VERB)):
    """Shows the settings again, and resets nothing."""

    async def act(self, interaction: Interaction) -> None:
        server_id = require_managed_server(interaction)
        await send_when_ready(interaction, load_card(interaction, server_id), Delivery.IN_PLACE)


def is_settings_form(interaction: Interaction) -> bool:
    """Return whether what was submitted is the form of the settings."""
    data: Any = interaction.data
    return FORM_PATTERN.fullmatch(data["custom_id"]) is not None


async def handle_settings_form(interaction: Interaction) -> None:
    """Save what was changed in a submitted form, and nothing else: others may have changed settings meanwhile."""
    server_id = require_managed_server(interaction)
    data: Any = interaction.data
    fields = {name: said if isinstance(said, list) else [said or ""] for name, said in read_fields(interaction).items()}
    texts = changed_texts(data["custom_id"], fields)
    await send_when_ready(interaction, _change_by_form(interaction, server_id, texts), Delivery.IN_PLACE)


async def _change_by_form(interaction: Interaction, server_id: int, texts: dict[str, str]) -> Card:
    outcome = ChangedValues(ServerSettings())

    def change(settings: ServerSettings) -> ServerSettings:
        nonlocal outcome
        outcome = change_each(settings, texts)
        return outcome.settings

    changed = await interaction.client.app.settings.change(server_id, change)
    said = _("Changed.") if changed.has_changed else ""
    return _make_card(interaction, changed.settings, said=said, refused=outcome.refused)


SETTINGS_ITEMS: tuple[type[ui.DynamicItem[Any]], ...] = (
    LimitChannels,
    LimitRoles,
    ChooseForums,
    ChooseDigestChannel,
    OpenSettingsForm,
    AskReset,
    ResetSettings,
    KeepSettings,
)
"""All buttons and menus of the settings."""
