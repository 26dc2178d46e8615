"""Imports into the libraries of servers, for their moderators: one at a time into each, counted by the day."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import discord

from bot.discord_app.cards.admin import imports as import_cards
from bot.discord_app.cards.admin.import_forms import Need
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.command_mentions import option_name
from bot.discord_app.cards.parts.discord_times import next_midnight_utc, relative_time
from bot.discord_app.services.admin import attachments
from bot.discord_app.services.admin.import_counts import measure_import
from bot.discord_app.services.admin.kept_files import KeptFiles, KeptUpload, find_incomplete
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
from storage.models import ImportReport, Labels, Quota, Rejection, Source

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
CheckLibrary = Callable[[str], Awaitable[Sequence[str]]]
"""Returns what is to be said after an import into the library of a key, in lines that are already escaped."""


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


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did, and what can be done next.

    `kept_key` is the key of the files that lack something, "" for none, and `upload` those. `unplaced` has the title
    and the link that were given and could not apply to several files. `remarks` are lines below the report, escaped.
    """

    report: ImportReport
    kept_key: str = ""
    upload: KeptUpload | None = None
    unplaced: Labels = field(default_factory=Labels)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Intake:
    """The files of one import, each with what is said of it; why others could not be read, and what else to tell."""

    files: list[tuple[Source, Labels]]
    unread: Sequence[Rejection] = ()
    notes: Sequence[str] = ()
    unplaced: Labels = field(default_factory=Labels)


class ImportService:
    """Imports files for moderators. Make one for all of Discord."""

    def __init__(
        self,
        library: Library,
        ledger: Ledger,
        locks: LibraryLocks,
        kept_files: KeptFiles,
        quota: Quota,
        imports_a_day: int,
        check_library: CheckLibrary | None = None,
    ) -> None:
        """`check_library` is awaited after every import that changed something."""
        self._library = library
        self._ledger = ledger
        self._locks = locks
        self._kept_files = kept_files
        self._quota = quota
        self._imports_a_day = imports_a_day
        self._check_library = check_library
        self._places = asyncio.Semaphore(_MAX_PARALLEL_IMPORTS)
        self._imports: set[asyncio.Task[ImportOutcome]] = set()
        self._is_stopping = False

    async def import_files(
        self,
        server_id: int,
        files: Sequence[discord.Attachment],
        labels: Labels,
        progress: ImportProgress,
        *,
        largest: int,
        replace_whole: bool = False,
    ) -> ImportOutcome:
        """Import files of at most `largest` bytes per file: those of a form, or those that lie on a message.

        Raises LibraryBusy and OverQuota before anything is written, and ImportCancelled or ImportFailed once nothing of
        it is stored; ImportIncomplete where something is.
        """

        async def read() -> _Intake:
            sources, unread = await attachments.read_files(files, largest)
            pairs, notes = attachments.apply_labels(sources, labels, given=len(files))
            return _Intake(pairs, unread, notes, labels if notes else Labels())

        with measure_import() as count, self._locks.exclusive(server_id):
            attachments.require_acceptable(files, self._quota.text_bytes)
            outcome = await self._import_counted(server_id, read, progress, replace_whole)
            count(outcome.report)
        return outcome

    async def import_kept(
        self, server_id: int, key: str, chosen: Sequence[int], answers: Labels, progress: ImportProgress
    ) -> ImportOutcome:
        """Import files that were kept, those at the `chosen` places, with what somebody said about them now.

        The others stay kept. Raises FilesGone, and what `import_files` raises: then all of them stay.
        """
        upload = self._kept_files.find(server_id, key)
        files = [file for place, file in enumerate(upload.files) if place in chosen]
        others = tuple(file for place, file in enumerate(upload.files) if place not in chosen)

        async def read() -> _Intake:
            shared, notes = attachments.drop_unplaced(answers, len(files))
            unnamed = [file for file in files if file.need is Need.VIDEO]
            if len(unnamed) == 1:
                notes = []  # what says which video it is, is about that one
            given = [answers if len(unnamed) == 1 and file is unnamed[0] else shared for file in files]
            labels = map(attachments.complete_labels, (file.labels for file in files), given)
            return _Intake(list(zip((file.source for file in files), labels, strict=True)), notes=notes)

        with measure_import() as count, self._locks.exclusive(server_id):
            outcome = await self._import_counted(server_id, read, progress, upload.replace_whole)
            count(outcome.report)
        self._kept_files.drop(key)
        if outcome.kept_key:
            self._kept_files.drop(outcome.kept_key)
        left = replace(upload, files=(*others, *(outcome.upload.files if outcome.upload else ())))
        return replace(outcome, kept_key=self._kept_files.keep(left), upload=left)

    async def _import_counted(
        self,
        server_id: int,
        read: Callable[[], Awaitable[_Intake]],
        progress: ImportProgress,
        replace_whole: bool,
    ) -> ImportOutcome:
        """Import what `read` returns as one of the day's imports; one of which nothing stays does not count."""
        await self._count_import(server_id)
        task = asyncio.create_task(self._import_read(server_id, read, progress, replace_whole))
        self._imports.add(task)
        task.add_done_callback(self._imports.discard)
        try:
            return await task
        except asyncio.CancelledError:
            if not self._is_stopping:
                raise
            await self._uncount_import(server_id)
            raise ImportCancelled(_(_CANCELLED)) from None
        except DatabaseError as error:
            log.error("an import failed, and nothing of it is stored: %s", describe_error(error))
            await self._uncount_import(server_id)
            raise ImportFailed(_(_FAILED)) from error

    async def _import_read(
        self,
        server_id: int,
        read: Callable[[], Awaitable[_Intake]],
        progress: ImportProgress,
        replace_whole: bool,
    ) -> ImportOutcome:
        own = access.own_scope(server_id)
        async with self._places:
            intake = await read()
            report = await self._library.import_files(
                own, intake.files, replace=replace_whole, progress=progress.update, quota=self._quota
            )
        upload = KeptUpload(server_id, find_incomplete(report, intake.files), replace_whole)
        kept_key = self._kept_files.keep(upload)
        report = _with_advice(report, {file.source.name for file in upload.files} if kept_key else set())
        report = replace(report, rejections=(*intake.unread, *report.rejections), notes=(*intake.notes, *report.notes))
        remarks = await self._find_remarks(own.libraries[0]) if report.has_changes else ()
        return ImportOutcome(report, kept_key, upload, intake.unplaced, remarks)

    async def _find_remarks(self, key: str) -> tuple[str, ...]:
        """Return what the change of a library brings to say. The import is done, and is told whatever happens here."""
        if self._check_library is None:
            return ()
        try:
            return tuple(await self._check_library(key))
        except Exception as error:
            metrics.count_error()
            log.error("unexpected error while looking at what an import brought", exc_info=error)
            return ()

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


def _with_advice(report: ImportReport, kept: set[str]) -> ImportReport:
    """Return the report with advice on files that lack something, but for those that a button below it is about."""
    misread = tuple(pair for pair in report.misread if pair[0] not in kept)
    unclear = tuple(pair for pair in report.unclear if pair[0] not in kept)
    report = replace(report, misread=misread, unclear=unclear)
    report = report.with_columns_advice(lambda _example: _(attachments.COLUMNS_ADVICE))
    return report.with_encoding_advice(
        lambda name: _(attachments.ENCODING_ADVICE).format(option=option_name("encoding"), name=name)
    )
