"""Imports into the libraries of servers, for their moderators: one at a time into each, counted by the day."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import discord

from bot.discord_app.cards.admin import imports as import_cards
from bot.discord_app.cards.admin.library import Reply
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.command_mentions import option_name
from bot.discord_app.cards.parts.discord_times import next_midnight_utc, relative_time
from bot.discord_app.services.admin import attachments
from bot.discord_app.services.admin.import_counts import measure_import
from bot.discord_app.services.admin.library_locks import LibraryLocks
from bot.errors import ImportCancelled, ImportFailed, LibraryBusy
from bot.localization import format_number, gettext_noop, ngettext
from bot.localization import gettext as _
from bot.operations import metrics
from bot.operations.safe_traceback import describe_error
from storage import access
from storage.errors import DatabaseError, StorageError
from storage.ledger import Ledger
from storage.library import Library
from storage.models import ImportReport, Labels, Quota

log = logging.getLogger("cuepoint.discord")
_MAX_PARALLEL_IMPORTS = 2
"""Imports under way over all servers: an import holds its files in memory."""
_CANCELLED = gettext_noop(
    "I was told to stop before this import was done: nothing of it is stored. Please import it again when I am back."
)
_FAILED = gettext_noop(
    "This import failed, and nothing of it is stored: the database cannot be written. Whoever runs this bot can read "
    "why in its log. Please import it again later."
)


@dataclass(slots=True)
class ImportProgress:
    """The progress of an import, for the user who waits."""

    files: int
    done: int = 0
    total: int = 0

    def update(self, done: int, total: int) -> None:
        """Set the progress, as the library reports it: `done` of `total` videos."""
        self.done, self.total = done, total

    def card(self) -> Card:
        """Return the progress as a card."""
        return import_cards.progress_card(self.done, self.total, self.files)


class ImportService:
    """Imports files for moderators. Make one for all of Discord."""

    def __init__(self, library: Library, ledger: Ledger, locks: LibraryLocks, quota: Quota, imports_a_day: int) -> None:
        self._library = library
        self._ledger = ledger
        self._locks = locks
        self._quota = quota
        self._imports_a_day = imports_a_day
        self._places = asyncio.Semaphore(_MAX_PARALLEL_IMPORTS)
        self._imports: set[asyncio.Task[ImportReport]] = set()
        self._is_stopping = False

    async def import_files(
        self,
        server_id: int,
        files: Sequence[discord.Attachment],
        labels: Labels,
        progress: ImportProgress,
        *,
        largest: int,
        replace_whole: bool,
    ) -> Reply:
        """Import files of at most `largest` bytes per file.

        Raises LibraryBusy and OverQuota before anything is written, and ImportCancelled or ImportFailed once nothing of
        it is stored; ImportIncomplete where something is.
        """
        with measure_import() as count, self._locks.exclusive(server_id):
            attachments.require_acceptable(files, self._quota.text_bytes)
            await self._count_import(server_id)
            task = asyncio.create_task(self._import_files(server_id, files, labels, progress, largest, replace_whole))
            self._imports.add(task)
            task.add_done_callback(self._imports.discard)
            try:
                report = await task
            except asyncio.CancelledError:
                if not self._is_stopping:
                    raise
                await self._uncount_import(server_id)
                raise ImportCancelled(_(_CANCELLED)) from None
            except DatabaseError as error:
                log.error("an import failed, and nothing of it is stored: %s", describe_error(error))
                await self._uncount_import(server_id)
                raise ImportFailed(_(_FAILED)) from error
            count(report)
        return import_cards.report_reply(report)

    async def _import_files(
        self,
        server_id: int,
        files: Sequence[discord.Attachment],
        labels: Labels,
        progress: ImportProgress,
        largest: int,
        replace_whole: bool,
    ) -> ImportReport:
        async with self._places:
            sources, unread = await attachments.read_files(files, largest)
            pairs, notes = attachments.apply_labels(sources, labels, given=len(files))
            report = await self._library.import_files(
                access.own_scope(server_id), pairs, replace=replace_whole, progress=progress.update, quota=self._quota
            )
        report = report.with_advice(_(attachments.LINKING).format(video=option_name("video")))
        report = report.with_columns_advice(lambda _example: _(attachments.COLUMNS_ADVICE))
        report = report.with_encoding_advice(
            lambda name: _(attachments.ENCODING_ADVICE).format(option=option_name("encoding"), name=name)
        )
        return replace(report, rejections=(*unread, *report.rejections), notes=(*notes, *report.notes))

    @property
    def is_importing(self) -> bool:
        """Return whether an import is under way."""
        return bool(self._imports)

    def cancel_imports(self) -> None:
        """Cancel every import that is under way; `import_files` then raises ImportCancelled for it."""
        self._is_stopping = True
        for task in self._imports:
            task.cancel()

    async def _uncount_import(self, server_id: int) -> None:
        """Take an import from the day's count. Where that fails, the user still has to learn that nothing is stored."""
        try:
            await self._ledger.cancel_import(access.library_key(server_id))
        except StorageError as error:
            log.error("could not take an import from the day's count: %s", describe_error(error))
        except Exception as error:
            metrics.count_error()
            log.error("unexpected error while taking an import from the day's count", exc_info=error)

    async def _count_import(self, server_id: int) -> None:
        most = self._imports_a_day
        if not await self._ledger.begin_import(access.library_key(server_id), most=most):
            again_at = next_midnight_utc(time.time())
            words = ngettext(
                "This server has had its {count} import for today: nothing was imported. The next one is possible "
                "{when}.",
                "This server has had its {count} imports for today: nothing was imported. The next one is possible "
                "{when}.",
                most,
            )
            raise LibraryBusy(words.format(count=format_number(most), when=relative_time(again_at)), again_at)
