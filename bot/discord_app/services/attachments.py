"""Files that people hand over on Discord, read within limits. No address that anybody gives is ever fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

import aiohttp
import discord

from storage.errors import InputError, OverQuota
from storage.models import MEGABYTE, Labels, Rejection, Source

MAX_FILES = 10
"""As many as Discord's form takes."""
ADVICE = ". Here: import it by itself, with the option video."
"""How a file's video is named here."""


def require_room(files: Sequence[discord.Attachment], most_bytes: int) -> None:
    """Raise OverQuota or InputError for more than one import may bring, before any of it is read."""
    if len(files) > MAX_FILES:
        raise InputError(f"These are {len(files)} files, and one import takes {MAX_FILES}: nothing was imported.")
    size = sum(each.size for each in files)
    if size > most_bytes:
        raise OverQuota(
            f"These files are {size / MEGABYTE:,.1f} megabytes together, and {most_bytes / MEGABYTE:,.1f} are allowed "
            "at once: nothing was imported. Import fewer at a time."
        )


async def read_files(files: Sequence[discord.Attachment], most_bytes: int) -> tuple[list[Source], list[Rejection]]:
    """The files that can be read, and why the others cannot. `most_bytes` is the limit of a single one."""
    sources: list[Source] = []
    rejections: list[Rejection] = []
    for each in files:  # one after the other: the largest are as large as all others together may be
        name = file_name(each)
        if each.size > most_bytes:
            reason = f"is {each.size / MEGABYTE:,.1f} MB, over this server's limit of {most_bytes / MEGABYTE:,.1f} MB"
            rejections.append(Rejection(name, f"{reason}; split it, or compress a table as Parquet."))
            continue
        try:
            sources.append(Source(name, await each.read()))
        except (discord.HTTPException, aiohttp.ClientError, OSError):
            rejections.append(Rejection(name, "Discord did not hand it over; upload it again."))
    return sources, rejections


def file_name(file: discord.Attachment) -> str:
    """What a file was called before Discord took spaces and brackets out of its name: they may hold its video's id."""
    suffix = PurePath(file.filename).suffix
    if not file.title:
        return file.filename
    return file.title if file.title.lower().endswith(suffix.lower()) else file.title + suffix


def apply_labels(
    sources: Sequence[Source], labels: Labels, *, given: int
) -> tuple[list[tuple[Source, Labels]], list[str]]:
    """Each file with what was said of it, and a note where something was said that cannot hold for several.

    `given` is how many files there were: which of them was meant nobody knows, also when a single one could be read.
    """
    if given == 1:
        return [(source, labels) for source in sources], []
    shared = replace(labels, video_id="", title="", url="")
    notes = ["Title, video and url were passed over: they can be said of a single file only."]
    return [(source, shared) for source in sources], notes if shared != labels and sources else []
