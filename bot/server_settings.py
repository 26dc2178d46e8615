"""Describes, parses and saves a server's settings: the same names and sentences on Discord and at the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.errors import SettingsError
from bot.localization import format_number, ngettext, pgettext
from bot.localization import gettext as _
from storage import access
from storage.analysis import base_language
from storage.ledger import Ledger
from storage.library import Library
from storage.models import ServerSettings

MAX_QUOTES = 5
PUBLIC_QUOTES, PRIVATE_QUOTES = 3, 5
"""How many quotes an answer shows where the server has not said so: fewer where others have to scroll past them."""
MAX_COOLDOWN_SECONDS = 3600
MAX_NAMED_IDS = 25
"""Channels, or roles, that can be named: as many as can be chosen on Discord."""
_WORDS = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
_ID = re.compile(r"<(?:#|@&)(\d{1,20})>|(\d{1,20})")
ONLY_IN_SERVERS = ("language", "shared", "channels", "roles", "follows", "forums", "digest")
"""Settings that mean nothing outside of servers."""


def _parse_yes_or_no(text: str) -> bool:
    if text.lower() not in _WORDS:
        raise ValueError(_("Say yes or no."))
    return _WORDS[text.lower()]


def _parse_quotes(text: str) -> int | None:
    if not re.fullmatch(rf"[0-{MAX_QUOTES}]", text):
        words = _("Say a number from 1 to {most}; 0 for {public} in public and {private} in private.")
        raise ValueError(words.format(most=MAX_QUOTES, public=PUBLIC_QUOTES, private=PRIVATE_QUOTES))
    return int(text) or None


def _parse_cooldown(text: str) -> float | None:
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", text) or float(text) > MAX_COOLDOWN_SECONDS:
        words = _("Say seconds from 0 to {most}; 0 means as long as the host has set.")
        raise ValueError(words.format(most=format_number(MAX_COOLDOWN_SECONDS)))
    return float(text) or None


def _parse_ids(text: str) -> frozenset[int]:
    parts = text.replace(",", " ").split()
    matches = [_ID.fullmatch(part) for part in parts]
    if not all(matches) or len(parts) > MAX_NAMED_IDS:
        words = _("Give at most {most} ids with commas between them, or nothing for no limit.")
        raise ValueError(words.format(most=MAX_NAMED_IDS))
    return frozenset(int(match[1] or match[2]) for match in matches if match)


def _parse_channel(text: str) -> int | None:
    ids = _parse_ids(text)
    if len(ids) > 1:
        raise ValueError(_("Give the id of one channel, or nothing for none."))
    return next(iter(ids), None)


def _parse_language(text: str) -> str:
    tag = base_language(text)
    if text and not tag:
        raise ValueError(_("Write a code such as en, de or pt, or nothing to take it from the first import."))
    return tag


_FIELDS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "language": ("language", _parse_language),
    "quotes": ("quotes", _parse_quotes),
    "private": ("private_by_default", _parse_yes_or_no),
    "shared": ("shared_too", _parse_yes_or_no),
    "channels": ("channels", _parse_ids),
    "roles": ("roles", _parse_ids),
    "cooldown": ("cooldown_seconds", _parse_cooldown),
    "misses": ("record_misses", _parse_yes_or_no),
    "follows": ("allows_follows", _parse_yes_or_no),
    "forums": ("forums", _parse_ids),
    "digest": ("digest_channel", _parse_channel),
}
NAMES = tuple(_FIELDS)


def change_setting(settings: ServerSettings, name: str, text: str) -> ServerSettings:
    """Return settings with one of them, by name, set from text. Raises SettingsError for a wrong name or value."""
    if name not in _FIELDS:
        words = _("I know no setting “{name}”. There are: {names}.")
        raise SettingsError(words.format(name=name[:40], names=", ".join(NAMES)))
    field, read = _FIELDS[name]
    try:
        return replace(settings, **{field: read(text.strip())})
    except ValueError as error:
        words = _("I can’t read “{value}” as a value of {name}. {advice}")
        value, option = text[:40], pgettext("option", name)
        raise SettingsError(words.format(value=value, name=option, advice=error)) from error


async def save_settings(
    library: Library, ledger: Ledger, server_id: int, current: ServerSettings, new: ServerSettings
) -> None:
    """Save changed settings. A server's language is its library's too, which is then indexed again."""
    if new.language != current.language:
        await library.set_language(access.own_scope(server_id), new.language)
    if new != current:
        await ledger.save_settings(server_id, new)


def _describe_quotes(quotes: int | None) -> str:
    if quotes is None:
        words = _("{public} in public, {private} in private")
        return words.format(public=PUBLIC_QUOTES, private=PRIVATE_QUOTES)
    return ngettext("at most {count}", "at most {count}", quotes).format(count=quotes)


def describe_settings(
    settings: ServerSettings,
    *,
    host_cooldown: float,
    channel: Callable[[int], str] = str,
    role: Callable[[int], str] = str,
) -> dict[str, str]:
    """Return every setting by its name, in words. `channel` and `role` format the ids of those."""
    return {
        "language": settings.language or _("as the first import says"),
        "quotes": _describe_quotes(settings.quotes),
        "private": _("private, unless the asker chooses otherwise")
        if settings.private_by_default
        else _("public, unless the asker chooses otherwise"),
        "shared": _("searched too") if settings.shared_too else _("not searched"),
        "channels": ", ".join(map(channel, sorted(settings.channels))) or _("all channels"),
        "roles": ", ".join(map(role, sorted(settings.roles))) or _("everyone"),
        "cooldown": _describe_cooldown(settings.cooldown_seconds or 0.0, host_cooldown),
        "misses": _("noted, without names") if settings.record_misses else _("not noted"),
        "follows": _("people may follow them") if settings.allows_follows else _("cannot be followed"),
        "forums": ", ".join(map(channel, sorted(settings.forums))) or pgettext("channels", "none"),
        "digest": channel(settings.digest_channel) if settings.digest_channel else pgettext("channels", "none"),
    }


def _describe_cooldown(own_seconds: float, host_seconds: float) -> str:
    longer = max(host_seconds, own_seconds)
    if not longer:
        return pgettext("wait", "none")
    number = format_number(longer, 0 if longer == int(longer) else 1)
    words = ngettext("{count} second", "{count} seconds", 1 if longer == 1 else 2).format(count=number)
    return words if own_seconds else _("{seconds}, set by the host").format(seconds=words)
