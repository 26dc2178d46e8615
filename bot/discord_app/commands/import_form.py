"""The form that `/library import` opens, and the import that it starts. It works after a restart: the options of the
command are in the ledger, and the form's custom_id contains their key."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import discord

from bot.discord_app.cards.admin.import_forms import FILES, IMPORT_FORM, LINK, TITLE, import_form
from bot.discord_app.cards.parts import controls
from bot.discord_app.cards.parts.base import notice_card
from bot.discord_app.delivery.responses import Interaction, send_private
from bot.discord_app.delivery.retries import FIRST_RESPONSE_TIMEOUT_SECONDS, send_with_retries
from bot.discord_app.interactions.admin.import_flow import import_attachments, read_labels
from bot.discord_app.interactions.admin.permits import Intake, load_permitted, permit_owner, store_permit
from bot.discord_app.interactions.forms import read_fields
from bot.errors import PassageGone
from bot.localization import gettext as _


async def open_import_form(interaction: Interaction, intake: Intake) -> None:
    """Open the form for the user of an interaction, who may submit it for as long as a permit lasts."""
    form = import_form(permit_owner(interaction, intake), intake.labels)
    # Discord expects the form within three seconds, even if the database is busy.
    await asyncio.gather(
        store_permit(interaction, intake),
        send_with_retries(lambda: interaction.response.send_modal(form), FIRST_RESPONSE_TIMEOUT_SECONDS),
    )


async def handle_form(interaction: Interaction) -> None:
    """Import the files of a submitted form. What stands in its fields holds, whatever the command's options were."""
    data: Any = interaction.data
    match = controls.custom_id_pattern(IMPORT_FORM).fullmatch(data["custom_id"])
    try:
        if match is None:
            raise PassageGone
        intake = await load_permitted(interaction, Intake, int(match["asker"]), match["key"])
    except PassageGone:
        words = _("I no longer know this form, and imported nothing. Please open it again.")
        await send_private(interaction, notice_card(words))
        return
    given = read_fields(interaction)
    written, labels = read_labels(given), intake.labels
    if TITLE in given and LINK in given:  # a form of before an update has only the files
        labels = replace(labels, title=written.title, url=written.url)
    files = _uploaded_files(interaction, data, given.get(FILES) or [])
    await import_attachments(interaction, intake.permit, files, labels, replace_whole=intake.replace_whole)


def _uploaded_files(interaction: Interaction, data: Any, ids: list[str]) -> list[discord.Attachment]:
    """Return the files in the order in which they were uploaded. discord.py makes them only for forms that it keeps."""
    attachments = data.get("resolved", {}).get("attachments", {})
    return [discord.Attachment(data=attachments[file_id], state=interaction._state) for file_id in ids]
