"""How settings are read from text. What cannot be read raises ValueError, with one clause for people."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Literal

from pydantic import BeforeValidator

from bot.host_links import parse_page
from bot.link_formats import parse_link_formats
from storage.analysis import base_language
from storage.models import LinkHost


def _parse_server_ids(value: object) -> object:
    """Return the ids in a list with commas; anything else unchanged, to be checked as it is."""
    if not isinstance(value, str):
        return value
    ids = [server_id.strip() for server_id in value.split(",") if server_id.strip()]
    if wrong := [server_id for server_id in ids if not _SERVER_ID.fullmatch(server_id)]:
        raise ValueError(f"“{wrong[0]}” is no server's id: write ids with commas between them")
    return frozenset(map(int, ids))


_SERVER_ID = re.compile(r"[0-9]{1,20}")
Servers = Annotated[frozenset[int], BeforeValidator(_parse_server_ids)]


def _parse_names(value: object) -> object:
    """Return the names in a list with commas; anything else unchanged, to be checked as it is."""
    if not isinstance(value, str):
        return value
    names = [name.strip().lower() for name in value.split(",") if name.strip()]
    if wrong := [name for name in names if not _HOST_NAME.fullmatch(name)]:
        raise ValueError(
            f"“{wrong[0]}” is no name of a machine: write names such as bot.example.org, with commas between"
        )
    return frozenset(names)


_HOST_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
Names = Annotated[frozenset[str], BeforeValidator(_parse_names)]


def _parse_time_of_day(value: object) -> object:
    """Return the time written as 03:30; anything else unchanged, to be checked as it is."""
    if isinstance(value, str):
        hour, _, minute = value.partition(":")
        if not (hour.isdecimal() and minute.isdecimal() and len(minute) == 2):
            raise ValueError(f"“{value}” is no time of day: write it as 03:30")
        try:
            return time(int(hour), int(minute))
        except ValueError:
            raise ValueError(f"“{value}” is no time of day: write it as 03:30") from None
    return value


TimeOfDay = Annotated[time, BeforeValidator(_parse_time_of_day)]


def _parse_languages(value: object) -> object:
    """Return the languages in a list with commas; anything else unchanged, to be checked as it is."""
    if not isinstance(value, str):
        return value
    tags = [tag.strip() for tag in value.split(",") if tag.strip()]
    if wrong := [tag for tag in tags if not base_language(tag)]:
        raise ValueError(f"“{wrong[0]}” is no language: write them as en, de, with commas between them")
    return frozenset(map(base_language, tags))


Page = Annotated[str, BeforeValidator(parse_page)]
LinkFormats = Annotated[tuple[LinkHost, ...], BeforeValidator(parse_link_formats)]
Languages = Annotated[frozenset[str], BeforeValidator(_parse_languages)]
Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(lambda value: str(value).upper())]
