"""The buttons below the report of an import, and the forms that they open. All of them work after a restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import ui

from bot.discord_app.cards.admin import import_forms as forms
from bot.discord_app.cards.admin import imports as import_cards
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import Owner, custom_id_pattern
from bot.discord_app.cards.question_form import question_form
from bot.discord_app.delivery.responses import Delivery, Interaction, send_private, send_when_ready
from bot.discord_app.delivery.retries import (
    FIRST_RESPONSE_TIMEOUT_SECONDS,
    is_forbidden,
    is_target_gone,
    send_with_retries,
)
from bot.discord_app.interactions.admin.import_flow import import_attachments, import_kept, read_labels
from bot.discord_app.interactions.admin.permits import Imported, SentFiles, load_permitted
from bot.discord_app.interactions.card_button import CardButton, chosen_number, resolve_presser
from bot.discord_app.interactions.forms import read_fields
from bot.discord_app.services.questions.button_state import EXPIRED, TranscriptState
from bot.discord_app.services.questions.catalogue import VIDEO_GONE
from bot.errors import PassageGone
from bot.localization import gettext as _
from storage.errors import ActNotLast
from storage.models import Labels, Video


class _ImportButton(CardButton, template=custom_id_pattern("no_such_import_verb")):
    """A button below a report."""

    async def load_import(self, interaction: Interaction) -> Imported:
        """Load the import, for a user who may go on with it. Raises NotAllowed and PassageGone."""
        return await load_permitted(interaction, Imported, self.owner_id, self.key)

    @property
    def owner(self) -> Owner:
        return Owner(self.owner_id, self.key, private=True)


class AskLibrary(CardButton, template=custom_id_pattern(import_cards.ASK_ALL_VERB)):
    """Opens the form of a question about all videos."""

    async def act(self, interaction: Interaction) -> None:
        await self.load_state(interaction, TranscriptState)
        asker = await resolve_presser(interaction, 0)
        await _open(interaction, question_form(asker.owner(self.key), "", as_timeline=False))


class UndoImport(_ImportButton, template=custom_id_pattern(import_cards.UNDO_VERB)):
    """Takes back this import, and nothing else."""

    async def act(self, interaction: Interaction) -> None:
        imported = await self.load_import(interaction)
        if imported.act is None:
            raise PassageGone(_(EXPIRED))
        undo = interaction.client.app.library_admin.undo_import(imported.permit.server_id, imported.act)
        try:
            await send_when_ready(interaction, undo, Delivery.IN_PLACE)
        except ActNotLast:
            await send_private(interaction, import_cards.later_act_card())


class ShowRejected(_ImportButton, template=custom_id_pattern(import_cards.REJECTED_VERB)):
    """Shows all that was not imported, as a file."""

    async def act(self, interaction: Interaction) -> None:
        async def make_card() -> Card:
            return import_cards.rejections_card((await self.load_import(interaction)).rejected)

        await send_when_ready(interaction, make_card(), Delivery.PRIVATE)


class CompleteFiles(_ImportButton, template=custom_id_pattern(import_cards.COMPLETE_VERB)):
    """Opens the form for what files lack that were sent already."""

    async def act(self, interaction: Interaction) -> None:
        imported = await self.load_import(interaction)
        upload = interaction.client.app.kept_files.find(imported.permit.server_id, imported.kept)
        files = [(kept.source.name, kept.need, kept.likely_labels) for kept in upload.files]
        await _open(interaction, forms.complete_form(self.owner, files))


class SetLink(_ImportButton, template=custom_id_pattern(import_cards.LINK_VERB)):
    """Opens the form for the link of a video, after the menu of the videos where there are several."""

    async def act(self, interaction: Interaction) -> None:
        imported = await self.load_import(interaction)
        videos = await _find_linkable(interaction, imported)
        if not videos:
            raise PassageGone(_(VIDEO_GONE))
        if len(videos) == 1:
            await _open_link_form(interaction, self.owner, imported, *videos[0])
            return
        is_unplaced = bool(imported.title or imported.url)
        await send_private(interaction, import_cards.link_menu(self.owner, videos, is_unplaced=is_unplaced))


class ChooseLinked(_ImportButton, template=custom_id_pattern(import_cards.LINK_CHOICE_VERB)):
    """The menu of the videos that can get a link."""

    async def act(self, interaction: Interaction) -> None:
        imported = await self.load_import(interaction)
        chosen = int(chosen_number(interaction))
        for place, video in await _find_linkable(interaction, imported):
            if place == chosen:
                await _open_link_form(interaction, self.owner, imported, place, video)
                return
        raise PassageGone(_(VIDEO_GONE))


class ImportSent(CardButton, template=custom_id_pattern(import_cards.IMPORT_SENT_VERB)):
    """Imports the files of a message to the bot, which is fetched once more: it may have been deleted."""

    async def act(self, interaction: Interaction) -> None:
        sent = await load_permitted(interaction, SentFiles, self.owner_id, self.key)
        channel = interaction.client.get_partial_messageable(sent.channel_id, guild_id=sent.permit.server_id)
        try:
            message = await send_with_retries(lambda: channel.fetch_message(sent.message_id))
        except discord.HTTPException as error:
            if not (is_forbidden(error) or is_target_gone(error)):
                raise
            await send_private(interaction, import_cards.message_gone_card())
            return
        if message is not None and message.attachments:
            await import_attachments(interaction, sent.permit, message.attachments, Labels())
        else:
            await send_private(interaction, import_cards.message_gone_card())


async def _open(interaction: Interaction, form: ui.Modal) -> None:
    await send_with_retries(lambda: interaction.response.send_modal(form), FIRST_RESPONSE_TIMEOUT_SECONDS)


async def _open_link_form(interaction: Interaction, owner: Owner, imported: Imported, place: int, video: Video) -> None:
    title = imported.title or video.title
    await _open(interaction, forms.link_form(owner, place, video.heading, title, imported.url or video.url))


async def _find_linkable(interaction: Interaction, imported: Imported) -> list[tuple[int, Video]]:
    """Return the videos of an import that can get a link, each with its place in the import: those that have got one
    by now too, which may be wrong."""
    listed = await interaction.client.app.library_admin.list_videos(imported.permit.server_id)
    stored = {each.video.video_id: each.video for each in listed}
    return [(place, stored[video_id]) for place, video_id in enumerate(imported.linkable) if video_id in stored]


async def _complete_files(interaction: Interaction, imported: Imported, _place: int) -> None:
    """Import files that were kept with what a form says of them."""
    given = read_fields(interaction)
    upload = interaction.client.app.kept_files.find(imported.permit.server_id, imported.kept)
    chosen = given.get(forms.CHOSEN)
    places = range(len(upload.files)) if chosen is None else {int(place) for place in chosen}
    await import_kept(interaction, imported, sorted(places), read_labels(given))


async def _set_link(interaction: Interaction, imported: Imported, place: int) -> None:
    """Give a video the link and the title that a form says."""
    labels = read_labels(read_fields(interaction))
    if place >= len(imported.linkable):
        raise PassageGone(_(EXPIRED))
    link = interaction.client.app.library_admin.link_video(
        imported.permit.server_id, imported.linkable[place], labels.url, labels.title
    )
    await send_when_ready(interaction, link, Delivery.PRIVATE)


_FORMS: dict[str, Callable[[Interaction, Imported, int], Awaitable[None]]] = {
    forms.COMPLETE_FORM: _complete_files,
    forms.LINK_FORM: _set_link,
}


def is_report_form(interaction: Interaction) -> bool:
    """Return whether what was submitted is a form that a report opened."""
    return _match_form(interaction) is not None


async def handle_report_form(interaction: Interaction) -> None:
    """Do what a form asks for that a report opened."""
    found = _match_form(interaction)
    if found is None:
        raise PassageGone(_(EXPIRED))
    match, handle = found
    imported = await load_permitted(interaction, Imported, int(match["asker"]), match["key"])
    await handle(interaction, imported, int(match["number"]))


def _match_form(
    interaction: Interaction,
) -> tuple[re.Match[str], Callable[[Interaction, Imported, int], Awaitable[None]]] | None:
    data: Any = interaction.data
    for verb, handle in _FORMS.items():
        if match := custom_id_pattern(verb).fullmatch(data["custom_id"]):
            return match, handle
    return None


IMPORT_ITEMS: tuple[type[CardButton], ...] = (
    AskLibrary,
    UndoImport,
    ShowRejected,
    CompleteFiles,
    SetLink,
    ChooseLinked,
    ImportSent,
)
"""All buttons and menus about imports."""
