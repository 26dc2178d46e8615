"""Importing for the user of an interaction, who alone sees what becomes of it; and what a submitted form says."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord

from bot.discord_app.cards.admin.imports import (
    MAX_REJECTED_LENGTH,
    ReportActions,
    describe_rejections,
    lacking_label,
    report_reply,
)
from bot.discord_app.cards.admin.library import Reply
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.delivery.long_replies import send_long_reply
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.interactions.admin.permits import Imported, ModeratorPermit, store_permit
from bot.discord_app.services.admin.import_service import ImportOutcome, ImportProgress
from bot.discord_app.services.questions.button_state import TranscriptState, save_state
from bot.operations.safe_traceback import describe_error
from storage import access
from storage.errors import StorageError
from storage.models import Labels

log = logging.getLogger("cuepoint.discord")
MAX_LINKED = 25
"""How many of the videos of an import can be given a link by its report: as many as a menu offers."""


async def import_attachments(
    interaction: Interaction,
    permit: ModeratorPermit,
    files: Sequence[discord.Attachment],
    labels: Labels,
    *,
    replace_whole: bool = False,
) -> None:
    """Import files of a form or of a message, and report to the user alone."""
    service, progress = interaction.client.app.imports, ImportProgress(len(files))

    async def run() -> ImportOutcome:
        return await service.import_files(
            permit.server_id,
            files,
            labels,
            progress,
            largest=interaction.filesize_limit,
            replace_whole=replace_whole,
        )

    await _import_and_report(interaction, permit, run, progress)


async def import_kept(interaction: Interaction, imported: Imported, chosen: Sequence[int], answers: Labels) -> None:
    """Import kept files with what was missing, and report to the user alone."""
    service, permit = interaction.client.app.imports, imported.permit
    progress = ImportProgress(len(chosen))

    async def run() -> ImportOutcome:
        return await service.import_kept(permit.server_id, imported.kept, chosen, answers, progress)

    await _import_and_report(interaction, permit, run, progress)


async def _import_and_report(
    interaction: Interaction,
    permit: ModeratorPermit,
    run: Callable[[], Awaitable[ImportOutcome]],
    progress: ImportProgress,
) -> None:
    async def import_all() -> Reply:
        outcome = await run()
        actions = await _store_actions(interaction, permit, outcome)
        return report_reply(outcome.report, actions, outcome.remarks)

    await send_long_reply(interaction, import_all, progress.card)


async def _store_actions(
    interaction: Interaction, permit: ModeratorPermit, outcome: ImportOutcome
) -> ReportActions | None:
    """Store what the buttons below a report need, and return what they are; None where that cannot be written: the
    import is done, and its report is sent without them."""
    report, upload = outcome.report, outcome.upload
    videos = [imported.video for imported in report.videos if not imported.video.track_of]
    is_unplaced = bool(outcome.unplaced.title or outcome.unplaced.url)
    linkable = tuple(video.video_id for video in videos if is_unplaced or not video.url)[:MAX_LINKED]
    try:
        owner = await store_permit(
            interaction,
            Imported(
                permit,
                report.act,
                linkable,
                outcome.unplaced.title,
                outcome.unplaced.url,
                outcome.kept_key,
                describe_rejections(report, MAX_REJECTED_LENGTH) if report.rejections else "",
            ),
        )
        ask = await _store_question(interaction, permit, [video.video_id for video in videos])
    except StorageError as error:
        log.error("the buttons of an import's report could not be stored: %s", describe_error(error))
        return None
    needs = {file.need for file in upload.files} if upload and outcome.kept_key else set()
    return ReportActions(
        owner,
        ask,
        len(videos),
        undo=report.act is not None,
        link=bool(linkable),
        unplaced=is_unplaced,
        lacking=lacking_label(needs),
    )


async def _store_question(interaction: Interaction, permit: ModeratorPermit, video_ids: Sequence[str]) -> Owner | None:
    """Store what the question of a report is about: its one video, or all of the library; None without any."""
    if not video_ids:
        return None
    state = TranscriptState(video_ids[0] if len(video_ids) == 1 else "", 0.0)
    key = await save_state(interaction.client.app.ledger, state, access.own_scope(permit.server_id))
    return Owner(interaction.user.id, key, private=True)


def read_fields(interaction: Interaction) -> dict[str, Any]:
    """Return what was written or chosen in a submitted form, by the custom_ids of its fields."""
    data: Any = interaction.data
    parts = [label["component"] for label in data["components"] if "component" in label]
    return {part["custom_id"]: part.get("values", part.get("value")) for part in parts}


def read_labels(given: dict[str, Any]) -> Labels:
    """Return the texts of a form that say something about a file, without white space around them."""
    texts = {name: value.strip() for name, value in given.items() if isinstance(value, str)}
    return Labels(
        title=texts.get("title", ""),
        url=texts.get("url", ""),
        encoding=texts.get("encoding", ""),
        columns=texts.get("columns", ""),
        language=texts.get("language", ""),
        published=texts.get("published", ""),
    )
