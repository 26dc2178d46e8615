"""The card with a server's settings, and the card with what is kept about a person."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import discord
from discord import ui

from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import Owner
from bot.localization import format_number, gettext_noop, pgettext
from bot.localization import gettext as _
from bot.server_settings import MAX_NAMED_IDS, describe_settings
from storage.models import PersonalData, ServerSettings

CHANNELS_ID, ROLES_ID = "cue:limit:channels", "cue:limit:roles"
_HEADINGS = {
    "language": gettext_noop("Language of the videos"),
    "quotes": gettext_noop("Quotes in an answer"),
    "private": gettext_noop("Answers are"),
    "shared": gettext_noop("Shared videos"),
    "channels": gettext_noop("Searched in"),
    "roles": gettext_noop("Who may search"),
    "cooldown": gettext_noop("Wait between questions"),
    "misses": gettext_noop("Unanswered questions"),
    "follows": gettext_noop("Follows"),
    "forums": gettext_noop("Forums with answers"),
    "digest": gettext_noop("Weekly summary in"),
}
# Not ChannelType.media: Discord's API description does not list it as a channel type, and would refuse the whole card.
CHOSEN_CHANNEL_TYPES = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
]


def settings_card(settings: ServerSettings, *, host_cooldown: float, there: Collection[int], said: str = "") -> Card:
    """Return a card with all settings of a server, and menus for the channels and roles.

    `there` are the ids that can be chosen: they still exist, and the channels are of a type that the menu offers, which
    a channel named at the terminal need not be. `said` is the outcome of the last change, "" for none.
    """
    words = describe_settings(
        settings,
        host_cooldown=host_cooldown,
        list_channels=lambda ids: ", ".join(map("<#{}>".format, sorted(ids))),
        list_roles=lambda ids: ", ".join(map("<@&{}>".format, sorted(ids))),
    )
    lines = ["### " + _("Settings of this server")]
    lines += (
        _("**{setting}:** {value}").format(setting=_(_HEADINGS[name]), value=text) for name, text in words.items()
    )
    if settings.roles:
        lines.append("-# " + _("Answers for chosen roles are always private."))
    if settings.channels and settings.roles:
        lines.append("-# " + _("The channel and the role must both fit."))
    advice = _("Choose channels, with their threads, and roles below. Change the rest with the options of {settings}.")
    lines.append("-# " + advice.format(settings=mention_command("settings")))
    parts = [*([base.text_display(f"**{said}**")] if said else []), base.text_display("\n".join(lines))]
    return Card(
        ui.Container(*parts),
        ui.ActionRow(channel_select(settings.channels & set(there))),
        ui.ActionRow(role_select(settings.roles & set(there))),
    )


def channel_select(chosen: Collection[int] = ()) -> ui.ChannelSelect[Any]:
    """Return the menu that chooses the channels; none means everywhere."""
    return ui.ChannelSelect(
        custom_id=CHANNELS_ID,
        placeholder=pgettext("placeholder", "Choose channels"),
        min_values=0,
        max_values=MAX_NAMED_IDS,
        channel_types=CHOSEN_CHANNEL_TYPES,
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


_REMEMBERED = gettext_noop(
    "So that you can follow up an answer, I remember for ten minutes which was your last one in a place; and which "
    "language your Discord is in. Neither is ever written down, and both are deleted with all of it."
)
_SUGGESTED = gettext_noop(
    "Where a question was answered in public and people found that helpful, it is suggested to others there, without a "
    "name. Taking back the vote ends that."
)


def privacy_card(data: PersonalData, servers: Collection[str], owner: Owner, *, retention_days: float) -> Card:
    """Return a card with what is kept about the asker. `servers` are the names of the servers they were seen in."""
    listed = markdown.escape_to_fit(", ".join(servers), 500)
    met = f"{format_number(len(data.sightings))}: {listed}" if data.sightings else "0"
    misses = format_number(sum(miss.count for miss in data.misses))
    days = format_number(retention_days, 0 if retention_days == int(retention_days) else 1)
    lines = [
        "### " + _("What I keep about you"),
        _("**Votes:** {count}").format(count=format_number(len(data.votes))),
        _("**Questions I had no clear answer to:** {count}").format(count=misses),
        _("**Servers in which you used me:** {servers}").format(servers=met),
        _(
            "All of it is kept for {days} days, under a pseudonym that only this installation can make. The text of a "
            "question is kept for as long as the buttons below its answer work, without saying who asked."
        ).format(days=days),
        _(_SUGGESTED),
        _(_REMEMBERED),
    ]
    return Card(ui.Container(base.text_display("\n".join(lines))), *controls.privacy_row(owner))
