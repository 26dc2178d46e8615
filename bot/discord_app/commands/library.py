"""`/library`: what the moderators of a server do with its own library. The server's settings decide who may use it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.discord_app.cards.admin import library as library_cards
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.markdown import shorten
from bot.discord_app.commands.import_form import open_import_form
from bot.discord_app.delivery.long_replies import send_long_reply
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.admin.confirmations import ask_purge, ask_removal
from bot.discord_app.interactions.admin.permits import Intake, Review, permit_of, store_permit
from bot.discord_app.interactions.authorization import is_moderator, require_server_id
from bot.discord_app.services.admin.library_admin import LibraryAdmin
from bot.discord_app.services.questions.catalogue import MAX_CHOICE_LENGTH, best_videos, closest_names, make_choices
from bot.localization import gettext as _
from storage.models import ExportFormat, GlossaryEntry, Labels

library = app_commands.Group(
    name="library",
    description="Look after this server’s own library of transcripts",
    default_permissions=discord.Permissions(manage_guild=True),
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
    allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
)
glossary = app_commands.Group(
    name="glossary", description="Words that captions in this server get wrong", parent=library
)

Name = Range[str, 1, 200]
Words = Range[str, 1, 100]
FORMATS = {
    "JSON Lines": ExportFormat.JSONL,
    "CSV": ExportFormat.CSV,
    "Parquet": ExportFormat.PARQUET,
    "SubRip, of one video": ExportFormat.SRT,
    "WebVTT, of one video": ExportFormat.VTT,
}


@library.command(name="import")
@app_commands.describe(
    title="The title of the video, where you import a single caption file",
    video="That video’s id or address, unless the file’s name says it",
    url="That video’s address",
    creator="Who made the videos",
    language="The language spoken, such as en",
    encoding="The encoding of the text, where it is not UTF-8, such as cp1252",
    published="When the videos were published: 2025-06-03, 2025-06 or 2025",
    replace="Replace each video, instead of merging table rows into it",
)
async def import_(
    interaction: Interaction,
    title: Name = "",
    video: Name = "",
    url: Range[str, 1, 2000] = "",
    creator: Name = "",
    language: Range[str, 2, 20] = "",
    encoding: Range[str, 2, 40] = "",
    published: Range[str, 4, 30] = "",
    replace: bool = False,
) -> None:
    """Add transcripts: a form opens for up to ten files."""
    labels = Labels(video, title, url, creator, language, encoding, published)
    await open_import_form(interaction, Intake(permit_of(interaction), labels, replace_whole=replace))


@library.command()
async def undo(interaction: Interaction) -> None:
    """Take back the last import, removal, renaming, linking or naming of a speaker."""
    await _reply_privately(interaction, lambda admin, server: admin.undo_last(server))


@library.command()
@app_commands.describe(video="Which video: its title or its id")
async def remove(interaction: Interaction, video: Name) -> None:
    """Remove a video, after showing what that takes away."""
    await send_when_ready(interaction, ask_removal(interaction, permit_of(interaction), video), Delivery.PRIVATE)


@library.command()
@app_commands.describe(video="Which video: its title or its id", title="Its new title")
async def rename(interaction: Interaction, video: Name, title: Name) -> None:
    """Give a video another title."""
    await _reply_privately(interaction, lambda admin, server: admin.rename_video(server, video, title))


@library.command()
@app_commands.describe(
    video="Only this video: its title or its id",
    speaker="Who gets a name, such as SPEAKER_00",
    name="Their name",
)
async def speakers(
    interaction: Interaction, video: Name = "", speaker: Name = "", name: Range[str, 1, 100] = ""
) -> None:
    """List who speaks in the videos, or give a speaker of a video a name."""
    if name or speaker:
        await _reply_privately(interaction, lambda admin, server: admin.name_speaker(server, video, speaker, name))
        return
    server, admin = require_server_id(interaction), interaction.client.app.library_admin
    await send_long_reply(interaction, lambda: admin.list_speakers(server, video))


@library.command()
@app_commands.rename(form="format")
@app_commands.describe(form="The kind of file", video="Only this video: its title or its id")
@app_commands.choices(form=[Choice(name=name, value=form.value) for name, form in FORMATS.items()])
async def export(interaction: Interaction, form: Choice[str], video: Name = "") -> None:
    """Get what is stored here as a file."""
    server, admin = require_server_id(interaction), interaction.client.app.library_admin
    kind, limit = ExportFormat(form.value), interaction.filesize_limit
    with tempfile.TemporaryDirectory(prefix="cuepoint-") as made_in:
        folder = Path(made_in)
        await send_long_reply(interaction, lambda: admin.export_videos(server, kind, video, limit=limit, folder=folder))


@library.command()
async def stats(interaction: Interaction) -> None:
    """Show how large the library of this server is, and may become."""
    manages = is_moderator(interaction)
    await _reply_privately(interaction, lambda admin, server: admin.library_stats(server, manages=manages))


@library.command()
async def misses(interaction: Interaction) -> None:
    """List what was asked here and not clearly answered."""
    permit = permit_of(interaction)

    async def list_misses() -> Card:
        owner = await store_permit(interaction, Review(permit))
        return await interaction.client.app.miss_reviews.list_open(permit.server_id, owner)

    await send_when_ready(interaction, list_misses(), Delivery.PRIVATE)


@library.command()
async def purge(interaction: Interaction) -> None:
    """Delete everything of this server for good, after showing what that is."""
    await send_when_ready(interaction, ask_purge(interaction, permit_of(interaction)), Delivery.PRIVATE)


@glossary.command(name="add")
@app_commands.describe(said="What the captions say, such as ganz", meant="What it should be, such as GANs")
async def add_glossary_entry(interaction: Interaction, said: Words, meant: Words) -> None:
    """Note a word that captions get wrong, so that asking for the right one finds it too."""
    entry = GlossaryEntry(said, meant)
    await _reply_privately(interaction, lambda admin, server: admin.add_glossary_entry(server, entry))


@glossary.command(name="remove")
@app_commands.describe(said="What the captions say", meant="Only where it stands for this; all its entries if left out")
async def remove_glossary_entry(interaction: Interaction, said: Words, meant: Words = "") -> None:
    """Take a word out of the glossary."""
    await _reply_privately(interaction, lambda admin, server: admin.remove_glossary_entry(server, said, meant or None))


@glossary.command(name="list")
async def show_glossary(interaction: Interaction) -> None:
    """List the words that captions get wrong here."""
    server, admin = require_server_id(interaction), interaction.client.app.library_admin

    async def list_entries() -> library_cards.Reply:
        return library_cards.glossary_reply(await admin.show_glossary(server))

    await send_long_reply(interaction, list_entries)


async def _reply_privately(
    interaction: Interaction, act: Callable[[LibraryAdmin, int], Coroutine[Any, Any, Card]]
) -> None:
    """Answer the user alone: how moderators maintain a library does not concern everyone in the channel."""
    server = require_server_id(interaction)
    await send_when_ready(interaction, act(interaction.client.app.library_admin, server), Delivery.PRIVATE)


@remove.autocomplete("video")
@rename.autocomplete("video")
@speakers.autocomplete("video")
@export.autocomplete("video")
async def suggest_videos(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest the server's own videos that match the typed text, best first."""
    videos = await interaction.client.app.library_admin.list_videos(require_server_id(interaction))
    matches = await asyncio.to_thread(best_videos, current, videos)
    return make_choices(matches)


@speakers.autocomplete("speaker")
async def suggest_speakers(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest the speakers of the video that was chosen, or of all, that match the typed text."""
    video = getattr(interaction.namespace, "video", None) or ""
    names = await interaction.client.app.library_admin.speaker_names(require_server_id(interaction), video)
    places = await asyncio.to_thread(closest_names, current, names)
    return [
        Choice(name=shorten(names[place], MAX_CHOICE_LENGTH) or _("unnamed"), value=names[place][:MAX_CHOICE_LENGTH])
        for place in places
    ]


@remove_glossary_entry.autocomplete("said")
async def suggest_entries(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest the entries of the glossary that match the typed text."""
    entries = await interaction.client.app.library_admin.show_glossary(require_server_id(interaction))
    said = list(dict.fromkeys(entry.said for entry in entries if len(entry.said) <= MAX_CHOICE_LENGTH))
    return [
        Choice(name=shorten(said[n], MAX_CHOICE_LENGTH) or "…", value=said[n]) for n in closest_names(current, said)
    ]
