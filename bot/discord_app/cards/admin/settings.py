"""The card with a server's settings, the one that asks whether to reset them, and the card with what is kept about a
person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import discord
from discord import ButtonStyle, ui

from bot.discord_app.cards.parts import base, markdown
from bot.discord_app.cards.parts.base import Card, Part
from bot.discord_app.cards.parts.controls import Owner, make_button
from bot.languages import name_language
from bot.localization import format_number, gettext_noop, ngettext, pgettext
from bot.localization import gettext as _
from bot.server_settings import MAX_NAMED_IDS, changed_names, describe_settings, hash_settings
from storage.models import ServerSettings

CHANNELS_ID, ROLES_ID = "cue:limit:channels", "cue:limit:roles"
FORUMS_ID, DIGEST_ID = "cue:limit:forums", "cue:limit:digest"
CHANGE_VERB, ASK_RESET_VERB, RESET_VERB, KEEP_VERB = "setup", "askreset", "reset", "keepset"
SETTING_HEADINGS = {
    "channels": gettext_noop("Searched in"),
    "roles": gettext_noop("Who may search"),
    "private": gettext_noop("Answers are"),
    "quotes": gettext_noop("Quotes in an answer"),
    "cooldown": gettext_noop("Wait between questions"),
    "shared": gettext_noop("Shared videos"),
    "language": gettext_noop("Language of the videos"),
    "misses": gettext_noop("Unanswered questions"),
    "follows": gettext_noop("Following questions"),
    "forums": gettext_noop("Forums with answers"),
    "digest": gettext_noop("Weekly summary in"),
}
FORM_SETTINGS = ("private", "quotes", "cooldown", "shared", "language", "misses", "follows")
"""What is changed in the form that a button of the card opens; each of the others has a menu on the card."""
# Not ChannelType.media: Discord's API description does not list it as a channel type, and would refuse the whole card.
CHOSEN_CHANNEL_TYPES = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
]
FORUM_TYPES = [discord.ChannelType.forum]
DIGEST_CHANNEL_TYPES = [discord.ChannelType.text, discord.ChannelType.news]


@dataclass(frozen=True, slots=True)
class ServerParts:
    """What there is in a server that a setting can name: its channels with their types, and its roles, by id."""

    channels: Mapping[int, discord.ChannelType]
    roles: frozenset[int]


@dataclass(frozen=True, slots=True)
class SettingsReader:
    """What it takes to say settings in words on Discord: the host's cooldown, and what there is in the server.

    `parts` is None while Discord has not told what there is: then nothing is taken for deleted.
    """

    host_cooldown: float
    parts: ServerParts | None

    def describe(self, settings: ServerSettings) -> dict[str, str]:
        """Return every setting by its name, in words."""
        channels, roles = (self.parts.channels, self.parts.roles) if self.parts else (None, None)
        return describe_settings(
            settings,
            host_cooldown=self.host_cooldown,
            list_channels=partial(_mention_existing, "<#{}>".format, channels, _count_deleted_channels),
            list_roles=partial(_mention_existing, "<@&{}>".format, roles, _count_deleted_roles),
            language=name_language,
        )

    def choosable(self, channel_ids: Collection[int], types: Collection[discord.ChannelType]) -> list[int]:
        """Return those of some channels that a menu of these types offers."""
        there = self.parts.channels if self.parts else {}
        return sorted(channel_id for channel_id in channel_ids if there.get(channel_id) in types)


def _mention_existing(
    mention: Callable[[int], str], there: Collection[int] | None, count: Callable[[int], str], ids: Collection[int]
) -> str:
    """Return the mentions of those ids that are there, and how many are not: Discord shows no name of those."""
    existing = sorted(each for each in ids if there is None or each in there)
    deleted = len(ids) - len(existing)
    return ", ".join([*map(mention, existing), *([count(deleted)] if deleted else [])])


def _count_deleted_channels(count: int) -> str:
    words = ngettext("{count} deleted channel", "{count} deleted channels", count)
    return words.format(count=format_number(count))


def _count_deleted_roles(count: int) -> str:
    words = ngettext("{count} deleted role", "{count} deleted roles", count)
    return words.format(count=format_number(count))


def settings_card(
    settings: ServerSettings,
    reader: SettingsReader,
    owner: Owner,
    *,
    said: str = "",
    refused: Sequence[str] = (),
    problems: Sequence[str] = (),
) -> Card:
    """Return a card with all settings of a server, each with what changes it.

    `said` is the outcome of the last change, "" for none; `refused` says which values of it were not saved, and is
    escaped. `problems` are sentences about what stands in the way of the present settings.
    """
    words = reader.describe(settings)
    outcome = [f"**{said}**"] if said else []
    outcome += ["⚠ " + _not_saved(sentence) for sentence in refused]
    lines = ["### " + _("Settings of this server")]
    lines += [f"⚠ {problem}" for problem in problems]
    lines += [_setting_line(name, words) for name in FORM_SETTINGS]
    return Card(
        ui.Container(
            *([base.text_display("\n".join(outcome))] if outcome else []),
            base.text_display("\n".join(lines)),
            _button_row(owner, can_reset=settings != ServerSettings()),
            *_menus(settings, reader, words),
        )
    )


def _setting_line(name: str, words: Mapping[str, str]) -> str:
    return _("**{setting}:** {value}").format(setting=_(SETTING_HEADINGS[name]), value=words[name])


def _not_saved(sentence: str) -> str:
    return _("Not saved: {reason}").format(reason=markdown.escape_to_fit(sentence, 400))


def _button_row(owner: Owner, *, can_reset: bool) -> Part:
    change = make_button(CHANGE_VERB, pgettext("button", "Change"), owner, style=ButtonStyle.primary)
    reset = make_button(ASK_RESET_VERB, pgettext("button", "Reset"), owner, off=not can_reset)
    return ui.ActionRow(change, reset)


def _menus(settings: ServerSettings, reader: SettingsReader, words: Mapping[str, str]) -> list[Part]:
    """Return the menus, each below its setting: what is chosen in a menu does not say what it is for."""
    digest = [settings.digest_channel] if settings.digest_channel else []
    notes = ["\n-# " + _("Answers for chosen roles are always private.")] if settings.roles else []
    notes += ["\n-# " + _("The channel and the role must both fit.")] if settings.roles and settings.channels else []
    return [
        base.text_display(_setting_line("channels", words)),
        ui.ActionRow(channel_select(reader.choosable(settings.channels, CHOSEN_CHANNEL_TYPES))),
        base.text_display(_setting_line("roles", words) + "".join(notes)),
        ui.ActionRow(role_select(settings.roles & reader.parts.roles if reader.parts else ())),
        base.text_display(_setting_line("forums", words)),
        ui.ActionRow(forum_select(reader.choosable(settings.forums, FORUM_TYPES))),
        base.text_display(_setting_line("digest", words)),
        ui.ActionRow(digest_select(reader.choosable(digest, DIGEST_CHANNEL_TYPES))),
    ]


def channel_select(chosen: Collection[int] = ()) -> ui.ChannelSelect[Any]:
    """Return the menu that chooses the channels; none means everywhere."""
    placeholder = pgettext("placeholder", "Choose channels")
    return _channel_menu(CHANNELS_ID, placeholder, CHOSEN_CHANNEL_TYPES, chosen)


def forum_select(chosen: Collection[int] = ()) -> ui.ChannelSelect[Any]:
    """Return the menu that chooses the forums in which new posts are answered."""
    return _channel_menu(FORUMS_ID, pgettext("placeholder", "Choose forums"), FORUM_TYPES, chosen)


def digest_select(chosen: Collection[int] = ()) -> ui.ChannelSelect[Any]:
    """Return the menu that chooses the channel of the weekly summary; none means that there is none."""
    placeholder = pgettext("placeholder", "Choose a channel")
    return _channel_menu(DIGEST_ID, placeholder, DIGEST_CHANNEL_TYPES, chosen, most=1)


def _channel_menu(
    custom_id: str,
    placeholder: str,
    types: list[discord.ChannelType],
    chosen: Collection[int],
    most: int = MAX_NAMED_IDS,
) -> ui.ChannelSelect[Any]:
    return ui.ChannelSelect(
        custom_id=custom_id,
        placeholder=placeholder,
        min_values=0,
        max_values=most,
        channel_types=types,
        default_values=[
            discord.SelectDefaultValue.from_channel(discord.Object(channel_id)) for channel_id in sorted(chosen)
        ],
    )


def role_select(chosen: Collection[int] = ()) -> ui.RoleSelect[Any]:
    """Return the menu that chooses the roles; none means everyone."""
    return ui.RoleSelect(
        custom_id=ROLES_ID,
        placeholder=pgettext("placeholder", "Choose roles"),
        min_values=0,
        max_values=MAX_NAMED_IDS,
        default_values=[discord.Object(role_id, type=discord.Role) for role_id in sorted(chosen)],
    )


def reset_card(settings: ServerSettings, reader: SettingsReader, asker_id: int, *, said: str = "") -> Card:
    """Return a card that asks whether to reset the settings, with what that changes. `said` stands first, "" for none.

    Its button knows the settings that it shows: others are not reset by it.
    """
    defaults = ServerSettings()
    before, after = reader.describe(settings), reader.describe(defaults)
    lines = [f"**{said}**"] if said else []
    lines.append("### " + _("Reset the settings of this server?"))
    lines += [
        _("**{setting}:** {before} → {after}").format(
            setting=_(SETTING_HEADINGS[name]), before=before[name], after=after[name]
        )
        for name in changed_names(settings, defaults)
    ]
    owner = Owner(asker_id, hash_settings(settings), private=True)
    return Card(
        ui.Container(base.text_display("\n".join(lines))),
        ui.ActionRow(
            make_button(RESET_VERB, pgettext("button", "Reset"), owner, style=ButtonStyle.danger),
            make_button(KEEP_VERB, pgettext("button", "Keep them"), owner),
        ),
    )
