"""What is suggested while somebody types a command."""

from __future__ import annotations

import asyncio

from discord.app_commands import Choice

from bot.discord_app.cards.parts.markdown import shorten
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.interactions.context import interaction_context, resolve_asker
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.questions.catalogue import MAX_CHOICE_LENGTH, best_videos, closest_names, make_choices
from bot.errors import ServerNotAccessible
from bot.localization import gettext as _
from storage.models import Scope


async def _typing_asker(interaction: Interaction) -> ResolvedAsker | None:
    """Return a user who types, with what they may see of the server that they have picked, if any.

    None where they may not see that server's videos.
    """
    picked = getattr(interaction.namespace, "server", None) or ""
    try:
        return await resolve_asker(interaction, private=True, picked=picked)
    except ServerNotAccessible:
        return None


async def _typed_scope(interaction: Interaction) -> Scope | None:
    """Return the scope of suggestions for a user who types, or None, as above."""
    asker = await _typing_asker(interaction)
    return None if asker is None else asker.scope


async def suggest_questions(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest what can be asked; what was typed comes first, since Discord sends the first one at a key press."""
    asker = await _typing_asker(interaction)
    if asker is None:
        return []
    who = interaction_context(interaction)
    suggestions = await interaction.client.app.suggestions.suggest(asker, who, current)
    return [Choice(name=each.name, value=each.question) for each in suggestions]


async def suggest_videos(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest the videos that match the typed text, best first."""
    scope = await _typed_scope(interaction)
    videos = [] if scope is None else await interaction.client.app.catalogue.list_videos(scope)
    matches = await asyncio.to_thread(best_videos, current, videos)
    return make_choices(matches)


async def suggest_servers(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest the servers that the asker was just verified to be in and whose videos they may search here."""
    servers = await interaction.client.app.askers.list_servers(interaction_context(interaction))
    names, ids = list(servers.values()), list(servers)
    return [
        Choice(name=shorten(names[place], MAX_CHOICE_LENGTH) or _("unnamed"), value=str(ids[place]))
        for place in closest_names(current, names)
    ]


async def suggest_creators(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest the creators that match the typed text, best first."""
    scope = await _typed_scope(interaction)
    names = [] if scope is None else await interaction.client.app.catalogue.list_creators(scope)
    return await _choose_names(current, names)


async def suggest_speakers(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest those who speak in the videos and match the typed text, best first."""
    scope = await _typed_scope(interaction)
    names = [] if scope is None else await interaction.client.app.catalogue.list_speakers(scope)
    return await _choose_names(current, names)


async def _choose_names(current: str, names: list[str]) -> list[Choice[str]]:
    places = await asyncio.to_thread(closest_names, current, names)
    return [
        Choice(name=shorten(names[place], MAX_CHOICE_LENGTH) or _("unnamed"), value=names[place][:MAX_CHOICE_LENGTH])
        for place in places
    ]
