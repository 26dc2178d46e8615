"""`/library`: what the moderators of a server do with its own library. Who may use it the server's settings decide."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.discord_app.cards import library as library_cards
from bot.discord_app.cards.base import Card
from bot.discord_app.cards.markdown import shortened
from bot.discord_app.commands import feedback
from bot.discord_app.commands.import_form import import_form
from bot.discord_app.delivery.long_replies import reply_slowly
from bot.discord_app.delivery.responses import Delivery, Interaction, deliver
from bot.discord_app.delivery.retries import SIGN_SECOND, insist
from bot.discord_app.interactions.authorization import server_of
from bot.discord_app.interactions.confirmations import ask_purge, ask_removal
from bot.discord_app.interactions.context import desk_of, librarian_of
from bot.discord_app.interactions.permits import Intake, Review, entrust, entrusting, permit_of
from bot.discord_app.services.catalogue import CHOICE_LENGTH, best, choices, closest
from bot.discord_app.services.library_admin import Librarian
from storage.models import ExportFormat, GlossaryEntry, Labels

library = app_commands.Group(
    name="library",
    description="Look after this server's own library of transcripts",
    default_permissions=discord.Permissions(manage_guild=True),
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
    allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
)
glossary = app_commands.Group(name="glossary", description="What captions mis-hear in this server", parent=library)

Name = Range[str, 1, 200]
Words = Range[str, 1, 100]
FORMS = {
    "JSON Lines": ExportFormat.JSONL,
    "CSV": ExportFormat.CSV,
    "Parquet": ExportFormat.PARQUET,
    "SubRip, of one video": ExportFormat.SRT,
}


@library.command(name="import")
@app_commands.describe(
    title="The title of the video, where you import a single caption file",
    video="That video's id or YouTube address, unless the file's name tells it",
    url="That video's address",
    creator="Who made the videos",
    language="The language spoken, such as en",
    replace="Replace each video, instead of merging table rows into it",
)
async def import_(
    interaction: Interaction,
    title: Name = "",
    video: Name = "",
    url: Range[str, 1, 2000] = "",
    creator: Name = "",
    language: Range[str, 2, 20] = "",
    replace: bool = False,
) -> None:
    """Add transcripts: a form opens for up to ten files."""
    labels = Labels(video_id=video, title=title, url=url, creator=creator, language=language)
    owner, kept = entrusting(interaction, Intake(permit_of(interaction), labels, replace_whole=replace))
    form = import_form(owner)
    await asyncio.gather(insist(lambda: interaction.response.send_modal(form), SIGN_SECOND), kept)


@library.command()
async def undo(interaction: Interaction) -> None:
    """Take back the last import, removal or renaming."""
    await _privately(interaction, lambda librarian, server: librarian.undo(server))


@library.command()
@app_commands.describe(video="Which video: its title or its id")
async def remove(interaction: Interaction, video: Name) -> None:
    """Remove a video, after showing what that takes away."""
    await deliver(interaction, ask_removal(interaction, permit_of(interaction), video), Delivery.PRIVATE)


@library.command()
@app_commands.describe(video="Which video: its title or its id", title="What it shall be called")
async def rename(interaction: Interaction, video: Name, title: Name) -> None:
    """Give a video another title."""
    await _privately(interaction, lambda librarian, server: librarian.rename(server, video, title))


@library.command()
@app_commands.rename(form="format")
@app_commands.describe(form="The kind of file", video="Only this video: its title or its id")
@app_commands.choices(form=[Choice(name=name, value=form.value) for name, form in FORMS.items()])
async def export(interaction: Interaction, form: Choice[str], video: Name = "") -> None:
    """Get what is stored here as a file."""
    server, librarian = server_of(interaction), librarian_of(interaction)
    kind, limit = ExportFormat(form.value), interaction.filesize_limit
    await reply_slowly(interaction, lambda: librarian.export(server, kind, video, limit))


@library.command()
async def stats(interaction: Interaction) -> None:
    """Show how large this server's library is, and may become."""
    await _privately(interaction, lambda librarian, server: librarian.stats(server))


@library.command()
async def misses(interaction: Interaction) -> None:
    """List what was asked here and not clearly answered."""
    permit = permit_of(interaction)

    async def listed() -> Card:
        owner = await entrust(interaction, Review(permit))
        return await feedback.misses(desk_of(interaction), owner, permit.server_id)

    await deliver(interaction, listed(), Delivery.PRIVATE)


@library.command()
async def purge(interaction: Interaction) -> None:
    """Delete everything of this server for good, after showing what that is."""
    await deliver(interaction, ask_purge(interaction, permit_of(interaction)), Delivery.PRIVATE)


@glossary.command(name="add")
@app_commands.describe(said="What the captions say, such as ganz", meant="What is meant by it, such as GANs")
async def note(interaction: Interaction, said: Words, meant: Words) -> None:
    """Note a word that captions mis-hear: asking for what is meant then finds it too."""
    entry = GlossaryEntry(said, meant)
    await _privately(interaction, lambda librarian, server: librarian.note(server, entry))


@glossary.command(name="remove")
@app_commands.describe(said="What the captions say", meant="Only as said for this; left out, for everything")
async def strike(interaction: Interaction, said: Words, meant: Words = "") -> None:
    """Take a word out of the glossary."""
    await _privately(interaction, lambda librarian, server: librarian.strike(server, said, meant or None))


@glossary.command(name="list")
async def show(interaction: Interaction) -> None:
    """List what captions mis-hear here."""
    server, librarian = server_of(interaction), librarian_of(interaction)

    async def listed() -> library_cards.Reply:
        return library_cards.glossary_reply(await librarian.glossary(server))

    await reply_slowly(interaction, listed)


async def _privately(interaction: Interaction, making: Callable[[Librarian, int], Coroutine[Any, Any, Card]]) -> None:
    """Answer whoever typed alone: how a library is looked after need not be seen by all."""
    server = server_of(interaction)
    await deliver(interaction, making(librarian_of(interaction), server), Delivery.PRIVATE)


@remove.autocomplete("video")
@rename.autocomplete("video")
@export.autocomplete("video")
async def suggest_videos(interaction: Interaction, current: str) -> list[Choice[str]]:
    """The server's own videos that fit what has been typed, best first."""
    videos = await librarian_of(interaction).videos(server_of(interaction))
    found = await asyncio.to_thread(best, current, videos)
    return choices(found)


@strike.autocomplete("said")
async def suggest_entries(interaction: Interaction, current: str) -> list[Choice[str]]:
    """What is noted in the glossary and fits what has been typed."""
    entries = await librarian_of(interaction).glossary(server_of(interaction))
    said = list(dict.fromkeys(entry.said for entry in entries if len(entry.said) <= CHOICE_LENGTH))
    return [Choice(name=shortened(said[n], CHOICE_LENGTH) or "…", value=said[n]) for n in closest(current, said)]
