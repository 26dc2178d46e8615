"""Describes, parses and saves a server's settings: the same names and sentences on Discord and at the terminal."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
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
FIRST_IMPORT = "auto"
"""What is written for the language that the first import says."""
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
    if text.lower() in ("", FIRST_IMPORT):
        return ""
    if tag := base_language(text):
        return tag
    words = _("Write a code such as en, de or pt; “{auto}” takes it from the first import.")
    raise ValueError(words.format(auto=FIRST_IMPORT))


_FIELDS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "channels": ("channels", _parse_ids),
    "roles": ("roles", _parse_ids),
    "private": ("private_by_default", _parse_yes_or_no),
    "quotes": ("quotes", _parse_quotes),
    "cooldown": ("cooldown_seconds", _parse_cooldown),
    "shared": ("shared_too", _parse_yes_or_no),
    "language": ("language", _parse_language),
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


@dataclass(frozen=True, slots=True)
class ChangedValues:
    """Settings after several of them were set from texts, and a sentence for each text that is no value of its own."""

    settings: ServerSettings
    refused: tuple[str, ...] = ()


def change_each(settings: ServerSettings, texts: Mapping[str, str]) -> ChangedValues:
    """Return settings with those of these names set from texts. One that cannot be read leaves its setting alone."""
    refused = []
    for name, text in texts.items():
        try:
            settings = change_setting(settings, name, text)
        except SettingsError as error:
            refused.append(str(error))
    return ChangedValues(settings, tuple(refused))


def write_setting(settings: ServerSettings, name: str) -> str:
    """Return the text from which `change_setting` reads the present value of a setting."""
    value = getattr(settings, _FIELDS[name][0])
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ",".join(map(str, sorted(value)))
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if value is None:
        return "" if name == "digest" else "0"
    return str(value)


def hash_settings(settings: ServerSettings) -> str:
    """Return a short text that differs where any of the settings does."""
    written = "\n".join(write_setting(settings, name) for name in NAMES)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


async def save_settings(
    library: Library, ledger: Ledger, server_id: int, current: ServerSettings, new: ServerSettings
) -> None:
    """Save changed settings. A server's language is its library's too, which is then indexed again."""
    if new.language != current.language:
        await library.set_language(access.own_scope(server_id), new.language)
    if new != current:
        await ledger.save_settings(server_id, new)


def describe_quotes(quotes: int | None) -> str:
    """Return in words how many quotes an answer shows; None for what the bot decides."""
    if quotes is None:
        words = _("{public} in public, {private} in private")
        return words.format(public=PUBLIC_QUOTES, private=PRIVATE_QUOTES)
    return ngettext("at most {count}", "at most {count}", quotes).format(count=quotes)


def _list_ids(ids: Collection[int]) -> str:
    return ", ".join(map(str, sorted(ids)))


def describe_settings(
    settings: ServerSettings,
    *,
    host_cooldown: float,
    list_channels: Callable[[Collection[int]], str] = _list_ids,
    list_roles: Callable[[Collection[int]], str] = _list_ids,
    language: Callable[[str], str] = str,
) -> dict[str, str]:
    """Return every setting by its name, in words.

    `list_channels` and `list_roles` format the ids of those, `language` what it gets as a code.
    """
    digest_channels = [settings.digest_channel] if settings.digest_channel else []
    return {
        "channels": list_channels(settings.channels) or _("all channels"),
        "roles": list_roles(settings.roles) or _("everyone"),
        "private": pgettext("answers", "private") if settings.private_by_default else pgettext("answers", "public"),
        "quotes": describe_quotes(settings.quotes),
        "cooldown": describe_cooldown(settings.cooldown_seconds or 0.0, host_cooldown),
        "shared": _("searched too") if settings.shared_too else _("not searched"),
        "language": language(settings.language) if settings.language else _("as the first import says"),
        "misses": _("noted, without names") if settings.record_misses else _("not noted"),
        "follows": pgettext("follows", "allowed") if settings.allows_follows else pgettext("follows", "not allowed"),
        "forums": list_channels(settings.forums) or pgettext("channels", "none"),
        "digest": list_channels(digest_channels) or pgettext("channels", "none"),
    }


def changed_names(before: ServerSettings, after: ServerSettings) -> list[str]:
    """Return the names of the settings that differ."""
    return [name for name in NAMES if write_setting(before, name) != write_setting(after, name)]


def describe_cooldown(own_seconds: float, host_seconds: float) -> str:
    """Return the longer of a server's and the host's cooldown in words; 0 is none."""
    longer = max(host_seconds, own_seconds)
    if not longer:
        return pgettext("wait", "none")
    words = _say_seconds(longer)
    return words if own_seconds >= host_seconds else _("{seconds}, set by the host").format(seconds=words)


def _say_seconds(seconds: float) -> str:
    """Return a duration in minutes, where it is some, else in seconds."""
    if seconds >= 60 and not seconds % 60:
        minutes = int(seconds // 60)
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=format_number(minutes))
    number = format_number(seconds, 0 if seconds == int(seconds) else 1)
    return ngettext("{count} second", "{count} seconds", 1 if seconds == 1 else 2).format(count=number)
