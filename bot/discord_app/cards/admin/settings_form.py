"""The form in which those settings are changed that have no menu of their own on the card."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from discord import CheckboxGroupOption, SelectOption, ui

from bot.discord_app.cards.admin.settings import FORM_SETTINGS, SETTING_HEADINGS
from bot.discord_app.cards.parts.limits import (
    MAX_FIELD_DESCRIPTION_LENGTH,
    MAX_FIELD_LABEL_LENGTH,
    MAX_FORM_TITLE_LENGTH,
    MAX_OPTION_LENGTH,
)
from bot.discord_app.cards.parts.markdown import shorten
from bot.languages import find_language, language_names, menu_languages, name_language
from bot.localization import gettext as _
from bot.localization import gettext_noop
from bot.server_settings import FIRST_IMPORT, MAX_QUOTES, describe_cooldown, describe_quotes, write_setting
from storage.models import ServerSettings

FORM_PATTERN = re.compile(r"cue:settingsform((?::[\w.-]*)+)")
"""The custom_id of the form: with it comes what the form shows, in the order of FORM_SETTINGS."""
LANGUAGE, OTHER_LANGUAGE, QUOTES, COOLDOWN, SWITCHES = "language", "other", "quotes", "cooldown", "switches"
WAITS = (5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
"""How many seconds between two questions of a person the form offers, besides the present ones."""
_SWITCHES = {
    "private": gettext_noop("Answers are private, unless the asker chooses otherwise"),
    "shared": gettext_noop("The shared videos are searched too"),
    "misses": gettext_noop("Unanswered questions are noted, without names"),
    "follows": gettext_noop("People may follow questions, and are told of answers"),
}


def settings_form(settings: ServerSettings, *, host_cooldown: float) -> ui.Modal:
    """Return the form, with the present values chosen. Its custom_id says them, so that it works after a restart."""
    shown = [write_setting(settings, name) for name in FORM_SETTINGS]
    title = shorten(_("Settings of this server"), MAX_FORM_TITLE_LENGTH)
    form = ui.Modal(title=title, custom_id=":".join(["cue:settingsform", *shown]))
    form.add_item(_label(_("On or off"), _switches(settings)))
    form.add_item(_label(_(SETTING_HEADINGS["quotes"]), _quotes_menu(settings)))
    form.add_item(_label(_(SETTING_HEADINGS["cooldown"]), _cooldown_menu(settings, host_cooldown)))
    form.add_item(_label(_(SETTING_HEADINGS["language"]), _language_menu(settings)))
    other: ui.TextInput[Any] = ui.TextInput(custom_id=OTHER_LANGUAGE, required=False, max_length=40)
    advice = _("Its name or its code. Leave this empty for the choice above.")
    form.add_item(_label(_("A language that is not in the list"), other, advice))
    # Stopped, so that discord.py does not keep it: it would handle the form only until the next restart.
    form.stop()
    return form


def _label(text: str, component: ui.Item[Any], description: str = "") -> ui.Label[Any]:
    return ui.Label(
        text=shorten(text, MAX_FIELD_LABEL_LENGTH),
        description=shorten(description, MAX_FIELD_DESCRIPTION_LENGTH) or None,
        component=component,
    )


def _switches(settings: ServerSettings) -> ui.CheckboxGroup[Any]:
    options = [
        CheckboxGroupOption(
            label=shorten(_(words), MAX_OPTION_LENGTH), value=name, default=write_setting(settings, name) == "yes"
        )
        for name, words in _SWITCHES.items()
    ]
    return ui.CheckboxGroup(custom_id=SWITCHES, required=False, min_values=0, max_values=len(options), options=options)


def _quotes_menu(settings: ServerSettings) -> ui.Select[Any]:
    choices = {str(count): describe_quotes(count or None) for count in range(MAX_QUOTES + 1)}
    return _menu(QUOTES, choices, write_setting(settings, "quotes"))


def _cooldown_menu(settings: ServerSettings, host_cooldown: float) -> ui.Select[Any]:
    """Return the menu of the waits: the host's or none, those that are longer, and the present one."""
    own = settings.cooldown_seconds or 0.0
    waits = sorted({0.0, own, *(wait for wait in WAITS if wait > host_cooldown)})
    texts = {wait: write_setting(ServerSettings(cooldown_seconds=wait or None), "cooldown") for wait in waits}
    choices = {texts[wait]: describe_cooldown(wait, host_cooldown) for wait in waits}
    return _menu(COOLDOWN, choices, texts[own])


def _language_menu(settings: ServerSettings) -> ui.Select[Any]:
    codes = menu_languages(settings.language)
    choices = {FIRST_IMPORT: language_names()[FIRST_IMPORT]} | {code: name_language(code) for code in codes}
    return _menu(LANGUAGE, choices, settings.language or FIRST_IMPORT)


def _menu(custom_id: str, choices: Mapping[str, str], chosen: str) -> ui.Select[Any]:
    options = [
        SelectOption(label=shorten(words, MAX_OPTION_LENGTH), value=value, default=value == chosen)
        for value, words in choices.items()
    ]
    return ui.Select(custom_id=custom_id, options=options)


def changed_texts(custom_id: str, fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the settings, by name and as texts, that differ from what the form of this custom_id showed.

    `fields` has what was chosen or written in each field. A field that is missing changes nothing.
    """
    match = FORM_PATTERN.fullmatch(custom_id)
    shown = dict(zip(FORM_SETTINGS, match[1].split(":")[1:], strict=False)) if match else {}
    written = _written_texts(fields)
    return {name: written[name] for name in FORM_SETTINGS if name in written and written[name] != shown.get(name)}


def _written_texts(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    texts = {name: fields[name][0] for name in (QUOTES, COOLDOWN, LANGUAGE) if fields.get(name)}
    if texts.get(LANGUAGE) == FIRST_IMPORT:
        texts[LANGUAGE] = ""
    if other := "".join(fields.get(OTHER_LANGUAGE, ())).strip():
        texts[LANGUAGE] = find_language(other)
    if SWITCHES in fields:
        texts |= {name: "yes" if name in fields[SWITCHES] else "no" for name in _SWITCHES}
    return texts
