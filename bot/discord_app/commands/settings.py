"""`/settings`: a server's settings of the bot, for those who manage the server."""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import Choice, Range

from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.admin.settings_controls import change_settings, load_card
from bot.discord_app.interactions.authorization import require_managed_server
from bot.discord_app.services.questions.catalogue import closest_names
from bot.languages import language_names
from bot.server_settings import MAX_COOLDOWN_SECONDS, MAX_QUOTES, change_setting
from storage.models import ServerSettings


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
    follows="Let people follow questions",
)
async def settings(
    interaction: Interaction,
    language: Range[str, 1, 20] = "",
    quotes: Range[int, 0, MAX_QUOTES] | None = None,
    private: bool | None = None,
    shared: bool | None = None,
    cooldown: Range[int, 0, MAX_COOLDOWN_SECONDS] | None = None,
    misses: bool | None = None,
    follows: bool | None = None,
) -> None:
    """Show how I am set up in this server, and change it."""
    server_id = require_managed_server(interaction)
    values = {
        "language": language or None,
        "quotes": quotes,
        "private": _setting_value(private),
        "shared": _setting_value(shared),
        "cooldown": cooldown,
        "misses": _setting_value(misses),
        "follows": _setting_value(follows),
    }

    def apply_values(settings: ServerSettings) -> ServerSettings:
        for name, value in values.items():
            if value is not None:
                settings = change_setting(settings, name, str(value))
        return settings

    await send_when_ready(interaction, change_settings(interaction, server_id, apply_values), Delivery.PRIVATE)


async def show_settings(interaction: Interaction) -> None:
    """Show the settings of a server to one who manages it, and to them alone. Raises NotAllowed."""
    server_id = require_managed_server(interaction)
    await send_when_ready(interaction, load_card(interaction, server_id), Delivery.PRIVATE)


def _setting_value(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


@settings.autocomplete("language")
async def suggest_languages(_interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest languages by name or code."""
    languages = language_names()
    names = [f"{name} ({code})" for code, name in languages.items()]
    return [Choice(name=names[place], value=list(languages)[place]) for place in closest_names(current, names)]
