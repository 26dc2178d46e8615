"""Files that users upload on Discord, read within limits. Addresses that users type are never fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import PurePath

import aiohttp
import discord

from bot.discord_app.cards.admin.import_forms import MAX_FILES
from bot.localization import format_number, gettext_noop
from bot.localization import gettext as _
from storage.errors import InputError, OverQuota
from storage.models import MEGABYTE, Labels, Rejection, Source

ENCODING_ADVICE = gettext_noop(". Here: import it with the option {option}: {name}.")
"""Advice on Discord for a file in another encoding."""
COLUMNS_ADVICE = gettext_noop(". Here: name the columns like that in the file, then import it again.")
"""Advice on Discord for a table of which it is not clear which column is which."""


def require_acceptable(files: Sequence[discord.Attachment], most_bytes: int) -> None:
    """Raise InputError for too many files, OverQuota for more than `most_bytes` together, before any is read."""
    if len(files) > MAX_FILES:
        words = _("These are {count} files, and one import takes {most}: nothing was imported.")
        raise InputError(words.format(count=format_number(len(files)), most=MAX_FILES))
    size = sum(file.size for file in files)
    if size > most_bytes:
        words = _(
            "These files are {size} MB together, and {most} MB are allowed at once: nothing was imported. Import fewer "
            "at a time."
        )
        raise OverQuota(words.format(size=_megabytes(size), most=_megabytes(most_bytes)))


async def read_files(files: Sequence[discord.Attachment], most_bytes: int) -> tuple[list[Source], list[Rejection]]:
    """Return the files that can be read, and why the others cannot. `most_bytes` is the limit of a single file."""
    sources: list[Source] = []
    rejections: list[Rejection] = []
    for file in files:  # one after the other: a single file may be as large as all files of an import together
        name = file_name(file)
        if file.size > most_bytes:
            words = _("is {size} MB, over this server’s limit of {most} MB; split it, or compress a table as Parquet.")
            rejections.append(Rejection(name, words.format(size=_megabytes(file.size), most=_megabytes(most_bytes))))
            continue
        try:
            sources.append(Source(name, await file.read()))
        except (discord.HTTPException, aiohttp.ClientError, OSError):
            rejections.append(Rejection(name, _("Discord did not hand it over; upload it again.")))
    return sources, rejections


def _megabytes(size: int) -> str:
    return format_number(size / MEGABYTE, 1)


def file_name(file: discord.Attachment) -> str:
    """Return a file's name before Discord removed spaces and brackets from it: they may contain its video's id."""
    suffix = PurePath(file.filename).suffix
    if not file.title:
        return file.filename
    return file.title if file.title.lower().endswith(suffix.lower()) else file.title + suffix


def apply_labels(
    sources: Sequence[Source], labels: Labels, *, given: int
) -> tuple[list[tuple[Source, Labels]], list[str]]:
    """Return every file with its labels, and a note where labels were given that cannot apply to several files.

    `given` is how many files were uploaded. Of several, it is unknown which one was meant, even if one is readable.
    """
    shared, notes = drop_unplaced(labels, given)
    return [(source, shared) for source in sources], notes if sources else []


def drop_unplaced(labels: Labels, count: int) -> tuple[Labels, list[str]]:
    """Return what can be said of `count` files alike, and a note where something was left out for that."""
    shared = labels if count == 1 else replace(labels, video_id="", title="", url="")
    notes = [_("I ignored title, video and link: with several files I can’t tell which one you meant.")]
    return shared, notes if shared != labels else []


def complete_labels(labels: Labels, answers: Labels) -> Labels:
    """Return what was said of a file, with what is said of it now: that holds."""
    said = {field.name: value for field in fields(answers) if (value := getattr(answers, field.name))}
    return replace(labels, **said)
