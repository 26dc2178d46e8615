"""A server's settings in words, words as settings, and keeping them: the same names and sentences for both faces."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.errors import SettingsError
from storage import access
from storage.analysis import base_language
from storage.ledger import Ledger
from storage.library import Library
from storage.models import ServerSettings

MOST_QUOTES = 5
LONGEST_COOLDOWN = 3600
MOST_NAMED = 25
"""Channels, or roles, that can be named: as many as Discord lets one choose."""
_WORDS = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
_ID = re.compile(r"<(?:#|@&)(\d{1,20})>|(\d{1,20})")
ONLY_IN_SERVERS = ("language", "shared", "channels", "roles")
"""Settings that mean nothing outside of servers."""


def _yes_or_no(text: str) -> bool:
    if text.lower() not in _WORDS:
        raise ValueError("say yes or no")
    return _WORDS[text.lower()]


def _quotes(text: str) -> int:
    if not re.fullmatch(rf"[1-{MOST_QUOTES}]", text):
        raise ValueError(f"say a number from 1 to {MOST_QUOTES}")
    return int(text)


def _cooldown(text: str) -> float | None:
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", text) or float(text) > LONGEST_COOLDOWN:
        raise ValueError(f"say seconds from 0 to {LONGEST_COOLDOWN}; 0 for the host's")
    return float(text) or None


def _ids(text: str) -> frozenset[int]:
    parts = text.replace(",", " ").split()
    found = [_ID.fullmatch(part) for part in parts]
    if not all(found) or len(parts) > MOST_NAMED:
        raise ValueError(f"give at most {MOST_NAMED} ids with commas between them, or nothing for no limit")
    return frozenset(int(each[1] or each[2]) for each in found if each)


def _language(text: str) -> str:
    tag = base_language(text)
    if text and not tag:
        raise ValueError("say it as en, de or pt; nothing for what the first import says")
    return tag


_FIELDS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "language": ("language", _language),
    "quotes": ("quotes", _quotes),
    "private": ("private_by_default", _yes_or_no),
    "shared": ("shared_too", _yes_or_no),
    "channels": ("channels", _ids),
    "roles": ("roles", _ids),
    "cooldown": ("cooldown_seconds", _cooldown),
    "misses": ("record_misses", _yes_or_no),
}
NAMES = tuple(_FIELDS)


def changed(settings: ServerSettings, name: str, text: str) -> ServerSettings:
    """Settings with one of them, by name, set to what is written. Raises SettingsError for what is no such thing."""
    if name not in _FIELDS:
        raise SettingsError(f"There is no setting {name[:40]!r}; there are {', '.join(NAMES)}.")
    field, read = _FIELDS[name]
    try:
        return replace(settings, **{field: read(text.strip())})
    except ValueError as error:
        raise SettingsError(f"{name} cannot be {text[:40]!r}: {error}.") from error


async def keep(library: Library, ledger: Ledger, server_id: int, kept: ServerSettings, new: ServerSettings) -> None:
    """Keep changed settings. A server's language is its library's too, which is then read anew."""
    if new.language != kept.language:
        await library.set_language(access.own_scope(server_id), new.language)
    if new != kept:
        await ledger.save_settings(server_id, new)


def in_words(
    settings: ServerSettings,
    *,
    host_cooldown: float,
    channel: Callable[[int], str] = str,
    role: Callable[[int], str] = str,
) -> dict[str, str]:
    """Every setting by its name, in words. `channel` and `role` say what to call those."""
    longer = max(host_cooldown, settings.cooldown_seconds or 0.0)
    return {
        "language": settings.language or "what the first import says",
        "quotes": f"{settings.quotes} an answer at most",
        "private": "shown to the asker alone" if settings.private_by_default else "shown to everybody",
        "shared": "searched too" if settings.shared_too else "left out",
        "channels": ", ".join(map(channel, sorted(settings.channels))) or "everywhere",
        "roles": ", ".join(map(role, sorted(settings.roles))) or "everybody",
        "cooldown": f"{longer:g} seconds between two questions" + ("" if settings.cooldown_seconds else ", the host's"),
        "misses": "noted, without names" if settings.record_misses else "not noted",
    }
