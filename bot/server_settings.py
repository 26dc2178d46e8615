"""Describes, parses and saves a server's settings: the same names and sentences on Discord and at the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.errors import SettingsError
from bot.localization import gettext as _
from bot.localization import ngettext
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
ONLY_IN_SERVERS = ("language", "shared", "channels", "roles")
"""Settings that mean nothing outside of servers."""


def _parse_yes_or_no(text: str) -> bool:
    if text.lower() not in _WORDS:
        raise ValueError("say yes or no")
    return _WORDS[text.lower()]


def _parse_quotes(text: str) -> int | None:
    if not re.fullmatch(rf"[0-{MAX_QUOTES}]", text):
        words = _("say a number from 1 to {most}; 0 for {public} in public and {private} in private")
        raise ValueError(words.format(most=MAX_QUOTES, public=PUBLIC_QUOTES, private=PRIVATE_QUOTES))
    return int(text) or None


def _parse_cooldown(text: str) -> float | None:
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", text) or float(text) > MAX_COOLDOWN_SECONDS:
        raise ValueError(f"say seconds from 0 to {MAX_COOLDOWN_SECONDS}; 0 for the host's")
    return float(text) or None


def _parse_ids(text: str) -> frozenset[int]:
    parts = text.replace(",", " ").split()
    matches = [_ID.fullmatch(part) for part in parts]
    if not all(matches) or len(parts) > MAX_NAMED_IDS:
        raise ValueError(f"give at most {MAX_NAMED_IDS} ids with commas between them, or nothing for no limit")
    return frozenset(int(match[1] or match[2]) for match in matches if match)


def _parse_language(text: str) -> str:
    tag = base_language(text)
    if text and not tag:
        raise ValueError("say it as en, de or pt; nothing for what the first import says")
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
}
NAMES = tuple(_FIELDS)


def change_setting(settings: ServerSettings, name: str, text: str) -> ServerSettings:
    """Return settings with one of them, by name, set from text. Raises SettingsError for a wrong name or value."""
    if name not in _FIELDS:
        raise SettingsError(f"There is no setting {name[:40]!r}; there are {', '.join(NAMES)}.")
    field, read = _FIELDS[name]
    try:
        return replace(settings, **{field: read(text.strip())})
    except ValueError as error:
        raise SettingsError(f"{name} cannot be {text[:40]!r}: {error}.") from error


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
    longer = max(host_cooldown, settings.cooldown_seconds or 0.0)
    return {
        "language": settings.language or "what the first import says",
        "quotes": _describe_quotes(settings.quotes),
        "private": "shown to the asker alone" if settings.private_by_default else "shown to everybody",
        "shared": "searched too" if settings.shared_too else "left out",
        "channels": ", ".join(map(channel, sorted(settings.channels))) or "everywhere",
        "roles": ", ".join(map(role, sorted(settings.roles))) or "everybody",
        "cooldown": f"{longer:g} seconds between two questions" + ("" if settings.cooldown_seconds else ", the host's"),
        "misses": "noted, without names" if settings.record_misses else "not noted",
    }
