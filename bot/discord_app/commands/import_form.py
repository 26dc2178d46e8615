"""The form that `/library import` opens, and the import that it starts. It works after a restart: the options of the
command are in the ledger, and the form's custom_id contains their key."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
from discord import ui

from bot.discord_app.cards.admin.library import Reply
from bot.discord_app.cards.parts import controls
from bot.discord_app.cards.parts.base import notice_card
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.delivery.long_replies import send_long_reply
from bot.discord_app.delivery.responses import Interaction, send_private
from bot.discord_app.delivery.retries import FIRST_RESPONSE_TIMEOUT_SECONDS, send_with_retries
from bot.discord_app.interactions.admin.permits import Intake, load_permitted, permit_owner, store_permit
from bot.discord_app.services.admin.attachments import MAX_FILES
from bot.discord_app.services.admin.library_admin import ImportProgress
from bot.errors import PassageGone
from bot.localization import gettext as _
from bot.localization import pgettext

VERB, FILES = "import", "files"


async def open_import_form(interaction: Interaction, intake: Intake) -> None:
    """Open the form for the user of an interaction, who may submit it for as long as a permit lasts."""
    form = import_form(permit_owner(interaction, intake))
    # Discord expects the form within three seconds, even if the database is busy.
    await asyncio.gather(
        store_permit(interaction, intake),
        send_with_retries(lambda: interaction.response.send_modal(form), FIRST_RESPONSE_TIMEOUT_SECONDS),
    )


def import_form(owner: Owner) -> ui.Modal:
    """Return the form that asks for the files of an import."""
    form = ui.Modal(
        title=pgettext("form title", "Import into this server’s library"), custom_id=controls.custom_id(VERB, owner)
    )
    files = ui.FileUpload[Any](custom_id=FILES, min_values=1, max_values=MAX_FILES)
    described = pgettext(
        "field description", "Captions (.srt, .vtt, .json, .txt), tables (.csv, .jsonl, .parquet), or a .zip of them"
    )
    name = pgettext("field", "Up to {count} files").format(count=MAX_FILES)
    form.add_item(ui.Label(text=name, description=described, component=files))
    # Stopped, so that discord.py does not keep it: it would handle the form only until the next restart.
    form.stop()
    return form


async def handle_form(interaction: Interaction) -> None:
    """Import the files of a submitted form."""
    data: Any = interaction.data
    match = controls.custom_id_pattern(VERB).fullmatch(data["custom_id"])
    try:
        if match is None:
            raise PassageGone
        intake = await load_permitted(interaction, Intake, int(match["asker"]), match["key"])
    except PassageGone:
        words = _("I no longer know this form, and imported nothing. Please open it again.")
        await send_private(interaction, notice_card(words))
        return
    await _import_files(interaction, intake, _uploaded_files(interaction, data))


def _uploaded_files(interaction: Interaction, data: Any) -> list[discord.Attachment]:
    """Return the files in the order in which they were uploaded. discord.py makes them only for forms that it keeps."""
    attachments = data.get("resolved", {}).get("attachments", {})
    fields = [label["component"] for label in data["components"] if "component" in label]
    ids = [value for field in fields if field.get("custom_id") == FILES for value in field["values"]]
    return [discord.Attachment(data=attachments[file_id], state=interaction._state) for file_id in ids]


async def _import_files(interaction: Interaction, intake: Intake, files: list[discord.Attachment]) -> None:
    library_admin, progress = interaction.client.app.library_admin, ImportProgress(len(files))

    async def import_all() -> Reply:
        return await library_admin.import_files(
            intake.permit.server_id,
            files,
            intake.labels,
            progress,
            largest=interaction.filesize_limit,
            replace_whole=intake.replace_whole,
        )

    await send_long_reply(interaction, import_all, progress.card)
