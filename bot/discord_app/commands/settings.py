"""`/settings`: how a server has set up the bot, for those who manage it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Self

from discord import app_commands, ui
from discord.app_commands import Choice, Range

from bot.discord_app.cards.base import Card
from bot.discord_app.cards.settings import CHANNELS_ID, MAX_CHOSEN_CHANNELS, ROLES_ID, settings_card
from bot.discord_app.delivery.deduplication import is_repeated
from bot.discord_app.delivery.error_handler import report
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.authorization import is_moderator, require_served, server_of
from bot.discord_app.interactions.context import question_service_of
from bot.discord_app.services.catalogue import closest_names
from bot.discord_app.services.questions import QuestionService
from bot.errors import NotAllowed
from bot.languages import LANGUAGES
from bot.server_settings import LONGEST_COOLDOWN, MOST_QUOTES, changed, keep
from storage.models import ServerSettings


def require_managed_server(interaction: Interaction) -> int:
    """The server whose manager pressed, typed or submitted this. Raises NotAllowed.

    Checked every time: a card stays where it is when somebody is no manager any more.
    """
    server_id = server_of(interaction)
    if not is_moderator(interaction):
        raise NotAllowed("Only those who may manage this server can do that.")
    return server_id


@app_commands.command()
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
@app_commands.describe(
    language="The language of this server's videos",
    quotes="How many quotes an answer shows at most",
    private="Show answers to the asker alone, unless they say otherwise",
    shared="Search the shared videos too",
    cooldown="Seconds between two questions of a person; 0 for the host's",
    misses="Note questions without an answer, without names",
)
async def settings(
    interaction: Interaction,
    language: Range[str, 1, 20] = "",
    quotes: Range[int, 1, MOST_QUOTES] | None = None,
    private: bool | None = None,
    shared: bool | None = None,
    cooldown: Range[int, 0, LONGEST_COOLDOWN] | None = None,
    misses: bool | None = None,
) -> None:
    """Show how I am set up in this server, and change it."""
    server_id = require_managed_server(interaction)
    given = {
        "language": {"": None, "auto": ""}.get(language, language),
        "quotes": quotes,
        "private": _setting_value(private),
        "shared": _setting_value(shared),
        "cooldown": cooldown,
        "misses": _setting_value(misses),
    }

    def changing(new: ServerSettings) -> ServerSettings:
        for name, value in given.items():
            if value is not None:
                new = changed(new, name, str(value))
        return new

    await send_when_ready(interaction, _change_settings(interaction, server_id, changing), Delivery.PRIVATE)


def _setting_value(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


@settings.autocomplete("language")
async def suggest_languages(_interaction: Interaction, current: str) -> list[Choice[str]]:
    """Languages by name or code."""
    names = [f"{name} ({code})" for code, name in LANGUAGES.items()]
    return [Choice(name=names[place], value=list(LANGUAGES)[place]) for place in closest_names(current, names)]


async def _change_settings(
    interaction: Interaction, server_id: int, changing: Callable[[ServerSettings], ServerSettings]
) -> Card:
    """Change settings, and show them all."""
    desk = question_service_of(interaction)
    # They are kept as a whole: of two moderators at once, the second would take back what the first one changed.
    async with desk.changing_settings:
        kept = await desk.ledger.settings(server_id)
        new = changing(kept)
        await keep(desk.library, desk.ledger, server_id, kept, new)
    return _make_card(interaction, desk, new, said="Changed." if new != kept else "")


def _make_card(interaction: Interaction, desk: QuestionService, settings: ServerSettings, *, said: str) -> Card:
    server = interaction.guild
    there: list[int] = []
    if server is not None:
        there += [each.id for each in server.channels if each.type in MAX_CHOSEN_CHANNELS]
        there += [each.id for each in server.roles]
    return settings_card(settings, host_cooldown=desk.cooldown.seconds, there=there, said=said)


class _LimitMenu(ui.DynamicItem[ui.Select[Any]], template="cue:no_such_limit"):
    """A menu that limits the library; its values are ids."""

    @staticmethod
    def apply_limit(settings: ServerSettings, chosen: frozenset[int]) -> ServerSettings:
        """Settings with this limit."""
        raise NotImplementedError

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, item: Any, _match: re.Match[str], /) -> Self:
        """Read what is in the custom_id: nothing."""
        return cls(item)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Whether this choice comes for the first time."""
        return not is_repeated(interaction)

    async def callback(self, interaction: Interaction) -> None:
        """Keep what was chosen, and show all settings again."""
        interaction.client.in_flight.join()
        try:
            require_served(interaction)
            server_id = require_managed_server(interaction)
            chosen = frozenset(map(int, _chosen_ids(interaction)))
            making = _change_settings(interaction, server_id, lambda kept: self.apply_limit(kept, chosen))
            await send_when_ready(interaction, making, Delivery.IN_PLACE)
        except Exception as error:  # noqa: BLE001 - the one handler decides what is said
            await report(interaction, error)


def _chosen_ids(interaction: Interaction) -> Iterable[str]:
    data: Any = interaction.data
    values: list[str] = data.get("values", [])
    return values


class LimitChannels(_LimitMenu, template=re.escape(CHANNELS_ID)):
    """The channels in which the server's library is searched."""

    @staticmethod
    def apply_limit(settings: ServerSettings, chosen: frozenset[int]) -> ServerSettings:
        """Settings with other channels."""
        return replace(settings, channels=chosen)


class LimitRoles(_LimitMenu, template=re.escape(ROLES_ID)):
    """The roles that the server's library is searched for."""

    @staticmethod
    def apply_limit(settings: ServerSettings, chosen: frozenset[int]) -> ServerSettings:
        """Settings with other roles."""
        return replace(settings, roles=chosen)


MENUS: tuple[type[ui.DynamicItem[Any]], ...] = (LimitChannels, LimitRoles)
