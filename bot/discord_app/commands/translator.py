"""The names and descriptions of the commands in other languages, as Discord is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location
from discord.app_commands import locale_str

from bot.localization import SOURCE_LANGUAGE, choose_language, load_translations

CONTEXTS = {
    Location.command_name: "command",
    Location.group_name: "command",
    Location.parameter_name: "option",
    Location.choice_name: "choice",
    Location.command_description: "description",
    Location.group_description: "description",
    Location.parameter_description: "description",
}
"""Under which context of gettext a text is looked up, by where it stands."""
MENU_CONTEXT = "menu"
"""The same for the name of a command in a menu, which may have spaces and capitals."""


class CommandTranslator(app_commands.Translator):
    """Looks texts of commands up in the catalogues of `bot.localization`."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Return a text in the language of a locale; None where Discord shall show it in English."""
        language = choose_language(str(locale))
        if language == SOURCE_LANGUAGE or (key := context_of(context)) is None:
            return None
        translated = load_translations(language).pgettext(key, string.message)
        return None if translated == string.message else translated


def context_of(context: app_commands.TranslationContextTypes) -> str | None:
    """Return under which context of gettext a text is looked up; None for texts that are no part of the commands."""
    is_menu = context.location is Location.command_name and isinstance(context.data, app_commands.ContextMenu)
    return MENU_CONTEXT if is_menu else CONTEXTS.get(context.location)


class _Collector(app_commands.Translator):
    """Notes every text that discord.py asks a translation for."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, str], None] = {}

    async def translate(
        self, string: locale_str, _locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        if (key := context_of(context)) is not None:
            self.texts[key, string.message] = None
        return None


async def command_texts(tree: app_commands.CommandTree[Any]) -> Iterator[tuple[str, str]]:
    """Return every text of the commands that can be translated, with its context."""
    collector = _Collector()
    for command in tree.get_commands():
        await command.get_translated_payload(tree, collector)
    return iter(collector.texts)
